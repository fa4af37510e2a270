# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's window killed, and crashed, at work: the object comes by itself afterwards, and the key is nowhere."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.blender import keysearch
from tests.gui import scene
from tests.gui.program import WindowError
from tests.gui.window import Window
from tests.simulator.remote import Process

OBJECTS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons]"
STATES = f"[j.state.value for j in {scene.SESSION}.jobs.values()]"
CRASH = "import ctypes\nctypes.string_at(0)"
CRASH_SECONDS = 90.0


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "600") as running:
        yield running


@pytest.fixture
def working(open_window: Callable[..., Window], server: Process, tmp_path: Path) -> Window:
    """A window with a saved file and saved preferences, whose job is at the server."""
    window = open_window(home=tmp_path / "home")
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call(f"bpy.ops.wm.save_userpref()\nbpy.ops.wm.save_as_mainfile(filepath={str(asking(window))!r})")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.click(*window.find_button("trellis.generate", "VIEW_3D", "UI"))
    window.wait_for(f"{STATES} == ['processing']")
    return window


def asking(window: Window) -> Path:
    return window.home / "asking.blend"


def finish(server: Process) -> None:
    for job in server.control.jobs():
        server.control.steer(job["id"], seconds=0.0)


def test_killed_while_the_server_works(
    working: Window, open_window: Callable[..., Window], server: Process, artifacts: Path
) -> None:
    working.kill()
    finish(server)
    again = open_window(home=working.home, zip_path=None)
    again.wait_for(f"{STATES} == ['downloaded']")
    assert not again.call(OBJECTS), "it came into a file that did not ask for it"
    again.open_sidebar("VIEW_3D", "TRELLIS")
    again.screenshot(artifacts / "1-offered.png")
    again.call(f"bpy.ops.wm.open_mainfile(filepath={str(asking(working))!r})\nresult = None")
    again.wait_for(OBJECTS)
    again.wait_for(f"{STATES} == ['imported']")
    again.screenshot(artifacts / "2-there.png")
    assert again.call("bpy.data.objects['mushroom'].users_collection[0].name") == "TRELLIS"
    counters = server.control.counters()
    assert (counters["posts"], counters["accepted"]) == (1, 1)
    assert len([item for item in server.control.log() if item["route"] == "download"]) == 1


def test_a_crash_tells_no_key(working: Window, server: Process) -> None:
    """Blender writes down what it did last; and, when it is quit, the file that is open."""
    with contextlib.suppress(WindowError, OSError):
        working.call(CRASH, timeout=CRASH_SECONDS)
    working.wait_for_the_end(CRASH_SECONDS)
    texts = list(working.home.rglob("*.crash.txt"))
    assert texts and "asking" in texts[0].name
    found = keysearch.holding(server.key, [working.home])
    assert [path.relative_to(working.home).name for path in found] == ["userpref.blend"]
    texts[0].write_text(texts[0].read_text() + f"\n# {server.key}\n")
    assert texts[0] in keysearch.holding(server.key, [working.home])


def test_what_blender_writes_when_it_is_quit_tells_no_key(working: Window, server: Process) -> None:
    with contextlib.suppress(WindowError, OSError):
        working.call("bpy.ops.wm.quit_blender()")
    working.wait_for_the_end(CRASH_SECONDS)
    assert list(working.home.rglob("quit.blend"))
    found = keysearch.holding(server.key, [working.home])
    assert [path.relative_to(working.home).name for path in found] == ["userpref.blend"]
