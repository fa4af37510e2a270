# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress over the placeholder and in the status bar, and the history with its pictures, in a real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

MODULE = "__import__('sys').modules[{!r}]".format
OVERLAY = MODULE(f"{scene.PACKAGE}.blender.overlay")
STATUS = MODULE(f"{scene.PACKAGE}.blender.statusbar") + ".shown()"
HISTORY = MODULE(f"{scene.PACKAGE}.blender.history")
MINIATURES = MODULE(f"{scene.PACKAGE}.blender.miniatures")
OPEN_PANEL = """
panel = bpy.types.TRELLIS_PT_history_view3d
bpy.utils.unregister_class(panel)
panel.bl_options = set()
bpy.utils.register_class(panel)
result = None
"""
"""It is closed at first; before it is drawn it can be opened so."""
COUNT_DRAWS = """
import sys
overlay = sys.modules['bl_ext.user_default.trellis_blender.blender.overlay']
draws = 0
draw = overlay._draw_label
def counted(*arguments):
    global draws
    draws += 1
    draw(*arguments)
overlay._draw_label = counted
statusbar = sys.modules['bl_ext.user_default.trellis_blender.blender.statusbar']
result = None
"""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        yield running


def test_progress_then_history(open_window: Callable[..., Window], server: Process, artifacts: Path) -> None:
    window = open_window(size=(1280, 1600))
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
    window.call(
        "area('VIEW_3D').spaces.active.overlay.show_overlays = False\narea('VIEW_3D').tag_redraw()\nresult = None"
    )
    window.wait_for("True")
    window.call("draws = 0\narea('VIEW_3D').tag_redraw()\nresult = None")
    server.control.advance(1200)
    window.wait_for(f"any((j.progress or 0.0) > 0.6 for j in {scene.SESSION}.jobs.values())")
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
    window.call(OPEN_PANEL)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.wait_for(f"{HISTORY}.counts() == (2, 2)")
    window.wait_for(f"len({MINIATURES}._slots) >= 2")
    window.call("bpy.context.window_manager.trellis_history.active = 0\narea('VIEW_3D').tag_redraw()\nresult = None")
    window.wait_for(f"{HISTORY}.active_id()")
    window.screenshot(artifacts / "3-sidebar.png")
    window.display.move(500, 400)
    window.call(
        "with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area('VIEW_3D')):\n"
        "    bpy.ops.trellis.show_history()\nresult = None"
    )
    window.wait_for("True")
    window.screenshot(artifacts / "4-popover.png")
