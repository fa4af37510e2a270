# SPDX-License-Identifier: GPL-3.0-or-later
"""A checked GLB on disk -> one object in a scene, through Blender's own glTF importer; all or nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from mathutils import Matrix

from ..core.errors import ModelFileError
from .placement import Place

COLLECTION = "TRELLIS"
_log = logging.getLogger(__name__)
_WANTED: dict[str, Any] = {
    "import_pack_images": True,
    "import_shading": "NORMALS",
    "import_select_created_objects": True,
    "import_scene_as_collection": False,
    "import_scene_extras": False,
}


def import_glb(path: Path, *, name: str, place: Place, select: bool) -> bpy.types.Object:
    """Import ``path`` and give its object, standing in ``place``, in the collection *TRELLIS*.

    ``select`` makes it the selection; otherwise the artist's selection stays. One undo step. Raises
    :class:`ModelFileError`, and leaves no datablock behind then.
    """
    before = _datablocks()
    try:
        with _selection_kept(unless=select):
            _run_importer(path)
            new = _datablocks() - before
            result = _arrange([item for item in new if isinstance(item, bpy.types.Object)], name, place)
            if select:
                _select_only(result)
    except Exception as error:
        bpy.data.batch_remove(_datablocks() - before)
        if isinstance(error, ModelFileError):
            raise
        _log.exception("The import of %s failed", path.name)
        raise ModelFileError(
            "Blender could not import the object; the details are in its console. The file is kept, so importing can "
            "be tried again."
        ) from error
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message=f"Import {result.name}")
    return result


def can_import(context: bpy.types.Context) -> str:
    """Give why importing has to wait, or an empty text: the artist's work in hand is not interrupted."""
    if bpy.app.is_job_running("RENDER"):
        return "Waiting for the render to finish"
    if context.mode != "OBJECT":
        return "Waiting for Object Mode"
    for window in context.window_manager.windows:
        if any(operator.bl_idname.startswith("TRANSFORM_OT_") for operator in window.modal_operators):
            return "Waiting for the transform to end"
    return ""


def _run_importer(path: Path) -> None:
    known = {item.identifier for item in bpy.ops.import_scene.gltf.get_rna_type().properties}
    options = {name: value for name, value in _WANTED.items() if name in known}
    outcome = bpy.ops.import_scene.gltf(filepath=str(path), **options)
    if "FINISHED" not in outcome:
        raise ModelFileError("Blender's importer refused the file. The file is kept.")


def _arrange(objects: list[bpy.types.Object], name: str, place: Place) -> bpy.types.Object:
    """Put what was imported into the collection at the place; a lone mesh loses its chain of empties."""
    meshes = [item for item in objects if item.type == "MESH"]
    if not meshes:
        raise ModelFileError("The model file holds no mesh. The file is kept.")
    bpy.context.view_layer.update()
    if len(meshes) == 1:
        keep, root = meshes, meshes[0]
        matrix = root.matrix_world.copy()
        root.parent = None
        root.matrix_world = matrix
        bpy.data.batch_remove([item for item in objects if item is not root])
    else:
        keep, root = objects, next(item for item in objects if item.parent is None)
    for item in keep:
        if item.parent is None:
            item.matrix_world = Matrix.Translation(place.location) @ item.matrix_world
    _name(root, name)
    _link(keep, place.scene)
    bpy.context.view_layer.update()  # else the layer still lists what was removed, as None
    return root


def _name(item: bpy.types.Object, name: str) -> None:
    item.name = name
    if item.type != "MESH":
        return
    item.data.name = name
    for material in item.data.materials:
        if material is not None:
            material.name = name


def _link(objects: list[bpy.types.Object], scene: bpy.types.Scene) -> None:
    collection = next((item for item in scene.collection.children if item.name.startswith(COLLECTION)), None)
    if collection is None:
        collection = bpy.data.collections.new(COLLECTION)
        scene.collection.children.link(collection)
    for item in objects:
        for holder in list(item.users_collection):
            holder.objects.unlink(item)
        collection.objects.link(item)


def _select_only(item: bpy.types.Object) -> None:
    layer = bpy.context.view_layer
    if item.name not in layer.objects:
        return
    for other in layer.objects:
        other.select_set(other == item)
    layer.objects.active = item


@contextmanager
def _selection_kept(*, unless: bool) -> Iterator[None]:
    """Give the artist back the selection, the active object and the active collection."""
    layer = bpy.context.view_layer
    selected = [item.name for item in layer.objects if item.select_get()]
    active = layer.objects.active.name if layer.objects.active else ""
    try:
        yield
    finally:
        if not unless:
            for item in layer.objects:
                item.select_set(item.name in selected)
            layer.objects.active = layer.objects.get(active)


def _datablocks() -> set[bpy.types.ID]:
    kinds = (item.identifier for item in bpy.data.bl_rna.properties if item.type == "COLLECTION")
    return {datablock for kind in kinds for datablock in getattr(bpy.data, kind)}
