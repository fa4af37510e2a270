# SPDX-License-Identifier: GPL-3.0-or-later
"""The vertices around which faces lie in more than one fan: where sheets touch, for instance. Pure numpy; no bpy.

Once a mesh has normals of its own, Blender shades each fan by itself, and all faces at a vertex as one before.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .weld import Indices

_DOUBLINGS: Final = 5
"""Fans of up to 32 faces are walked around; a larger one is taken for several, which does no harm."""


def torn(corners: Indices, corner_edges: Indices, count: int) -> npt.NDArray[np.bool_]:
    """Tell which of ``count`` vertices have more than one fan; a fan ends where an edge has not just two faces."""
    twins = _twins(corners, corner_edges)
    inside = twins >= 0
    faces = np.arange(len(corners), dtype=np.int32).reshape(-1, 3)
    following, before = faces[:, [1, 2, 0]].ravel(), faces[:, [2, 0, 1]].ravel()
    turned = np.where(inside, following[twins], 0)  # the next corner around the same vertex
    ends, starts = np.flatnonzero(~inside), np.flatnonzero(~inside[before])
    start_of = np.zeros(count, np.int32)
    start_of[corners[starts]] = starts
    turned[ends] = start_of[corners[ends]]  # as if an open fan were closed
    several: npt.NDArray[np.bool_] = np.bincount(corners[ends], minlength=count) > 1
    lowest = faces.ravel().copy()
    for _doubling in range(_DOUBLINGS):
        np.minimum(lowest, lowest[turned], out=lowest)
        turned = turned[turned]
    any_of = np.zeros(count, np.int32)
    any_of[corners] = lowest
    several[corners[any_of[corners] != lowest]] = True
    return several


def _twins(corners: Indices, corner_edges: Indices) -> Any:
    """Give for each corner the one whose edge is the same, the other way round; -1 where it has not just one other."""
    own = np.arange(len(corners), dtype=np.int32)
    uses = np.bincount(corner_edges)
    other = (np.bincount(corner_edges, own)[corner_edges] - own).astype(np.int64)
    other = np.where(uses[corner_edges] == 2, other, own)
    return np.where(corners[other] != corners, other, -1).astype(np.int32)
