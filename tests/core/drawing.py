# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws sheets of subjects for tests: hard shapes at known places, soft ones over them. Knows Pillow and numpy only."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Rgba = npt.NDArray[np.uint8]
Sides = tuple[int, int, int, int]
"""Left, top, right, bottom; the latter two are the first outside."""


class Drawing:
    """A transparent picture; every method adds a shape and gives the drawing back."""

    def __init__(self, width: int, height: int) -> None:
        self._picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        self._pen = ImageDraw.Draw(self._picture)

    def block(self, sides: Sides, colour: tuple[int, int, int] = (180, 90, 40), alpha: int = 255) -> Self:
        left, top, right, bottom = sides
        self._pen.rectangle((left, top, right - 1, bottom - 1), (*colour, alpha))
        return self

    def disc(self, sides: Sides, colour: tuple[int, int, int] = (60, 140, 200), alpha: int = 255) -> Self:
        left, top, right, bottom = sides
        self._pen.ellipse((left, top, right - 1, bottom - 1), (*colour, alpha))
        return self

    def hole(self, sides: Sides) -> Self:
        left, top, right, bottom = sides
        self._pen.ellipse((left, top, right - 1, bottom - 1), (0, 0, 0, 0))
        return self

    def ring(self, sides: Sides, thickness: int) -> Self:
        left, top, right, bottom = sides
        self.disc(sides, (200, 170, 60))
        return self.hole((left + thickness, top + thickness, right - thickness, bottom - thickness))

    def line(self, start: tuple[int, int], end: tuple[int, int], width: int = 2) -> Self:
        self._pen.line((*start, *end), (90, 80, 70, 255), width)
        return self

    def rgba(self) -> Rgba:
        return np.array(self._picture)

    def on(self, colour: tuple[int, int, int]) -> Rgba:
        """Give the drawing on an opaque background."""
        behind = Image.new("RGBA", self._picture.size, (*colour, 255))
        behind.alpha_composite(self._picture)
        return np.array(behind)
