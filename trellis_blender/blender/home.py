# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection *TRELLIS* of a scene, and in it those of sheets: where objects go that belong nowhere else."""

import re
from collections.abc import Iterable

import bpy

from . import standing
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
    """Whether a collection can take objects: what is linked from another file, or overridden, cannot."""
    return collection.library is None and collection.override_library is None


def _is_ours(collection: bpy.types.Collection) -> bool:
    """Whether it has our name, numbered perhaps, and can take objects."""
    return takes(collection) and _OURS.fullmatch(collection.name) is not None
