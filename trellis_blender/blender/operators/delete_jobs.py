# SPDX-License-Identifier: GPL-3.0-or-later
"""*Delete from History*: take jobs out of the list, and their files if that is wanted. Asks where something is lost."""

from typing import Any

import bpy

from ...core.history import at_stake
from ...core.jobs import Job
from .. import history, session, watch
from ..identity import DELETE_JOBS
from ..language import report, said
from ..text import DIALOG_FRAME, draw_wrapped, room

_WIDTH = 420


class TRELLIS_OT_delete_jobs(bpy.types.Operator):
    """Take the chosen jobs out of the list. What they cost stays in the ledger"""

    bl_idname = DELETE_JOBS
    bl_label = "Delete from History"
    bl_options = {"INTERNAL"}

    jobs: bpy.props.StringProperty(
        name="Jobs", description="The jobs' ids, with commas; leave empty for those chosen in the list",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    files: bpy.props.BoolProperty(
        name="Delete Their Files, Too",
        description="The objects' files in the download folder are deleted; the service keeps them for 30 days",
        default=False, options={"SKIP_SAVE"},
    )  # fmt: skip

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask when something would be lost that was paid for, or may have been."""
        found = self._meant()
        if not any(at_stake(job) for job in found):
            return self.execute(context)
        manager: Any = context.window_manager
        return set(manager.invoke_props_dialog(self, width=_WIDTH, confirm_text="Delete"))

    def draw(self, _context: bpy.types.Context) -> None:
        """Say what would be lost, each thing once."""
        layout, found = self.layout, self._meant()
        if len(found) == 1:
            layout.label(text=said(f"Delete {found[0].name} from the history?"), icon="QUESTION")
        else:
            layout.label(text=said(f"Delete {len(found)} jobs from the history?"), icon="QUESTION")
        for sentence in dict.fromkeys(at_stake(job) for job in found):
            if sentence:
                with room(_WIDTH - DIALOG_FRAME):
                    draw_wrapped(layout, sentence)
        if any(job.path is not None for job in found):
            layout.prop(self, "files")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Delete them, and return at once; a script says itself what is to go."""
        found = self._meant()
        if not found:
            report(self, {"WARNING"}, "No job is chosen that has ended; running jobs are cancelled first")
            return {"CANCELLED"}
        session.current().remove(*(job.id for job in found), files=self.files)
        history.sync()
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def _meant(self) -> list[Job]:
        """Give the jobs that are meant and can be deleted."""
        live = session.current()
        ids = [name.strip() for name in self.jobs.split(",")] if self.jobs else history.chosen_ids()
        known = [live.jobs[job_id] for job_id in ids if job_id in live.jobs]
        return [job for job in known if not job.running and not live.is_foreign(job)]
