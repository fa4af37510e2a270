# SPDX-License-Identifier: GPL-3.0-or-later
"""*Render Selection*: the selected objects alone become the source."""

from collections.abc import Callable

import bpy

from ...core.errors import SourceError
from ..identity import RENDER_SELECTION
from ..language import hinted, report
from ..taking import selection, stage


class TRELLIS_OT_render_selection(bpy.types.Operator):
    """Render the selected objects alone, filling the picture, on a transparent film, and use that as the source"""

    bl_idname = RENDER_SELECTION
    bl_label = "Render Selection"
    bl_options = set()  # no undo step: nothing in the file changes

    view: bpy.props.EnumProperty(
        name="View",
        description="From where the picture is taken",
        items=(
            ("VIEW", "Current View", "As the 3D Viewport looks at it"),
            ("CAMERA", "Camera", "As the scene's active camera looks at it"),
        ),
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, _properties: bpy.types.OperatorProperties) -> str:
        """Say that Blender stands still, where it does; else what is said of the class."""
        if selection.RUNS_BESIDE:
            return ""
        return hinted(
            "Render the selected objects alone, filling the picture, on a transparent film, and use that as the source."
            " Blender waits meanwhile, and Esc does not stop it;"
            f" Cycles takes samples for {selection.BLOCKED_SECONDS:.0f} seconds at most"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = selection.busy()
        if not reason and isinstance(context.space_data, bpy.types.SpaceImageEditor):
            reason = "In an Image Editor its own image is the source; render from a 3D Viewport"
        elif not reason and not stage.subjects(context):
            reason = "Select the objects to render first"
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Render beside the artist's work, where Blender can."""
        if bpy.app.background:
            return self.execute(context)
        return self._run(context, self._begin if selection.RUNS_BESIDE else self._wait)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Render, and come back when the picture is there; for scripts."""
        return self._run(context, self._take)

    def _run(self, context: bpy.types.Context, render: Callable[[bpy.types.Context], None]) -> set[str]:
        try:
            render(context)
        except SourceError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _begin(self, context: bpy.types.Context) -> None:
        selection.begin(context, self.view)

    def _take(self, context: bpy.types.Context) -> None:
        self._say(selection.take(context, self.view)[1])

    def _wait(self, context: bpy.types.Context) -> None:
        context.window.cursor_modal_set("WAIT")
        try:
            was_long, warning = selection.take(context, self.view, seconds=selection.BLOCKED_SECONDS)
        finally:
            context.window.cursor_modal_restore()
        if was_long:
            seconds = selection.BLOCKED_SECONDS
            report(self, {"INFO"}, f"Sampling was stopped after {seconds:.0f} seconds. Denoise if the picture is noisy")
        self._say(warning)

    def _say(self, warning: str) -> None:
        if warning:
            report(self, {"WARNING"}, warning)
