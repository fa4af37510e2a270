# SPDX-License-Identifier: GPL-3.0-or-later
"""*Job History*: all jobs in a popover with room for everything. *Show Waiting*: only those that wait for somebody."""

from typing import Any

import bpy

from ...core.history import Standing
from .. import history
from ..identity import CLEAR_FILTERS, HISTORY_POPOVER, SHOW_HISTORY, SHOW_WAITING


class TRELLIS_OT_show_history(bpy.types.Operator):
    """Search all jobs, import their objects again, copy their settings or delete them"""

    bl_idname = SHOW_HISTORY
    bl_label = "Job History"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Show it at the mouse, until the artist clicks elsewhere; a Blender without windows has no place for it."""
        history.sync()
        if bpy.app.background:
            return {"CANCELLED"}
        return set(bpy.ops.wm.call_panel("INVOKE_DEFAULT", name=HISTORY_POPOVER, keep_open=True))


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
