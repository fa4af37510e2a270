# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that stand in the scene: an image empty, or a flat mesh with an image texture. Reads no pixels."""

from typing import Any

import bpy

FLAT = 1e-4
"""A mesh is a canvas when one side of its box is this small beside its longest: objects have textures, too."""
_RELIEF = frozenset({
    "ShaderNodeNormalMap", "ShaderNodeBump", "ShaderNodeDisplacement", "ShaderNodeVectorDisplacement",
})  # fmt: skip
"""Nodes whose images are a surface's shape, and no picture."""


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
    return sides[1] > 0.0 and sides[0] <= FLAT * sides[2]


def _texture(material: bpy.types.Material) -> Any:
    """Give the node that colours the material: linked to a colour, else the active one, else the first."""
    tree = material.node_tree
    if tree is None:
        return None
    textures = [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage" and node.image is not None]  # type: ignore[attr-defined]
    reliefs = [link.from_node for link in tree.links if link.to_node.bl_idname in _RELIEF]
    pictures = [node for node in textures if node not in reliefs]
    # Numbers, not colours, are shown only when there is nothing else.
    textures = [node for node in pictures if not node.image.colorspace_settings.is_data] or pictures or textures  # type: ignore[attr-defined]
    colours = [
        link.from_node for link in tree.links if link.to_socket.name in ("Base Color", "Color", "Emission Color")
    ]
    for node in colours:
        if node in textures:
            return node
    if tree.nodes.active in textures:
        return tree.nodes.active
    return textures[0] if textures else None
