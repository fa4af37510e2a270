# SPDX-License-Identifier: GPL-3.0-or-later
"""An outline -> a closed, consistently oriented triangle mesh of about so many faces; knows numbers only.

Two sheets share the rim. A square grid is cut along the outline, so the rim is smooth, and every
cut triangle keeps a vertex inside, so the mesh is a manifold whatever the outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .silhouette import PADDING_PIXELS, RASTER_PIXELS, Silhouette, softened, trace

FACE_TOLERANCE = 0.03
RIM_EASE = 0.6
"""How much of what is around the wall at the rim leans by; 0 for a vertical one."""
KEPT_OUTLINES = 8
"""Of the pictures seen last: most orders are of one with another seed, and the outline is nearly all of the work."""
_MARGIN = 0.01

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Solid:
    """A closed mesh, y up, front towards +z, within the unit cube around the origin.

    ``points`` (n, 3) and ``normals`` (n, 3) float32 with each rim point twice, once a sheet; ``faces`` (m, 3),
    counter-clockwise from outside; ``back`` (n,) tells the sheet.
    """

    points: Floats
    normals: Floats
    faces: npt.NDArray[np.uint32]
    back: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Sheet:
    plane: Floats
    height: Floats
    triangles: Indices
    inner: int


def inflate(alpha: npt.NDArray[np.uint8], faces: int, seed: int) -> Solid:
    """Inflate ``alpha`` (side, side) uint8, top row first, to about ``faces`` triangles; ``seed`` varies the relief."""
    return _solid(_outlined(alpha.tobytes(), alpha.shape[0], faces), seed)


@lru_cache(maxsize=KEPT_OUTLINES)
def _outlined(pixels: bytes, side: int, faces: int) -> _Sheet:
    """Give what is the same whatever the seed."""
    alpha = np.frombuffer(pixels, np.uint8).reshape(side, side)
    cells = 64
    for _ in range(5):
        found = 2 * _count(softened(alpha, _detail(cells)), cells)
        if found and abs(found - faces) <= FACE_TOLERANCE * faces:
            break
        cells = int(np.clip(round(cells * (faces / max(found, 8)) ** 0.5), 8, 2400))
    return _sheet(trace(alpha, _detail(cells)), cells)


def _detail(cells: int) -> float:
    """Give the finest detail that the grid can carry, in pixels of the raster."""
    return 0.5 * RASTER_PIXELS / cells


def _grid(cells: int) -> tuple[Floats, Floats]:
    ticks = np.linspace(-0.5 - _MARGIN, 0.5 + _MARGIN, cells + 1, dtype=np.float32)
    return np.meshgrid(ticks, ticks)[0], np.meshgrid(ticks, -ticks)[1]


def _triangles(used: npt.NDArray[np.bool_]) -> Indices:
    """Give the triangles of the used cells, diagonals alternating; ``used`` is (cells, cells)."""
    rows, columns = np.nonzero(used)
    wide = used.shape[1] + 1
    a = rows * wide + columns
    b, c, d = a + wide, a + wide + 1, a + 1
    even = ((rows + columns) % 2 == 0)[:, None]
    first = np.where(even, np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    second = np.where(even, np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    return np.concatenate([first, second])


def _cells_used(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return inside[:-1, :-1] | inside[1:, :-1] | inside[:-1, 1:] | inside[1:, 1:]


def _count(level: Floats, cells: int) -> int:
    """Count the triangles of one sheet without making them."""
    x, y = _grid(cells)
    last = level.shape[0] - 1
    row, column = (
        np.clip(np.rint(along * RASTER_PIXELS + PADDING_PIXELS - 0.5).astype(int), 0, last)
        for along in (0.5 - y, x + 0.5)
    )
    inside = level[row, column] > 0
    number = inside.ravel()[_triangles(_cells_used(inside))].sum(axis=1)
    return int((number > 0).sum() + (number == 2).sum())


def _sheet(outline: Silhouette, cells: int) -> _Sheet:
    x, y = _grid(cells)
    plane = np.stack([x.ravel(), y.ravel()], axis=1)
    level = outline.sample(outline.level, plane)
    inside = level > 0
    triangles = _triangles(_cells_used(inside.reshape(x.shape)))
    number = inside[triangles].sum(axis=1)
    whole = triangles[number == 3]
    two = _lead(triangles[number == 2], ~inside)
    one = _lead(triangles[number == 1], inside)
    edges = np.concatenate([two[:, [0, 1]], two[:, [0, 2]], one[:, [0, 1]], one[:, [0, 2]]])
    pairs, corner = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True)
    corner = corner.reshape(-1)
    kept, numbered = np.flatnonzero(inside), np.cumsum(inside) - 1
    p2, q2, p1, q1 = np.split(corner + len(kept), np.cumsum([len(two), len(two), len(one)]))
    a, b, i = numbered[two[:, 1]], numbered[two[:, 2]], numbered[one[:, 0]]
    cut = [np.stack(columns, axis=1) for columns in ((p2, a, b), (p2, b, q2), (i, p1, q1))]
    low, high = level[pairs[:, 0]], level[pairs[:, 1]]
    # Kept off the corners: a sliver there would collapse when the points are welded.
    share = np.clip(low / (low - high), 0.08, 0.92)[:, None]
    rim = plane[pairs[:, 0]] * (1 - share) + plane[pairs[:, 1]] * share
    cell = (1 + 2 * _MARGIN) / cells
    return _Sheet(
        np.concatenate([plane[kept], rim]).astype(np.float32),
        _height(outline, plane[kept]) + np.float32(0.05 * cell),
        np.concatenate([numbered[whole], *cut]),
        len(kept),
    )


def _height(outline: Silhouette, inner: Floats) -> Floats:
    """Give the half thickness at points (n, 2): round, but for the rim, where a vertical wall would look serrated."""
    load = np.maximum(outline.sample(outline.load, inner, order=3), 0)
    around = np.maximum(outline.sample(outline.around, inner), 0)
    height: Floats = np.sqrt(2 * load + 2 * around * RIM_EASE**2) - np.sqrt(2 * around) * np.float32(RIM_EASE)
    return height / np.float32((1 + RIM_EASE**2) ** 0.5 - RIM_EASE)


def _lead(triangles: Indices, first: npt.NDArray[np.bool_]) -> Indices:
    """Turn each triangle so that its one corner in ``first`` leads; orientation is kept."""
    turn = first[triangles].argmax(axis=1)
    return np.take_along_axis(triangles, (turn[:, None] + np.arange(3)) % 3, axis=1)


def _solid(sheet: _Sheet, seed: int) -> Solid:
    inner, rim = sheet.inner, len(sheet.plane) - sheet.inner
    front, back = _relief(sheet.plane[:inner], sheet.height, seed)
    flat = np.zeros(rim, np.float32)
    points = np.concatenate(
        [
            np.column_stack([sheet.plane, np.concatenate([front, flat])]),
            np.column_stack([sheet.plane[:inner], -back]),
        ]
    ).astype(np.float32)
    span = points.max(axis=0) - points.min(axis=0)
    points = (points - (points.max(axis=0) + points.min(axis=0)) / 2) / max(1.0, float(span.max()))
    total = len(sheet.plane)
    mirrored = sheet.triangles[:, ::-1]
    mirrored = np.where(mirrored < inner, mirrored + total, mirrored)
    normals = _normals(points, np.concatenate([sheet.triangles, mirrored]))
    edge = np.arange(inner, total)
    own_rim = np.where(mirrored < total, mirrored + total, mirrored)
    return Solid(
        np.concatenate([points, points[edge]]),
        np.concatenate([normals, normals[edge]]),
        np.concatenate([sheet.triangles, own_rim]).astype(np.uint32),
        np.arange(2 * total) >= total,
    )


def _relief(plane: Floats, thick: Floats, seed: int) -> tuple[Floats, Floats]:
    """Give the heights of the front and of the back, with a few soft waves that another seed places elsewhere."""
    random = np.random.default_rng(seed)
    depth = random.uniform(0.75, 1.15, size=2)
    heights = []
    for side in range(2):
        wave = np.zeros(len(plane), np.float32)
        for _ in range(5):
            direction = random.normal(size=2) * random.uniform(3, 11)
            wave += np.sin(plane @ direction.astype(np.float32) + np.float32(random.uniform(0, 2 * np.pi)))
        heights.append((thick * depth[side] * (1 + 0.07 * wave)).astype(np.float32))
    return heights[0], heights[1]


def _normals(points: Floats, faces: Indices) -> Floats:
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    areas = np.cross(b - a, c - a)
    total = np.zeros((len(points), 3))
    for axis in range(3):
        weights = np.repeat(areas[:, axis], 3)
        total[:, axis] = np.bincount(faces.ravel(), weights=weights, minlength=len(points))
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit: Floats = (total / np.maximum(length, 1e-20)).astype(np.float32)
    return unit
