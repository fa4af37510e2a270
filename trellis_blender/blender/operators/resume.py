# SPDX-License-Identifier: GPL-3.0-or-later
"""*Try Again*: go on with a job that stopped on our side. Free."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import RESUME
from ..language import report
from .asking import Asking
from .on_job import OnJob


class TRELLIS_OT_resume(OnJob, Asking, bpy.types.Operator):
    """Go on with this job where it stopped. The object is paid for already, so this costs nothing"""

    bl_idname = RESUME
    bl_label = "Try Again"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Go on, and return at once."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        try:
            session.current().resume(job.id, preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        session.current().drain()
        watch.start()
        session.redraw()
        return {"FINISHED"}
