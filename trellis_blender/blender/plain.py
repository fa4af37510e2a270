# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's own importer made of bones, shapes and animations -> meshes that stand still. Knows no file."""

from collections.abc import Iterable

import bpy


def without_motion(new: Iterable[bpy.types.ID]) -> None:
    """Have nothing that came be moved by an animation: it would leave its place at the next frame."""
    for item in new:
        for moved in (item, getattr(item, "node_tree", None)):
            if getattr(moved, "animation_data", None) is not None:
                moved.animation_data_clear()
    bpy.context.view_layer.update()


def without_pose(meshes: Iterable[bpy.types.Object]) -> None:
    """Have meshes that bones or shape keys move look by themselves as they do with these.

    The meshes they had may be left without users.
    """
    posed = [item for item in meshes if item.modifiers or _is_moved(item.data)]
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


def _is_moved(mesh: bpy.types.ID | None) -> bool:
    """Whether a mesh looks otherwise than its vertices stand: what is measured would be another shape."""
    keys = mesh.shape_keys if isinstance(mesh, bpy.types.Mesh) else None
    return keys is not None and any(block.value for block in keys.key_blocks)
