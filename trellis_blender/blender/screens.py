# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the screen that show what is ours. Knows no job; reads nothing of the file."""

import bpy

_REDRAWN = frozenset({"VIEW_3D", "IMAGE_EDITOR", "PREFERENCES"})


def redraw() -> None:
    """Have the sidebars and preferences drawn again that show jobs."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _REDRAWN:
                for region in area.regions:
                    if region.type == "UI" or area.type == "PREFERENCES":
                        region.tag_redraw()
