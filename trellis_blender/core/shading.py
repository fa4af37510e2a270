# SPDX-License-Identifier: GPL-3.0-or-later
"""The normals that Blender gives a smooth mesh by itself, to tell whether a file's own are needed. Pure numpy; no bpy.

Works in strips, so that neither memory nor the interpreter's lock is held by half a million faces at once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .weld import Floats, Indices

STRIP_FACES: Final = 1 << 16
"""So many are added up at once."""
_CACHED_FACES: Final = 1 << 13
"""So many are worked out at once: what a step leaves is still in the processor's cache for the next one."""


def smooth_normals(positions: Floats, corners: Indices) -> Floats:
    """Give the faces' normals at each vertex, weighted by the angles of their corners. (n, 3)."""
    summed = np.zeros((3, len(positions)), np.float64)
    columns = [np.ascontiguousarray(positions[:, axis]) for axis in range(3)]
    weights = np.empty((3, min(STRIP_FACES, len(corners) // 3), 3), np.float64)
    for start in range(0, len(corners), 3 * STRIP_FACES):
        of_strip = corners[start : start + 3 * STRIP_FACES]
        low = int(of_strip.min())
        width = int(of_strip.max()) - low + 1
        faces = of_strip.reshape(-1, 3)
        for first in range(0, len(faces), _CACHED_FACES):
            part = slice(first, first + _CACHED_FACES)
            _weigh(columns, faces[part], weights[:, : len(faces)][:, part])
        flat = of_strip.astype(np.intp)
        flat -= low
        for total, weight in zip(summed, weights, strict=True):
            total[low : low + width] += np.bincount(flat, weight[: len(faces)].ravel(), minlength=width)
    normals: Floats = normalized(summed.T.astype(np.float32, order="C"))
    return normals


def differing(some: Floats, others: Floats, degrees: float) -> npt.NDArray[np.bool_]:
    """Tell which of two sets of normals of length one differ by more than an angle."""
    least = np.cos(np.radians(degrees))
    return np.asarray(np.einsum("ij,ij->i", some, others, dtype=np.float64) < least)


def normalized(vectors: Any) -> Any:
    """Give vectors of length one; those of no length stay as they are."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    return vectors / np.where(lengths > 0.0, lengths, 1.0)


def _weigh(columns: list[Any], faces: Indices, weights: Any) -> None:
    """Fill in (3, f, 3) axis by axis what each face (f, 3) adds at its corners: its normal times the corner's angle."""
    points = [[np.take(column, corner) for column in columns] for corner in faces.T.astype(np.intp, order="C")]
    sides = [_unit([to - at for at, to in zip(points[n], points[n - 2], strict=True)]) for n in range(3)]
    (ax, ay, az), (bx, by, bz) = sides[0], sides[2]
    normal = _unit([az * by - ay * bz, ax * bz - az * bx, ay * bx - ax * by])
    for corner in range(3):
        angle = np.arccos(np.clip(-_dot(sides[corner], sides[corner - 1]), -1.0, 1.0))
        for axis in range(3):
            np.multiply(angle, normal[axis], out=weights[axis, :, corner])


def _dot(some: list[Any], others: list[Any]) -> Any:
    return some[0] * others[0] + some[1] * others[1] + some[2] * others[2]


def _unit(vector: list[Any]) -> list[Any]:
    lengths = np.sqrt(_dot(vector, vector))
    lengths[lengths == 0.0] = 1.0
    return [values / lengths for values in vector]
