# SPDX-License-Identifier: GPL-3.0-or-later
"""From when on an object is taken for transparent, as the preferences have it; repairs what Blender's importer made."""

from typing import Any

import bpy
import numpy as np

from ..core.transparency import OPAQUE, Probes, probes, share
from .identity import PACKAGE

REPAIR, AS_DELIVERED = "REPAIR", "AS_DELIVERED"
ITEMS = (
    (REPAIR, "Repair", "Make objects opaque that only a few stray texels make transparent"),
    (AS_DELIVERED, "As Delivered", "Keep the transparency that the file has"),
)


def opaque_share() -> float:
    """Give the share of a texture below which transparency is an error; 0.0 keeps all as it was delivered."""
    preferences = bpy.context.preferences.addons[PACKAGE].preferences
    if preferences.transparency == AS_DELIVERED:  # type: ignore[attr-defined]
        return 0.0
    return float(preferences.transparency_threshold) / 100.0  # type: ignore[attr-defined]


def repair(meshes: list[bpy.types.Mesh], least: float) -> None:
    """Have materials of Blender's importer sort as ours do, opaque where less than ``least`` is seen through."""
    materials = {material for mesh in meshes for material in mesh.materials if material is not None}
    for material in materials:
        if material.surface_render_method != "BLENDED":
            continue
        dither(material)
        image = _alpha_image(material)
        if image is None or least <= 0.0:
            continue
        places = [_probes(mesh) for mesh in meshes if material in set(mesh.materials)]
        if all(found is not None and share_of(image, found) < least for found in places):
            make_opaque(material)


def dither(material: bpy.types.Material) -> None:
    """Have a material sort by itself: blended, the faces of one object are drawn in the order of the file."""
    material.surface_render_method = "DITHERED"
    material.use_transparency_overlap = False


def make_opaque(material: bpy.types.Material) -> None:
    """Leave the alpha of a material's image out."""
    alpha = shader_of(material).inputs["Alpha"]
    material.node_tree.links.remove(alpha.links[0])
    alpha.default_value = 1.0


def share_of(image: bpy.types.Image, places: Probes) -> float:
    """Give how much of an image can be seen through; Blender decodes it now, since no worker could."""
    width, height = image.size
    if not width or not height:
        return 1.0  # it cannot be decoded: left as it was delivered
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return share(pixels[3::4].reshape(height, width), places, OPAQUE / 255)


def shader_of(material: bpy.types.Material) -> Any:
    """Give a material's Principled BSDF; None when it has another one."""
    return next((node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)


def _alpha_image(material: bpy.types.Material) -> bpy.types.Image | None:
    """Give the image whose alpha a material has as it is, or as good as that; None when there is more to it."""
    shader = shader_of(material)
    links = shader.inputs["Alpha"].links if shader is not None else ()
    node: Any = links[0].from_node if links else None
    if node is not None and node.type == "MATH" and node.operation == "MULTIPLY":  # by the factor of its colour
        plain = [socket.default_value for socket in node.inputs[:2] if not socket.is_linked]
        linked = [socket.links[0].from_node for socket in node.inputs[:2] if socket.is_linked]
        node = linked[0] if len(linked) == 1 and plain[0] >= OPAQUE / 255 else None
    if node is None or node.type != "TEX_IMAGE" or node.inputs["Vector"].is_linked:
        return None
    image: bpy.types.Image | None = node.image
    return image if image is not None and image.channels == 4 else None


def _probes(mesh: bpy.types.Mesh) -> Probes | None:
    if len(mesh.uv_layers) != 1 or len(mesh.loops) != 3 * len(mesh.polygons):
        return None
    uvs = np.empty(2 * len(mesh.loops), np.float32)
    mesh.uv_layers[0].uv.foreach_get("vector", uvs)
    return probes(uvs.reshape(-1, 2))
