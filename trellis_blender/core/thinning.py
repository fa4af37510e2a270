# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask -> the same with single lines where it may get thinner, connected as it was. Pure numpy; imports no bpy.

Pixels go one after the other, the faintest first, as long as nothing comes apart and no hole opens or closes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Mask

_LEVELS: Final = 16
"""Values, of 0–255, that count as equally faint."""
_RING: Final = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""The eight neighbours, down and across, in their order around a pixel."""
_Indices = npt.NDArray[np.int64]
_Codes = npt.NDArray[np.uint8]


def _loose() -> Mask:
    """Tell of all 256 neighbourhoods whether what is connected is still so without the pixel in the middle.

    That is so where it has one way out to what is not set, by its sides, and something set next to it.
    """
    codes = np.arange(256)
    empty = [((codes >> n) & 1) == 0 for n in range(8)]
    ways = sum(
        (empty[n] & ~(empty[n] & empty[(n + 1) % 8] & empty[(n + 2) % 8])).astype(np.int64) for n in (0, 2, 4, 6)
    )
    return np.asarray(ways == 1)


_LOOSE: Final = _loose()
_IS_END: Final = np.isin(np.arange(256), 1 << np.arange(8))


def thinned(mask: Mask, may_go: Mask, ends: Mask, strength: npt.NDArray[np.uint8]) -> Mask:
    """Give the mask without all of ``may_go`` that connects nothing.

    A line that ends in ``ends`` keeps its end; ``strength`` tells which of two pixels stays.
    """
    width = mask.shape[1] + 2
    found = np.pad(mask, 1).view(np.uint8).ravel()
    fixed = np.pad(mask & ~may_go, 1).view(np.uint8).ravel()
    is_end = np.pad(ends, 1).ravel()
    rows, columns = np.nonzero(mask & may_go)
    level = strength[rows, columns] // _LEVELS
    # Pixels of one of the four fields never touch each other, so all of a field may go at once.
    field = rows % 2 * 2 + columns % 2
    places = (rows + 1) * width + columns + 1
    around = np.array([down * width + across for down, across in _RING])
    left, fields = np.empty(0, np.int64), np.empty(0, np.int64)
    for now in np.unique(level):
        left = np.concatenate([left, places[level == now]])
        fields = np.concatenate([fields, field[level == now]])
        while True:
            for which in range(4):
                here = left[fields == which]
                gone = here[_may_go(here, found, fixed, is_end, around)]
                found[gone] = 0
            stays = found[left] > 0
            if stays.all():
                break
            left, fields = left[stays], fields[stays]
    return found.reshape(-1, width)[1:-1, 1:-1].astype(bool)


def _may_go(here: _Indices, found: _Codes, fixed: _Codes, is_end: Mask, around: _Indices) -> Mask:
    codes = _neighbours(here, found, around)
    loose = _LOOSE[codes]
    end = _IS_END[codes] & is_end[here]
    end[end] = _neighbours(here[end], fixed, around) == 0
    return np.asarray(loose & ~end)


def _neighbours(here: _Indices, found: _Codes, around: _Indices) -> _Codes:
    codes = np.zeros(here.size, np.uint8)
    for n, step in enumerate(around):
        codes |= found[here + step] << np.uint8(n)
    return codes
