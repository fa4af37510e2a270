# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reduce*: fewer faces for an object that came too heavy. Free."""

from typing import TYPE_CHECKING

import bpy

from .. import lighter
from ..identity import REDUCE
from ..language import hinted, report


class Lightening:
    """Mix-in for what makes the active object lighter."""

    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why it is off, or an empty text."""
        return lighter.fault(context.active_object)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = cls.reason(context)
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
        self.faces, left = lighter.reduce(item, self.faces)
        report(self, {"INFO"}, f"{item.name}: about {left:,} faces")
        return {"FINISHED"}
