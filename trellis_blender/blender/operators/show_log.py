# SPDX-License-Identifier: GPL-3.0-or-later
"""*Show Log*: what the extension logged in this session, as a text to read. Writes no file."""

import bpy

from .. import diagnostics
from ..identity import SHOW_LOG

TEXT_NAME = "TRELLIS Log"
LINES_SHOWN = 40
"""So many of the newest are in sight at first."""


class TRELLIS_OT_show_log(bpy.types.Operator):
    """Show what the extension logged in this session as a text. It holds no key"""

    bl_idname = SHOW_LOG
    bl_label = "Show Log"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the text, and show it where there is a window."""
        text = diagnostics.as_text(TEXT_NAME, diagnostics.log())
        text.cursor_set(max(len(text.lines) - LINES_SHOWN, 0))
        if not bpy.app.background and context.window is not None:
            _show(context, text)
        return {"FINISHED"}


def _show(context: bpy.types.Context, text: bpy.types.Text) -> None:
    """Show it in a Text Editor that is open already, or in a window of its own."""
    windows = context.window_manager.windows
    areas = (area for window in windows for area in window.screen.areas if area.type == "TEXT_EDITOR")
    area = next(areas, None)
    if area is None:
        bpy.ops.wm.window_new()
        area = windows[-1].screen.areas[0]
        area.type = "TEXT_EDITOR"
    area.spaces.active.text = text  # type: ignore[attr-defined]  # a Text Editor has one
    area.tag_redraw()
