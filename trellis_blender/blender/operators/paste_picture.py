# SPDX-License-Identifier: GPL-3.0-or-later
"""*Paste Picture*: the image on the clipboard becomes an image of this file and the source."""

import bpy

from ..identity import PASTE_PICTURE
from ..language import hinted, report
from .open_picture import pick


class TRELLIS_OT_paste_picture(bpy.types.Operator):
    """Use the image on the clipboard as the source"""

    bl_idname = PASTE_PICTURE
    bl_label = "Paste Picture"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Ask Blender, which reads images from the clipboard on some systems only."""
        if bpy.app.background or not bpy.ops.image.clipboard_paste.poll():  # type: ignore[call-arg]
            cls.poll_message_set(
                hinted(
                    "Blender finds no image on the clipboard; on Linux it looks under Wayland only. "
                    "Save it, then open it"
                )
            )
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Have Blender paste it, and pick what came."""
        known = set(bpy.data.images)
        try:
            bpy.ops.image.clipboard_paste()
        except RuntimeError as error:
            report(self, {"ERROR"}, f"The clipboard holds no image that Blender can read. {error}".strip())
            return {"CANCELLED"}
        came = [image for image in bpy.data.images if image not in known]
        if not came:
            report(self, {"ERROR"}, "The clipboard holds no image that Blender can read. Copy it again.")
            return {"CANCELLED"}
        pick(context, came[-1])
        return {"FINISHED"}
