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


def smooth_normals(positions: Floats, corners: Indices) -> Floats:
    """Give the faces' normals at each vertex, weighted by the angles of their corners. (n, 3)."""
    summed = np.zeros((len(positions), 3), np.float64)
    for start in range(0, len(corners), 3 * STRIP_FACES):
        faces = corners[start : start + 3 * STRIP_FACES].reshape(-1, 3)
        low = int(faces.min())
        width = int(faces.max()) - low + 1
        flat = faces.ravel() - low
        face_normals, angles = _faces(positions[faces])
        for axis in range(3):
            weights = (angles * face_normals[:, axis, None]).ravel()
            summed[low : low + width, axis] += np.bincount(flat, weights, minlength=width)
    normals: Floats = normalized(summed.astype(np.float32))
    return normals


def differing(some: Floats, others: Floats, degrees: float) -> npt.NDArray[np.bool_]:
    """Tell which of two sets of normals of length one differ by more than an angle."""
    least = np.cos(np.radians(degrees))
    return np.asarray(np.einsum("ij,ij->i", some, others, dtype=np.float64) < least)


def normalized(vectors: Any) -> Any:
    """Give vectors of length one; those of no length stay as they are."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    return vectors / np.where(lengths > 0.0, lengths, 1.0)


def _faces(points: Any) -> tuple[Any, Any]:
    """Give normals (f, 3) and the angles of the corners (f, 3) of triangles (f, 3, 3)."""
    edges = normalized(np.roll(points, -1, axis=1) - points)
    normals = normalized(np.cross(edges[:, 0], -edges[:, 2]))
    cosines = -np.einsum("fij,fij->fi", edges, np.roll(edges, 1, axis=1))
    return normals, np.arccos(np.clip(cosines, -1.0, 1.0))
