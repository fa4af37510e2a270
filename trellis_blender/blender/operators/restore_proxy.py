# SPDX-License-Identifier: GPL-3.0-or-later
"""*Restore Proxy*: show the object of the blockout again whose place another took. Free."""

from typing import TYPE_CHECKING

import bpy

from .. import selection, withdrawn
from ..identity import RESTORE_PROXY
from ..language import hinted


class TRELLIS_OT_restore_proxy(bpy.types.Operator):
    """Show this hidden object of the blockout again, as it was; what took its place stays"""

    bl_idname = RESTORE_PROXY
    bl_label = "Restore Proxy"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what to select: it is hidden, so that is in the Outliner only."""
        if withdrawn.is_one(context.view_layer.objects.active):
            return True
        cls.poll_message_set(hinted("Select a hidden Proxy in the Outliner first"))
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it, and have it be the selection."""
        item = context.view_layer.objects.active
        if item is None:
            return {"CANCELLED"}
        shown = withdrawn.show(item)
        context.view_layer.update()
        if shown.visible_get():
            selection.select_only(shown)
        return {"FINISHED"}
