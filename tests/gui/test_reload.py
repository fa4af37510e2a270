# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reload Scripts* while a job runs: Blender refuses it beside a modal timer, so that ours steps aside for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

STATES = f"[job.state.value for job in {scene.SESSION}.jobs.values()]"
FOLLOWED = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for w in bpy.context.window_manager.windows for o in w.modal_operators)"
)
NEW = f"not hasattr({scene.SESSION}, 'before')"


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "3600") as running:
        yield running


@pytest.fixture
def working(open_window: Callable[..., Window], server: Process) -> Window:
    """A window whose job is at the server."""
    window = scene.in_front(open_window, server)
    window.call("bpy.ops.trellis.generate('INVOKE_DEFAULT')\nresult = None")
    window.wait_for(f"{STATES} == ['processing'] and {FOLLOWED}")
    window.call(f"{scene.SESSION}.before = True\nresult = None")
    return window


def test_scripts_are_reloaded_while_a_job_runs_and_nothing_is_lost(
    working: Window, server: Process, artifacts: Path
) -> None:
    working.search("reload scripts", artifacts / "1-search.png")
    working.wait_for(NEW)
    working.wait_for(f"{STATES} == ['processing'] and {FOLLOWED}")
    working.screenshot(artifacts / "2-reloaded.png")
    scene.let_go(server)
    working.wait_for(f"{STATES} == ['imported'] and 'mushroom' in bpy.data.objects")
    assert len(server.control.jobs()) == 1, "paid for once"


def test_who_only_looks_at_the_menu_is_shown_the_job_further_on(working: Window, server: Process) -> None:
    """The job goes on meanwhile; its object comes as soon as it is followed again."""
    working.call(f"watch = __import__({scene.PACKAGE + '.blender.watch'!r}, fromlist=['start'])\nresult = None")
    working.call("watch.WAY_SECONDS = 10**9\nresult = None")
    working.call("bpy.ops.wm.call_menu(name='TOPBAR_MT_blender_system')\nresult = None")
    working.wait_for(f"not {FOLLOWED}")
    working.key("Escape")
    scene.let_go(server)
    working.wait_for(f"{STATES} == ['downloaded']")
    assert not working.call(FOLLOWED)
    working.call("watch._free_until = 0.0\nresult = None")
    working.wait_for(f"{STATES} == ['imported']")
