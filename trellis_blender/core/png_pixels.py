# SPDX-License-Identifier: GPL-3.0-or-later
"""A PNG of 8 bits -> its pixels, or each n-th of them, by whole diagonals of the picture. numpy and zlib; no bpy.

A pixel depends on those to the left and above [PNG, 9.2]: on a diagonal none depends on another. So Paeth's filter,
which goes from pixel to pixel, is undone for thousands at once; no step holds the interpreter for long.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import png_chunks
from .png_chunks import AVERAGE, PAETH, SUB, UP

Bytes = npt.NDArray[np.uint8]
_BEGINNING: Final = 33
"""Bytes to the end of the header, which comes first."""
_ALL: Final = -1
"""All bits of a number."""


def is_readable(png: bytes, largest: int) -> bool:
    """Whether :func:`read` is for a file, and it is not larger: told by its beginning."""
    picture = png_chunks.read(png[:_BEGINNING])
    return picture is not None and picture.depth > 0 and max(picture.width, picture.height) <= largest


def read(png: bytes, side: int | None = None) -> Bytes:
    """Give the pixels, (height, width, channels), top row first: each n-th, so that no side is longer than ``side``.

    Raises ValueError for a PNG of another kind, and for a damaged one.
    """
    picture = png_chunks.read(png)
    if picture is None or not picture.depth:
        raise ValueError("not a PNG of 8 bits a channel")
    step = 1 if side is None else -(-max(picture.width, picture.height) // side)
    lines = png_chunks.all_lines(picture)
    if lines[:, 0].max() > PAETH:
        raise ValueError("a PNG whose rows are filtered in a way that there is not")
    return _unfiltered(lines, picture.width, picture.depth, step)


def _unfiltered(lines: Bytes, width: int, depth: int, step: int) -> Bytes:
    """Undo the filters from one diagonal to the next, and keep each n-th pixel of each n-th row."""
    height, line = lines.shape
    kept = np.empty((-(-height // step), -(-width // step), depth), np.uint8)
    guess = Guess(lines[:, 0], depth)
    older, last, new = (np.zeros((depth, height + 1), np.int16) for _ in range(3))  # what is above the first row is 0
    for diagonal in range(height + width - 1):
        first, end = max(0, diagonal - width + 1), min(diagonal + 1, height)
        now = new[:, first + 1 : end + 1]
        start = first * line + 1 + (diagonal - first) * depth
        np.copyto(now, np.ndarray((depth, end - first), np.uint8, lines, start, (1, line - depth)))
        now += guess(last[:, first + 1 : end + 1], last[:, first:end], older[:, first:end], first, end)
        now &= 255
        if diagonal % step == 0:
            rows = np.arange(-(-first // step), -(-end // step))
            kept[rows, diagonal // step - rows] = new[:, rows * step + 1].T
        older, last, new = last, new, older
    return kept


class Guess:
    """What the filters guess of a diagonal's pixels, each row by its own.

    Paeth's guess from the left alone is the left, from above alone what is above, from nothing nothing: by leaving
    out neighbours it stands for the three filters before it, too.
    """

    def __init__(self, kinds: Bytes, depth: int) -> None:
        shape = (depth, len(kinds))
        self._left, self._above, self._corner, self._mean = (
            np.broadcast_to(np.where(np.isin(kinds, of), _ALL, 0).astype(np.int16), shape).copy()
            for of in ((SUB, PAETH), (UP, PAETH), (PAETH,), (AVERAGE,))
        )
        self._has_means = bool(self._mean.any())
        self._space = np.empty((7, *shape), np.int16)

    def __call__(self, left: Any, above: Any, corner: Any, first: int, end: int) -> Any:
        """Give it for rows ``first`` to before ``end``, from the neighbours of their pixels: (depth, rows)."""
        a, b, c, far_a, far_b, far_c, spare = self._space[:, :, : end - first]
        np.bitwise_and(left, self._left[:, first:end], out=a)
        np.bitwise_and(above, self._above[:, first:end], out=b)
        np.bitwise_and(corner, self._corner[:, first:end], out=c)
        np.subtract(b, c, out=far_a)
        np.subtract(a, c, out=far_b)
        np.add(far_a, far_b, out=far_c)
        for far in (far_a, far_b, far_c):
            np.abs(far, out=far)
        found = np.where(far_b <= far_c, b, c)
        found = np.where(far_a <= np.minimum(far_b, far_c, out=spare), a, found)
        if self._has_means:
            np.add(left, above, out=spare)
            spare >>= 1
            spare &= self._mean[:, first:end]
            found += spare
        return found
