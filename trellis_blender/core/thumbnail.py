# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles with a texture -> a small picture of them, by splatting points. Numbers only; imports no bpy.

Quick rather than fine: a mesh of this model has many more faces than a thumbnail has pixels, so that
points of them, the nearest in each pixel, cover it without being filled in.
"""

from __future__ import annotations

import logging
import math
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import decoder, png_pixels
from .image import Rgba

SIDE_PIXELS: Final = 128
POINTS: Final = 120_000
"""About so many points are drawn, however many faces there are."""
_TURN, _TILT = math.radians(-30.0), math.radians(20.0)
"""Seen from the front, from a little to the left and above."""
_LIGHT: Final = np.array([-0.4, 0.5, 0.77], np.float32)
_AMBIENT: Final = 0.35
_FILL: Final = 0.92
"""Share of the picture's side that the object takes."""
_GREY: Final = 0.72
TEXTURE_PIXELS: Final = 1024
"""About so much of a texture is looked at: a small picture shows no more."""
_log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Texture = Floats | Bytes | bytes
"""Pixels to be shown as they are, (h, w, channels), rows from the bottom, 0–1 or bytes; or a file of them."""


@dataclass(frozen=True, eq=False)
class Surface:
    """What is drawn: ``points`` (n, 3), ``triangles`` (m, 3) of them, ``uvs`` (m, 3, 2) in the ``texture``.

    Without a texture all is grey.
    """

    points: Floats
    triangles: npt.NDArray[np.int32]
    uvs: Floats | None = None
    texture: Texture | None = None


def mark(surface: Surface) -> int:
    """Give a number that tells a shape from others, its texture left aside."""
    found = 0
    for values in (surface.points, surface.triangles, surface.uvs):
        if values is not None:
            found = zlib.crc32(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data, found)
    return found


def draw(surface: Surface, side: int = SIDE_PIXELS) -> Rgba:
    """Give a square picture, rows from the top, transparent where nothing is."""
    return draw_all([surface], side)


def draw_all(surfaces: Sequence[Surface], side: int = SIDE_PIXELS) -> Rgba:
    """Give a picture of several surfaces in one space, as :func:`draw` does of one."""
    picture = np.zeros((side, side, 4), np.uint8)
    drawn = [_drawn(surface, POINTS // len(surfaces)) for surface in map(_decoded, surfaces) if len(surface.triangles)]
    if not drawn:
        return picture
    low = np.min([corners.min(axis=(0, 1)) for corners, _places, _colours in drawn], axis=0)
    high = np.max([corners.max(axis=(0, 1)) for corners, _places, _colours in drawn], axis=0)
    places = np.concatenate([places for _corners, places, _colours in drawn])
    colours = np.concatenate([colours for _corners, _places, colours in drawn])
    scale = side * _FILL / max(float((high - low)[:2].max()), 1e-12)
    offset = side / 2 - (low + high)[:2] / 2 * scale
    columns, rows = (np.clip((places[:, axis] * scale + offset[axis]).astype(np.int32), 0, side - 1) for axis in (0, 1))
    pixels = (side - 1 - rows) * side + columns
    order = np.argsort(places[:, 2], kind="stable")  # the nearest are written last, and stay
    flat = picture.reshape(-1, 4)
    flat[pixels[order], :3] = (np.clip(colours[order], 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    flat[pixels, 3] = 255
    return picture


def _decoded(surface: Surface) -> Surface:
    """Give it with the pixels of its texture, 0–1; without one if that is damaged."""
    pixels = surface.texture
    if isinstance(pixels, bytes):
        try:
            way = png_pixels if png_pixels.is_readable(pixels, sys.maxsize) else decoder
            pixels = way.read(pixels, TEXTURE_PIXELS)[::-1]
        except ValueError as error:
            _log.warning("A texture cannot be read, so the small picture is grey: %s", error)
            pixels = None
    if pixels is not None and pixels.dtype == np.uint8:
        pixels = np.asarray(pixels / 255.0, np.float32)
    return replace(surface, texture=pixels)


def _drawn(surface: Surface, points: int) -> tuple[Floats, Floats, Floats]:
    """Give the corners of the triangles that are drawn, and place and colour of each point of them."""
    chosen, weights = _samples(len(surface.triangles), points)
    corners = _seen(surface.points[surface.triangles[chosen].ravel()]).reshape(-1, 3, 3)
    colours = _colours(surface, chosen, weights) * _shade(corners)[:, None, None]
    return corners, _mixed(corners, weights).reshape(-1, 3), colours.reshape(-1, 3)


def _samples(count: int, points: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give which triangles are drawn, and the weights of the corners for each point of one: shape (k, 3)."""
    chosen = np.arange(0, count, max(count // points, 1))
    steps = min(max(math.isqrt(2 * points // max(len(chosen), 1)), 1), 256)
    if steps == 1:
        return chosen, np.full((1, 3), 1 / 3, np.float32)
    grid = [(i + 1 / 3, j + 1 / 3) for i in range(steps) for j in range(steps - i)]
    pairs = np.array(grid, np.float32) / steps
    return chosen, np.column_stack([pairs, 1.0 - pairs.sum(axis=1)]).astype(np.float32)


def _seen(points: Floats) -> Floats:
    """Turn points so that x is to the right, y up, and z towards the eye; they stand with z up, facing -y."""
    turned, tilted = (math.cos(_TURN), math.sin(_TURN)), (math.cos(_TILT), math.sin(_TILT))
    x = points[:, 0] * turned[0] - points[:, 1] * turned[1]
    back = points[:, 0] * turned[1] + points[:, 1] * turned[0]
    y = points[:, 2] * tilted[0] + back * tilted[1]
    z = points[:, 2] * tilted[1] - back * tilted[0]
    return np.column_stack([x, y, z]).astype(np.float32)


def _shade(corners: Floats) -> Floats:
    """Give how bright each triangle is; both sides of one are lit alike."""
    (ax, ay, az), (bx, by, bz) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    normals = np.column_stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
    lengths = np.sqrt((normals**2).sum(axis=1))
    facing = np.where(normals[:, 2:] < 0.0, -1.0, 1.0)
    lit = np.clip((normals * facing) @ _LIGHT / np.where(lengths > 0.0, lengths, 1.0), 0.0, 1.0)
    return np.asarray(_AMBIENT + (1.0 - _AMBIENT) * lit, np.float32)


def _mixed(values: Floats, weights: Floats) -> Any:
    """Give each triangle's points: (m, 3, c) and (k, 3) become (m, k, c)."""
    return sum(weights[None, :, i, None] * values[:, None, i] for i in range(3))


def _colours(surface: Surface, chosen: npt.NDArray[np.int64], weights: Floats) -> Any:
    if surface.uvs is None or not isinstance(surface.texture, np.ndarray):
        return np.full((len(chosen), len(weights), 3), _GREY, np.float32)
    height, width = surface.texture.shape[:2]
    places = _mixed(surface.uvs[chosen], weights) % 1.0
    columns = np.minimum((places[..., 0] * width).astype(np.int32), width - 1)
    rows = np.minimum((places[..., 1] * height).astype(np.int32), height - 1)
    colours = surface.texture[rows, columns]
    return colours[..., :3] if colours.shape[-1] >= 3 else np.repeat(colours[..., :1], 3, axis=-1)
