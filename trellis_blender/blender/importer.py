# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that was read, or a file that is left to Blender's own glTF importer -> one object in a scene.

All or nothing: what fails on the way leaves the file as it was.
"""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import ModelFileError
from ..core.gltf_plain import Unusual
from ..core.model import Model
from ..core.recipe import Recipe
from . import (
    datablocks,
    direct,
    joining,
    labels,
    landing,
    parts,
    plain,
    provenance,
    reserved,
    selection,
    stirrings,
    transparency,
)
from .language import said
from .placement import Place
from .targets import Target

RENDERING, BAKING = "Waiting for the render to finish", "Waiting for the bake to finish"
NOT_OBJECT_MODE = "Waiting for Object Mode"
TOOL_IN_USE = "Waiting for the tool in use to end"
LINKED_SCENE = "Waiting for a scene of this file"
WAY_OUT = {
    RENDERING: "Let the render finish first",
    BAKING: "Let the bake finish first",
    NOT_OBJECT_MODE: "Switch to Object Mode first",
    TOOL_IN_USE: "End the tool in use first",
    LINKED_SCENE: "Switch to a scene of this file first",
}
"""What to do about each reason of :func:`can_import`."""
_log = logging.getLogger(__name__)
_WANTED: dict[str, Any] = {
    "disable_bone_shape": True,
    "import_pack_images": True,
    "import_shading": "NORMALS",
    "import_select_created_objects": True,
    "import_scene_as_collection": False,
    "import_scene_extras": False,
}


@stirrings.deaf()  # which has the scene evaluated first, so that all stands where it says
def import_file(
    path: Path,
    model: Model | Unusual,
    *,
    name: str,
    place: Place,
    select: bool,
    made: Recipe | None = None,
    target: Target | None = None,
    told: Callable[[bpy.types.Object], None] | None = None,
) -> bpy.types.Object:
    """Import what was read in ``path`` and give its object, standing in ``place``, in the collection *TRELLIS*.

    With a ``target`` it becomes a variant of that, which is given then. ``made`` is written onto it.
    What is unusual goes through Blender's own importer, which reads the file again. ``select`` makes
    it the selection, seen in local views too; otherwise selection and views stay. One undo step, which has what
    ``told`` does with it, too. Raises :class:`ModelFileError`, and leaves no datablock behind then.
    """
    if place.scene.library is not None:
        raise ModelFileError(
            f"The scene {place.scene.name} is linked from another file and takes no objects. Import into another scene."
        )
    before = datablocks.all_now()
    try:
        with selection.kept(unless=select) as heirs:
            stood = [item.session_uid for item in place.instead]
            objects = _built(path, model, name, made)
            result = landing.land(objects, place, target)
            heirs.update(dict.fromkeys(stood, result.session_uid))
            if made is not None and place.proxy is not None:
                reserved.release(made.job)
            bpy.context.view_layer.update()  # else the layer still lists what was removed, as None
            if select:
                whole = [result, *parts.of(result)]
                selection.select_only(*whole)
                for item in whole:
                    selection.show_in_local_views(item)
        if place.proxy is not None:
            selection.succeed(place.proxy, result)
        if told is not None:
            told(result)
    except Exception as error:
        datablocks.take_back(before)
        if isinstance(error, ModelFileError):
            raise
        _log.exception("The import of %s failed", path.name)
        raise ModelFileError(
            "Blender could not import the object; the details are in its console. The file is kept, so importing can "
            "be tried again."
        ) from error
    if bpy.ops.ed.undo_push.poll():  # type: ignore[call-arg]
        bpy.ops.ed.undo_push(message=said(f"Import {result.name}"))
    return result


def _built(path: Path, model: Model | Unusual, name: str, made: Recipe | None) -> list[bpy.types.Object]:
    """Give the object of a file, or an empty and its parts, with how they were made written onto them."""
    if isinstance(model, Unusual):
        _log.info("%s is left to Blender's own importer: %s", path.name, model.why)
        before = datablocks.all_now()
        _run_importer(path, model)
        objects = _untangled(datablocks.all_now() - before, name)
        if not model.has_normals:  # of these it joins nothing
            joining.join({item.data: None for item in objects if isinstance(item.data, bpy.types.Mesh)})
        transparency.repair([item.data for item in objects if item.type == "MESH"], transparency.opaque_share())
    else:
        objects = [direct.build(model, name, transparency.opaque_share())]
    for item in objects if made is not None else ():
        provenance.mark(item, made)
    return objects


def can_import(context: bpy.types.Context) -> str:
    """Give why importing has to wait, or an empty text: the artist's work in hand is not interrupted."""
    if bpy.app.is_job_running("RENDER"):
        return RENDERING
    if bpy.app.is_job_running("OBJECT_BAKE"):
        return BAKING
    if context.scene.library is not None:  # Blender's importer builds in the scene that is shown
        return LINKED_SCENE
    windows = context.window_manager.windows
    actives = [context.view_layer.objects.active, *(window.view_layer.objects.active for window in windows)]
    if any(active is not None and active.mode != "OBJECT" for active in actives):
        return NOT_OBJECT_MODE
    if any(_is_of_blender(operator) for window in windows for operator in window.modal_operators):
        return TOOL_IN_USE
    return ""


def _is_of_blender(operator: bpy.types.Operator) -> bool:
    """Whether a modal operator is none of an add-on: those may run for as long as Blender does.

    What an artist duplicates hangs on the mouse by *Duplicate Objects*, and by no transform as far as can be told.
    """
    return not hasattr(bpy.types, operator.bl_idname)


def _run_importer(path: Path, model: Unusual) -> None:
    if not model.shown:
        _run_on(path, joined=model.has_normals)
        return
    with tempfile.TemporaryDirectory(prefix="trellis-") as folder:
        part = Path(folder) / path.name
        part.write_bytes(model.shown)
        _run_on(part, joined=model.has_normals)


def _run_on(path: Path, *, joined: bool) -> None:
    try:
        known = {item.identifier for item in bpy.ops.import_scene.gltf.get_rna_type().properties}  # type: ignore[call-arg]
    except KeyError:
        raise ModelFileError(
            "Blender's glTF importer is switched off. Enable glTF 2.0 among the add-ons, then try again."
        ) from None
    wanted = _WANTED | {"merge_vertices": joined}
    options = {name: value for name, value in wanted.items() if name in known}
    outcome = bpy.ops.import_scene.gltf(filepath=str(path), **options)
    if "FINISHED" not in outcome:
        raise ModelFileError("Blender's importer refused the file. The file is kept.")


def _untangled(new: set[bpy.types.ID], name: str) -> list[bpy.types.Object]:
    """Give the objects to keep of what Blender's importer made: a lone mesh, or an empty and below it several."""
    objects = [item for item in new if isinstance(item, bpy.types.Object)]
    others = [item for item in new if not isinstance(item, bpy.types.Object)]
    meshes = [item for item in objects if item.type == "MESH"]
    if not meshes:
        raise ModelFileError("The model file holds no mesh. The file is kept.")
    plain.without_motion(new)
    plain.without_pose(meshes)
    if len(meshes) == 1:
        matrix = meshes[0].matrix_world.copy()
        meshes[0].parent = None
        meshes[0].matrix_world = matrix
        keep = meshes
    else:
        keep = parts.gather(meshes, name)
    holders = [item for item in others if isinstance(item, bpy.types.Collection | bpy.types.Scene)]
    others = [item for item in others if item not in holders]
    bpy.data.batch_remove([*holders, *(item for item in objects if item not in keep)])
    datablocks.remove_unused(others)
    for item in keep:
        _name(item, name)
    labels.name_images([item.data for item in keep if isinstance(item.data, bpy.types.Mesh)], name)
    return keep


def _name(item: bpy.types.Object, name: str) -> None:
    item.name = name
    if item.type != "MESH":
        return
    item.data.name = name
    for material in item.data.materials:
        if material is not None:
            material.name = name
