# SPDX-License-Identifier: GPL-3.0-or-later
"""*Make LODs*: lighter copies of an object that is to be seen from afar. Free.

Many faces take seconds: in a window another Blender makes those, and they come when they are done.
"""

import bpy

from ...core.errors import TrellisError
from .. import importer, levels, levels_coming, lighter
from ..identity import FOLLOW_LODS, MAKE_LODS
from ..language import report, said
from .lighter import Lightening

_TICK_SECONDS = 0.1


class _Told:
    """Mix-in for what makes levels: what it says in the end."""

    def tell(self, made: list[bpy.types.Object], gone_count: int) -> None:
        """Report the names of the levels and their faces."""
        counts = " · ".join(f"{lighter.faces_of(copy):,}" for copy in made)
        name = made[0].name
        if len(made) == 1 and gone_count:
            report(self, {"INFO"}, f"{name} has {counts} faces; {gone_count} from before replaced")
        elif len(made) == 1:
            report(self, {"INFO"}, f"{name} has {counts} faces")
        elif gone_count:
            report(
                self,
                {"INFO"},
                f"{made[0].name} to {made[-1].name}: {counts} faces; {gone_count} from before replaced",
            )
        else:
            report(self, {"INFO"}, f"{made[0].name} to {made[-1].name}: {counts} faces")


class TRELLIS_OT_make_lods(Lightening, _Told, bpy.types.Operator):
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
    _is_asked = False

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why none can be made."""
        if levels_coming.now() is not None:
            return "LODs are being made; wait for them, or press Esc"
        return levels.fault(context.active_object)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Make them at once; where that takes a while ask first, since it cannot be adjusted afterwards."""
        if not levels_coming.takes_long(context.active_object):
            return self.execute(context)
        self._is_asked = True
        return set(context.window_manager.invoke_props_dialog(self, confirm_text="Make LODs"))

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make them: later where the artist was asked, and now for a script."""
        item = context.active_object
        if item is None:
            return {"CANCELLED"}
        if self._is_asked and levels_coming.begin(item, self.levels, self.ratio, replace=self.replace):
            bpy.ops.trellis.follow_lods("INVOKE_DEFAULT")  # type: ignore[attr-defined]
            return {"CANCELLED"}  # so far: what follows makes the step that can be undone
        count = levels.remove(item, levels.made_before(item) if self.replace else [])
        self.tell(levels.make(item, self.levels, self.ratio), count)
        return {"FINISHED"}


class TRELLIS_OT_follow_lods(_Told, bpy.types.Operator):
    """Wait for the LODs that are being made, and put them into the scene; Esc gives them up"""

    bl_idname = FOLLOW_LODS
    bl_label = "Follow LODs"
    bl_options = {"INTERNAL", "UNDO"}

    _timer: bpy.types.Timer | None = None
    _state = ("", -1)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin, unless there is nothing to wait for."""
        if levels_coming.now() is None:
            return {"CANCELLED"}
        self._timer = context.window_manager.event_timer_add(_TICK_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Look how far it is; never holds up any other event but Esc."""
        coming = levels_coming.now()
        if coming is None:
            self.cancel(context)
            return {"CANCELLED", "PASS_THROUGH"}
        if event.type == "ESC" and event.value == "PRESS":
            self.cancel(context)
            report(self, {"INFO"}, "No LODs were made")
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        wait = importer.can_import(context) if coming.aside.is_over else ""
        if wait or not coming.aside.is_over:
            self._say(context, wait, coming)
            return {"PASS_THROUGH"}
        try:
            self.tell(*coming.arrive())
        except (TrellisError, OSError) as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        finally:
            self.cancel(context)
        return {"FINISHED"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Let go of all; also called by Blender when it closes the window or the file."""
        levels_coming.end()
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)

    def _say(self, context: bpy.types.Context, wait: str, coming: levels_coming.Coming) -> None:
        """Say in the status bar how far it is, where that is news: each time it is drawn anew."""
        done, wanted = coming.aside.done, coming.aside.wanted
        if context.workspace is None or (wait, done) == self._state:
            return
        self._state = (wait, done)
        if wait:
            context.workspace.status_text_set(said(wait))
        else:
            context.workspace.status_text_set(said(f"Making LODs: {done} of {wanted} are done; Esc gives them up"))
