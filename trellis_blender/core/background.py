# SPDX-License-Identifier: GPL-3.0-or-later
"""An opaque picture before an even background -> one with a mask. Pure numpy, in strips; imports no bpy.

The background is what is reached from the frame's edge without leaving its colour, which may change
evenly over the picture. Where the subject begins, the pixels hold some of both colours: they become
partly transparent, and lose the background's share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Mask, label
from .image import Rgba
from .pixels import strips

EVEN_SHARE: Final = 0.75
"""Share of the frame's edge that has to be of one colour for a background to be even; the rest may be subject."""
_FITS: Final = (4, 2, 2)
"""How many times the tolerance a pixel may be off to be counted, in each of the rounds that fit the background."""
_EDGE_PIXELS: Final = 2
"""As deep into the subject pixels may hold some of the background's colour."""
_REACH_PIXELS: Final = 4
"""As far the colour of a subject's edge is looked for in its inside."""
_HOLE_SHARE: Final = 0.00002
"""Share of the picture that a hole has to have: smaller ones are highlights and noise."""
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What the background looks like: its colour (0–255) as ``plane @ (1, x, y)``, x and y from -1 to 1.

    ``share`` is the part of the frame's edge that it describes.
    """

    plane: _Floats
    share: float

    @property
    def is_even(self) -> bool:
        """Whether it can be told from a subject by its colour."""
        return self.share >= EVEN_SHARE

    def colour(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], shape: tuple[int, ...]) -> _Floats:
        """Give the background's colour at pixels, for a picture of this shape; shape (…, 3)."""
        y = _centred(rows, shape[0])[..., None]
        x = _centred(columns, shape[1])[..., None]
        return np.asarray(self.plane[0] + x * self.plane[1] + y * self.plane[2], np.float32)


def backdrop(rgba: Rgba, tolerance: float) -> Backdrop:
    """Look at the frame's edge; ``tolerance`` is the share of the full range by which a channel may differ."""
    height, width = rgba.shape[:2]
    rows, columns = _frame(height, width)
    seen = rgba[rows, columns, :3].astype(np.float32)
    middle = np.median(seen, axis=0)
    grid = np.stack([np.ones(rows.size), _centred(columns, width), _centred(rows, height)], axis=1)
    plane = np.array([middle, np.zeros(3), np.zeros(3)], np.float32)
    for reach in _FITS:
        close = np.abs(seen - grid @ plane).max(axis=1) <= 255 * max(reach * tolerance, reach / 20)
        if close.sum() <= rows.size // 2:  # a subject at the edge, or a photo: it tells nothing of the course
            break
        plane = np.linalg.lstsq(grid[close], seen[close], rcond=None)[0].astype(np.float32)
    share = float((np.abs(seen - grid @ plane).max(axis=1) <= 255 * tolerance).mean())
    return Backdrop(plane, share)


def difference(rgba: Rgba, behind: Backdrop) -> npt.NDArray[np.uint8]:
    """Give by how much the most different channel of every pixel differs from the background, 0–255."""
    height, width = rgba.shape[:2]
    result = np.empty((height, width), np.uint8)
    columns = np.arange(width)
    for rows in strips(height, width):
        expected = behind.colour(np.arange(rows.start, rows.stop)[:, None], columns[None, :], rgba.shape)
        apart = np.abs(rgba[rows, :, :3] - expected)
        most = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])  # far faster than along the axis
        result[rows] = np.minimum(most, 255)
    return result


def seen_difference(rgba: Rgba, behind: Backdrop) -> _Floats:
    """Give by how much every pixel differs from the background, in lightness or in colour, whichever is more."""
    height, width = rgba.shape[:2]
    there = behind.colour(np.arange(height)[:, None], np.arange(width)[None, :], rgba.shape)
    apart = rgba[..., :3] - there
    most, least = apart.max(axis=2), apart.min(axis=2)
    return np.asarray(np.maximum(np.maximum(most, -least), most - least), np.float32)


def cut(rgba: Rgba, tolerance: float, *, holes: bool = False, behind: Backdrop | None = None) -> Rgba:
    """Give the picture with its background transparent; ``holes`` in the subject too, when asked.

    A background that is not even is cut as far as it is.
    """
    behind = behind or backdrop(rgba, tolerance)
    outside = _flooded(difference(rgba, behind) <= 255 * tolerance, holes=holes)
    result = np.where(outside[..., None], np.uint8(0), rgba)
    _soften(result, rgba, outside, behind, tolerance)
    return result


def _frame(height: int, width: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give rows and columns of the pixels at the frame's edge."""
    rows, columns = np.arange(height), np.arange(width)
    return (
        np.concatenate([np.zeros_like(columns), np.full_like(columns, height - 1), rows, rows]),
        np.concatenate([columns, columns, np.zeros_like(rows), np.full_like(rows, width - 1)]),
    )


def _centred(index: npt.NDArray[np.int64], size: int) -> _Floats:
    return np.asarray((2 * index + 1) / size - 1, np.float32)


def _flooded(alike: Mask, *, holes: bool) -> Mask:
    """Give what is connected with the frame's edge; a line one pixel wide holds it, also a slanted one."""
    labels, parts = label(alike, corners=False)
    wanted = np.zeros(len(parts) + 1, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        wanted[side] = True
    if holes:
        large = [part.label for part in parts if part.area > max(_HOLE_SHARE * labels.size, 4)]
        wanted[large] = True
    wanted[0] = False
    return wanted[labels]


def _grown(mask: Mask, pixels: int) -> Mask:
    """Give the mask with everything as near as this, corners too."""
    for _step in range(pixels):
        grown = mask.copy()
        grown[1:] |= mask[:-1]
        grown[:-1] |= mask[1:]
        mask = grown.copy()
        mask[:, 1:] |= grown[:, :-1]
        mask[:, :-1] |= grown[:, 1:]
    return mask


def _soften(result: Rgba, rgba: Rgba, outside: Mask, behind: Backdrop, tolerance: float) -> None:
    """Make the subject's edge as transparent as it holds of the background, and take that out of its colour."""
    edge = _grown(outside, _EDGE_PIXELS) & ~outside
    rows, columns = np.nonzero(edge)
    if not rows.size:
        return
    seen = rgba[rows, columns, :3].astype(np.float32)
    there = behind.colour(rows, columns, rgba.shape)
    pure = _inner_colour(rgba, ~(edge | outside), rows, columns, seen, there)
    towards = pure - there
    length = np.einsum("ij,ij->i", towards, towards)
    share = np.einsum("ij,ij->i", seen - there, towards) / np.maximum(length, 1.0)
    # A subject that is hardly told from its background has no edge that could be measured.
    alpha = np.where(length > (2 * 255 * tolerance) ** 2, np.clip(share, 0.0, 1.0), 1.0).astype(np.float32)
    clean = (seen - there * (1.0 - alpha[:, None])) / np.maximum(alpha[:, None], 0.25)
    clean = np.where(alpha[:, None] < 0.25, pure, clean)
    result[rows, columns, :3] = np.clip(clean + 0.5, 0, 255)
    result[rows, columns, 3] = alpha * 255 + 0.5


def _inner_colour(
    rgba: Rgba, inside: Mask, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], seen: _Floats, there: _Floats
) -> _Floats:
    """Give the subject's own colour at its edge: the mean of its inside near by, else the purest colour near by."""
    height, width = inside.shape
    total, weight = np.zeros_like(seen), np.zeros((rows.size, 1), np.float32)
    purest, most = seen.copy(), np.abs(seen - there).sum(axis=1)
    for dy in range(-_REACH_PIXELS, _REACH_PIXELS + 1):
        for dx in range(-_REACH_PIXELS, _REACH_PIXELS + 1):
            y, x = np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1)
            near = rgba[y, x, :3].astype(np.float32)
            counts = inside[y, x][:, None] / np.float32(1 + dy * dy + dx * dx)
            total += near * counts
            weight += counts
            if max(abs(dy), abs(dx)) <= 1:
                far = np.abs(near - there).sum(axis=1)
                better = far > most
                purest[better], most[better] = near[better], far[better]
    return np.where(weight > 0, total / np.maximum(weight, 1e-6), purest)
