# SPDX-License-Identifier: GPL-3.0-or-later
"""*Send Again*: order once more what was most likely never accepted. Asks first, since it is paid for."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import SEND_AGAIN
from ..language import report
from .asking import Asking
from .on_job import OnJob


class TRELLIS_OT_send_again(OnJob, Asking, bpy.types.Operator):
    """Send this picture once more as a new job. Spends money; the lost job may have cost, too"""

    bl_idname = SEND_AGAIN
    bl_label = "Send Again"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask whether it shall be paid for."""
        return set(context.window_manager.invoke_confirm(self, event))

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Send it, and return at once."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        live = session.current()
        try:
            live.send_again(job.id, preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}
