# SPDX-License-Identifier: GPL-3.0-or-later
"""An object of several parts for tests, as one comes of a file of several meshes."""

import blocks
import bpy
from artist import module


def whole(item: bpy.types.Object, name: str = "house") -> bpy.types.Object:
    """Make three parts of an object that came: two show its mesh, one a copy of it; give their empty, chosen."""
    made = module("blender.provenance").recipe_of(item)
    collection = item.users_collection[0]
    second, third = item.copy(), item.copy()
    third.data = item.data.copy()
    items = [item, second, third]
    for index, other in enumerate(items):
        other.location = (2.0 * index, 0.0, 0.0)
        other.scale = (2.0, 2.0, 2.0) if other == third else (1.0, 1.0, 1.0)
    for new in (second, third):
        collection.objects.link(new)
    bpy.context.view_layer.update()
    root, *parts = module("blender.parts").gather(items, name)
    collection.objects.link(root)
    root.location = (5.0, 6.0, 7.0)
    module("blender.parts").name(root, parts)
    for other in (root, *parts):
        module("blender.provenance").mark(other, made)
    bpy.context.view_layer.update()
    blocks.choose(root)
    return root
