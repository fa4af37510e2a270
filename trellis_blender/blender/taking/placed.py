# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that stand where only their own scene puts them: another one has no rigid bodies. Changes no object."""

from collections.abc import Iterable, Iterator

import bpy
from mathutils import Matrix

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
    collection = bpy.data.collections.new(name)
    empty = bpy.data.objects.new(name, None)
    collection.is_runtime_data = empty.is_runtime_data = True
    for item in items:
        collection.objects.link(item)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    empty.matrix_world = matrix
    return empty
