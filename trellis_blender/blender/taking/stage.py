# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of our own in which the selection is rendered: it borrows objects, lights and world; gone afterwards."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
from mathutils import Vector

from ...core.errors import SourceError
from .. import presence
from ..sources import shown
from . import displaced, framing, lamps, metaballs, placed, rendered, settings, skies
from .placed import MARK

NAME = "TRELLIS Selection"
SIZE = (1153, 1151)
"""Width and height: the subject alone then has the 1024 that the model takes [model]. No artist's render has this size,
so that the slots can tell it from theirs."""
PROBE_SIZE = (289, 287)
"""Of the renders before it that only show how far the subject reaches: nobody's either."""
ENOUGH_SAMPLES = 256
"""Of EEVEE, while Blender waits for the picture: four times its usual number."""
_RENDERED = frozenset(
    {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME", "GPENCIL", "GREASEPENCIL"}
)


@dataclass(frozen=True)
class Stage:
    """What is needed to render and to tidy up: names, since datablocks may go while a render runs."""

    scene_name: str
    subject: str
    """What the picture is called."""
    path: Path
    """Where the render writes it."""
    view: framing.View
    frame: framing.Frame
    """Around what viewports show."""
    is_displaced: bool
    """Whether a material may push some of it out of that frame."""


def subjects(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Give the selected objects that a render shows, the active one first."""
    active = context.view_layer.objects.active
    layer = context.view_layer
    selected = [item for item in context.selected_objects if _is_rendered(item)]
    found = [item for item in rendered.among(selected, layer) if rendered.is_seen(item, layer)]
    return sorted(found, key=lambda item: item != active)


def build(
    context: bpy.types.Context, view: framing.View, camera: bpy.types.Camera | None, *, seconds: float = 0.0
) -> Stage:
    """Set the stage. Raises :class:`SourceError`, nothing changed then.

    ``camera``: whose depth of field to take. ``seconds``: how long Cycles may take samples, with EEVEE bounded as well;
    0 for as the scene says.
    """
    items = subjects(context)
    if not items:
        raise SourceError("Select the objects to render first; what is hidden in renders does not count.")
    subject = items[0].name
    items = metaballs.with_families(items, context.view_layer)
    corners = framing.corners(items, context.evaluated_depsgraph_get())
    frame = framing.around(view, corners)
    handle, name = tempfile.mkstemp(prefix="trellis-selection-", suffix=".tga")
    os.close(handle)
    scene = bpy.data.scenes.new(NAME)
    try:
        scene[MARK] = True
        scene.is_runtime_data = True  # not saved, should the artist save while it renders
        settings.copy(context.scene, context.view_layer, scene)
        skies.clear_up(scene, scene.view_layers[0])
        _add_subjects(scene, items, context)
        depsgraph = context.evaluated_depsgraph_get()
        for light in list(lamps.lighting(context.scene, context.view_layer, depsgraph, items, NAME)):
            if not presence.has(scene.collection.objects, light):  # a subject's child it may be
                scene.collection.objects.link(light)
        is_displaced = displaced.is_any(items, scene, depsgraph)
        _add_camera(scene, view, frame, corners, camera)
        _set_output(scene, name)
        if seconds:
            _limit(scene, seconds)
    except BaseException:
        clear()
        Path(name).unlink(missing_ok=True)
        raise
    return Stage(scene.name, subject, Path(name), view, frame, is_displaced)


def clear() -> None:
    """Take down whatever stands of a stage; also what undo brought back."""
    for scene in [item for item in bpy.data.scenes if item.get(MARK)]:
        ours = placed.ours(scene.collection)
        _remove(scene)
        for item in ours:
            camera, collection = item.data, item.instance_collection
            bpy.data.objects.remove(item)
            if isinstance(camera, bpy.types.Camera):
                bpy.data.cameras.remove(camera)
            if collection is not None and collection.get(MARK):
                bpy.data.collections.remove(collection)
    skies.remove()


def _remove(scene: bpy.types.Scene) -> None:
    """Remove a stage. Blender stops the job that renders it and waits for that, whose thread may wait for Python.

    So an operator does it while there is a job: others may use Python while one runs.
    """
    if bpy.app.is_job_running("RENDER"):
        with bpy.context.temp_override(scene=scene):
            bpy.ops.scene.delete()
    else:
        bpy.data.scenes.remove(scene)


def is_ours(scene: bpy.types.Scene) -> bool:
    """Whether a scene is a stage."""
    return bool(scene.get(MARK))


def _is_rendered(item: bpy.types.Object) -> bool:
    instances = item.instance_type == "COLLECTION" and item.instance_collection is not None
    return (item.type in _RENDERED or instances) and not item.hide_render


def _add_subjects(scene: bpy.types.Scene, items: list[bpy.types.Object], context: bpy.types.Context) -> None:
    parts = {item: [item, *_children_shown_by(item, context.view_layer)] for item in items}
    for item in {part: None for group in parts.values() for part in group}:
        scene.collection.objects.link(item)
    bodies = context.scene.rigidbody_world
    if bodies is None or not bodies.enabled:
        return
    depsgraph = context.evaluated_depsgraph_get()
    for item, matrix in list(placed.elsewhere(items, scene.view_layers[0], depsgraph)):
        empty = placed.instance(NAME, parts[item], matrix)
        scene.collection.objects.link(empty)
        for part in parts[item]:
            if presence.has(scene.collection.objects, part):  # of two groups it may be in
                scene.collection.objects.unlink(part)


def _children_shown_by(item: bpy.types.Object, layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Give what an object has at its vertices or faces: its children, if they are in the scene."""
    if item.instance_type not in ("VERTS", "FACES"):
        return []
    return [child for child in item.children if presence.has(layer.objects, child)]


def _add_camera(
    scene: bpy.types.Scene, view: framing.View, frame: framing.Frame, corners: list[Vector],
    like: bpy.types.Camera | None,
) -> None:  # fmt: skip
    data = like.copy() if like is not None else bpy.data.cameras.new(NAME)
    data.animation_data_clear()
    camera = bpy.data.objects.new(NAME, data)
    holder = bpy.data.objects.new(NAME, None)
    camera.parent = holder  # which can hold it skewed and mirrored, too
    for item in (camera, holder):
        item[MARK] = item.is_runtime_data = True
        scene.collection.objects.link(item)
    data.is_runtime_data = True
    scene.camera = camera
    framing.aim(camera, view, frame, corners)


def _limit(scene: bpy.types.Scene, seconds: float) -> None:
    """Have a render end soon: Cycles can be told when, EEVEE only after how many samples."""
    if hasattr(scene, "cycles"):
        scene.cycles.time_limit = min(scene.cycles.time_limit or seconds, seconds)
    scene.eevee.taa_render_samples = min(scene.eevee.taa_render_samples, ENOUGH_SAMPLES)


def _set_output(scene: bpy.types.Scene, path: str) -> None:
    """Have the render write the picture by itself: in a window it does so beside the main thread."""
    scene.view_layers[0].use = True
    render = scene.render
    render.film_transparent = True
    render.use_border = render.use_multiview = render.use_single_layer = render.use_stamp = False
    render.use_compositing = render.use_sequencer = render.use_persistent_data = False
    # A smear or an inked line would become the object's own: its shape and its texture are read off this picture.
    render.use_motion_blur = render.use_freestyle = False
    render.resolution_x, render.resolution_y = SIZE
    render.resolution_percentage = 100
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    render.filepath = path
    render.use_file_extension = render.use_placeholder = False
    render.use_overwrite = True
    output = render.image_settings
    if hasattr(output, "media_type"):
        output.media_type = "IMAGE"
    output.file_format, output.color_mode = "TARGA_RAW", "RGBA"
    output.color_management = "FOLLOW_SCENE"
    shown.put_on_srgb(scene)
