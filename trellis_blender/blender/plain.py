# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's own importer made of a file's bones and animations -> meshes that stand still. Knows no file."""

from collections.abc import Iterable

import bpy


def without_motion(new: Iterable[bpy.types.ID]) -> None:
    """Have nothing that came be moved by an animation: it would leave its place at the next frame."""
    for item in new:
        for moved in (item, getattr(item, "node_tree", None)):
            if getattr(moved, "animation_data", None) is not None:
                moved.animation_data_clear()
    bpy.context.view_layer.update()


def without_bones(meshes: Iterable[bpy.types.Object]) -> None:
    """Have meshes that bones hold look by themselves as they do with them; those they had may be left without users."""
    posed = [item for item in meshes if item.modifiers]
    layer = bpy.context.evaluated_depsgraph_get()
    shapes = [
        bpy.data.meshes.new_from_object(item.evaluated_get(layer), preserve_all_data_layers=True, depsgraph=layer)
        for item in posed
    ]
    for item, shape in zip(posed, shapes, strict=True):
        item.modifiers.clear()
        item.data = shape
        item.vertex_groups.clear()
    bpy.context.view_layer.update()
