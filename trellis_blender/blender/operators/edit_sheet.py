# SPDX-License-Identifier: GPL-3.0-or-later
"""*Merge Selected*, *Split Selected*, *Show Verdict*, *Close Sheet*: what is done to a list of subjects."""

import bpy

from ...core.errors import SourceError
from .. import properties, session, sheets, subjects, watch
from ..identity import DROP_SHEET, MERGE_SUBJECTS, SHOW_SUBJECT, SPLIT_SUBJECTS
from ..language import hinted, report


def _look_at(state: sheets.State | None, context: bpy.types.Context) -> None:
    """Have a worker look at the subjects that are new in the list."""
    if state is not None and state.split is not None:
        preparation = properties.preparation(properties.of(context.scene))
        session.current().live().splits.judge(state.split, preparation, state.token)
        watch.start()
    session.redraw()


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
        _look_at(sheets.merge(context.scene), context)
        return {"FINISHED"}


class TRELLIS_OT_split_subjects(bpy.types.Operator):
    """Make subjects of the loose parts beside those that are selected in the list, or of what was merged into them"""

    bl_idname = SPLIT_SUBJECTS
    bl_label = "Split Selected"
    bl_options = set()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        state = sheets.of(context.scene)
        if state is None or state.split is None:
            cls.poll_message_set(hinted(sheets.SPLIT_FIRST))
            return False
        if not sheets.fall_apart(context.scene):
            cls.poll_message_set(hinted("Select a subject that has loose parts, or was merged, by its arrow"))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take them apart."""
        try:
            _look_at(sheets.take_apart(context.scene), context)
        except SourceError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class TRELLIS_OT_show_subject(bpy.types.Operator):
    """Say below the list what is wrong with the picture of this subject"""

    bl_idname = SHOW_SUBJECT
    bl_label = "Show Verdict"
    bl_options = {"INTERNAL"}

    index: bpy.props.IntProperty(name="Subject", description="Its place in the list, from 0", min=0)

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say it in the tooltip, too."""
        return "\n".join(hinted(str(verdict)) for verdict in sheets.verdicts(asked.index)).removesuffix(".")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Make it the active one."""
        if self.index >= len(subjects.listed()):
            return {"CANCELLED"}
        subjects.group().active = self.index
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
