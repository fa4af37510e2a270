# SPDX-License-Identifier: GPL-3.0-or-later
"""How much an object, seen from the front, looks like its picture: tells upright from overturned, and mirrored."""

from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

_CELLS = 48
_SOLID = 0.8
"""Alpha above which the service counts a pixel to the subject."""
_DEPTH = 0.15
"""How far behind the foremost point of a cell others are still seen, over the object's depth."""
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
    down = (rows - rows.min()) * _CELLS // (np.ptp(rows) + 1)
    across = (columns - columns.min()) * _CELLS // (np.ptp(columns) + 1)
    return _means(down * _CELLS + across, values[rows, columns, :3])


def _means(cells: npt.NDArray[np.int64], colours: Floats) -> Floats:
    """Give the mean colour of each cell; NaN where there is none."""
    count = np.bincount(cells, minlength=_CELLS**2).astype(np.float32)
    sums = [np.bincount(cells, colours[:, channel], minlength=_CELLS**2) for channel in range(3)]
    means = np.stack(sums, axis=1) / np.where(count > 0, count, np.nan)[:, None]
    return means.astype(np.float32).reshape(_CELLS, _CELLS, 3)


def _front(item: Any, texture: Floats) -> Floats:
    """Give what is seen of the object from -y, each cell in the colours of its foremost points; bottom row first."""
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
    number = cell[:, 2] * _CELLS + cell[:, 0]
    foremost = np.full(_CELLS**2, np.inf, np.float32)
    np.minimum.at(foremost, number, points[:, 1])
    seen = points[:, 1] <= foremost[number] + _DEPTH * (high[1] - low[1])
    return _means(number[seen], texture[at[seen, 1], at[seen, 0], :3])
