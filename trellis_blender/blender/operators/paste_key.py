# SPDX-License-Identifier: GPL-3.0-or-later
"""*Paste*: the API key from the clipboard, which a field of asterisks does not show whether it took."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session
from ..identity import PASTE_KEY
from ..language import hinted, report


class TRELLIS_OT_paste_key(bpy.types.Operator):
    """Take the API key from the clipboard, also when it was copied with quotes or as a header"""

    bl_idname = PASTE_KEY
    bl_label = "Paste API Key"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Say why it is off."""
        if preferences.key_origin() is preferences.KeyOrigin.ENVIRONMENT:
            cls.poll_message_set(hinted("The key comes from the environment; unset the variable to use another one"))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take it."""
        try:
            preferences.paste_key(context.window_manager.clipboard)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        report(self, {"INFO"}, "The key was pasted; press Test Connection to see whether it is accepted")
        session.redraw()
        return {"FINISHED"}
