# SPDX-License-Identifier: GPL-3.0-or-later
"""*Try Again*: go on with a job that stopped on our side. Free."""

import bpy

from ...core.errors import TrellisError
from ...core.jobs import State
from .. import offers, preferences, session
from ..identity import RESUME
from ..language import hinted, report
from .asking import Asking
from .on_job import GoingOn
from .spending import Spending, refused


class TRELLIS_OT_resume(Spending, GoingOn, Asking, bpy.types.Operator):
    """Go on with this job where it stopped. The object is paid for already, so this costs nothing"""

    bl_idname = RESUME
    bl_label = "Try Again"

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say of what was never sent that it is paid for now; else what is said of the class."""
        job = session.current().jobs.get(asked.job)
        return hinted("Send this now; this spends money") if job is not None and job.state is State.PREPARED else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Go on: at once after a press, else for a script, which waits."""
        job = self.wanted()
        if job is None or not self.may_go_on(context):
            return {"CANCELLED"}
        if not job.resumable and not job.running:
            report(self, {"WARNING"}, "This job is over; there is nothing to try again")
            return {"CANCELLED"}
        try:
            if job.state is State.PREPARED:  # all others are paid for
                self.allow(offers.priced(job))
            session.current().resume(job.id, preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            return refused(self, error)
        return self.follow(job.id)
