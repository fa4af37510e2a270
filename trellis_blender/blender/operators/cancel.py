# SPDX-License-Identifier: GPL-3.0-or-later
"""*Cancel*: stop a job here or at the server; says what it costs."""

import bpy

from ...core.jobs import CANCELLABLE, FINISHED_THERE
from .. import session, watch
from ..identity import CANCEL
from ..language import report
from .on_job import OnJob


class TRELLIS_OT_cancel(OnJob, bpy.types.Operator):
    """Cancel this job. Once the server has accepted it, it is billed all the same"""

    bl_idname = CANCEL
    bl_label = "Cancel Job"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask for it and return at once."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        if job.state not in CANCELLABLE:
            report(self, {"INFO"}, "The server has finished this job already; its object is kept")
            if job.state not in FINISHED_THERE:
                return {"CANCELLED"}
        session.current().cancel(job.id)
        watch.start()
        session.redraw()
        return {"FINISHED"}
