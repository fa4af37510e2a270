# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress over the placeholder and in the status bar, and the history with its pictures, in a real window."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import ImageChops

from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS, SIDEBAR_EDGE_PIXELS, Window
from tests.simulator.remote import Process

MODULE = "__import__('sys').modules[{!r}]".format
OVERLAY = MODULE(f"{scene.PACKAGE}.blender.overlay")
STATUS = MODULE(f"{scene.PACKAGE}.blender.statusbar") + ".shown()"
HISTORY = MODULE(f"{scene.PACKAGE}.blender.history")
MINIATURES = MODULE(f"{scene.PACKAGE}.blender.miniatures")
OBJECTS = "len([o for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons])"
SETTLED = f"not {scene.SESSION}.watched"
COUNT_DRAWS = """
import sys
overlay = sys.modules['bl_ext.user_default.trellis_blender.blender.overlay']
draws = 0
draw = overlay._draw_label
def counted(*arguments):
    global draws
    draws += 1
    return draw(*arguments)
overlay._draw_label = counted
statusbar = sys.modules['bl_ext.user_default.trellis_blender.blender.statusbar']
result = None
"""
STATUS_PLACE = (0, 1878, 400, 22)
"""Where the status bar has what others write: left, top, width and height, in a window that is 1900 pixels high."""
POPOVER = "TRELLIS_PT_history_wide_view3d"
ROW_PIXELS = 20


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        yield running


def test_progress_then_history(open_window: Callable[..., Window], server: Process, artifacts: Path) -> None:
    window = open_window(size=(1280, 1900))
    scene.connect(window, server)
    scene.choose_picture(window)
    scene.hold(server)
    window.call("bpy.context.scene.trellis.resolution = '512'\nbpy.data.objects['Cube'].hide_set(True)\nresult = None")
    window.call(COUNT_DRAWS)
    assert not window.call(f"{OVERLAY}.is_drawing()")
    window.call(
        "with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):\n"
        "    bpy.ops.trellis.generate('INVOKE_DEFAULT')\nresult = None"
    )
    window.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    server.control.advance(1200)
    window.wait_for(f"any((j.progress or 0.0) > 0.25 for j in {scene.SESSION}.jobs.values())")
    window.wait_for("draws > 0")
    assert window.call(STATUS).startswith("TRELLIS: 1 job")
    window.screenshot(artifacts / "1-running.png")
    before = window.seen(STATUS_PLACE)
    window.call("bpy.context.workspace.status_text_set('Written by another add-on')\nresult = None")
    written, told = window.still(STATUS_PLACE, other_than=before), window.call(STATUS)
    window.call(
        "area('VIEW_3D').spaces.active.overlay.show_overlays = False\narea('VIEW_3D').tag_redraw()\nresult = None"
    )
    window.wait_for("True")
    window.call("draws = 0\narea('VIEW_3D').tag_redraw()\nresult = None")
    server.control.advance(1200)
    window.wait_for(f"any((j.progress or 0.0) > 0.6 for j in {scene.SESSION}.jobs.values())")
    window.wait_for(f"{STATUS} != {told!r}")
    window.screenshot(artifacts / "2-written.png")
    assert ImageChops.difference(window.still(STATUS_PLACE), written).getbbox() is None, "another's text was wiped"
    window.call("bpy.context.workspace.status_text_set(None)\nresult = None")
    scene.let_go(server)
    window.wait_for(f"not {scene.SESSION}.busy")
    assert window.call("draws") == 0, "it was drawn with the overlays off"
    window.wait_for(f"not {OVERLAY}.is_drawing()")
    window.wait_for(f"{STATUS} == 'TRELLIS: 1 new'")
    window.screenshot(artifacts / "2-elsewhere.png")
    window.call("area('VIEW_3D').spaces.active.overlay.show_overlays = True\nresult = None")
    window.call(
        "bpy.context.scene.trellis.seed = 7\nbpy.ops.trellis.generate()\n"
        "bpy.context.view_layer.objects.active = None\nresult = None",
        timeout=120,
    )
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.wait_for(f"{HISTORY}.counts() == (2, 2)")
    window.wait_for(SETTLED)
    window.wait_for(f"len({MINIATURES}._slots) >= 2")  # ahead: an open popover is not drawn anew for them
    window.open_panel("TRELLIS_PT_history_view3d")
    listed = choose_by_typing(window, artifacts)
    import_again(window, listed)
    delete(window, artifacts)


def choose_by_typing(window: Window, artifacts: Path) -> tuple[int, int]:
    """Search by seed and choose what was found, then look at it with more room; give the list's place."""
    field = window.find_button("trellis_history.text")
    window.click(*field)
    window.type("7")
    window.wait_for(f"{HISTORY}.counts() == (1, 2)")
    window.key("Return")
    window.click(*window.find_button("trellis_history.active", below=field[1]))
    window.wait_for(f"{HISTORY}.active_id()")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "3-sidebar.png")
    larger = window.find_button("trellis.show_history", from_edge=SIDEBAR_EDGE_PIXELS, below=field[1] - ROW_PIXELS)
    window.call(f"watch_panel({POPOVER!r})\nresult = None")
    window.click(*larger)
    window.wait_for(f"is_panel_open({POPOVER!r})")
    time.sleep(SIDEBAR_DRAW_SECONDS)  # until it is on the screen
    window.screenshot(artifacts / "4-popover.png")
    window.key("Escape")
    return field


def import_again(window: Window, listed: tuple[int, int]) -> None:
    """The object comes once more, for free; the jobs above the list have buttons of their own."""
    before = window.call(OBJECTS)
    window.click(*window.find_button("trellis.import_job", from_edge=SIDEBAR_EDGE_PIXELS, below=listed[1]))
    window.wait_for(f"{OBJECTS} == {before + 1}")
    window.wait_for(SETTLED)


def delete(window: Window, artifacts: Path) -> None:
    """It asks, since the object was paid for; Escape leaves all as it was."""
    window.call("bpy.context.view_layer.objects.active = None\nresult = None")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    bin_ = window.find_button("trellis.delete_jobs", from_edge=SIDEBAR_EDGE_PIXELS)
    window.click(*bin_)
    time.sleep(SIDEBAR_DRAW_SECONDS)
    window.screenshot(artifacts / "5-asked.png")
    window.key("Escape")
    time.sleep(SIDEBAR_DRAW_SECONDS)
    assert window.call(f"{HISTORY}.counts()") == [1, 2]
    window.click(*bin_)
    time.sleep(SIDEBAR_DRAW_SECONDS)
    window.key("Return")
    window.wait_for(f"{HISTORY}.counts() == (0, 1)")
    assert window.call(OBJECTS) >= 3, "what stands in the scene stays"
