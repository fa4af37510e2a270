# SPDX-License-Identifier: GPL-3.0-or-later
"""*Remove from List*: tidy away an ended job; its file stays."""

import bpy

from .. import session
from ..identity import REMOVE
from ..language import report
from .on_job import OnJob


class TRELLIS_OT_remove_job(OnJob, bpy.types.Operator):
    """Take this job out of the list. Its file stays in the download folder"""

    bl_idname = REMOVE
    bl_label = "Remove from List"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Remove it, unless it is running."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        if job.running:
            report(self, {"WARNING"}, "This job is running; cancel it first")
            return {"CANCELLED"}
        session.current().remove(job.id)
        session.redraw()
        return {"FINISHED"}
