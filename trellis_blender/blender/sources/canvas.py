# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that stand in the scene: an image empty, or a flat mesh with an image texture. Reads no pixels."""

from collections.abc import Sequence
from typing import Any

import bpy
from mathutils import Vector

FLAT = 1e-4
"""A mesh is a canvas when it is this thin beside its longest side: objects have textures, too."""
_RELIEF = frozenset({
    "ShaderNodeNormalMap", "ShaderNodeBump", "ShaderNodeDisplacement", "ShaderNodeVectorDisplacement",
})  # fmt: skip
"""Nodes whose images are a surface's shape, and no picture."""
_COLOURS = frozenset({"Base Color", "Color", "Emission Color"})
_ENOUGH_VERTICES = 64
"""As many are looked at first, since a panel asks at every draw."""
_MOST_VERTICES = 1024


def selected(context: bpy.types.Context) -> bpy.types.Object | None:
    """Give the selected canvas, the active object first."""
    active = context.view_layer.objects.active
    if active is not None and active.select_get() and shown_on(active):
        return active
    # A panel asks at every draw: of many selected objects none is meant.
    others = context.selected_objects if active is None or not active.select_get() else []
    return others[0] if len(others) == 1 and shown_on(others[0]) else None


def shown_on(item: bpy.types.Object) -> tuple[bpy.types.Image, bpy.types.ImageUser] | None:
    """Give the image that an object carries, and its user, which says which frame."""
    if item.type == "EMPTY":
        if item.empty_display_type != "IMAGE" or not isinstance(item.data, bpy.types.Image):
            return None
        return item.data, item.image_user
    if item.type != "MESH" or not _is_flat(item) or item.active_material is None:
        return None
    node = _texture(item.active_material)
    return (node.image, node.image_user) if node is not None else None


def _is_flat(item: bpy.types.Object) -> bool:
    corners = item.bound_box
    sides = sorted(max(c[axis] for c in corners) - min(c[axis] for c in corners) for axis in range(3))
    if sides[1] > 0.0 and sides[0] <= FLAT * sides[2]:
        return True
    # Turned for good, its box has a depth. What modifiers make of it is told by its box alone.
    return not item.modifiers and isinstance(item.data, bpy.types.Mesh) and _is_plane(item.data)


def _is_plane(mesh: bpy.types.Mesh) -> bool:
    """Whether all vertices lie in one plane, whatever way it is turned. A picture's plane has few."""
    vertices = mesh.vertices
    if len(vertices) > _MOST_VERTICES:
        return False
    few = [vertices[at].co for at in range(0, len(vertices), len(vertices) // _ENOUGH_VERTICES + 1)]
    return _are_in_a_plane(few) and _are_in_a_plane([vertex.co for vertex in vertices])


def _are_in_a_plane(places: Sequence[Vector]) -> bool:
    """Whether they are within a hair of the plane of the three that are farthest apart; of a line not, which has none.

    Without numpy, as all that is asked at every draw.
    """
    sides = [place - places[0] for place in places]
    longest = max(sides, key=lambda side: side.length_squared, default=Vector())
    across = max((longest.cross(side) for side in sides), key=lambda normal: normal.length_squared, default=Vector())
    normal = across.normalized()
    depths = [normal.dot(side) for side in sides]
    return across.length_squared > 0.0 and max(depths) - min(depths) <= FLAT * longest.length


def _texture(material: bpy.types.Material) -> Any:
    """Give the node that colours the material."""
    return _picture(material.node_tree) if material.node_tree is not None else None


def _picture(tree: bpy.types.NodeTree) -> Any:
    """Give the image node linked to a colour, or inside a group that is, else the active one, else the first."""
    textures = [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage" and node.image is not None]  # type: ignore[attr-defined]
    groups = [node for node in tree.nodes if node.bl_idname == "ShaderNodeGroup" and node.node_tree is not None]  # type: ignore[attr-defined]
    reliefs = [link.from_node for link in tree.links if link.to_node.bl_idname in _RELIEF]
    pictures = [node for node in textures if node not in reliefs]
    # Numbers, not colours, are shown only when there is nothing else.
    textures = [node for node in pictures if not node.image.colorspace_settings.is_data] or pictures or textures  # type: ignore[attr-defined]
    colours = [link.from_node for link in tree.links if link.to_socket.name in _COLOURS]
    for node in colours:
        found = node if node in textures else _picture(node.node_tree) if node in groups else None  # type: ignore[attr-defined]
        if found is not None:
            return found
    if tree.nodes.active in textures:
        return tree.nodes.active
    if textures:
        return textures[0]
    inside = (_picture(node.node_tree) for node in groups if node not in reliefs)  # type: ignore[attr-defined]
    return next((found for found in inside if found is not None), None)
