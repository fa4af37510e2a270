# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that stand where only their own scene puts them: another one has no rigid bodies. Changes no object."""

from collections.abc import Iterable, Iterator

import bpy
from mathutils import Matrix, Vector

MARK = "trellis_stage"
"""The property of what is ours."""
_SAME = 1e-4


def elsewhere(
    items: Iterable[bpy.types.Object], layer: bpy.types.ViewLayer, depsgraph: bpy.types.Depsgraph
) -> Iterator[tuple[bpy.types.Object, Matrix]]:
    """Give what stands elsewhere in a layer of ours than the depsgraph has it, and how it has to be moved there."""
    layer.update()
    for item in items:
        here, wanted = (item.evaluated_get(graph).matrix_world.copy() for graph in (layer.depsgraph, depsgraph))
        change = wanted - here
        if any(change[row].length > _SAME for row in range(4)):
            yield item, wanted @ here.inverted_safe()


def instance(name: str, items: Iterable[bpy.types.Object], matrix: Matrix) -> bpy.types.Object:
    """Give an empty that shows objects moved by a matrix. No copies: one of a rigid body outdates its scene's cache."""
    empty = showing(name, collection(name, items))
    empty.matrix_world = matrix
    return empty


def collection(
    name: str, items: Iterable[bpy.types.Object], offset: Vector | tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> bpy.types.Collection:
    """Give a collection of objects for empties to show."""
    made = bpy.data.collections.new(name)
    made[MARK] = made.is_runtime_data = True
    made.instance_offset = offset
    for item in items:
        made.objects.link(item)
    return made


def showing(name: str, shown: bpy.types.Collection) -> bpy.types.Object:
    """Give an empty that shows a collection."""
    empty = bpy.data.objects.new(name, None)
    empty[MARK] = empty.is_runtime_data = True
    empty.instance_type, empty.instance_collection = "COLLECTION", shown
    return empty


def ours(shown: bpy.types.Collection) -> list[bpy.types.Object]:
    """Give the objects of ours in a collection, with those in collections that they show."""
    found = {item: None for item in shown.all_objects if item.get(MARK)}
    for item in list(found):
        if item.instance_collection is not None:
            found.update(dict.fromkeys(ours(item.instance_collection)))
    return list(found)
