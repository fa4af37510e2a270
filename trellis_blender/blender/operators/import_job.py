# SPDX-License-Identifier: GPL-3.0-or-later
"""*Import*: bring a finished job's object into the scene at hand. Free, as often as wanted."""

import bpy

from ...core.errors import TrellisError
from .. import arrangement, importer, placement, session, standing, watch
from ..identity import IMPORT
from ..language import hinted, report
from .on_job import OnJob


class TRELLIS_OT_import_job(OnJob, bpy.types.Operator):
    """Bring an object to where it belongs."""

    bl_idname = IMPORT
    bl_label = "Import"
    bl_description = (
        "Bring this job's object to the 3D cursor, one of a sheet to its place there or beside the others of its sheet "
        "that stand in the scene, a variant to its object. A lost file is downloaded again, for free"
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = importer.can_import(context)
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Have its file looked at, and had again if it is gone; returns at once, and the object comes after."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        session.current().want(job.id, placement.mark(context))
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import now, and block until the object is there; for scripts."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        try:
            place = arrangement.beside(placement.here(context), standing.read(job.origin))
            session.current().intake.import_now(job.id, place, select=True, again=True)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        remark = session.current().intake.remarks.get(job.id)
        if remark:
            report(self, {"INFO"}, remark)
        session.redraw()
        return {"FINISHED"}
