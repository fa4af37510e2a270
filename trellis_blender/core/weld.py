# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the vertices that a file splits only for its UV seams, and tells what shading results. Pure numpy; no bpy.

Two vertices are one when their positions *and* their normals are the same to the bit: by position
alone, thin triangles would collapse and sheets that touch would grow together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]

_MIXERS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
     0x27D4EB2F165667C5, 0x85EBCA77C2B2AE63, 0xFF51AFD7ED558CCD], np.uint64
)  # fmt: skip
"""Odd constants, one for each of the six numbers of a vertex."""


@dataclass(frozen=True, eq=False)
class Welded:
    """A mesh whose vertices are each there once.

    ``positions`` (n, 3), ``normals`` (n, 3) or None, ``corners`` (3 * faces,) indices into them,
    ``kept`` (faces,) tells which faces of the file are left: those with three different vertices, each once.
    """

    positions: Floats
    normals: Floats | None
    corners: Indices
    kept: npt.NDArray[np.bool_]


def weld(positions: Floats, normals: Floats | None, corners: Indices) -> Welded:
    """Join what is the same; the order of first appearance is kept, since neighbours in it are near each other."""
    joined = positions if normals is None else np.concatenate([positions, normals], axis=1)
    first, inverse = _distinct(np.ascontiguousarray(joined + np.float32(0.0)))  # so that -0.0 is 0.0
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    used = first[order]
    welded = without_flat_faces(positions[used], normals[used] if normals is not None else None, rank[inverse][corners])
    return _twins_apart(welded, corners)


def without_flat_faces(positions: Floats, normals: Floats | None, corners: Indices) -> Welded:
    """Leave out the faces that use a vertex twice: they are lines or points."""
    a, b, c = corners.reshape(-1, 3).T
    kept = (a != b) & (b != c) & (a != c)
    return Welded(positions, normals, corners if kept.all() else _faces(corners, kept), kept)


def without_twins(welded: Welded) -> Welded:
    """Leave out the faces that have the same three vertices as one before them: Blender takes each but once."""
    twins = twins_of(welded.corners)
    if not twins.any():
        return welded
    kept = welded.kept.copy()
    kept[np.flatnonzero(kept)[twins]] = False
    return replace(welded, corners=_faces(welded.corners, ~twins), kept=kept)


def twins_of(corners: Indices) -> npt.NDArray[np.bool_]:
    """Tell which faces have the same three vertices as one before them, whichever way round."""
    ordered = np.sort(corners.reshape(-1, 3), axis=1)
    keys = ordered.astype(np.uint64) @ _MIXERS[:3]
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    twins = np.zeros(len(ordered), bool)
    if same.any():
        # Few, or else the file is odd: only these are compared for what they are.
        among = np.unique(np.concatenate([order[1:][same], order[:-1][same]]))
        _rows, first = np.unique(ordered[among], axis=0, return_index=True)
        twins[among] = True
        twins[among[first]] = False
    return twins


def _twins_apart(welded: Welded, file_corners: Indices) -> Welded:
    """Give faces that became the same only by joining vertices of their own again: the sides of a thin sheet stay."""
    twins = twins_of(welded.corners)
    if not twins.any():
        return welded
    in_file = twins_of(_faces(file_corners, welded.kept))
    apart = np.flatnonzero(twins & ~in_file)
    corners = welded.corners.reshape(-1, 3).copy()
    originals = corners[apart].ravel()
    corners[apart] = np.arange(len(originals), dtype=np.int32).reshape(-1, 3) + np.int32(len(welded.positions))
    normals = welded.normals
    positions = np.concatenate([welded.positions, welded.positions[originals]])
    normals = np.concatenate([normals, normals[originals]]) if normals is not None else None
    return without_twins(Welded(positions, normals, corners.ravel(), welded.kept))


def _faces(corners: Indices, chosen: npt.NDArray[np.bool_]) -> Indices:
    return np.ascontiguousarray(corners.reshape(-1, 3)[chosen]).ravel()


def smooth_normals(positions: Floats, corners: Indices) -> Floats:
    """Give the vertex normals that Blender computes: the faces' normals, weighted by the corners' angles. (n, 3)."""
    faces = corners.reshape(-1, 3)
    points = positions[faces].astype(np.float32, copy=False)
    edges = np.roll(points, -1, axis=1) - points
    edges = normalized(edges)
    cross = np.cross(edges[:, 0], -edges[:, 2])
    face_normals = normalized(cross)
    cosines = -np.einsum("fij,fij->fi", edges, np.roll(edges, 1, axis=1))
    angles = np.arccos(np.clip(cosines, -1.0, 1.0))
    summed = np.empty((len(positions), 3), np.float64)
    flat = faces.ravel()
    for axis in range(3):
        weights = (angles * face_normals[:, axis : axis + 1]).ravel()
        summed[:, axis] = np.bincount(flat, weights, minlength=len(positions))
    normals: Floats = normalized(summed.astype(np.float32))
    return normals


def largest_difference_degrees(some: Floats, others: Floats, corners: Indices) -> float:
    """Give the widest angle between two sets of normals, over the vertices that faces use."""
    used = np.unique(corners)
    cosines = np.einsum("ij,ij->i", normalized(some[used]), normalized(others[used]))
    return float(np.degrees(np.arccos(np.clip(cosines.min(initial=1.0), -1.0, 1.0))))


def _distinct(rows: Floats) -> tuple[Any, Any]:
    """Give where each distinct row comes first, and for each row which of the distinct ones it is."""
    bits = rows.view(np.uint32).astype(np.uint64)
    keys = bits @ _MIXERS[: bits.shape[1]]
    keys ^= keys >> np.uint64(29)
    _values, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if np.array_equal(rows[first][inverse].view(np.uint32), rows.view(np.uint32)):
        return first, inverse
    # Two different vertices have one key: rare beyond hope, and then slow is good enough.
    _rows, first, inverse = np.unique(rows.view(np.uint32), axis=0, return_index=True, return_inverse=True)
    return first, inverse.ravel()


def normalized(vectors: Any) -> Any:
    """Give vectors of length one; those of no length stay as they are."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    return vectors / np.where(lengths > 0.0, lengths, 1.0)
