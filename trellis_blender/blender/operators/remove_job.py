# SPDX-License-Identifier: GPL-3.0-or-later
"""*Remove from List*: tidy away an ended job; its file stays. Asks where something paid for would be lost."""

from typing import Any

import bpy

from ...core.history import at_stake
from ...core.jobs import State
from .. import session
from ..identity import REMOVE
from ..language import report
from ..text import in_lines
from .on_job import OnJob


class TRELLIS_OT_remove_job(OnJob, bpy.types.Operator):
    """Take this job out of the list. Its file stays in the download folder"""

    bl_idname = REMOVE
    bl_label = "Remove from List"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask when something would be lost that was paid for, or may have been."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        lost = at_stake(job)
        if not lost or job.state is State.IMPORTED:
            return self.execute(context)
        manager: Any = context.window_manager
        return set(
            manager.invoke_confirm(self, event, title=self.bl_label, message=in_lines(lost), confirm_text="Remove")
        )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Remove it, unless it is running; a script says so itself."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        if job.running:
            report(self, {"WARNING"}, "This job is running; cancel it first")
            return {"CANCELLED"}
        session.current().remove(job.id)
        session.redraw()
        return {"FINISHED"}
