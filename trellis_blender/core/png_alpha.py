# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a PNG, and nothing else of it: a channel is filtered apart from the others. numpy and zlib; no bpy.

Nearly all of an opaque image goes row by row. What is soft goes by diagonals, which takes a second of the largest.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import png_chunks, png_pixels
from .png_chunks import AVERAGE, COLOUR, COLOUR_ALPHA, GREY, GREY_ALPHA, PAETH, SUB, UP, Picture

Alpha = npt.NDArray[np.uint8]

_SLOW_PIXELS: Final = 1 << 16
"""More than these are not worked out one by one: it would hold the interpreter for long."""


def read_alpha(png: bytes) -> Alpha | None:
    """Give the alpha, (height, width), top row first; None where only a whole decoder can tell."""
    picture = png_chunks.read(png)
    if picture is None:
        return None
    if picture.kind in (GREY, COLOUR) and not picture.has_clear_colour:
        return np.full((1, 1), 255, np.uint8)
    if picture.kind not in (GREY_ALPHA, COLOUR_ALPHA) or not picture.depth:
        return None
    return _unpacked(picture)


def _unpacked(picture: Picture) -> Alpha | None:
    """Unpack some rows at a time, of which only the filters and the alpha are kept."""
    filters, alpha = np.empty(picture.height, np.uint8), np.empty((picture.height, picture.width), np.uint8)
    done = 0
    try:
        for lines in png_chunks.lines(picture):
            filters[done : done + len(lines)] = lines[:, 0]
            alpha[done : done + len(lines)] = lines[:, picture.depth :: picture.depth]
            done += len(lines)
    except ValueError:  # damaged
        return None
    return _unfilter(alpha, filters)


def _unfilter(alpha: Alpha, filters: Any) -> Alpha | None:
    """Undo the filters [PNG, 9.2], in place as far as it goes row after row; None where there is no such filter."""
    if filters.max() > PAETH:
        return None
    above = np.zeros(alpha.shape[1], np.uint8)
    slow = 0
    for done, (row, kind) in enumerate(zip(alpha, filters.tolist(), strict=True), 1):
        if kind == SUB:
            np.cumsum(row, dtype=np.uint8, out=row)
        elif kind == UP:
            row += above
        elif kind in (AVERAGE, PAETH) and not _is_even(row, above, kind):
            slow += len(row)
            row[:] = _one_by_one(row.tolist(), above.tolist(), kind)
        if slow > _SLOW_PIXELS:
            return _by_diagonals(alpha, filters, done)
        above = row
    return alpha


def _by_diagonals(alpha: Alpha, filters: Any, done: int) -> Alpha:
    """Undo the filters of the rows behind those that are done, of which the last is what they go on from."""
    lines = np.column_stack((filters[done - 1 :], alpha[done - 1 :]))
    lines[0, 0] = 0
    alpha[done - 1 :] = png_pixels.unfiltered(lines, alpha.shape[1], 1)[..., 0]
    return alpha


def _is_even(row: Alpha, above: Alpha, kind: int) -> bool:
    """Undo the filter of a row that is as even as the one above it, as nearly all of an opaque image are."""
    value = int(above[0])
    first = (int(row[0]) + (value // 2 if kind == AVERAGE else value)) % 256
    if first != value or row[1:].any() or (above != value).any():
        return False
    row[:] = value
    return True


def _one_by_one(row: list[int], above: list[int], kind: int) -> list[int]:
    left = corner = 0
    for position, up in enumerate(above):
        if kind == AVERAGE:
            guess = (left + up) // 2
        else:
            far_left, far_up, far_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if far_left <= far_up and far_left <= far_corner else up if far_up <= far_corner else corner
        left = row[position] = (row[position] + guess) & 255
        corner = up
    return row
