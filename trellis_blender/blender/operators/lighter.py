# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reduce* and *Make LODs*: fewer faces for an object that came too heavy, or is to be seen from afar."""

from typing import TYPE_CHECKING

import bpy

from .. import lighter
from ..identity import MAKE_LODS, REDUCE
from ..language import hinted, report


class Lightening:
    """Mix-in for what makes the active object lighter."""

    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = lighter.fault(context.active_object)
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason


class TRELLIS_OT_reduce(Lightening, bpy.types.Operator):
    """Add a Decimate modifier that leaves as many faces as were asked for; the mesh itself stays"""

    bl_idname = REDUCE
    bl_label = "Reduce"

    faces: bpy.props.IntProperty(
        name="Faces",
        description="Faces that are left, as triangles; 0 for as many as were asked for",
        default=0,
        min=0,
        soft_max=1_000_000,
        options={"SKIP_SAVE"},
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add the modifier, or adjust it."""
        item = context.active_object
        if item is None:
            return {"CANCELLED"}
        if not self.faces:
            self.faces = lighter.asked_faces(item)
        ratio = lighter.reduce(item, self.faces)
        report(self, {"INFO"}, f"{item.name}: about {round(lighter.faces_of(item) * ratio):,} faces")
        return {"FINISHED"}


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

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make them."""
        item = context.active_object
        if item is None:
            return {"CANCELLED"}
        gone = lighter.made_before(item) if self.replace else []
        lighter.remove(item, gone)
        made = lighter.make_levels(item, self.levels, self.ratio)
        counts = " · ".join(f"{lighter.faces_of(copy):,}" for copy in made)
        if gone:
            report(
                self, {"INFO"}, f"{made[0].name} to {made[-1].name}: {counts} faces; {len(gone)} from before replaced"
            )
        else:
            report(self, {"INFO"}, f"{made[0].name} to {made[-1].name}: {counts} faces")
        return {"FINISHED"}
