# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the vertices that a file splits only for its UV seams. Pure numpy, for a worker; no bpy.

Two vertices are one when their positions *and* their normals are the same to the bit: by position
alone, thin triangles would collapse and sheets that touch would grow together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .alike import firsts_alike

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]

_SALT: Final = np.uint64(0x9E3779B97F4A7C15)
_SHEETS: Final = 4
"""So many sheets in one place are kept whole beside the first; of a file with more, each face is by itself."""


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


def weld(positions: Floats, normals: Floats | None, corners: Indices, *, is_split: bool = True) -> Welded:
    """Join what is the same, if the file is split at all, and leave out vertices that no face uses.

    The order is kept, since neighbours in it are near each other.
    """
    if is_split:
        same = firsts_alike(_columns(positions, normals))
        is_first = same == np.arange(len(same), dtype=np.int32)
        sources = np.flatnonzero(is_first).astype(np.int32)
        joined = np.take(_numbers(is_first)[same], corners)
    else:
        sources, joined = np.arange(len(positions), dtype=np.int32), corners
    kept = _solid(joined)
    if not kept.all():
        joined, corners = _faces(joined, kept), _faces(corners, kept)
    twins = twins_of(joined)
    if twins.any():
        in_file = twins_of(corners)
        joined = _faces(joined, ~in_file)
        kept[np.flatnonzero(kept)[in_file]] = False
        joined, copied = _apart(joined, twins[~in_file], len(sources))
        sources = sources[copied]
    is_used = np.zeros(len(sources), bool)
    is_used[joined.astype(np.intp)] = True
    if not is_used.all():
        sources, joined = sources[is_used], np.take(_numbers(is_used), joined)
    own_normals = np.take(normals, sources, axis=0) if normals is not None else None
    return Welded(np.take(positions, sources, axis=0), own_normals, joined, kept)


def firsts(positions: Floats, corners: Indices) -> Indices:
    """Give for each vertex of a mesh without normals the first that is the same, for one that is welded elsewhere.

    The sides of a thin sheet stay apart, as by :func:`weld`; here a vertex goes with all its faces.
    """
    count = len(positions)
    called = firsts_alike(_columns(positions, None)).astype(np.int64)
    faces, in_file = corners.reshape(-1, 3), twins_of(corners)
    for _sheet in range(_SHEETS):
        twins = twins_of(called[corners]) & ~in_file
        if not twins.any():
            break
        called[np.unique(faces[twins])] += count
    else:
        own = np.unique(faces[twins_of(called[corners]) & ~in_file])
        called[own] = -1 - own
    _called, first, number = np.unique(called, return_index=True, return_inverse=True)
    return first[number.ravel()].astype(np.int32)


def twins_of(corners: Indices | npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which faces have the same three vertices as one before them, whichever way round."""
    a, b, c = (np.ascontiguousarray(corner).astype(np.uint64) for corner in corners.reshape(-1, 3).T)
    twins = np.zeros(len(a), bool)
    # The same for the same three, in whatever order; hardly ever for others.
    told = (a ^ _SALT) * (b ^ _SALT) * (c ^ _SALT) + (a + b + c)
    mates = firsts_alike([told])
    alike = np.flatnonzero(mates != np.arange(len(mates), dtype=np.int32))
    if len(alike):
        # Few, or else the file is odd: only these are compared for what they are.
        among = np.unique(np.concatenate([alike, mates[alike]]))
        rows = np.sort(corners.reshape(-1, 3)[among], axis=1)
        _rows, first = np.unique(rows, axis=0, return_index=True)
        twins[among] = True
        twins[among[first]] = False
    return twins


def _apart(joined: Indices, twins: npt.NDArray[np.bool_], count: int) -> tuple[Indices, Indices]:
    """Give faces that became the same only by joining vertices of their own again: the sides of a thin sheet stay.

    A side stays in one piece: its faces share the vertices that they shared when they were joined. Gives the corners,
    and which of the ``count`` vertices each vertex is a copy of.
    """
    faces = joined.reshape(-1, 3).copy()
    sources = np.arange(count, dtype=np.int32)
    for _sheet in range(_SHEETS):
        if not twins.any():
            break
        own, number = np.unique(faces[twins], return_inverse=True)
        faces[twins] = (len(sources) + number.reshape(-1, 3)).astype(np.int32)
        sources = np.concatenate([sources, sources[own]])
        # More than two sheets in one place: all but the first of the copies are the same now.
        among = np.flatnonzero(twins)
        twins = np.zeros(len(faces), bool)
        twins[among[twins_of(faces[among].ravel())]] = True
    alone = sources[faces[twins].ravel()]
    faces[twins] = np.arange(len(sources), len(sources) + len(alone), dtype=np.int32).reshape(-1, 3)
    sources = np.concatenate([sources, alone])
    return faces.ravel(), sources


def _columns(positions: Floats, normals: Floats | None) -> list[npt.NDArray[np.uint64]]:
    """Give the bits of a vertex's numbers, two by two, -0.0 as 0.0."""
    both = [positions] if normals is None else [positions, normals]
    numbers = [values[:, axis] for values in both for axis in range(3)]
    columns = []
    for number in range(0, len(numbers), 2):
        pairs = np.zeros((len(positions), 2), np.float32)
        for place, values in enumerate(numbers[number : number + 2]):
            np.add(values, np.float32(0.0), out=pairs[:, place])
        columns.append(pairs.view(np.uint64).ravel())
    return columns


def _numbers(chosen: npt.NDArray[np.bool_]) -> Indices:
    """Give the number of each among the chosen ones."""
    return np.cumsum(chosen, dtype=np.int32) - np.int32(1)


def _solid(corners: Indices) -> npt.NDArray[np.bool_]:
    """Tell which faces have three different vertices; others are lines or points."""
    a, b, c = corners.reshape(-1, 3).T
    solid: npt.NDArray[np.bool_] = (a != b) & (b != c) & (a != c)
    return solid


def _faces(corners: Indices, chosen: npt.NDArray[np.bool_]) -> Indices:
    return np.ascontiguousarray(corners.reshape(-1, 3)[chosen]).ravel()
