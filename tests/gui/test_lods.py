# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of an object of many faces are made by another Blender, while this window goes on."""

from collections.abc import Callable
from pathlib import Path

from tests.gui.window import Window

BALL = """
bpy.ops.mesh.primitive_uv_sphere_add(segments=200, ring_count=120)
item = bpy.context.view_layer.objects.active
item.name = 'ball'
bpy.ops.ed.undo_push(message='ball')
result = len(item.data.polygons)
"""
PRESS = """
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area('VIEW_3D')):
    bpy.ops.trellis.make_lods('INVOKE_DEFAULT')
result = None
"""
HELD = """
import sys
aside = sys.modules['bl_ext.user_default.trellis_blender.blender.aside']
command = aside._command
aside._command = lambda: ['sh', '-c', 'exec sleep 600']
result = None
"""
"""The other Blender is one that never comes to an end by itself."""
LEVELS = "sorted(item.name for item in bpy.data.objects if '_LOD' in item.name)"
FOLLOWED = (
    "'TRELLIS_OT_follow_lods' in [one.bl_idname for one in bpy.context.window_manager.windows[0].modal_operators]"
)


def test_levels_come_while_the_window_goes_on(open_window: Callable[..., Window], artifacts: Path) -> None:
    window = open_window(size=(1280, 900))
    assert window.call(BALL) > 20_000
    window.display.move(500, 450)
    window.call(HELD)
    window.call(PRESS)
    window.screenshot(artifacts / "1-dialog.png")
    window.press_until(lambda: window.key("Return"), FOLLOWED)
    window.screenshot(artifacts / "2-making.png")
    window.press_until(lambda: window.key("Escape"), f"not ({FOLLOWED})")
    window.call("aside._command = command\nresult = None")
    assert window.call(LEVELS) == []
    window.call(PRESS)
    window.press_until(lambda: window.key("Return"), f"{FOLLOWED} or {LEVELS}")
    window.wait_for(f"{LEVELS} == ['ball_LOD1', 'ball_LOD2', 'ball_LOD3']", timeout=120)
    window.screenshot(artifacts / "3-made.png")
    assert "The other Blender" not in window.log_text(), "it was that one that made them"
    assert window.call("len(bpy.data.objects['ball_LOD3'].data.polygons)") < 8000
    window.key("ctrl+z")
    window.wait_for(f"{LEVELS} == []")
    assert window.call("len(bpy.data.objects['ball'].data.polygons)") > 20_000
