# SPDX-License-Identifier: GPL-3.0-or-later
"""*Paste Picture*: the image on the clipboard becomes an image of this file and the source."""

import logging

import bpy

from .. import clipboard
from ..identity import PASTE_PICTURE
from ..language import hinted, report
from .open_picture import pick

_log = logging.getLogger(__name__)


class TRELLIS_OT_paste_picture(bpy.types.Operator):
    """Use the image on the clipboard as the source"""

    bl_idname = PASTE_PICTURE
    bl_label = "Paste Picture"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = clipboard.reason(context)
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Have Blender paste it, and pick what came."""
        image = None
        try:
            image = clipboard.paste(context)
        except RuntimeError as error:
            _log.info("Nothing was pasted: %s", error)
        if image is None:
            report(self, {"ERROR"}, "The clipboard holds no image that Blender can read. Copy it again.")
            return {"CANCELLED"}
        pick(context, image)
        return {"FINISHED"}
