# SPDX-License-Identifier: GPL-3.0-or-later
"""*Clean Up*: remove the oldest imported objects' files and sent pictures, down to the storage budget. Asks first."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import CLEAN_UP
from ..language import report
from ..text import in_lines


class TRELLIS_OT_clean_up(bpy.types.Operator):
    """Remove the oldest imported objects' files, and pictures they were made of, until the rest fits the budget"""

    bl_idname = CLEAN_UP
    bl_label = "Clean Up"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first: to import one again, its file would have to be downloaded."""
        budget = preferences.get().storage_budget
        question = (
            f"Files of imported objects and their pictures are removed, oldest first, until {budget} MB are left. "
            "Scenes stay as they are. To import one again, it is downloaded, for as long as the service keeps it."
        )
        return set(
            context.window_manager.invoke_confirm(
                self, event, title=self.bl_label, message=in_lines(question), confirm_text=self.bl_label
            )
        )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Have it done, and return at once."""
        live = session.current()
        try:
            live.open(preferences.endpoint(), preferences.key(), preferences.storage())
            live.housekeeping.clean_up(live.live(), preferences.budget_bytes())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        watch.start()
        return {"FINISHED"}
