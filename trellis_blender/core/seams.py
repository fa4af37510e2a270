# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins what a file splits where its normals are only nearly the same, as after another program worked them out anew.

Rounding alone makes them differ in their last bits, and then welding leaves every seam open. No bpy.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from .weld import Floats, Welded, weld

_MIXERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_ROUNDS: Final = 4
"""So many directions in one place find each other; of more, the rest stays apart."""


def closed(joined: Welded, most_degrees: float) -> Welded:
    """Join vertices in one place, to the bit, whose normals differ by less than so much; the others stay as they are.

    The joined one has the normal of the first. Gives ``joined`` itself where there is nothing to join.
    """
    if joined.normals is None:
        return joined
    members, leaders = _together(joined.positions)
    normals = joined.normals
    is_changed = False
    for _round in range(_ROUNDS):
        if not len(members):
            break
        near = _are_near(joined.normals[members], joined.normals[leaders], most_degrees)
        if near.any():
            normals = normals if is_changed else normals.copy()
            normals[members[near]], is_changed = normals[leaders[near]], True
        members, leaders = _led(members[~near], leaders[~near])
    if not is_changed:
        return joined
    again = weld(joined.positions, normals, joined.corners)
    kept = joined.kept.copy()
    kept[np.flatnonzero(kept)] = again.kept
    return Welded(again.positions, again.normals, again.corners, kept)


def _together(positions: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the vertices that are where another before them is, and the first one there of each."""
    count = len(positions)
    shift = np.uint64(max(count - 1, 1).bit_length())
    low = np.uint64((1 << int(shift)) - 1)
    packed = np.zeros(count, np.uint64)
    for axis, mixer in enumerate(_MIXERS):
        packed += (positions[:, axis] + np.float32(0.0)).view(np.uint32) * np.uint64(mixer)
        packed ^= packed >> np.uint64(29)
    packed *= np.uint64(_MIXERS[0])
    packed &= ~low
    packed |= np.arange(count, dtype=np.uint64)
    packed.sort()  # values in place: a fraction of the time of finding their order
    behind = np.flatnonzero(packed[1:] >> shift == packed[:-1] >> shift) + 1
    begins = np.ones(len(behind), bool)
    begins[1:] = behind[1:] != behind[:-1] + 1
    first = behind[begins][np.cumsum(begins) - 1] - 1 if len(behind) else behind
    members, leaders = ((packed[rows] & low).astype(np.int64) for rows in (behind, first))
    same = (positions[members] == positions[leaders]).all(axis=1)  # others have the same hash
    return members[same], leaders[same]


def _are_near(one: Floats, other: Floats, most_degrees: float) -> npt.NDArray[np.bool_]:
    lengths = np.sqrt(np.einsum("ij,ij->i", one, one) * np.einsum("ij,ij->i", other, other))
    near: npt.NDArray[np.bool_] = np.einsum("ij,ij->i", one, other) > math.cos(math.radians(most_degrees)) * lengths
    return near


def _led(
    members: npt.NDArray[np.int64], leaders: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Have those that are left follow the first of them in each place; they come place by place."""
    begins = np.ones(len(members), bool)
    begins[1:] = leaders[1:] != leaders[:-1]
    if not len(members):
        return members, leaders
    first = members[begins][np.cumsum(begins) - 1]
    return members[~begins], first[~begins]
