# SPDX-License-Identifier: GPL-3.0-or-later
"""The file's datablocks as a set, and how to remove some without touching what goes with them. Knows no import."""

from collections.abc import Iterable

import bpy


def all_now() -> set[bpy.types.ID]:
    """Give every datablock of the file. For one call: undo and the opening of files make them all invalid."""
    kinds = (item.identifier for item in bpy.data.bl_rna.properties if item.type == "COLLECTION")
    return {datablock for kind in kinds for datablock in getattr(bpy.data, kind)}


def take_back(before: set[bpy.types.ID]) -> None:
    """Remove every datablock that came since ``before``."""
    # Shape keys go with their mesh.
    bpy.data.batch_remove([item for item in all_now() - before if not isinstance(item, bpy.types.Key)])
    bpy.context.view_layer.update()


def remove_unused(items: Iterable[bpy.types.ID]) -> None:
    """Remove those of ``items`` that nothing uses, and what only they used."""
    waiting = [item for item in items if not isinstance(item, bpy.types.Key)]
    while unused := [item for item in waiting if item.users == int(item.use_fake_user)]:
        waiting = [item for item in waiting if item not in unused]  # before: what was removed cannot be compared
        bpy.data.batch_remove(unused)
