# SPDX-License-Identifier: GPL-3.0-or-later
"""*Show Object*: select the object that a job brought, and have the view go there."""

from typing import Any

import bpy

from .. import footing, session, whereabouts
from ..identity import SHOW_OBJECT
from ..language import hinted, report
from .on_job import OnJob


class TRELLIS_OT_show_object(OnJob, bpy.types.Operator):
    """Select the object that came of this job and move the view to it"""

    bl_idname = SHOW_OBJECT
    bl_label = "Show Object"
    bl_options: Any = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """In other modes the selection is not that of objects."""
        cls.poll_message_set(hinted("Switch to Object Mode first"))
        return context.mode == "OBJECT"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select it alone, and frame it in the view that was clicked in, else the first one."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        found = whereabouts.of(job.id, context.view_layer)
        visible = [item for item in found if item.visible_get()]
        if not found:
            report(self, {"WARNING"}, f"{job.name} is not in this scene; Import Again brings it, for free")
            return {"CANCELLED"}
        if not visible:
            report(self, {"WARNING"}, f"{found[0].name} is hidden; show it in the Outliner")
            return {"CANCELLED"}
        for item in context.view_layer.objects:
            item.select_set(item in visible)
        context.view_layer.objects.active = visible[0]
        remarks = session.current().intake.remarks
        remarks[job.id] = whereabouts.anew(remarks.get(job.id, ""), visible[0])
        _frame(context)
        return {"FINISHED"}


def _frame(context: bpy.types.Context) -> None:
    """Have a view show what is selected, where there is a window."""
    screen = context.screen
    areas = [context.area, *(screen.areas if screen is not None else ())]
    view: Any = next((area for area in areas if area is not None and area.type == "VIEW_3D"), None)
    if view is None or bpy.app.background:
        return
    region = next(region for region in view.regions if region.type == "WINDOW")
    with footing.at(area=view, region=region):
        bpy.ops.view3d.view_selected()
