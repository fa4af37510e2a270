# SPDX-License-Identifier: GPL-3.0-or-later
"""*Compare Side by Side*: lay the active object's variants out in a row, and take them away again. Free."""

import bpy

from .. import comparing, selection
from ..identity import COMPARE
from ..language import report
from .on_object import OnVariants, needs_object_mode


class TRELLIS_OT_compare_variants(OnVariants, bpy.types.Operator):
    """Lay the variants out in a row beside this object, or take them away again; what you changed there stays"""

    bl_idname = COMPARE
    bl_label = "Compare Side by Side"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why there is nothing to compare."""
        item = context.active_object
        if item is not None and (comparing.original(item) is not None or comparing.is_comparing(item)):
            return needs_object_mode(item)
        return super().reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay them out, or take them away; pressed on one of the row, that is shown from then on."""
        item, _made = self.meant(context)
        first = comparing.original(item)
        if first is not None:
            selection.activate(first)
            self._say(comparing.take(first, item))
            self.warn(first)
        elif comparing.is_comparing(item):
            self._say(comparing.take_away(item))
        else:
            comparing.lay_out(item)
        return {"FINISHED"}

    def _say(self, kept: list[bpy.types.Object]) -> None:
        """Say what of the row stays."""
        if len(kept) == 1:
            report(self, {"INFO"}, f"{kept[0].name} was changed, so it stays as an object of its own")
        elif kept:
            report(self, {"INFO"}, f"{len(kept)} of the row were changed, so they stay as objects of their own")
