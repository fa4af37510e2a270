# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether all that is opaque in a picture is one upright rectangle: then its alpha tells nothing of a subject.

Scaling and cropping leave a transparent row, an editor a margin, a soft border or bars, a screenshot its shadow, and
a colour key or a slip of the eraser single pixels. Numbers only; imports no bpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from . import flood
from .components import Box, Mask
from .image import OPAQUE_ABOVE, Rgba
from .subject import box_of

CORNER_SHARE: Final = 0.06
"""Share of the rectangle's short side up to which a transparent corner is no shape of a subject."""
MIXED_PIXELS: Final = 2
"""So many pixels beside what is transparent may hold some of another colour."""
_BORDER_PIXELS: Final = 2
"""So far from the frame a rectangle still reaches it."""
_HOLES_SHARE: Final = 0.015
"""Share of the rectangle that may be transparent: what has more gone from it was cut by somebody."""
_STRAIGHT_SHARE: Final = 0.97
"""Share of each of its outermost rows and columns that is there: what is cut by hand is not straight to the pixel."""
_LEAST_PIXELS: Final = 32
_MOST_SHARE: Final = 0.75
"""Share of the picture's width and of its height: what has more room around it was put there, and is a cut-out."""
_SPECK_PIXELS: Final = 2
"""Up to twice as wide a hole is a slip, and is filled; a wider one was meant."""


@dataclass(frozen=True, eq=False)
class Slab:
    """The rectangle of a picture: ``rgba`` is what is in it, all opaque, and ``holes`` what was meant to be none.

    ``corner`` is the side of its transparent corners, 0 for none; ``height`` and ``width`` are the picture's.
    """

    rgba: Rgba
    holes: Mask | None
    corner: int
    box: Box
    height: int
    width: int

    @property
    def spans(self) -> bool:
        """Whether it reaches two opposite sides of the picture."""
        across = max(self.box.left, self.width - self.box.right)
        return min(across, max(self.box.top, self.height - self.box.bottom)) <= _BORDER_PIXELS

    @property
    def fills(self) -> bool:
        """Whether it is most of the picture, either way or from side to side."""
        is_most = min(self.box.width / self.width, self.box.height / self.height) >= _MOST_SHARE
        return is_most or self.spans

    def with_holes(self, cut: Rgba) -> Rgba:
        """Give what was cut within the rectangle with its holes."""
        return cut if self.holes is None else np.where(self.holes[..., None], np.uint8(0), cut)

    def placed(self, cut: Rgba) -> Rgba:
        """Give what was cut within the rectangle at its place in the picture, with its holes."""
        around = ((self.box.top, self.height - self.box.bottom), (self.box.left, self.width - self.box.right), (0, 0))
        return np.pad(self.with_holes(cut), around)


def find(rgba: Rgba) -> Slab | None:
    """Give what is opaque in a picture, if it is such a rectangle."""
    clear = rgba[..., 3] <= OPAQUE_ABOVE
    box = box_of(~clear)
    if box is None or min(box.width, box.height) < _LEAST_PIXELS:
        return None
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    inside = clear[rows, columns]
    if np.count_nonzero(inside) > _HOLES_SHARE * inside.size or not _is_straight(inside) or _is_parted(inside):
        return None
    corner = _corner(inside)
    whole = rgba[rows, columns].copy()
    whole[..., 3] = 255
    holes = inside.copy()
    if corner:
        for end in (np.s_[:corner], np.s_[-corner:]):
            holes[end, :corner] = holes[end, -corner:] = False
    _fill(whole, holes)
    meant = flood.grown(~flood.grown(~holes, _SPECK_PIXELS), _SPECK_PIXELS) if holes.any() else holes
    return Slab(whole, meant if meant.any() else None, corner, box, *clear.shape)


def _is_straight(inside: Mask) -> bool:
    """Whether all four sides are there, but for their ends."""
    ends = round(CORNER_SHARE * min(inside.shape)) + 1
    sides = (inside[0], inside[-1], inside[:, 0], inside[:, -1])
    return all(side[ends:-ends].mean() <= 1 - _STRAIGHT_SHARE for side in sides)


def _is_parted(inside: Mask) -> bool:
    """Whether a gutter goes all the way through, as between the tiles of a sheet."""
    return any((inside.mean(axis=axis) > _STRAIGHT_SHARE).any() for axis in (0, 1))


def _corner(inside: Mask) -> int:
    """Give the side of the squares that hold what is transparent at the corners, 0 for none."""
    rows, columns = np.nonzero(inside)
    height, width = inside.shape
    deep = np.maximum(np.minimum(rows, height - 1 - rows), np.minimum(columns, width - 1 - columns))
    near = deep[deep <= CORNER_SHARE * min(height, width)]
    return int(near.max()) + 1 + MIXED_PIXELS if near.size else 0


def _fill(whole: Rgba, holes: Mask) -> None:
    """Give holes the colour beside them, so that the background goes on through them."""
    for row in np.flatnonzero(holes.any(axis=1)):
        gone = np.flatnonzero(holes[row])
        there = np.flatnonzero(~holes[row])
        if there.size:
            after = np.searchsorted(there, gone)
            left, right = there[np.maximum(after - 1, 0)], there[np.minimum(after, there.size - 1)]
            nearest: npt.NDArray[np.int64] = np.where(np.abs(gone - left) <= np.abs(right - gone), left, right)
            whole[row, gone] = whole[row, nearest]
