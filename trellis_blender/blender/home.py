# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection *TRELLIS* of a scene, and in it those of sheets: where objects go that belong nowhere else."""

import re
from collections.abc import Iterable

import bpy

from . import bodies, standing
from .standing import Standing

COLLECTION = "TRELLIS"
_OURS = re.compile(rf"{COLLECTION}(\.\d{{3,}})?")


def link(objects: Iterable[bpy.types.Object], scene: bpy.types.Scene, among: Standing | None = None) -> None:
    """Move objects into the scene's collection, or into that of a sheet; makes it where there is none."""
    collection = next((item for item in scene.collection.children if _is_ours(item)), None)
    if collection is None:
        collection = bpy.data.collections.new(COLLECTION)
        scene.collection.children.link(collection)
    if among is not None:
        collection = standing.collection(scene, collection, among)
    for item in objects:
        for holder in list(item.users_collection):
            holder.objects.unlink(item)
        collection.objects.link(item)


def takes(collection: bpy.types.Collection) -> bool:
    """Whether a collection can take objects: what is linked from another file, or overridden, cannot.

    What goes into the one that Blender keeps rigid bodies in comes to be simulated, so that takes none.
    """
    is_open = collection.library is None and collection.override_library is None
    return is_open and not bodies.is_own(collection)


def beside(
    closed: Iterable[bpy.types.Collection], holder: bpy.types.Collection, scene: bpy.types.Scene
) -> bpy.types.Collection:
    """Give a collection, or where it is in one of some that are closed, the nearest around it that is in none.

    One of the scene is preferred; where there is none it is the scene's own.
    """
    inside = {inner for outer in closed for inner in (outer, *outer.children_recursive)}
    root = scene.collection
    here = {root, *root.children_recursive}
    every = sorted([root, *bpy.data.collections], key=lambda item: item not in here)
    around = [holder]
    for item in around:
        if item not in inside and (item == holder or takes(item)):
            return item
        around += [outer for outer in every if item in set(outer.children) and outer not in around]
    return root


def _is_ours(collection: bpy.types.Collection) -> bool:
    """Whether it has our name, numbered perhaps, and can take objects."""
    return takes(collection) and _OURS.fullmatch(collection.name) is not None
