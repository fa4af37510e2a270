# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer faces: a Decimate modifier that stays adjustable, and levels of detail beside an untouched original."""

import re
from typing import cast

import bpy

from ..core.catalogue import BY_NAME
from . import datablocks, home, provenance, variants

REDUCE = "Reduce"
"""Name of the modifier."""
_LEVEL = "_LOD"


def fault(item: bpy.types.Object | None) -> str:
    """Give why an object cannot be made lighter, or an empty text. Cheap enough for polling."""
    if item is None or item.type != "MESH":
        return "Select a mesh object"
    if item.library is not None:
        return "This object is linked from another file; make it local or override it first"
    if item.mode != "OBJECT":
        return "Switch to Object Mode first"
    return "" if faces_of(item) else "This object has no faces"


def faces_of(item: bpy.types.Object) -> int:
    """Give the faces of an object's own mesh, counted as triangles: modifiers do not count."""
    mesh = item.data
    return len(mesh.loops) - 2 * len(mesh.polygons) if isinstance(mesh, bpy.types.Mesh) else 0


def asked_faces(item: bpy.types.Object) -> int:
    """Give what to reduce an object to: the faces that were asked for, or half if it has no more than those."""
    made, has = provenance.recipe_of(item), faces_of(item)
    asked = made.parameters.get("decimation_target") if made is not None else None
    if asked is None:
        asked = BY_NAME["decimation_target"].default
    wanted = int(asked) if isinstance(asked, int | float) else has
    return wanted if wanted < has else max(has // 2, 1)


def reduce(item: bpy.types.Object, faces: int) -> float:
    """Have a modifier leave about so many faces of an object, and give its ratio; the mesh itself stays."""
    modifier = _reduction(item) or _new_reduction(item)
    modifier.ratio = min(faces / faces_of(item), 1.0)
    return modifier.ratio


def made_before(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give an object's levels: what has a level's name and is in the collection beside it, or in its scenes marked so.

    So they are found after the object, or they, went to another collection.
    """
    named = re.compile(rf"{re.escape(_stem(item))}{_LEVEL}\d+(\.\d{{3,}})?")
    collection, scenes = _known(item), set(item.users_scene)
    inside = set(collection.objects) if collection is not None else set()
    alike = [other for other in bpy.data.objects if named.fullmatch(other.name)]
    alike = [other for other in alike if other.library is None and other != item]
    return [o for o in alike if o in inside or (variants.of(o).is_level and not scenes.isdisjoint(o.users_scene))]


def remove(item: bpy.types.Object, levels: list[bpy.types.Object]) -> None:
    """Take an object's levels out of the file, and their meshes unless something else shows them.

    The collection that they were in goes with them where it is empty then, and no more beside the object.
    """
    meshes = {level.data for level in levels}
    left = {holder for level in levels for holder in level.users_collection if home.takes(holder)} - {_known(item)}
    bpy.data.batch_remove(levels)
    datablocks.remove_unused(mesh for mesh in meshes if mesh is not None and not mesh.use_fake_user)
    for holder in left:
        if _is_called_for(item, holder) and not holder.all_objects and not holder.children:
            bpy.data.collections.remove(holder)


def make_levels(item: bpy.types.Object, levels: int, ratio: float) -> list[bpy.types.Object]:
    """Give lighter copies of an object, each with ``ratio`` of the faces of the one before; it stays as it is.

    They stand where it stands, with its parent, its materials and its other modifiers, in a collection beside it
    that is not rendered. What Reduce leaves of it is what the first level begins with.
    """
    reduction = _reduction(item)
    start = reduction.ratio if reduction is not None else 1.0
    collection = _collection(item)
    made = []
    for level in range(1, levels + 1):
        copy = item.copy()
        if copy.override_library is not None:
            copy = copy.make_local(clear_liboverride=True)  # else it is what it is of again when the file is opened
        copy.name = f"{_stem(item)}{_LEVEL}{level}"
        variants.clear(copy)  # those are the original's, and so is what is to come
        variants.of(copy).is_level = True
        mine = _reduction(copy)
        if mine is not None:
            copy.modifiers.remove(mine)
        copy.data = _decimated(item, start * ratio**level, copy.name)
        collection.objects.link(copy)
        made.append(copy)
    bpy.context.view_layer.update()
    for copy in made:
        copy.select_set(False)
    return made


def _reduction(item: bpy.types.Object) -> bpy.types.DecimateModifier | None:
    found = item.modifiers.get(REDUCE)
    return found if isinstance(found, bpy.types.DecimateModifier) else None


def _new_reduction(item: bpy.types.Object) -> bpy.types.DecimateModifier:
    modifier = cast(bpy.types.DecimateModifier, item.modifiers.new(REDUCE, "DECIMATE"))
    modifier.decimate_type = "COLLAPSE"
    return modifier


def _decimated(item: bpy.types.Object, ratio: float, name: str) -> bpy.types.Mesh:
    """Give a lighter copy of an object's mesh. It is made on an object of its own, that is in the scene meanwhile."""
    holder = bpy.data.objects.new(name, item.data)
    bpy.context.scene.collection.objects.link(holder)
    try:
        _new_reduction(holder).ratio = ratio
        depsgraph = bpy.context.evaluated_depsgraph_get()
        mesh = bpy.data.meshes.new_from_object(
            holder.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
        )
    finally:
        bpy.data.objects.remove(holder)
    mesh.name = name
    for key in item.data.keys() if item.data is not None else ():
        mesh[key] = item.data[key]
    return mesh


def _collection(item: bpy.types.Object) -> bpy.types.Collection:
    """Give the collection for an object's levels: within the one that holds it."""
    known = _known(item)
    if known is not None:
        return known
    collection = bpy.data.collections.new(_collection_name(item))
    collection.hide_render = True
    try:
        _holder(item).children.link(collection)
    except RuntimeError:
        bpy.data.collections.remove(collection)
        raise
    return collection


def _known(item: bpy.types.Object) -> bpy.types.Collection | None:
    """Give the collection for an object's levels that is beside it, or None where there is none yet."""
    beside = (child for child in _holder(item).children if home.takes(child))
    return next((child for child in beside if _is_called_for(item, child)), None)


def _holder(item: bpy.types.Object) -> bpy.types.Collection:
    own = [holder for holder in item.users_collection if home.takes(holder)]
    return own[0] if own else bpy.context.scene.collection


def _is_called_for(item: bpy.types.Object, collection: bpy.types.Collection) -> bool:
    """Whether a collection has the name of the one for an object's levels, numbered perhaps."""
    return re.fullmatch(rf"{re.escape(_collection_name(item))}(\.\d{{3,}})?", collection.name) is not None


def _collection_name(item: bpy.types.Object) -> str:
    return f"{item.name} LODs"


def _stem(item: bpy.types.Object) -> str:
    return item.name.removesuffix(f"{_LEVEL}0")
