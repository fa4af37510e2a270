# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which of several jobs at the service an uncertain one is. Free."""

import bpy

from .. import session
from ..identity import CHOOSE
from ..language import report
from .on_job import GoingOn


class TRELLIS_OT_choose_job(GoingOn, bpy.types.Operator):
    """Take this job at the service for the one whose answer was lost"""

    bl_idname = CHOOSE
    bl_label = "This One"

    candidate: bpy.props.StringProperty(name="Candidate", description="The job's id at the service",
                                        options={"SKIP_SAVE"})  # fmt: skip

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take it: at once after a press, else for a script, which waits."""
        job = self.wanted()
        if job is None or not self.may_go_on(context):
            return {"CANCELLED"}
        if self.candidate not in job.candidates:
            report(self, {"WARNING"}, "This is not one of the jobs it could be")
            return {"CANCELLED"}
        session.current().choose(job.id, self.candidate)
        return self.follow(job.id)
