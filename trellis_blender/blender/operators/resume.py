# SPDX-License-Identifier: GPL-3.0-or-later
"""*Try Again*: go on with a job that stopped on our side. Free."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session
from ..identity import RESUME
from ..language import report
from .asking import Asking
from .on_job import GoingOn


class TRELLIS_OT_resume(GoingOn, Asking, bpy.types.Operator):
    """Go on with this job where it stopped. The object is paid for already, so this costs nothing"""

    bl_idname = RESUME
    bl_label = "Try Again"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Go on: at once after a press, else for a script, which waits."""
        job = self.wanted()
        if job is None or not self.may_go_on(context):
            return {"CANCELLED"}
        if not job.resumable and not job.running:
            report(self, {"WARNING"}, "This job is over; there is nothing to try again")
            return {"CANCELLED"}
        try:
            session.current().resume(job.id, preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        return self.follow(job.id)
