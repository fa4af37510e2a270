# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces around normals that Blender would not give by itself, as a mesh of their own. Pure numpy; no bpy.

A Blender that takes normals only by encoding them spends most of an import on that. What a mesh grows by afterwards
is shaded as usual: so these faces go first, alone, and are encoded before the others come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .edges import edges_of
from .pages import alone
from .weld import Floats, Indices

MOST: Final = 0.7
"""Of all faces; where more are touched, encoding the whole mesh at once is as fast."""
_AT_ONCE: Final = 1 << 13
_BLENDERS_OWN: Final = (0.0, 0.0, 0.0)
Normal = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Outliers:
    """The first ``faces`` faces of a mesh, in its order; all others have Blender's own normals at every corner.

    ``vertices`` (n,) are those of the mesh that they use, in order; ``corners``, ``edges`` and ``corner_edges`` are
    theirs, counted among these. ``normals`` has one for each corner, as Blender reads them fastest: of no length
    where its own is meant.
    """

    faces: int
    vertices: Indices
    corners: Indices
    edges: Indices
    corner_edges: Indices
    normals: list[Normal]


def first(corners: Indices, is_own: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp] | None, int]:
    """Give an order of faces in which those with a vertex of ``is_own`` come first, and how many these are.

    No order, and no faces, where there are none of them or too many. Each part keeps the order that it has.
    """
    a, b, c = np.take(is_own, corners).reshape(-1, 3).T
    is_touched: Any = a | b | c
    count = int(is_touched.sum())
    if not 0 < count <= MOST * len(is_touched):
        return None, 0
    return np.concatenate([np.flatnonzero(is_touched), np.flatnonzero(~is_touched)]), count


def gather(corners: Indices, faces: int, normals: Floats, is_own: npt.NDArray[np.bool_]) -> Outliers:
    """Give the first faces of a mesh by themselves, with their own normals at the vertices of ``is_own``."""
    of_mesh = corners[: 3 * faces]
    vertices, among = _numbered(of_mesh, len(normals))
    own = np.flatnonzero(is_own)
    number = np.zeros(len(normals), np.int32)
    number[own] = np.arange(1, len(own) + 1, dtype=np.int32)
    rows: list[Normal] = [_BLENDERS_OWN]  # each is there once, for all its corners
    for part in _parts(own):
        rows += zip(*normals[part].T.tolist(), strict=True)
    edges, corner_edges = edges_of(among)
    told: list[Normal] = []
    for part in _parts(np.take(number, of_mesh)):
        told += itemgetter(*part.tolist(), 0)(rows)[:-1]  # of one alone it would give no tuple
    return Outliers(faces, alone(vertices), alone(among), alone(edges), alone(corner_edges), told)


def _parts(values: Any) -> Iterator[Any]:
    """Give an array in parts: the interpreter's lock is held while one becomes Python's own objects."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _numbered(corners: Indices, count: int) -> tuple[Indices, Indices]:
    """Give which vertices are used, of so many, and each corner's number among them."""
    is_used: Any = np.zeros(count, bool)
    is_used[corners] = True
    number = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(is_used).astype(np.int32), np.take(number, corners)
