# SPDX-License-Identifier: GPL-3.0-or-later
"""◀ ▶, *Keep This One* and *Discard the Rest*: leaf through the active object's variants and choose. Free."""

import bpy

from .. import variants
from ..identity import DISCARD_REST, KEEP_VARIANT, STEP_VARIANT
from ..language import report
from .on_object import OnVariants


class TRELLIS_OT_step_variant(OnVariants, bpy.types.Operator):
    """Show the next variant of this object, or the one before; nothing else of it changes"""

    bl_idname = STEP_VARIANT
    bl_label = "Show Other Variant"

    by: bpy.props.IntProperty(name="Step", description="How many variants further", default=1)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it."""
        item, _made = self.meant(context)
        variants.step(item, self.by)
        self.warn(item)
        return {"FINISHED"}


class TRELLIS_OT_keep_variant(OnVariants, bpy.types.Operator):
    """Mark this variant, so that Discard the Rest leaves it alone; once more takes the mark off"""

    bl_idname = KEEP_VARIANT
    bl_label = "Keep This One"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Mark it."""
        item, _made = self.meant(context)
        variants.toggle_kept(item)
        return {"FINISHED"}


class TRELLIS_OT_discard_rest(OnVariants, bpy.types.Operator):
    """Remove the variants that are neither shown nor kept from this file. What was downloaded stays on the disk"""

    bl_idname = DISCARD_REST
    bl_label = "Discard the Rest"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove them."""
        item, _made = self.meant(context)
        gone = variants.discard_rest(item)
        if gone == 1:
            report(self, {"INFO"}, "1 variant was removed; its file stays, and Import brings it back")
        else:
            report(self, {"INFO"}, f"{gone} variants were removed; their files stay, and Import brings one back")
        return {"FINISHED"}
