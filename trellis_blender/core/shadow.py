# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cut kept the soft shadow that a subject throws on its background. Pure numpy; imports no bpy.

A shadow is the background, only darker: of its hue, and smooth. It has no outline; so the line of the cut runs
through a slope there, on both sides of which it goes on, while a subject ends in a step.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from . import coarse, flood
from .backdrop import Backdrop
from .components import Mask, label
from .image import Rgba

LEFT_SHARE: Final = 0.02
"""Share of what a cut kept from which on a shadow in it is worth a word."""
MOST_SHARE: Final = 0.7
"""Share of it that is no shadow any more, but a subject of the background's hue that has a soft outline."""
SIDE_PIXELS: Final = 512
OF_SHEETS_PIXELS: Final = 1024
"""Long side on which shadows are looked for; on a sheet each is small."""
_DARKEST: Final = 0.15
"""Share of the background's light that is left in a shadow, at the least."""
_OFF_HUE: Final = 9.0
"""Difference, 0–255, from a darker background up to which something has its hue."""
_STEEPEST: Final = 30.0
"""Step from one pixel to the next, 0–255, up to which something is smooth."""
_RIM_PIXELS: Final = 2
"""As far on both sides of the cut it is looked whether it runs through a slope."""
_LEAST_SLOPE: Final = 3.0
"""Difference, 0–255, from the background that is left of a slope outside."""
_LEAST_TIMES: Final = 0.8
_MOST_TIMES: Final = 4.5
"""So many times the tolerance, at which the cut ended, the slope rises to inside; what is less has an outline."""
_RIM_SHARE: Final = 0.85
"""Share of a patch's border with what was cut that has to be such a slope: a subject's is one here and there."""
_RIM_LENGTH: Final = 4.0
"""So many times a patch's own size, as the side of a square, that border is, at the least, looked at so deep."""
_SHORE_PIXELS: Final = 2
_OTHER_SHARE: Final = 0.3
"""Share of the line of the cut that is none of a shadow's: all around is a soft outline."""
_SOFT_SHARE: Final = 0.5
"""Share of the rest of the line of the cut that is a slope, too, where all of the picture is out of focus."""
_Floats = npt.NDArray[np.float32]


def share(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> float:
    """Give how much of what a cut kept, which is ``mask``, is shadow; 0 where that cannot be told."""
    found = find(rgba, mask, behind, tolerance)
    total = np.count_nonzero(mask) / mask.size
    part = np.count_nonzero(found) / found.size / total if total else 0.0
    return part if part <= MOST_SHARE else 0.0


def is_left(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether enough of one is left to be worth a word."""
    return share(rgba, mask, behind, tolerance) > LEFT_SHARE


def find(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float, side: int = SIDE_PIXELS) -> Mask:
    """Give where shadow is in what a cut kept; a coarse picture, so many pixels on its long side."""
    seen = coarse.means(rgba, side)[..., :3]
    kept = coarse.means(mask[..., None].view(np.uint8), side)[..., 0] >= 0.5
    return _found(seen, kept, behind, 255 * tolerance)


def share_of(cells: Mask, factor: int, pixels: int, shadows: Mask, size: tuple[int, int]) -> float:
    """Give how much of one of several subjects is shadow, in a picture of this height and width.

    The subject has so many ``pixels``, in these ``cells`` of ``factor`` pixels each; ``shadows`` is what was found.
    """
    places = [
        ((index + 0.5) * of / count / factor).astype(np.int64)
        for index, of, count in zip(np.nonzero(shadows), size, shadows.shape, strict=True)
    ]
    inside = np.count_nonzero(cells[places[0], places[1]]) * size[0] * size[1] / shadows.size
    part = inside / max(pixels, 1)
    return part if part <= MOST_SHARE else 0.0


def _found(seen: _Floats, kept: Mask, behind: Backdrop, reached: float) -> Mask:
    """Give the shadow within what was kept."""
    height, width = kept.shape
    there = np.moveaxis(behind.colours(np.arange(height), np.arange(width), seen.shape), 0, 2)
    light = (seen * there).sum(axis=2) / np.maximum((there * there).sum(axis=2), 1.0)
    off_hue = np.abs(seen - light[..., None] * there).max(axis=2)
    darker = (1.0 - light) * there.max(axis=2)
    is_like = (off_hue <= _OFF_HUE) & (light >= _DARKEST)
    patches = kept & is_like & (_steps(darker) <= _STEEPEST) & (light < 1.0)
    edge = flood.grown(~kept, _SHORE_PIXELS)
    is_slope = (darker >= _LEAST_TIMES * reached) & (darker <= _MOST_TIMES * reached)
    rim = _rim(kept & is_like & is_slope, ~kept & is_like & (darker >= _LEAST_SLOPE))
    labels, parts = label(patches, corners=False)
    count = len(parts) + 1
    of_shore = np.bincount(labels[patches & edge], minlength=count)
    of_rim = np.bincount(labels[patches & edge & rim], minlength=count)
    size = np.sqrt(np.bincount(labels.ravel(), minlength=count))
    wanted = (of_rim >= _RIM_SHARE * of_shore) & (of_rim >= _RIM_LENGTH * size)
    wanted[0] = False
    found = wanted[labels]
    others = kept & edge & ~flood.grown(found, _SHORE_PIXELS)
    off = np.abs(seen - there).max(axis=2)
    soft = others & _rim(kept & (off <= _MOST_TIMES * reached), ~kept & (off >= _LEAST_SLOPE))
    is_beside = np.count_nonzero(others) >= _OTHER_SHARE * np.count_nonzero(kept & edge)
    is_sharp = np.count_nonzero(soft) <= _SOFT_SHARE * np.count_nonzero(others)
    return found if is_beside and is_sharp else np.zeros_like(kept)


def _rim(inside: Mask, outside: Mask) -> Mask:
    """Give where one of these ends and the other begins, each as deep as a slope is."""
    rim = np.zeros_like(inside)
    for axis in (0, 1):
        for way in (1, -1):
            at = inside.copy()
            for pixels in range(1, _RIM_PIXELS + 1):
                at &= _moved(inside, axis, way * pixels) & _moved(outside, axis, -way * pixels)
            rim |= at
    return np.asarray(flood.grown(rim, 1))


def _moved(mask: Mask, axis: int, pixels: int) -> Mask:
    """Give for every pixel what is so far from it; beyond the frame is nothing."""
    moved = np.zeros_like(mask)
    ends = slice(None, -pixels), slice(-pixels, None)
    starts = slice(pixels, None), slice(None, pixels)
    here, there = (ends[0], starts[0]) if pixels > 0 else (ends[1], starts[1])
    if axis == 0:
        moved[here] = mask[there]
    else:
        moved[:, here] = mask[:, there]
    return moved


def _steps(values: _Floats) -> _Floats:
    """Give by how much each value is another one than that of any of the four beside it."""
    most = np.zeros_like(values)
    for axis in (0, 1):
        step = np.abs(np.diff(values, axis=axis))
        before, after = (np.s_[:-1], np.s_[1:]) if axis == 0 else (np.s_[:, :-1], np.s_[:, 1:])
        np.maximum(most[before], step, out=most[before])
        np.maximum(most[after], step, out=most[after])
    return most
