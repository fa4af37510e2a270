# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the screen that show what is ours, and no others. Knows no job; reads nothing of the file."""

from collections.abc import Iterator

import bpy

from .identity import TAB

_SIDEBARS = frozenset({"VIEW_3D", "IMAGE_EDITOR"})
_OURS = "TRELLIS_OT_"


def redraw() -> None:
    """Have the sidebars that are open at our tab, and the preferences, drawn again."""
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


def redraw_status_bar() -> None:
    """Have the status bars drawn again, in windows where no other tool is at work: it may have its keys there."""
    for window in bpy.context.window_manager.windows:
        if all(operator.bl_idname.startswith(_OURS) for operator in window.modal_operators):
            with bpy.context.temp_override(window=window):
                # Blender offers no way to tag it: setting no text does, and leaves what the bar shows by itself.
                window.workspace.status_text_set_internal(None)


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
