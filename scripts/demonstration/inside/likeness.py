# SPDX-License-Identifier: GPL-3.0-or-later
"""How much an object, seen from the front, looks like its picture: tells upright from overturned, and mirrored."""

from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

_CELLS = 48
_SOLID = 0.8
"""Alpha above which the service counts a pixel to the subject."""
_WAYS = {"straight": (1, 1), "mirrored": (1, -1), "upside down": (-1, 1)}

Floats = npt.NDArray[np.float32]


def likeness(item: bpy.types.Object, texture: bpy.types.Image, picture: bpy.types.Image) -> dict[str, float]:
    """Give how colours correlate, -1 to 1, with the picture as it is and turned over; empty for an opaque picture."""
    drawn = _picture(picture)
    if drawn is None:
        return {}
    seen = _front(item, pixels(texture))
    found = {}
    for way, (rows, columns) in _WAYS.items():
        other = drawn[::rows, ::columns]
        both = ~np.isnan(other[..., 0]) & ~np.isnan(seen[..., 0])
        # Centred: two pictures that are both merely dark are not alike.
        a, b = (side[both] - side[both].mean(axis=0) for side in (other, seen))
        shared = both.sum() / (~np.isnan(other[..., 0]) | ~np.isnan(seen[..., 0])).sum()
        found[way] = float(shared * (a * b).sum() / max(np.sqrt((a**2).sum() * (b**2).sum()), 1e-9))
    return found


def pixels(image: bpy.types.Image) -> Floats:
    """Give (height, width, channels) as stored, bottom row first."""
    values = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], image.channels)


def _picture(image: bpy.types.Image) -> Floats | None:
    values = pixels(image)
    if values.shape[2] < 4 or not (values[..., 3] < 1).any() or not (values[..., 3] > _SOLID).any():
        return None
    rows, columns = np.nonzero(values[..., 3] > _SOLID)
    part = values[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    down, across = (((np.arange(_CELLS) + 0.5) / _CELLS * side).astype(int) for side in part.shape[:2])
    small = part[np.ix_(down, across)]
    return np.where(small[..., 3:] > _SOLID, small[..., :3], np.float32(np.nan))


def _front(item: Any, texture: Floats) -> Floats:
    """Give what is seen of the object from -y, each cell in the colour of its foremost point; bottom row first."""
    mesh = item.data
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    corners = np.empty(len(mesh.loops), np.int32)
    spots = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.vertices.foreach_get("co", places)
    mesh.loops.foreach_get("vertex_index", corners)
    mesh.uv_layers.active.uv.foreach_get("vector", spots)
    matrix = np.array(item.matrix_world, np.float32)
    points = (places.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])[corners]
    low, high = points.min(axis=0), points.max(axis=0)
    cell = np.clip(((points - low) / np.maximum(high - low, 1e-9) * _CELLS).astype(int), 0, _CELLS - 1)
    height, width = texture.shape[:2]
    at = np.clip((spots.reshape(-1, 2) * (width, height)).astype(int), 0, (width - 1, height - 1))
    farthest_first = np.argsort(-points[:, 1], kind="stable")
    seen = np.full((_CELLS, _CELLS, 3), np.nan, np.float32)
    # Of several values for one cell, numpy keeps the last: the foremost.
    ordered = cell[farthest_first]
    seen[ordered[:, 2], ordered[:, 0]] = texture[at[farthest_first, 1], at[farthest_first, 0], :3]
    return seen
