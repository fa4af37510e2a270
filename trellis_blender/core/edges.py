# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges of a triangle mesh, each once, and which of them starts at each corner. Pure numpy; no bpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .weld import Indices


def edges_of(corners: Indices) -> tuple[Indices, Indices]:
    """Give the edges (e, 2) with the smaller vertex first, and the edge of each corner (3 * faces,).

    The edge of a corner goes from it to the next corner of its face, as Blender keeps them.
    """
    keys, order = _sorted(corners)
    is_first = np.empty(len(keys), bool)
    is_first[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    number: Indices = np.empty(len(keys), np.int32)
    number[order] = np.cumsum(is_first, dtype=np.int32) - np.int32(1)
    keys = keys[is_first]
    bits = np.uint64(_bits(corners))
    pairs = np.empty((len(keys), 2), np.int32)
    pairs[:, 0] = keys >> bits
    pairs[:, 1] = keys & np.uint64((1 << int(bits)) - 1)
    return pairs, number


def _sorted(corners: Indices) -> tuple[Any, Any]:
    """Give the edge of every corner as one number, smaller vertex first, in order; and whose each is."""
    faces = corners.reshape(-1, 3)
    following = faces[:, [1, 2, 0]].ravel()
    vertex_bits, corner_bits = np.uint64(_bits(corners)), np.uint64(max(len(corners), 1).bit_length())
    keys = np.minimum(corners, following).astype(np.uint64)
    keys <<= vertex_bits
    keys |= np.maximum(corners, following).astype(np.uint64)
    if 2 * int(vertex_bits) + int(corner_bits) > 64:  # beyond a million faces
        order = np.argsort(keys, kind="stable")
        return keys[order], order
    # Whose it is goes along in the lower bits: sorting in place takes a fraction of the time and memory.
    keys <<= corner_bits
    keys |= np.arange(len(keys), dtype=np.uint64)
    keys.sort()
    order = (keys & np.uint64((1 << int(corner_bits)) - 1)).astype(np.int32)
    keys >>= corner_bits
    return keys, order


def _bits(corners: Indices) -> int:
    return max(int(corners.max(initial=1)), 1).bit_length()
