# SPDX-License-Identifier: GPL-3.0-or-later
"""*Copy Report*: what helps whoever helps, on the clipboard, or in a text where there is none. No network, no disk."""

import bpy

from ...core.errors import TrellisError
from .. import diagnostics
from ..identity import COPY_DIAGNOSTICS
from ..language import report

TEXT_NAME = "TRELLIS Report"


class TRELLIS_OT_copy_diagnostics(bpy.types.Operator):
    """Copy versions, settings, the last errors and the log to the clipboard, without key and password"""

    bl_idname = COPY_DIAGNOSTICS
    bl_label = "Copy Report"

    job_id: bpy.props.StringProperty(
        name="Job", description="Copy what is known of this job instead", options={"SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy it."""
        try:
            text = diagnostics.of_job(self.job_id) if self.job_id else diagnostics.report()
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        if bpy.app.background:  # where what is put on the clipboard is lost without a word
            diagnostics.as_text(TEXT_NAME, text)
            told = f"There is no clipboard without a window; the report is in bpy.data.texts['{TEXT_NAME}']"
            report(self, {"INFO"}, f"{told}. It holds neither key nor password")
            return {"FINISHED"}
        context.window_manager.clipboard = text
        report(self, {"INFO"}, "The report is on the clipboard; it holds neither key nor password")
        return {"FINISHED"}
