# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: Blender starts with the zip enabled, hears the mouse and the keyboard, and can be seen."""

from pathlib import Path

import pytest
from PIL import Image

from tests.gui.program import WindowError
from tests.gui.window import Window

PACKAGE = "bl_ext.user_default.trellis_blender"
SIDEBAR_SHOWN = "area('VIEW_3D').spaces.active.show_region_ui"


def test_extension_is_enabled(window: Window, artifacts: Path) -> None:
    assert PACKAGE in window.call("list(bpy.context.preferences.addons.keys())")
    own_wheel = window.call("import pydantic_core\nresult = pydantic_core.__file__")
    assert Path(own_wheel).is_relative_to(window.home)
    with pytest.raises(WindowError, match="ZeroDivisionError"):
        window.call("1 / 0")

    left, top, width, height = window.rectangle("VIEW_3D")
    corner = (left + width // 4, top + height - 60)
    window.click(*corner)
    window.wait_for("not bpy.context.selected_objects")
    assert not window.call(SIDEBAR_SHOWN)
    window.key("n")
    window.wait_for(SIDEBAR_SHOWN)

    window.open_sidebar("VIEW_3D", "View")
    x, y = window.find_button("clip_start", "VIEW_3D", "UI")
    window.double_click(x, y)
    window.key("ctrl+a")
    window.type("0.25")
    window.key("Return")
    window.wait_for("abs(area('VIEW_3D').spaces.active.clip_start - 0.25) < 1e-6")
    shows_blender(window, artifacts / "blender.png")


def shows_blender(window: Window, path: Path) -> None:
    with Image.open(window.screenshot(path)) as picture:
        assert picture.size == window.size
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    assert colours is not None and len(colours) > 500
    most_common = max(count for count, _ in colours)
    assert most_common < 0.9 * window.size[0] * window.size[1]
