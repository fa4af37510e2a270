# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the screen that show what is ours, and no others. Knows no job; reads nothing of the file."""

from collections.abc import Iterator
from typing import Any

import bpy

from .identity import TAB

_SIDEBARS = frozenset({"VIEW_3D", "IMAGE_EDITOR"})
BEAT = "trellis_beat"
SETTLE_SECONDS = 0.05
_NO_ROOM = 0.01


def redraw(*, settling: bool = True) -> None:
    """Have the sidebars that are open at our tab, and the preferences, drawn again.

    What has grown or shrunk is drawn ``settling``: Blender lays a panel out as it draws it, and so draws a sub-panel's
    heading where the panel ended before, over its last rows, until the next time.
    """
    _tag()
    if settling and not (bpy.app.background or bpy.app.timers.is_registered(_tag)):
        bpy.app.timers.register(_tag, first_interval=SETTLE_SECONDS)


def _tag() -> None:
    for _window, _area, region in showing():
        region.tag_redraw()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()


def showing() -> Iterator[tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]]:
    """Give the sidebars that are open at our tab."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _SIDEBARS:
                yield from ((window, area, region) for region in area.regions if _is_ours(region))


def draw_beat(layout: bpy.types.UILayout) -> None:
    """Draw what the status bar is drawn again for: an empty text, which takes no room."""
    column = layout.column()  # a row would be as wide as a field
    column.ui_units_x = _NO_ROOM
    column.enabled = False
    column.prop(bpy.context.window_manager, BEAT, text="", emboss=False)


def redraw_status_bar() -> None:
    """Have the status bars drawn again, and nothing else; what others have written there stays."""
    # Blender offers no way to tag them, but draws a region again where a property that it shows was published.
    beat: Any = bpy.context.window_manager.path_resolve(BEAT, False)
    bpy.msgbus.publish_rna(key=beat)


def redraw_viewports() -> None:
    """Have the viewports drawn again whose overlays are on."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D" and area.spaces.active.overlay.show_overlays:  # type: ignore[attr-defined]
                for region in area.regions:
                    if region.type == "WINDOW":
                        region.tag_redraw()


def _is_ours(region: bpy.types.Region) -> bool:
    if region.type != "UI" or region.width <= 1:
        return False
    category = getattr(region, "active_panel_category", TAB)
    return category in (TAB, "UNSUPPORTED")


def register() -> None:
    """Add what the status bar listens to."""
    bpy.types.WindowManager.trellis_beat = bpy.props.StringProperty(  # type: ignore[attr-defined]
        name="TRELLIS", get=lambda _owner: "", options={"HIDDEN", "SKIP_SAVE"}
    )


def unregister() -> None:
    """Take it out."""
    if bpy.app.timers.is_registered(_tag):
        bpy.app.timers.unregister(_tag)
    del bpy.types.WindowManager.trellis_beat  # type: ignore[attr-defined]
