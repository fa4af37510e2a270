# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a PNG, and nothing else of it: a channel is filtered apart from the others. numpy and zlib; no bpy.

Nearly all of an opaque image goes row by row. What is soft goes by diagonals, which takes less than a second of 4096².
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import png_chunks
from .png_chunks import (
    AVERAGE,
    COLOUR,
    COLOUR_ALPHA,
    DEPTHS,
    GREY,
    GREY_ALPHA,
    PAETH,
    PALETTE,
    SUB,
    UP,
    Picture,
)
from .png_pixels import Guess

Alpha = npt.NDArray[np.uint8]

_FEW_PIXELS: Final = 1 << 16
"""So many are worked out one by one before whole diagonals are: of few rows there is less to do so."""
_MOST_PIXELS: Final = 1 << 28
_SPARE: Final = 65
"""Bytes between rows: in memory, those of a diagonal would lie at distances that a processor cannot keep apart."""


def read_alpha(png: bytes) -> Alpha | None:
    """Give the alpha, (height, width), top row first; None where only a whole decoder can tell.

    Of 16 bits the upper 8.
    """
    picture = png_chunks.read(png)
    if picture is None:
        return None
    if picture.kind in (GREY, COLOUR, PALETTE) and not picture.clear:
        return np.full((1, 1), 255, np.uint8)
    if picture.is_interlaced or picture.width * picture.height > _MOST_PIXELS:
        return None
    if picture.kind == PALETTE:
        return _of_palette(picture)
    if picture.kind not in (GREY_ALPHA, COLOUR_ALPHA) or picture.bits not in (8, 16):
        return None
    size = picture.bits // 8
    depth = DEPTHS[picture.kind] * size
    return _unpacked(replace(picture, depth=depth), depth - size)


def _of_palette(picture: Picture) -> Alpha | None:
    """Look the alpha of numbers up, some of which may share a byte: bytes are filtered as a channel is."""
    if picture.bits not in (1, 2, 4, 8):
        return None
    shared = 8 // picture.bits
    found = _unpacked(replace(picture, width=-(-picture.width // shared), depth=1), 0)
    if found is None:
        return None
    alphas = np.full(256, 255, np.uint8)
    known = np.frombuffer(picture.clear[:256], np.uint8)
    alphas[: len(known)] = known
    alpha = np.empty((picture.height, found.shape[1] * shared), np.uint8)
    for place in range(shared):
        alpha[:, place::shared] = alphas[found >> 8 - picture.bits * (place + 1) & (1 << picture.bits) - 1]
    return alpha[:, : picture.width]


def _unpacked(picture: Picture, place: int) -> Alpha | None:
    """Unpack some rows at a time, of which only the filters and one byte of each pixel are kept."""
    filters = np.empty(picture.height, np.uint8)
    padded = spacious(picture.height, picture.width)
    alpha = padded[:, : picture.width]
    done = 0
    try:
        for lines in png_chunks.lines(picture):
            filters[done : done + len(lines)] = lines[:, 0]
            alpha[done : done + len(lines)] = lines[:, 1 + place :: picture.depth]
            done += len(lines)
    except ValueError:  # damaged
        return None
    if filters.max() > PAETH:  # there is no such filter
        return None
    _unfilter(padded, picture.width, filters)
    return alpha


def _unfilter(padded: Alpha, width: int, filters: Any) -> None:
    """Undo the filters [PNG, 9.2] in place: row after row, and by diagonals from where that takes long."""
    above = np.zeros(width, np.uint8)
    slow = 0
    for number, kind in enumerate(filters.tolist()):
        row = padded[number, :width]
        if kind == SUB:
            np.cumsum(row, dtype=np.uint8, out=row)
        elif kind == UP:
            row += above
        elif kind in (AVERAGE, PAETH) and not _is_even(row, above, kind):
            slow += len(row)
            if slow > _FEW_PIXELS:
                unfilter_by_diagonals(padded[number:], above, Guess(filters[number:], 1))
                return
            row[:] = _one_by_one(row.tolist(), above.tolist(), kind)
        above = row


def spacious(height: int, width: int) -> Alpha:
    """Give memory for :func:`unfilter_by_diagonals`: with some more columns, behind the others."""
    return np.empty((height, width + _SPARE), np.uint8)


def unfilter_by_diagonals(padded: Alpha, above: Alpha, guess: Callable[[Any, Any, Any, int, int], Any]) -> None:
    """Undo the filters of all rows in place, thousands of pixels at once; ``above`` is the row above the first.

    ``guess`` gives what a filter guesses, (1, rows), from the pixels to the left, above and in the corner of
    both, in rows from one to before another. To the left of all is 0.
    """
    height, line = padded.shape
    width = len(above)
    older, last, new = (np.zeros((1, height + 1), np.int16) for _ in range(3))  # what is left of the rows is 0
    for diagonal in range(height + width - 1):
        first, end = max(0, diagonal - width + 1), min(diagonal + 1, height)
        if diagonal < width:
            last[0, 0] = above[diagonal]
        start = first * line + diagonal - first
        place = np.ndarray((1, end - first), np.uint8, padded, start, (1, line - 1))
        now = new[:, first + 1 : end + 1]
        np.copyto(now, place)
        now += guess(last[:, first + 1 : end + 1], last[:, first:end], older[:, first:end], first, end)
        now &= 255
        np.copyto(place, now, casting="unsafe")
        older, last, new = last, new, older


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
