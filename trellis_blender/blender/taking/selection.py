# SPDX-License-Identifier: GPL-3.0-or-later
"""The selected objects alone, rendered by the scene's engine on a transparent film: at once, or beside the work.

A render blocks Blender unless it runs as a job of a window; then a timer looks whether it has ended.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ...core import pixels
from ...core.errors import SourceError
from ...core.image import TargaFile
from ...core.preflight import VISIBLE_ABOVE
from .. import footing, listeners, session, sources, telling
from ..sources.shown import borrowed
from . import framing, held, measured, probing, silence, slots, stage, stopped, unkeyed, viewport
from .stage import Stage

RUNS_BESIDE = bpy.app.version >= (5, 0, 0)
"""Whether a job may render a scene that no window shows. Up to 4.5 Blender's main loop frees the GPU context of such a
render at every turn, while the render's thread uses it: the process hangs or ends within some five renders. Cycles on
the CPU is no exception: it shows its samples by that context in every Blender with a window."""
BLOCKED_SECONDS = 30.0
"""How long Cycles may take samples while Blender stands still."""
LOOK_SECONDS = 0.1
_log = logging.getLogger(__name__)
_running: tuple[Stage, int, Iterator[None]] | None = None
"""What a job renders, for which scene, by its number in this session, and the renders that are still to come."""


class NothingSeen(SourceError):
    """A finished render in which nothing is to be seen."""


def busy() -> str:
    """Give why nothing can be rendered now, as one line without a full stop; or an empty text."""
    is_running = _running is not None or bpy.app.is_job_running("RENDER")
    return "A render is running; wait until it is finished" if is_running else ""


def view_of(context: bpy.types.Context, wanted: str) -> tuple[framing.View, bpy.types.Camera | None]:
    """Give the point of view, of the active camera or of the viewport, and the camera it is of.

    Raises :class:`SourceError` when there is none.
    """
    area = viewport.area_of(context)
    space = viewport.space_of(area) if area is not None else None
    if wanted == "VIEW" and area is not None and space is not None:
        seen = viewport.seen_in(viewport.region_of(context, area), space)
        if seen.view_perspective != "CAMERA":
            return framing.of_viewport(space, seen), None
    looks_through = space is not None and space.use_local_camera and wanted == "VIEW"
    camera = space.camera if looks_through else context.scene.camera
    if camera is None or camera.type != "CAMERA":
        raise SourceError("The scene has no camera. Add one, or render from the current view of a 3D Viewport.")
    camera = camera.evaluated_get(context.evaluated_depsgraph_get())
    return framing.of_camera(camera), camera.original.data  # type: ignore[return-value]


def take(context: bpy.types.Context, view: str, *, seconds: float = 0.0) -> tuple[bool, str]:
    """Render the selection now, and make it the source. Raises :class:`SourceError`, nothing changed then.

    ``seconds`` are how long it may take samples, where the engine can be told; 0 for as long as the scene says. Gives
    whether they may have cut it short, and what the artist has to know of the picture, or nothing.
    """
    with unkeyed.kept(context):
        made = stage.build(context, *view_of(context, view), seconds=seconds)
        had_result = slots.result() is not None
        started = time.monotonic()
        try:
            silence.begin()
            with slots.kept():
                for _ in probing.passes(made):
                    bpy.ops.render.render(scene=made.scene_name, write_still=True)
            if fault := measured.fault():
                raise SourceError(fault)
            _keep(made, context.scene)
            warning = measured.warning()
        except RuntimeError as error:
            raise SourceError(
                f"The selection could not be rendered. {str(error).removeprefix('Error: ').strip()}"
            ) from error
        finally:
            _tidy(made, had_result=had_result)
            ended = time.monotonic()
    return 0 < seconds <= ended - started, warning


def begin(context: bpy.types.Context, view: str) -> None:
    """Have the selection rendered as a job of the window; it becomes the source when it is done."""
    global _running
    made = stage.build(context, *view_of(context, view))
    passes = probing.passes(made)
    try:
        silence.begin()
        next(passes)
        _start(made, context.scene, context.view_layer)
    except (RuntimeError, SourceError):
        _tidy(made, had_result=True)
        raise
    _running = (made, context.scene.session_uid, passes)
    bpy.app.timers.register(_look, first_interval=LOOK_SECONDS, persistent=True)


def _start(made: Stage, scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> None:
    """Have a job of the window at hand render a scene of ours as it is set up now; ``layer`` is the artist's."""
    held.begin(scene, layer, bpy.data.scenes[made.scene_name])
    stopped.begin(made.scene_name, bpy.context.window)
    with ExitStack() as stack:
        stack.enter_context(slots.kept())
        # No window of its own for this render: the picture shows in the panel.
        stack.enter_context(borrowed(bpy.context.preferences.view, {"render_display_type": "NONE"}))
        started = bpy.ops.render.render("INVOKE_DEFAULT", scene=made.scene_name, write_still=True)
    if started == {"CANCELLED"}:
        raise SourceError("The render could not be started. Render the scene once to see why.")


def _look() -> float | None:
    """Take the picture when the last job has ended, or begin the next one."""
    global _running
    if _running is None:
        return None
    held.look()
    if bpy.app.is_job_running("RENDER"):
        return LOOK_SECONDS
    made, scene_uid, passes = _running
    scene = next((item for item in bpy.data.scenes if item.session_uid == scene_uid), None)
    told, goes_on = measured.fault(), False
    try:
        stopped.check(scene)
        if scene is not None and not told:
            goes_on = _goes_on(made, scene, passes)
            if goes_on:
                return LOOK_SECONDS
            _keep(made, scene)
            told = measured.warning()
    except NothingSeen as error:
        told = str(error)
    except (RuntimeError, SourceError) as error:
        _log.warning("The selection was not rendered: %s", error)  # Blender itself or the panel tells of it
    finally:
        if not goes_on:
            _running = None
            _tidy(made, had_result=True)
    if told:
        telling.tell(told, title="Render Selection")
    session.redraw()
    return None


def _goes_on(made: Stage, scene: bpy.types.Scene, passes: Iterator[None]) -> bool:
    """Begin the next render of a picture, if one is still to come."""
    try:
        next(passes)
    except StopIteration:
        return False
    windows = bpy.context.window_manager.windows
    window = next((item for item in windows if item.scene == scene), windows[0])
    layer = window.view_layer if window.scene == scene else scene.view_layers[0]
    with footing.at(window=window):
        _start(made, scene, layer)
    return True


def _keep(made: Stage, scene: bpy.types.Scene) -> None:
    """Make the picture the source. Raises :class:`NothingSeen`, the source as it was, for an empty one."""
    rgba = pixels.read_targa(TargaFile(made.path))
    if rgba[..., 3].max() <= VISIBLE_ABOVE:
        raise NothingSeen(
            "Nothing of the selection is seen in its render, so the source stays as it was. Check that it has faces, "
            "lies within the clipping of the view, and is seen by the camera: Object Properties, Visibility."
        )
    sources.keep(made.subject, rgba, scene)


def _tidy(made: Stage, *, had_result: bool) -> None:
    held.end()
    measured.end()
    stopped.end()
    try:
        stage.clear()  # which stops a job that still renders it: that writes its picture, and tells of its end
    finally:
        silence.end()
        made.path.unlink(missing_ok=True)
    result = slots.result()
    if result is not None and not had_result:
        bpy.data.images.remove(result)


@persistent  # type: ignore[untyped-decorator]
def _went_back(*_arguments: Any) -> None:
    held.end()
    if _running is None:
        stage.clear()


@persistent  # type: ignore[untyped-decorator]
def _saves_file(*_arguments: Any) -> None:
    held.end()


@persistent  # type: ignore[untyped-decorator]
def _opens_file(*_arguments: Any) -> None:
    held.forget()
    stopped.end()
    stopped.forget()
    silence.end()  # Blender drops what is of the file that is closed, from the lists as they are now


_HEARD: Final = (
    ("load_pre", _opens_file), ("save_pre", _saves_file), ("undo_post", _went_back), ("redo_post", _went_back),
)  # fmt: skip


def register() -> None:
    """Watch for undo, which may bring back a stage from while it stood, for saving, and for another file."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer, and leave no stage behind."""
    global _running
    listeners.ignore(*_HEARD)
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)
    if _running is not None:
        _tidy(_running[0], had_result=True)
        _running = None
