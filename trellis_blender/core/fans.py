# SPDX-License-Identifier: GPL-3.0-or-later
"""The vertices around which faces lie in more than one fan: where sheets touch, for instance. Pure numpy; no bpy.

Once a mesh has normals of its own, Blender shades each fan by itself, and all faces at a vertex as one before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .weld import Indices

_MOST: Final = 32
"""Fans of up to so many faces are walked around; a larger one is taken for several, which does no harm."""


def torn(corners: Indices, twins: Indices, count: int) -> npt.NDArray[np.bool_]:
    """Tell which of ``count`` vertices have more than one fan; a fan ends where an edge has not just two faces.

    ``twins`` as :func:`.edges.edges_and_twins` gives them. From one corner of each vertex all walk around it, from
    face to face: who is back after fewer faces than the vertex has has not seen them all.
    """
    following = np.arange(1, len(corners) + 1, dtype=np.int32)
    following[2::3] -= 3
    turned = np.take(following, twins, mode="clip")  # the next corner around the same vertex
    ends = np.flatnonzero(twins < 0)
    starts = following[ends]  # a fan begins where the edge before a corner has not just two faces
    del following
    of_corner = corners.astype(np.intp)
    faces = np.bincount(of_corner, minlength=count)
    several: npt.NDArray[np.bool_] = faces > _MOST
    if len(ends):
        start_of = np.zeros(count, np.int32)
        start_of[of_corner[starts]] = starts
        turned[ends] = start_of[of_corner[ends]]  # as if an open fan were closed
        several |= np.bincount(of_corner[ends], minlength=count) > 1
    begun = np.zeros(count, np.int32)
    begun[of_corner] = np.arange(len(corners), dtype=np.int32)
    del of_corner
    walking = np.flatnonzero(~several & (faces > 0))
    start = now = begun[walking]
    for seen in range(1, _MOST + 1):
        now = np.take(turned, now)
        is_back = now == start
        back = walking[is_back]
        several[back[faces[back] != seen]] = True
        there = np.flatnonzero(~is_back)
        if not len(there):
            break
        walking, start, now = walking[there], start[there], now[there]
    return several
