# SPDX-License-Identifier: GPL-3.0-or-later
"""*Capture View* and the way back from it."""

import bpy

from ...core.errors import SourceError
from .. import captures, session
from ..identity import CAPTURE_VIEW, DROP_CAPTURE
from ..language import hinted, report
from ..taking import viewport


class TRELLIS_OT_capture_view(bpy.types.Operator):
    """Use what the 3D Viewport shows as the source; without overlays all around the objects is transparent"""

    bl_idname = CAPTURE_VIEW
    bl_label = "Capture View"
    bl_options = set()  # no undo step: nothing in the file changes

    overlays: bpy.props.BoolProperty(
        name="Overlays", description="Keep overlays and background, as in the viewport", default=False
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        area, reason = viewport.area_of(context), ""
        if isinstance(context.space_data, bpy.types.SpaceImageEditor):
            reason = "In an Image Editor its own image is the source; capture from a 3D Viewport"
        elif area is None:
            reason = "Open a 3D Viewport in this window"
        elif viewport.is_drawn_elsewhere(context, area):
            reason = (
                "In Rendered shading a view can be captured with EEVEE and Workbench only; use Material Preview, or "
                "Render Selection"
            )
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Draw the view, and keep the picture."""
        try:
            viewport.take(context, overlays=self.overlays)
        except SourceError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        session.redraw()
        return {"FINISHED"}


class TRELLIS_OT_drop_capture(bpy.types.Operator):
    """Put this picture aside, and go back to the source that is set"""

    bl_idname = DROP_CAPTURE
    bl_label = "Put Picture Aside"
    bl_options = set()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget the picture of this scene."""
        captures.drop(context.scene)
        session.redraw()
        return {"FINISHED"}
