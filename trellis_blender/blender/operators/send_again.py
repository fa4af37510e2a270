# SPDX-License-Identifier: GPL-3.0-or-later
"""*Send Again*: order once more what was most likely never accepted. Asks first, since it is paid for."""

import bpy

from ...core.errors import TrellisError
from ...core.jobs import State
from .. import offers, preferences, reordering, session
from ..identity import SEND_AGAIN
from ..language import report
from ..text import in_lines
from . import waiting
from .asking import Asking
from .on_job import GoingOn
from .spending import Spending, refused


class TRELLIS_OT_send_again(Spending, GoingOn, Asking, bpy.types.Operator):
    """Send this picture once more as a new job. Spends money; the lost job may have cost, too"""

    bl_idname = SEND_AGAIN
    bl_label = "Send Again"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask whether it shall be paid for, with the price of today."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        self.is_pressed = True
        wanted = offers.priced(job)
        if job.is_free and wanted.is_priced and not wanted.price_usd:
            return self.execute(context)
        question = f"{reordering.priced(wanted)}. The job whose answer was lost may have been billed, too."
        return set(
            context.window_manager.invoke_confirm(
                self, event, title=self.bl_label, message=in_lines(question), confirm_text=self.bl_label
            )
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Send it: at once when the artist was asked, else for a script, which waits."""
        job = self.wanted()
        if job is None or not self.may_go_on(context):
            return {"CANCELLED"}
        if job.state is not State.UNCERTAIN or not job.suspended:
            report(self, {"WARNING"}, "This job cannot be sent once more as it is; copy its settings to the panel")
            return {"CANCELLED"}
        live = session.current()
        try:
            self.allow(offers.priced(job))
            live.send_again(job.id, preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            return refused(self, error)
        if self.is_pressed:
            return self.follow(job.id)
        fresh = waiting.heir(job.id)
        if fresh is None:
            report(self, {"ERROR"}, live.jobs[job.id].error)
            return {"CANCELLED"}
        return self.follow(fresh.id)
