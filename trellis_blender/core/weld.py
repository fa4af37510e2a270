# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the vertices that a file splits only for its UV seams. Pure numpy, for a worker; no bpy.

Two vertices are one when their positions *and* their normals are the same to the bit: by position
alone, thin triangles would collapse and sheets that touch would grow together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]

_MIXERS: Final = (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
    0x27D4EB2F165667C5, 0x85EBCA77C2B2AE63, 0xFF51AFD7ED558CCD,
)  # fmt: skip
"""Odd constants, one for each of the six numbers of a vertex."""
_ATTEMPTS: Final = 4
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
    sources = _same(_columns(positions, normals)) if is_split else np.arange(len(positions), dtype=np.int32)
    joined = sources[corners]
    kept = _solid(joined)
    if not kept.all():
        joined, corners = _faces(joined, kept), _faces(corners, kept)
    twins = twins_of(joined)
    if twins.any():
        in_file = twins_of(corners)
        joined = _faces(joined, ~in_file)
        kept[np.flatnonzero(kept)[in_file]] = False
        joined, sources = _apart(joined, twins[~in_file], len(positions))
    else:
        sources = np.arange(len(positions), dtype=np.int32)
    is_used = np.zeros(len(sources), bool)
    is_used[joined] = True
    number = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
    used = sources[is_used]
    return Welded(positions[used], normals[used] if normals is not None else None, number[joined], kept)


def firsts(positions: Floats, corners: Indices) -> Indices:
    """Give for each vertex of a mesh without normals the first that is the same, for one that is welded elsewhere.

    The sides of a thin sheet stay apart, as by :func:`weld`; here a vertex goes with all its faces.
    """
    count = len(positions)
    called = _same(_columns(positions, None)).astype(np.int64)
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
    a, b, c = corners.reshape(-1, 3).T
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    columns = [low, a + b + c - low - high, high]
    twins = np.zeros(len(a), bool)
    packed, shift = _sorted_hashes(columns, 0)
    tops = packed >> shift
    alike = tops[1:] == tops[:-1]
    if alike.any():
        # Few, or else the file is odd: only these are compared for what they are.
        order = (packed & _mask(shift)).astype(np.int64)
        among = np.unique(np.concatenate([order[1:][alike], order[:-1][alike]]))
        _rows, first = np.unique(np.stack([column[among] for column in columns], 1), axis=0, return_index=True)
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


def _same(columns: list[Any]) -> Indices:
    """Give for each row the first row that is the same; a row is a number from each column."""
    count = len(columns[0])
    for attempt in range(_ATTEMPTS):
        packed, shift = _sorted_hashes(columns, attempt)
        order = (packed & _mask(shift)).astype(np.int32)
        packed >>= shift
        begins = np.empty(count, bool)
        begins[:1] = True
        np.not_equal(packed[1:], packed[:-1], out=begins[1:])
        firsts = order[begins]
        same = np.empty(count, np.int32)
        same[order] = firsts[np.cumsum(begins, dtype=np.int32) - np.int32(1)]
        if all(np.array_equal(column[same], column) for column in columns):
            return same
    # Different rows have one hash again and again: rare beyond hope, and then slow is good enough.
    _rows, first, inverse = np.unique(np.stack(columns, 1), axis=0, return_index=True, return_inverse=True)
    return first[inverse.ravel()].astype(np.int32)


def _sorted_hashes(columns: list[Any], attempt: int) -> tuple[npt.NDArray[np.uint64], np.uint64]:
    """Give hash and number of each row in one sorted array, and how many bits the number takes.

    Sorting values in place takes a fraction of the time and memory of finding their order.
    """
    count = len(columns[0])
    shift = np.uint64(max(count - 1, 1).bit_length())
    packed = np.zeros(count, np.uint64)
    for number, column in enumerate(columns):
        mixed = column.astype(np.uint64)
        mixed *= np.uint64(_MIXERS[(number + attempt) % len(_MIXERS)])
        packed += mixed
        packed ^= packed >> np.uint64(29)
        packed *= np.uint64(_MIXERS[attempt % len(_MIXERS)])
    packed &= ~_mask(shift)
    packed |= np.arange(count, dtype=np.uint64)
    packed.sort()
    return packed, shift


def _columns(positions: Floats, normals: Floats | None) -> list[Any]:
    """Give the bits of each of a vertex's numbers, -0.0 as 0.0."""
    both = [positions] if normals is None else [positions, normals]
    return [(values[:, axis] + np.float32(0.0)).view(np.uint32) for values in both for axis in range(3)]


def _solid(corners: Indices) -> npt.NDArray[np.bool_]:
    """Tell which faces have three different vertices; others are lines or points."""
    a, b, c = corners.reshape(-1, 3).T
    solid: npt.NDArray[np.bool_] = (a != b) & (b != c) & (a != c)
    return solid


def _faces(corners: Indices, chosen: npt.NDArray[np.bool_]) -> Indices:
    return np.ascontiguousarray(corners.reshape(-1, 3)[chosen]).ravel()


def _mask(bits: np.uint64) -> np.uint64:
    return np.uint64((1 << int(bits)) - 1)
