# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's auto-save while a job runs: the modal timer that follows the job steps aside for it, and takes over again.

A minute is the least that Blender can be told, so this is long; what happens meanwhile is looked at meanwhile.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.program import PATIENCE_SECONDS
from tests.gui.window import Window
from tests.simulator.remote import Process

MINUTE_SECONDS = 60.0
WATCH = f"__import__({scene.PACKAGE + '.blender.watch'!r}, fromlist=['start'])"
STATES = f"[j.state.value for j in {scene.SESSION}.jobs.values()]"
GENERATE = "bpy.ops.trellis.generate('INVOKE_DEFAULT')\nresult = None"
LINEAGE = f"__import__({scene.PACKAGE + '.blender.lineage'!r}, fromlist=['current']).current()"
ASKER = f"__import__({scene.PACKAGE + '.core.lineage'!r}, fromlist=['asker_of']).asker_of"
OF_THIS_FILE = f"[{LINEAGE}.has({ASKER}(job.origin)) for job in {scene.SESSION}.jobs.values()]"
COUNT = f"""
watch, counts = {WATCH}, []
def count():
    found = [o.bl_idname for w in bpy.context.window_manager.windows for o in w.modal_operators]
    counts.append(found.count('TRELLIS_OT_watch'))
    return 0.01
bpy.app.timers.register(count)
result = None
"""
AUTO_SAVE = """
files = bpy.context.preferences.filepaths
files.use_auto_save_temporary_files, files.auto_save_time = True, 1
bpy.data.objects['Cube'].location.x = 3.0
bpy.ops.ed.undo_push(message='Move')
result = None
"""
SAVED = "[str(p) for p in __import__('pathlib').Path({folder!r}).rglob('*_autosave.blend')]"
ASIDE = "watch._beats_left > 1"
STAY_ASIDE = (
    "usual = watch.STRETCH_SECONDS, watch.BEATS\nwatch.STRETCH_SECONDS, watch.BEATS = 0.0, 10**9\n"
    "usually = watch.ASIDE_SECONDS\nwatch.ASIDE_SECONDS = 10**9\nresult = None"
)
GO_ON = (
    "watch.STRETCH_SECONDS, watch.BEATS = usual\nwatch.ASIDE_SECONDS = usually\nwatch._beats_left = 1\nresult = None"
)
SLOW = """
import time
turns, is_slow = [0], True
def turn():
    time.sleep(0.6)
    if watch.is_followed():
        turns.append(0)
    else:
        turns[-1] += 1
    return 0.0 if is_slow else None
bpy.app.timers.register(turn)
result = None
"""
CANCEL = f"bpy.ops.trellis.cancel(job=next(iter({scene.SESSION}.jobs)))\nresult = None"


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "3600") as running:
        yield running


@pytest.fixture
def working(open_window: Callable[..., Window], server: Process) -> Window:
    """A window whose job is at the server, the first since *Reload Scripts*, and a file that has changed since."""
    window = open_window()
    window.call("bpy.ops.script.reload()\nresult = None")
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call(GENERATE)
    window.wait_for(f"{STATES} == ['processing']")
    window.call(COUNT)
    window.call(AUTO_SAVE)
    return window


def test_auto_save_comes_while_a_job_runs(working: Window, server: Process, artifacts: Path) -> None:
    order_and_cancel_while_it_stands_aside(working, server)
    working.call(SLOW)
    saved = SAVED.format(folder=str(working.home))
    working.wait_for(saved, MINUTE_SECONDS + PATIENCE_SECONDS)
    assert 0 < working.call("max(turns)") <= 3, (
        "in a heavy scene nothing moves for few turns of Blender's, and it saves"
    )
    working.call("is_slow = False\nresult = None")
    working.screenshot(artifacts / "saved.png")
    assert working.call(STATES) == ["cancelled", "processing"]
    working.wait_for("counts[-1] == 1")
    scene.let_go(server)
    working.wait_for(f"{STATES}[1] == 'imported' and not {scene.SESSION}.watched and counts[-1] == 0")
    assert working.call("max(counts)") == 1, "never are there two"
    [path] = working.call(saved)
    working.call("bpy.ops.wm.read_homefile()\nresult = None")
    assert working.call(OF_THIS_FILE) == [False, False]
    working.call(f"bpy.ops.wm.recover_auto_save(filepath={path!r})\nresult = None")
    assert working.call(OF_THIS_FILE) == [True, True], "of a file that was never saved, after a crash"


def order_and_cancel_while_it_stands_aside(window: Window, server: Process) -> None:
    """What is pressed then is done at once; what came of it is seen afterwards. The auto-save is not due yet."""
    window.call(STAY_ASIDE)
    window.wait_for(f"{ASIDE} and counts[-1] == 0")
    window.call(CANCEL)
    window.call(GENERATE)
    wait_for_server(server, ["cancelled", "processing"])
    assert window.call(ASIDE) and window.call(STATES)[0] == "processing", "nothing is taken in meanwhile"
    window.call(GO_ON)
    window.wait_for(f"{STATES} == ['cancelled', 'processing']")
    window.wait_for("counts[-1] == 1")


def wait_for_server(server: Process, states: list[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (told := [job["state"] for job in server.control.jobs()]) != states:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
