# SPDX-License-Identifier: GPL-3.0-or-later
"""An opaque picture before an even background -> one with a mask. Pure numpy, in strips; imports no bpy.

The background is what is reached from the frame's edge without leaving its colour, which may change
evenly over the picture. Where the subject begins, the pixels hold some of both colours: they become
partly transparent, and lose the background's share.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from . import flood, gaps
from .backdrop import Backdrop, backdrop, difference
from .components import Mask
from .image import Rgba

_EDGE_PIXELS: Final = 2
"""As deep into the subject pixels may hold some of the background's colour."""
_REACH_PIXELS: Final = 4
"""As far the colour of a subject's edge is looked for in its inside."""
_GRAIN_TIMES: Final = 2
"""Up to so many times the tolerance a pixel that is alone may be grain of the background."""
_AROUND_GRAIN: Final = 7
"""Of the eight pixels around it, so many of background make a pixel alone, or one of two."""
_OFF_SHARE: Final = 0.15
"""Share of the way from the background's colour to the subject's by which what is mixed of both may lie beside it."""
_ALMOST_NOTHING: Final = 0.25
"""Alpha up to which the outermost pixel leaves so much of the outline to the one behind it."""
_WORTH_SHARE: Final = 0.02
"""Share of what else was kept from which on what stayed behind a gap is worth a word."""
_Floats = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.int64]


def cut(rgba: Rgba, tolerance: float, *, holes: bool = False, behind: Backdrop | None = None) -> Rgba:
    """Give the picture with its background transparent; ``holes`` in the subject too, when asked.

    A background that is not even is cut as far as it is.
    """
    return cut_and_tell(rgba, tolerance, holes=holes, behind=behind)[0]


def cut_and_tell(
    rgba: Rgba, tolerance: float, *, holes: bool = False, behind: Backdrop | None = None
) -> tuple[Rgba, bool]:
    """Do so, and tell whether an outline was taken for closed that has a gap: what is inside stays as a hole does."""
    behind = behind or backdrop(rgba, tolerance)
    different = difference(rgba, behind)
    outside = flood.background(different, tolerance, holes=holes)
    within = None if holes else gaps.within(~outside)
    is_closed = False
    if within is not None:
        is_closed = bool(np.count_nonzero(within) > _WORTH_SHARE * np.count_nonzero(~outside))
        outside &= ~within
    _sweep(outside, different <= _GRAIN_TIMES * 255 * tolerance)
    result = np.where(outside[..., None], np.uint8(0), rgba)
    _soften(result, rgba, outside, behind, tolerance)
    return result, is_closed


def _sweep(outside: Mask, alike: Mask) -> None:
    """Add the grain of the background to it: single pixels, and pairs, that are a little further off."""
    rows, columns = np.nonzero(alike & ~outside)
    framed = np.pad(outside, 1, constant_values=True)
    around = sum(
        framed[rows + dy, columns + dx].astype(np.uint8) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)
    )
    grain = around >= _AROUND_GRAIN
    outside[rows[grain], columns[grain]] = True


def _soften(result: Rgba, rgba: Rgba, outside: Mask, behind: Backdrop, tolerance: float) -> None:
    """Make the subject's edge as transparent as it holds of the background, and take that out of its colour."""
    edge = flood.grown(outside, _EDGE_PIXELS) & ~outside
    rows, columns = np.nonzero(edge)
    if not rows.size:
        return
    seen = rgba[rows, columns, :3].astype(np.float32)
    there = behind.colours_at(rows, columns, rgba.shape)
    pure = _inner_colour(rgba, ~(edge | outside), rows, columns, seen, there)
    towards = pure - there
    length = np.einsum("ij,ij->i", towards, towards)
    share = np.einsum("ij,ij->i", seen - there, towards) / np.maximum(length, 1.0)
    # A subject that is hardly told from its background has no edge that could be measured, and what lies off the way
    # from one colour to the other is not mixed of both: it is the subject's own.
    off = np.abs(seen - there - share[:, None] * towards).max(axis=1)
    is_mixed = (length > (2 * 255 * tolerance) ** 2) & (off <= _OFF_SHARE * np.sqrt(length))
    alpha = np.where(is_mixed, np.clip(share, 0.0, 1.0), 1.0).astype(np.float32)
    alpha[_is_inside(outside, rows, columns, alpha)] = 1.0
    clean = (seen - there * (1.0 - alpha[:, None])) / np.maximum(alpha[:, None], 0.25)
    clean = np.where(alpha[:, None] < 0.25, pure, clean)
    result[rows, columns, :3] = np.clip(clean + 0.5, 0, 255)
    result[rows, columns, 3] = alpha * 255 + 0.5


def _is_inside(outside: Mask, rows: _Indices, columns: _Indices, alpha: _Floats) -> Mask:
    """Tell of the pixels of the edge which are behind others that are solid enough: an outline is one pixel wide."""
    first = flood.grown(outside, 1)
    is_first = first[rows, columns]
    thin = np.zeros_like(outside)
    thin[rows, columns] = is_first & (alpha <= _ALMOST_NOTHING)
    return np.asarray(~is_first & ~flood.grown(thin, 1)[rows, columns])


def _inner_colour(
    rgba: Rgba, inside: Mask, rows: _Indices, columns: _Indices, seen: _Floats, there: _Floats
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
