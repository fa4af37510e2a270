# SPDX-License-Identifier: GPL-3.0-or-later
"""*Merge Selected* and *Close Sheet*: what the artist does to the list of subjects beside naming and switching off."""

import bpy

from .. import session, sheets, subjects
from ..identity import DROP_SHEET, MERGE_SUBJECTS
from ..language import hinted


class TRELLIS_OT_merge_subjects(bpy.types.Operator):
    """Make one subject of those that are selected in the list, as for a thing that was drawn in pieces"""

    bl_idname = MERGE_SUBJECTS
    bl_label = "Merge Selected"
    bl_options = set()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        state = sheets.of(context.scene)
        if state is None or state.split is None:
            cls.poll_message_set(hinted(sheets.SPLIT_FIRST))
            return False
        if sum(item.select for item in subjects.listed()) < 2:
            cls.poll_message_set(hinted("Select two subjects or more in the list, by their arrows"))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Merge them."""
        sheets.merge(context.scene)
        session.redraw()
        return {"FINISHED"}


class TRELLIS_OT_drop_sheet(bpy.types.Operator):
    """Close the list of subjects and forget how the picture was split; the picture stays as it is"""

    bl_idname = DROP_SHEET
    bl_label = "Close Sheet"
    bl_options = set()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Forget it."""
        sheets.forget()
        session.redraw()
        return {"FINISHED"}
