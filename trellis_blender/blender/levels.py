# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of detail: lighter copies beside an untouched object, the earlier ones taken away. Makes no mesh lighter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import bpy

from . import bodies, datablocks, decimating, home, lighter, parts, provenance, selection, variants

_LEVEL = "_LOD"
_NUMBERED = rf"{_LEVEL}\d+(\.\d{{3,}})?"
_NAME_BYTES = 63 if bpy.app.version < (5, 0, 0) else 255
"""What Blender keeps of a name."""
_SPARE_BYTES = 9
"""Of these, what is left for an ending and a number."""


@dataclass(frozen=True)
class Plan:
    """What is to be made of an object. Holds datablocks: for one call, never kept."""

    item: bpy.types.Object
    meshes: list[bpy.types.Mesh]
    """Each once, also where several parts show it."""
    shares: list[list[float]]
    """For each mesh the shares of its faces that are left, level by level."""


def fault(item: bpy.types.Object | None) -> str:
    """Give why no levels can be made of an object, or an empty text. Cheap enough for polling."""
    reason = lighter.fault(item)
    if reason or item is None:
        return reason
    if bpy.context.scene.library is not None and _holder(item) == bpy.context.scene.collection:
        return "Switch to a scene of this file first"
    return ""


def plan(item: bpy.types.Object, levels: int, ratio: float) -> Plan:
    """Plan levels of which each has ``ratio`` of the faces of the one before.

    What Reduce leaves of the object is what the first begins with.
    """
    starts: dict[bpy.types.Mesh, float] = {}
    for piece in lighter.pieces(item):
        modifier = lighter.reduction(piece)
        if isinstance(piece.data, bpy.types.Mesh):
            starts.setdefault(piece.data, modifier.ratio if modifier is not None else 1.0)
    shares = [[start * ratio**level for level in range(1, levels + 1)] for start in starts.values()]
    return Plan(item, list(starts), shares)


def make(item: bpy.types.Object, levels: int, ratio: float) -> list[bpy.types.Object]:
    """Give lighter copies of an object; takes seconds with many faces, and Blender waits. See :func:`put`."""
    wanted = plan(item, levels, ratio)
    return put(wanted, decimating.steps(wanted.meshes, wanted.shares))


def put(wanted: Plan, made: Iterable[decimating.Step]) -> list[bpy.types.Object]:
    """Give copies of an object that show the meshes that were made of its own; it stays as it is.

    They stand where it stands, with its parent, its materials and its other modifiers, in a collection beside it
    that is not rendered.
    """
    item = wanted.item
    done = {(wanted.meshes[index], level): mesh for index, level, mesh in made}
    for (mesh, _level), light in done.items():
        _take_over(mesh, light)
    collection = _collection(item)
    copies = []
    for level in range(len(wanted.shares[0])):
        copy = _copy(item, level + 1)
        twins = [copy]
        if item.type != "MESH":
            twins = [_copy(piece, level + 1) for piece in lighter.pieces(item)]
            for twin in twins:
                twin.parent = copy
                variants.of(twin).is_level_part = True
        for piece, twin in zip(lighter.pieces(item), twins, strict=True):
            light = done[piece.data, level]  # type: ignore[index]  # a piece shows a mesh
            twin.data = light
            light.name = twin.name
        for new in dict.fromkeys((copy, *twins)):
            collection.objects.link(new)
        copies.append(copy)
    bpy.context.view_layer.update()
    selection.deselect([new for copy in copies for new in (copy, *copy.children)], bpy.context.scene)
    return copies


def made_before(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give an object's levels: what has a level's name and is in the collection beside it, or in its scenes marked so.

    So they are found after the object, or they, went to another collection. A part may have levels by itself, which
    are called as the parts of the whole's are: neither are the other's.
    """
    tops = [level for level in [*_alike([item]), *_of_another_name(item)] if not _is_level_part(level)]
    below = [part for top in tops for part in parts.of(top) if re.search(rf"{_NUMBERED}$", part.name)]
    loose = [level for level in _alike(parts.of(item)) if variants.of(level).is_level_part]
    return [*tops, *below, *(level for level in loose if parts.root_of(level) is None)]


def remove(item: bpy.types.Object, gone: list[bpy.types.Object]) -> int:
    """Take an object's levels out of the file, and their meshes unless something else shows them; give how many.

    The collection that they were in goes with them where it is empty then, and no more beside the object.
    """
    meshes = {level.data for level in gone}
    left = {holder for level in gone for holder in level.users_collection if home.takes(holder)} - {_known(item)}
    count = sum(level.parent not in gone for level in gone)  # one in several parts is one
    stems = {_fitting(item.name), *(_stem(level) for level in gone if level.parent not in gone)}
    bpy.data.batch_remove(gone)
    datablocks.remove_unused(mesh for mesh in meshes if mesh is not None and not mesh.use_fake_user)
    for holder in left:
        is_for_levels = any(_is_called_by(stem, holder) for stem in stems)
        if is_for_levels and not holder.all_objects and not holder.children:
            bpy.data.collections.remove(holder)
    return count


def _alike(pieces: list[bpy.types.Object]) -> list[bpy.types.Object]:
    """Give what is called as a level of one of some pieces of one object, and is where that is."""
    stems = "|".join(re.escape(_fitting(piece.name)) for piece in pieces)
    named = re.compile(rf"({stems}){_NUMBERED}")
    alike = [other for other in bpy.data.objects if named.fullmatch(other.name)] if pieces else []
    alike = [other for other in alike if other.library is None and other not in pieces]
    if not alike:
        return []
    inside = {level for piece in pieces if (known := _known(piece)) is not None for level in known.objects}
    scenes = {scene for piece in pieces for scene in piece.users_scene}
    return [o for o in alike if o in inside or (variants.of(o).is_level and not scenes.isdisjoint(o.users_scene))]


def _of_another_name(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give levels that are called as an object was before it was given another name, where it alone can be meant.

    They came from the same job, no object has that name now, and there is no other object of that job in its scenes.
    """
    jobs = ({provenance.job_of(item)} | variants.jobs(item) | set(variants.of(item).discarded.split())) - {""}
    depth, own, scenes = parts.level_depth(item), {item, *parts.of(item)}, set(item.users_scene)
    here = [other for other in bpy.data.objects if other not in own and not scenes.isdisjoint(other.users_scene)]
    of_jobs = [other for other in here if other.type == item.type and provenance.job_of(other) in jobs]
    if any(parts.level_depth(other) == depth for other in of_jobs):
        return []
    taken = {_fitting(other.name) for other in bpy.data.objects}
    return [
        other for other in of_jobs
        if other.library is None and variants.of(other).is_level and parts.level_depth(other) == depth + 1
        and _stem(other) != other.name and _stem(other) not in taken
    ]  # fmt: skip


def _stem(level: bpy.types.Object) -> str:
    """Give what an object was called when a level was made of it."""
    return re.sub(rf"{_NUMBERED}$", "", level.name)


def _is_level_part(level: bpy.types.Object) -> bool:
    """Whether it is a part of a level, be it that it hangs on that no more."""
    return variants.of(level).is_level_part or parts.root_of(level) is not None


def _copy(item: bpy.types.Object, level: int) -> bpy.types.Object:
    copy, depth = item.copy(), parts.level_depth(item) + 1
    if copy.override_library is not None:
        copy = copy.make_local(clear_liboverride=True)  # else it is what it is of again when the file is opened
    bodies.leave(copy)
    copy.name = f"{_fitting(item.name)}{_LEVEL}{level}"
    variants.clear(copy)  # those are the original's, and so is what is to come
    variants.of(copy).is_level, variants.of(copy).level_depth = True, depth
    mine = lighter.reduction(copy)
    if mine is not None:
        copy.modifiers.remove(mine)
    return copy


def _take_over(mesh: bpy.types.Mesh, light: bpy.types.Mesh) -> None:
    """Have a mesh say what the one says that it was made of, and look alike."""
    for key, value in mesh.items():
        light[key] = value
    for index, material in enumerate(mesh.materials):
        if index < len(light.materials):
            light.materials[index] = material


def _collection(item: bpy.types.Object) -> bpy.types.Collection:
    """Give the collection for an object's levels: within the one that holds it, but in no asset."""
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
    """Give the collection that holds an object, in the scene that is shown if it is there; else that scene's own.

    What is in an asset comes with it, so it is the one that holds the asset.
    """
    root = bpy.context.scene.collection
    here = {root, *root.children_recursive}
    assets = [holder for holder in bpy.data.collections if holder.asset_data is not None]
    own = [home.beside(assets, holder, bpy.context.scene) for holder in item.users_collection if home.takes(holder)]
    seen = next((holder for holder in own if holder in here), None)
    if seen is not None:
        return seen
    return own[0] if own and bpy.context.scene.library is not None else root


def _is_called_for(item: bpy.types.Object, collection: bpy.types.Collection) -> bool:
    """Whether a collection has the name of the one for an object's levels, numbered perhaps."""
    return _is_called_by(_fitting(item.name), collection)


def _is_called_by(stem: str, collection: bpy.types.Collection) -> bool:
    return re.fullmatch(rf"{re.escape(stem)} LODs(\.\d{{3,}})?", collection.name) is not None


def _collection_name(item: bpy.types.Object) -> str:
    return f"{_fitting(item.name)} LODs"


def _fitting(name: str) -> str:
    """Give the beginning of a name that leaves room for what is put behind it."""
    stem = name.removesuffix(f"{_LEVEL}0").encode()[: _NAME_BYTES - _SPARE_BYTES]
    return stem.decode(errors="ignore").rstrip()
