# SPDX-License-Identifier: GPL-3.0-or-later
"""*Show Preview*: have what would be sent prepared and shown now, also where that holds Blender up for a moment."""

import bpy

from .. import lookout, session, sources
from ..identity import SHOW_PREVIEW
from ..language import hinted


class TRELLIS_OT_show_preview(bpy.types.Operator):
    """Prepare the picture as it would be sent, and show it; nothing is sent"""

    bl_idname = SHOW_PREVIEW
    bl_label = "Show Preview"
    bl_options = set()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        choice = sources.choose(context)
        reason = choice.missing or ("The service fetches this picture by itself" if choice.url else "")
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Capture the picture; the preview comes when a worker has made it."""
        lookout.show(context)
        session.redraw()
        return {"FINISHED"}
