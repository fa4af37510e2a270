# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of presets opens under a real mouse, and F3 finds what the menus hold."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.gui.window import SIDEBAR_DRAW_SECONDS, Window

SETTINGS = "bpy.context.scene.trellis"
ROW_PIXELS = 20
SCREENS = "__import__('bl_ext.user_default.trellis_blender.blender.screens', fromlist=['redraw'])"
COUNT = f"""
drawn = []
bpy.types.SpaceView3D.draw_handler_add(drawn.append, (1,), "UI", "POST_PIXEL")
{SCREENS}.redraw()
result = None
"""


def test_presets_and_search(open_window: Callable[..., Window], artifacts: Path) -> None:
    window = open_window(size=(1280, 900))
    window.open_sidebar("VIEW_3D", "TRELLIS")
    x, y = window.find_button("trellis.resolution")
    window.click(x, y - ROW_PIXELS)
    time.sleep(SIDEBAR_DRAW_SECONDS)
    window.screenshot(artifacts / "1-presets.png")
    window.key("Escape")

    window.press_until(
        lambda: window.search("hero", artifacts / "2-search.png"),
        f"{SETTINGS}.resolution == '1536' and {SETTINGS}.texture_size == '4096'",
    )
    window.press_until(lambda: window.search("random seed", artifacts / "3-search.png"), f"{SETTINGS}.seed != 42")
    copied = "bpy.context.window_manager.clipboard.startswith('# TRELLIS for Blender')"
    assert not window.call(copied)
    window.press_until(lambda: window.search("copy report", artifacts / "4-search.png"), copied)

    window.call(
        "bpy.context.view_layer.objects.active = bpy.data.objects['Cube']\n"
        "bpy.ops.object.mode_set(mode='EDIT')\nresult = None"
    )
    seed = window.call(f"{SETTINGS}.seed")
    window.press_until(
        lambda: window.search("random seed", artifacts / "5-search-in-edit-mode.png"), f"{SETTINGS}.seed != {seed}"
    )
    assert window.call("bpy.context.mode") == "EDIT_MESH"


def test_what_has_grown_is_drawn_once_more(open_window: Callable[..., Window]) -> None:
    """Blender drew a sub-panel's heading over the last rows of what had grown, until something else was drawn anew."""
    window = open_window()
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.display.move(*window.rectangle("VIEW_3D")[:2])
    time.sleep(SIDEBAR_DRAW_SECONDS)
    window.call(COUNT)
    window.wait_for("len(drawn) > 1")
    time.sleep(SIDEBAR_DRAW_SECONDS)
    assert window.call("len(drawn)") == 2, "and no more than that"
