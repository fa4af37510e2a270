# SPDX-License-Identifier: GPL-3.0-or-later
"""Every lamp that lights the scene's own render: its own, those of instanced rigs and of background sets.

A rig is shown by a collection of ours that has its lamps alone, at an empty that hangs on the artist's: so Blender
itself puts them where they stand, also where viewports show nothing of it. Changes no object.
"""

from collections.abc import Iterator

import bpy
from mathutils import Matrix

from . import placed, rendered

_Rigs = dict[bpy.types.Collection, bpy.types.Collection | None]


def lighting(
    scene: bpy.types.Scene, layer: bpy.types.ViewLayer, depsgraph: bpy.types.Depsgraph,
    but: list[bpy.types.Object], name: str,
) -> Iterator[bpy.types.Object]:  # fmt: skip
    """Give lamps, and empties of ours that instance lamps, for a scene that has neither.

    ``but``: what is there already, with all that it instances. ``name``: of the empties; whatever is made is marked.
    """
    rigs: _Rigs = {}
    for item in dict.fromkeys(_rendered_in(scene, layer)):  # of scene and set it may be
        if item.type == "LIGHT":
            yield _unseen(item)
        elif item not in but:
            empty = _of_rig(item, rigs, name)
            if empty is not None:
                yield empty
    yield from _scattered(depsgraph, but)


def _rendered_in(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> Iterator[bpy.types.Object]:
    """Give what may light a scene, with its background set and the set of that one."""
    passed: list[bpy.types.Scene] = []
    while scene not in passed:
        passed.append(scene)
        items = [item for item in layer.objects if (item.type == "LIGHT" or _instanced(item)) and not item.hide_render]
        yield from rendered.among(items, layer)
        if scene.background_set is None:
            return
        scene = scene.background_set
        layer = next((item for item in scene.view_layers if item.use), scene.view_layers[0])  # which Blender takes


def _instanced(item: bpy.types.Object) -> bpy.types.Collection | None:
    return item.instance_collection if item.instance_type == "COLLECTION" else None


def _of_rig(item: bpy.types.Object, rigs: _Rigs, name: str) -> bpy.types.Object | None:
    """Give an empty of ours with the lamps that an object instances; None when it instances none."""
    collection = _instanced(item)
    if collection is None:
        return None
    if collection not in rigs:
        rigs[collection] = None  # so that one that instances itself ends here
        lit = [*_lamps_in(collection, rigs, name)]
        rigs[collection] = placed.collection(name, lit, collection.instance_offset) if lit else None
    lamps = rigs[collection]
    if lamps is None:
        return None
    empty = placed.showing(name, lamps)
    empty.parent = item
    return empty


def _lamps_in(collection: bpy.types.Collection, rigs: _Rigs, name: str) -> Iterator[bpy.types.Object]:
    for item in dict.fromkeys(_items_in(collection)):  # of two collections it may be in
        if item.type == "LIGHT":
            yield _unseen(item)
        elif (empty := _of_rig(item, rigs, name)) is not None:
            yield empty


def _items_in(collection: bpy.types.Collection) -> Iterator[bpy.types.Object]:
    if collection.hide_render:
        return
    yield from (item for item in collection.objects if not item.hide_render)
    for inner in collection.children:
        yield from _items_in(inner)


def _unseen(lamp: bpy.types.Object) -> bpy.types.Object:
    """Give a lamp, or one of ours in its place, hung on it, where the artist has the lamp itself seen by the camera."""
    if not lamp.visible_camera:
        return lamp
    made = _copy(lamp)
    made.parent, made.parent_type = lamp, "OBJECT"
    made.matrix_parent_inverse = made.matrix_basis = Matrix()
    return made


def _scattered(depsgraph: bpy.types.Depsgraph, but: list[bpy.types.Object]) -> Iterator[bpy.types.Object]:
    """Give lamps of ours for those that nodes, particles, vertices or faces show, as seen in viewports."""
    found = []
    for entry in depsgraph.object_instances:
        if not entry.is_instance or entry.object.type != "LIGHT":
            continue
        owner, lamp = entry.parent.original, entry.object.original
        if _instanced(owner) is None and owner not in but and not (owner.hide_render or lamp.hide_render):
            found.append((lamp, entry.matrix_world.copy()))
    for lamp, matrix in found:  # only now, as what is made outdates the depsgraph
        made = _copy(lamp)
        made.matrix_world = matrix
        yield made


def _copy(lamp: bpy.types.Object) -> bpy.types.Object:
    """Give a lamp of ours that lights as another one does, unseen; that one may not be shown but by its parent."""
    made = lamp.copy()
    made[placed.MARK] = made.is_runtime_data = True
    made.animation_data_clear()
    made.constraints.clear()
    made.parent = None
    made.visible_camera = False
    return made
