# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reset*: have pictures made ready as usual again."""

import bpy

from .. import properties, stirrings
from ..identity import RESET_PREPARATION


class TRELLIS_OT_reset_preparation(bpy.types.Operator):
    """Set crop, margin, background and tolerance back to what the preferences say"""

    bl_idname = RESET_PREPARATION
    bl_label = "Reset Picture Settings"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Drop the scene's own values."""
        properties.reset_preparation(properties.of(context.scene))
        stirrings.note()
        return {"FINISHED"}
