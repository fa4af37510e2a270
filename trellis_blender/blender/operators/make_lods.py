# SPDX-License-Identifier: GPL-3.0-or-later
"""*Make LODs*: lighter copies of an object that is to be seen from afar. Free."""

import bpy

from .. import levels, lighter
from ..identity import MAKE_LODS
from ..language import report
from .lighter import Lightening


class TRELLIS_OT_make_lods(Lightening, bpy.types.Operator):
    """Make lighter copies of this object in a collection beside it, instead of earlier ones; it stays as it is"""

    bl_idname = MAKE_LODS
    bl_label = "Make LODs"

    levels: bpy.props.IntProperty(
        name="Levels", description="How many copies, each lighter than the one before", default=3, min=1, max=8
    )
    ratio: bpy.props.FloatProperty(
        name="Ratio",
        description="Faces of each level beside those of the one before",
        default=0.5,
        min=0.05,
        max=0.95,
        subtype="FACTOR",
    )
    replace: bpy.props.BoolProperty(
        name="Replace",
        description="Remove the copies that were made before; otherwise they stay beside the new ones",
        default=True,
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why none can be made."""
        return levels.fault(context.active_object)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make them."""
        item = context.active_object
        if item is None:
            return {"CANCELLED"}
        gone = levels.made_before(item) if self.replace else []
        levels.remove(item, gone)
        made = levels.make(item, self.levels, self.ratio)
        counts = " · ".join(f"{lighter.faces_of(copy):,}" for copy in made)
        if gone:
            report(
                self, {"INFO"}, f"{made[0].name} to {made[-1].name}: {counts} faces; {len(gone)} from before replaced"
            )
        else:
            report(self, {"INFO"}, f"{made[0].name} to {made[-1].name}: {counts} faces")
        return {"FINISHED"}
