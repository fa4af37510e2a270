# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the variant of the active object that was picked among the thumbnails. Free."""

import bpy

from .. import variants
from ..identity import PICK_VARIANT
from ..language import report
from .on_object import OnVariants


class TRELLIS_OT_pick_variant(OnVariants, bpy.types.Operator):
    """Show this variant; nothing else of the object changes"""

    bl_idname = PICK_VARIANT
    bl_label = "Show This Variant"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    index: bpy.props.IntProperty(name="Variant", description="Which one, from 0", min=0, options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it."""
        item, _made = self.meant(context)
        every = variants.meshes(item)
        if self.index >= len(every):
            report(self, {"WARNING"}, "There is no such variant any more")
            return {"CANCELLED"}
        variants.show(item, every[self.index])
        self.warn(item)
        return {"FINISHED"}
