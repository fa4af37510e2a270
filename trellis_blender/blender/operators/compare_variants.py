# SPDX-License-Identifier: GPL-3.0-or-later
"""*Compare Side by Side*: lay the active object's variants out in a row, and take them away again. Free."""

import bpy

from .. import comparing, variants
from ..identity import COMPARE
from .on_object import OnVariants


class TRELLIS_OT_compare_variants(OnVariants, bpy.types.Operator):
    """Lay the variants out in a row beside this object, or take them away again"""

    bl_idname = COMPARE
    bl_label = "Compare Side by Side"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why there is nothing to compare."""
        item = context.active_object
        if item is not None and comparing.original(item) is not None:
            return ""
        return super().reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay them out, or take them away; pressed on one of the row, that is shown from then on."""
        item, _made = self.meant(context)
        first = comparing.original(item)
        if first is not None:
            mesh = item.data
            context.view_layer.objects.active = first
            first.select_set(True)
            comparing.take_away(first)
            if isinstance(mesh, bpy.types.Mesh):
                variants.show(first, mesh)
                self.warn(first)
        elif comparing.is_comparing(item):
            comparing.take_away(item)
        else:
            comparing.lay_out(item)
        return {"FINISHED"}
