# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a material pushes the surface of what is rendered out, where no box knows of it. Changes nothing."""

from collections.abc import Iterable, Iterator
from typing import Final

import bpy

_FLAT: Final = frozenset({"BLENDER_WORKBENCH"})
"""Engines that have no such materials."""
_OUTPUT: Final = "ShaderNodeOutputMaterial"


def is_any(items: Iterable[bpy.types.Object], scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> bool:
    """Whether the surface of any of these objects, or of what they show, leaves its mesh when a scene is rendered.

    ``depsgraph`` is that of the scene they are in.
    """
    layer = scene.view_layers[0]
    if scene.render.engine in _FLAT:
        return False
    pushing = {item for item in bpy.data.materials if _is_pushing(item)}
    if not pushing or layer.material_override is not None:
        return layer.material_override in pushing
    wanted, seen = set(items), set()
    for entry in depsgraph.object_instances:
        owner = entry.parent if entry.is_instance else entry.object
        if owner is None or owner.original not in wanted or entry.object in seen:
            continue
        seen.add(entry.object)
        if not pushing.isdisjoint(_materials(entry.object)):
            return True
    # Those that are hidden in viewports have no instances to go by.
    return any(not pushing.isdisjoint(_materials(item)) for item in wanted)


def _materials(item: bpy.types.Object) -> Iterator[bpy.types.Material]:
    """Give the materials of an object: of its slots, and those that nodes give to what they leave of it."""
    for slot in item.material_slots:
        if slot.material is not None:
            yield slot.material.original
    for material in getattr(item.data, "materials", ()):
        if material is not None:
            yield material.original


def _is_pushing(material: bpy.types.Material) -> bool:
    if material.displacement_method == "BUMP" or material.node_tree is None:
        return False
    return any(node.bl_idname == _OUTPUT and node.inputs["Displacement"].is_linked for node in material.node_tree.nodes)
