# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reset*: one setting, those of a sub-panel, or all of them, back to the defaults."""

import bpy

from ...core.catalogue import BY_NAME
from .. import preferences, properties, resets, stirrings
from ..identity import RESET
from ..language import hinted, report


class TRELLIS_OT_reset_settings(bpy.types.Operator):
    """Set all settings of this scene back to their defaults; the picture stays"""

    bl_idname = RESET
    bl_label = "Reset Settings"
    bl_options = {"REGISTER", "UNDO"}

    group: bpy.props.EnumProperty(
        name="Group",
        description="Which settings; the groups are the sub-panels",
        items=[(name, name.replace("_", " ").title(), "") for name in resets.GROUPS],
        default=resets.ALL,
        options={"SKIP_SAVE"},
    )
    name: bpy.props.StringProperty(
        name="Setting", description="One setting by its name instead of a group", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say what this button resets."""
        if asked.name in preferences.FOLLOWED:
            return hinted("Use the value from the preferences again, here and whenever it changes there")
        if asked.name:
            return hinted("Set this back to its default")
        return "" if asked.group == resets.ALL else hinted("Set everything in this panel back to its default")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Drop the scene's own values."""
        if self.name and self.name not in resets.GROUPS[resets.ALL]:
            report(self, {"ERROR"}, f"There is no setting {self.name}")
            return {"CANCELLED"}
        settings = properties.of(context.scene)
        if self.name:
            resets.reset(settings, self.name)
        else:
            resets.reset_group(settings, self.group)
        if self.name not in BY_NAME:
            stirrings.note()
        return {"FINISHED"}
