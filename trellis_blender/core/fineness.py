# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a mask is too fine for the pixels of a smaller picture, in strips. Pure numpy; imports no bpy.

Fine is what an opening removes: what no square of two of the smaller pixels fits into. A silhouette's edge is not,
however it runs, and a stroke is up to the very pixel at which it joins something solid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .components import Mask

_CELLS: Final = 2.0
"""Side of that square in pixels of the smaller picture: whatever it fits into is opaque there, and connected."""
_SLIVER_CELLS: Final = 0.25
"""What is fine and as near to something solid is the rounding of its edge, if it does not lead on."""
_STRIP_ROWS: Final = 32
"""Rows of the smaller picture that are looked at together."""
_FINE, _APART, _NEXT = 1, 2, 4
_Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fineness:
    """What is fine in each pixel of the smaller picture.

    ``strokes``: it holds some of what is fine and leads away from what is solid. ``roots``: it holds something fine,
    or what that touches. ``grain`` and ``pixels`` count those that are alone, and all that are set, where something is
    fine.
    """

    strokes: Mask
    roots: Mask
    grain: npt.NDArray[np.uint16]
    pixels: npt.NDArray[np.uint16]


def starts(before: int, after: int) -> _Indices:
    """Give the first old row or column of each new one."""
    return np.arange(after, dtype=np.int64) * before // after


def fineness(mask: Mask, width: int, height: int) -> Fineness:
    """Look at a mask that is to become as small as this."""
    rows, columns = starts(mask.shape[0], height), starts(mask.shape[1], width)
    cell = max(mask.shape[0] / height, mask.shape[1] / width)
    side = int(np.ceil(_CELLS * cell))
    sliver = max(round(_SLIVER_CELLS * cell), 1)
    found = np.zeros((height, width), np.uint8)
    counts = np.zeros((2, height, width), np.uint16)
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        first, last = int(rows[top]), int(rows[bottom]) if bottom < height else mask.shape[0]
        above = max(first - side - sliver - 1, 0)
        strip = mask[above : last + side + sliver + 1]
        if not strip.any():
            continue
        inner, lines = slice(first - above, last - above), rows[top:bottom] - first
        flags = _flags(strip, side, sliver)[inner]
        found[top:bottom] = _pooled(np.bitwise_or, flags, lines, columns)
        if found[top:bottom].any():
            for count, values in zip(counts, (_grain(strip)[inner], strip[inner]), strict=True):
                count[top:bottom] = _pooled(np.add, values, lines, columns, np.uint16)
    return Fineness((found & _APART) > 0, (found & (_FINE | _NEXT)) > 0, *counts)


def _flags(mask: Mask, side: int, sliver: int) -> npt.NDArray[np.uint8]:
    """Tell of every pixel whether it is fine, is apart from all that is solid, or is next to something fine."""
    solid = opened(mask, side)
    fine = mask & ~solid
    if not fine.any():
        return np.zeros(mask.shape, np.uint8)
    apart = fine & ~_spread(solid, sliver)
    beside = _spread(fine, 1) & solid
    return fine * np.uint8(_FINE) | apart * np.uint8(_APART) | beside * np.uint8(_NEXT)


def opened(mask: Mask, side: int) -> Mask:
    """Give what squares of this side fit into."""
    if min(mask.shape) < side:
        return np.zeros_like(mask)
    eroded = _run(_run(mask, side, 0, np.logical_and), side, 1, np.logical_and)
    padded = np.pad(eroded, side - 1)
    return _run(_run(padded, side, 0, np.logical_or), side, 1, np.logical_or)


def _spread(mask: Mask, pixels: int) -> Mask:
    side = 2 * pixels + 1
    return _run(_run(np.pad(mask, pixels), side, 0, np.logical_or), side, 1, np.logical_or)


def _run(mask: Mask, length: int, axis: int, joined: Callable[[Mask, Mask], Any]) -> Mask:
    """Join so many neighbours along an axis: twice as many with every step."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        mask = joined(mask[:-step], mask[step:]) if axis == 0 else joined(mask[:, :-step], mask[:, step:])
        reach += step
    return mask


def _grain(mask: Mask) -> Mask:
    """Give single pixels: those of nothing with something on three sides, and those with nothing around."""
    framed = np.pad(mask, 1).view(np.uint8)
    lines = framed[:-2] + framed[1:-1] + framed[2:]
    beside = framed[1:-1, :-2] + framed[1:-1, 2:] + framed[:-2, 1:-1] + framed[2:, 1:-1]
    around = lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:]
    return np.asarray(np.where(mask, around == 1, beside >= 3), bool)


def _pooled(joined: np.ufunc, values: Any, rows: _Indices, columns: _Indices, kind: Any = None) -> Any:
    return joined.reduceat(joined.reduceat(values, rows, axis=0, dtype=kind), columns, axis=1, dtype=kind)
