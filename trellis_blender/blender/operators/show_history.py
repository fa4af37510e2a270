# SPDX-License-Identifier: GPL-3.0-or-later
"""*Job History*: all jobs in a popover with room for everything. *Show Waiting*: only those that wait for somebody."""

from typing import Any

import bpy

from ...core.history import Standing
from .. import history
from ..identity import CLEAR_FILTERS, HISTORY_POPOVERS, SHOW_HISTORY, SHOW_WAITING

UNIT_PIXELS = 20
"""Of one unit of the interface at its usual size."""
FRAME_UNITS = 2
"""That Blender leaves beside a popover."""


class TRELLIS_OT_show_history(bpy.types.Operator):
    """Search all jobs, import their objects again, copy their settings or delete them"""

    bl_idname = SHOW_HISTORY
    bl_label = "Job History"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it at the mouse, until the artist clicks elsewhere; a Blender without windows has no place for it."""
        history.sync()
        if bpy.app.background:
            return {"CANCELLED"}
        name = popover(context.window.width, context.preferences.system.ui_scale)
        return set(bpy.ops.wm.call_panel("INVOKE_DEFAULT", name=name, keep_open=True))


def popover(width: int, scale: float) -> str:
    """Give the widest popover that has room in a window of so many pixels, at a scale of the interface."""
    room = width / (UNIT_PIXELS * (scale or 1.0)) - FRAME_UNITS
    fitting = [units for units in HISTORY_POPOVERS if units <= room]
    return HISTORY_POPOVERS[max(fitting, default=min(HISTORY_POPOVERS))]


class TRELLIS_OT_show_waiting(bpy.types.Operator):
    """Show the jobs that wait for you in the history"""

    bl_idname = SHOW_WAITING
    bl_label = "Show Waiting Jobs"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Have the list show them."""
        history.show_all_of(Standing.WAITING)
        show: Any = bpy.ops.trellis.show_history  # type: ignore[attr-defined]
        show()
        return {"FINISHED"}


class TRELLIS_OT_clear_filters(bpy.types.Operator):
    """Show all jobs again"""

    bl_idname = CLEAR_FILTERS
    bl_label = "Show All"
    bl_options = {"INTERNAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Clear what is searched for."""
        history.clear_filters()
        return {"FINISHED"}
