# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges of a triangle mesh, each once, and which of them starts at each corner. Pure numpy; no bpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .weld import Indices


def edges_of(corners: Indices) -> tuple[Indices, Indices]:
    """Give the edges (e, 2) with the smaller vertex first, and the edge of each corner (3 * faces,).

    The edge of a corner goes from it to the next corner of its face, as Blender keeps them.
    """
    faces = corners.reshape(-1, 3)
    following = faces[:, [1, 2, 0]].ravel()
    low, high = np.minimum(corners, following), np.maximum(corners, following)
    keys = low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_first = np.empty(len(keys), bool)
    is_first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    number: npt.NDArray[np.int32] = np.empty(len(keys), np.int32)
    number[order] = np.cumsum(is_first, dtype=np.int32) - 1
    distinct = ordered[is_first]
    pairs = np.empty((len(distinct), 2), np.int32)
    pairs[:, 0] = distinct >> np.uint64(32)
    pairs[:, 1] = distinct & np.uint64(0xFFFFFFFF)
    return pairs, number
