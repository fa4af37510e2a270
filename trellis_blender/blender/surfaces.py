# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mesh's small picture is drawn of, copied from Blender: its shape, and what colours it. Knows no picture.

A texture is decoded by Blender, which takes up to a second, only where no thread of ours can do it.
"""

from dataclasses import replace
from typing import Any, Final

import bpy
import numpy as np

from ..core import decoder, png_pixels, thumbnail
from ..core.thumbnail import Bytes, Surface, Texture

LARGEST_TEXTURE_PIXELS: Final = 4096
"""What the service makes at most. Of a larger one the numbers alone would take a gigabyte; then the picture is grey."""


def read(mesh: bpy.types.Mesh) -> Surface:
    """Copy what is to be drawn of a mesh."""
    return replace(shape(mesh), texture=texture(image(mesh)))


def shape(mesh: bpy.types.Mesh) -> Surface:
    """Copy the triangles of a mesh, and where they are in its texture; the texture itself is not read."""
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    places: Any = mesh.attributes.get("position")
    if mesh.is_editmode or places is None:
        mesh.vertices.foreach_get("co", points)
    else:  # ten times as fast
        places.data.foreach_get("vector", points)
    triangles, loops = _triangles(mesh)
    layer, uvs = mesh.uv_layers.active, None
    # In Edit Mode the mesh is Blender's own to edit, and tells of no corner where its texture is.
    if layer is not None and len(layer.uv) == len(mesh.loops):
        flat = np.empty(len(mesh.loops) * 2, np.float32)
        layer.uv.foreach_get("vector", flat)
        uvs = flat.reshape(-1, 3, 2) if loops is None else flat.reshape(-1, 2)[loops].reshape(-1, 3, 2)
    return Surface(points.reshape(-1, 3), triangles.reshape(-1, 3), uvs)


def texture(found: bpy.types.Image | None, *, at_once: bool = False) -> Texture | None:
    """Give the pixels of an image, or a file to be decoded; None where it is no image, or one that is too large.

    ``at_once``: it is drawn before anything else is done, so have Blender decode it, which is the quickest.
    """
    if found is None or found.source not in ("FILE", "GENERATED"):
        return None
    if not at_once and found.source == "FILE" and not found.is_dirty and found.packed_file is not None:
        content: Any = found.packed_file.data
        if any(way.is_readable(content, LARGEST_TEXTURE_PIXELS) for way in (png_pixels, decoder)):
            return bytes(content)
    return _decoded(found)


def image(mesh: bpy.types.Mesh) -> bpy.types.Image | None:
    """Give the image behind the base colour of a mesh's first material."""
    tree = mesh.materials[0].node_tree if len(mesh.materials) and mesh.materials[0] is not None else None
    for link in tree.links if tree is not None else ():
        found = getattr(link.from_node, "image", None)
        if link.to_socket.name == "Base Color" and isinstance(found, bpy.types.Image):
            return found
    return None


def _triangles(mesh: bpy.types.Mesh) -> tuple[Any, Any]:
    """Give the points of each triangle, and its corners: None where they are all corners, one after the other."""
    count = len(mesh.polygons)
    corners: Any = mesh.attributes.get(".corner_vert")
    if not mesh.is_editmode and corners is not None and len(corners.data) == 3 * count:  # no face has less than three
        points = np.empty(count * 3, np.int32)
        corners.data.foreach_get("value", points)
        return points, None
    mesh.calc_loop_triangles()
    points, loops = (np.empty(len(mesh.loop_triangles) * 3, np.int32) for _ in range(2))
    mesh.loop_triangles.foreach_get("vertices", points)
    mesh.loop_triangles.foreach_get("loops", loops)
    return points, loops


def _decoded(found: bpy.types.Image) -> Bytes | None:
    """Give the pixels as Blender decodes them, or as they are painted; what only we wanted is let go of again."""
    had_data = found.has_data
    width, height = found.size  # decodes it, which takes the time; the numbers cost little more
    pixels = None
    if width and height and found.channels and max(width, height) <= LARGEST_TEXTURE_PIXELS:
        values = np.empty(width * height * found.channels, np.float32)
        found.pixels.foreach_get(values)
        step = -(-max(width, height) // thumbnail.TEXTURE_PIXELS)
        some = values.reshape(height, width, found.channels)[::step, ::step]
        pixels = (np.clip(some, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    # Nothing was drawn in between, so no viewport shows what is freed. What was painted is never let go of.
    if not had_data and not found.is_dirty and found.source == "FILE":
        found.buffers_free()
    return pixels
