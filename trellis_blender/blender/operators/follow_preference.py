# SPDX-License-Identifier: GPL-3.0-or-later
"""*Use Preference*: drop a scene's own value of a setting that else follows the preferences."""

import bpy

from .. import preferences, properties
from ..identity import FOLLOW_PREFERENCE


class TRELLIS_OT_follow_preference(bpy.types.Operator):
    """Use the value from the preferences again, here and whenever it changes there"""

    bl_idname = FOLLOW_PREFERENCE
    bl_label = "Use Preference"
    bl_options = {"INTERNAL", "UNDO"}

    parameter: bpy.props.EnumProperty(
        name="Parameter", items=[(name, name, "") for name in preferences.FOLLOWED], options={"SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Drop the scene's own value."""
        properties.follow_preference(properties.of(context.scene), self.parameter)
        return {"FINISHED"}
