# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does while a job runs: clicks twice, cancels, opens another file, works in another editor."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

OBJECTS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons]"
PLACEHOLDERS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom · ')]"
FOLLOWED = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for w in bpy.context.window_manager.windows for o in w.modal_operators)"
)

WATCH = f"__import__({scene.PACKAGE + '.blender.watch'!r}, fromlist=['start'])"
FOLLOWED_IN_THE_SECOND = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for o in bpy.context.window_manager.windows[1].modal_operators)"
)
FOLLOW_IN_THE_SECOND = f"""
manager = bpy.context.window_manager
if len(manager.windows) == 1:
    bpy.ops.wm.window_new()
result = not ({FOLLOWED})
if result:
    {WATCH}.STRETCH_SECONDS = 3600.0
    with bpy.context.temp_override(window=manager.windows[1]):
        bpy.ops.trellis.generate('INVOKE_DEFAULT')
        bpy.ops.trellis.watch('INVOKE_DEFAULT')
"""
"""Only when nothing is followed in the first: of a preview or the balance, which only one of them does. It stays
there: after having stepped aside for auto-save it would go on in the first."""

CANCEL_PIXELS = 54
"""From the sidebar's right border to the cross at the end of a job's row."""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        yield running


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process) -> Window:
    """A window in front of the server, with a picture chosen and the sidebar open; tall, so that jobs are seen."""
    window = scene.in_front(open_window, server)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


def press_generate(window: Window, area_type: str = "VIEW_3D") -> None:
    window.click(*window.find_button("trellis.generate", area_type, "UI"))


def test_a_double_click_pays_once(ready: Window, server: Process) -> None:
    server.control.settings(job_seconds=3)
    ready.double_click(*ready.find_button("trellis.generate"))
    ready.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 1


def test_cancel_pressed_twice(ready: Window, server: Process, artifacts: Path) -> None:
    """The second click comes while the server is still being asked, the third one when it has said yes."""
    scene.hold(server)
    server.control.misbehave("cancel", "late", seconds=3.0)
    press_generate(ready)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    cancel = ready.find_button("trellis.cancel", from_edge=CANCEL_PIXELS)
    ready.click(*cancel)
    ready.wait_for(f"all({scene.SESSION}.is_cancelling(j) for j in {scene.SESSION}.jobs.values())")
    ready.screenshot(artifacts / "1-asked.png")
    ready.click(*cancel)
    ready.wait_for(f"all(j.state.value == 'cancelled' for j in {scene.SESSION}.jobs.values())")
    ready.open_sidebar("VIEW_3D", "TRELLIS")  # it is open, so this waits until it is drawn
    ready.click(*cancel)
    ready.open_sidebar("VIEW_3D", "TRELLIS")
    ready.screenshot(artifacts / "2-cancelled.png")
    ready.key("Escape")
    assert [job["state"] for job in server.control.jobs()] == ["cancelled"]
    assert len([entry for entry in server.control.log() if entry["route"] == "cancel"]) == 1
    (told,) = scene.jobs(ready)
    assert told["state"] == "cancelled" and "billed" in str(told["error"]), "what it cost is still to be read"
    ready.wait_for(f"not {PLACEHOLDERS}")
    ready.wait_for(f"not ({FOLLOWED} or {scene.SESSION}.watched)")


def test_another_file_is_opened_while_it_runs(ready: Window, server: Process) -> None:
    scene.hold(server)
    press_generate(ready)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    ready.wait_for(FOLLOWED)
    ready.call("bpy.ops.wm.read_homefile()\nresult = None")
    ready.wait_for(FOLLOWED)
    scene.let_go(server)
    ready.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['downloaded']")
    assert not ready.call(OBJECTS), "it came into a file that did not ask for it"
    ready.open_sidebar("VIEW_3D", "TRELLIS")
    ready.click(*ready.find_button("trellis.import_job"))
    ready.wait_for(OBJECTS)


def test_the_window_that_follows_is_closed(ready: Window, server: Process) -> None:
    scene.hold(server)
    ready.wait_for(FOLLOW_IN_THE_SECOND)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    assert ready.call(FOLLOWED_IN_THE_SECOND)
    ready.call("with bpy.context.temp_override(window=bpy.context.window_manager.windows[1]):\n"
               "    bpy.ops.wm.window_close()\nresult = None")  # fmt: skip
    ready.wait_for(f"len(bpy.context.window_manager.windows) == 1 and {FOLLOWED}")
    scene.let_go(server)
    ready.wait_for(OBJECTS)


def test_generate_pressed_in_the_image_editor(ready: Window, server: Process, artifacts: Path) -> None:
    ready.call("area('VIEW_3D').type = 'IMAGE_EDITOR'\n"
               "area('IMAGE_EDITOR').spaces.active.image = bpy.data.images['mushroom.png']\n"
               "bpy.context.scene.trellis.source_image = None\nresult = None")  # fmt: skip
    ready.open_sidebar("IMAGE_EDITOR", "TRELLIS")
    ready.screenshot(artifacts / "image-editor.png")
    press_generate(ready, "IMAGE_EDITOR")
    ready.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 1
