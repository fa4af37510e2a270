# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture -> a smaller one that still holds the subject's thin strokes. Pure numpy; imports no bpy.

An average over a pen's line and the nothing around it is half transparent, and the server takes nothing of that for
the subject [model]. So of a stroke too thin for the smaller pixels those that hold most of it become opaque, as many
as it takes to be connected as it was: with itself, and with what is solid.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from . import components, resampling
from .components import Mask
from .fineness import Fineness, fineness, starts
from .flood import grown
from .image import OPAQUE_ABOVE, Rgba
from .thinning import thinned

_STROKE_LENGTH: Final = 4
"""Pixels of the smaller picture that a stroke is long, at least: less is dust, which an average has to wash away."""
_ROOT: Final = 3
"""So far from a stroke may be where it joins what is solid."""
_HARD_SHARE: Final = 0.25
"""Share of a stroke's pixels that hold something opaque, at least: less is the noise of a shadow."""
_CLEAR_SHARE: Final = 0.25
"""Share of a stroke's pixels that have nothing next to them, at least: what lies in something soft has less."""
_GRAIN_SHARE: Final = 0.06
"""Share of what is seen of a stroke that may be pixels which are alone: more are noise."""
_CLEAR_BELOW: Final = 32
"""Alpha, 0–255, below which there is nothing."""
_SEEN_ABOVE: Final = 127
"""Alpha, 0–255, above which what is soft continues a stroke: an antialiased one is in places."""
_HALF: Final = 127
"""Alpha, 0–255, above which a pixel of a stroke is more stroke than nothing: so it keeps its width."""
_LIFT: Final = (OPAQUE_ABOVE + 1) / (_SEEN_ABOVE + 1)
"""Times the alpha that a stroke had at most, so that it is opaque where it lay between two rows of pixels, too."""
_Indices = npt.NDArray[np.int64]


def shrink(rgba: Rgba) -> Rgba:
    """Give the picture as large as it is sent at most."""
    height, width = rgba.shape[:2]
    wanted = resampling.fitted(width, height)
    return rgba if wanted == (width, height) else resized(rgba, *wanted)


def resized(rgba: Rgba, width: int, height: int) -> Rgba:
    """Give the picture in a size that is not larger; all but thin strokes as :mod:`resampling` has it."""
    small = resampling.resized(rgba, width, height)
    alpha = np.ascontiguousarray(rgba[..., 3])
    if alpha.min() > OPAQUE_ABOVE:
        return small
    rows, columns = starts(rgba.shape[0], height), starts(rgba.shape[1], width)
    most = np.maximum.reduceat(np.maximum.reduceat(alpha, rows, axis=0), columns, axis=1)
    lost = _strokes(small[..., 3], most, fineness(alpha > _SEEN_ABOVE, width, height))
    if not lost.any():
        return small
    kept = small.copy()
    kept[lost, :3] = _colours(rgba, lost, rows, columns)
    kept[lost, 3] = np.minimum(most[lost] * _LIFT, 255.0)
    return kept


def _strokes(alpha: npt.NDArray[np.uint8], most: npt.NDArray[np.uint8], fine: Fineness) -> Mask:
    """Find the pixels of strokes that averaging has made soft, and that it takes to have them connected.

    ``most`` is the highest alpha that each pixel was made of.
    """
    solid = alpha > OPAQUE_ABOVE
    if not (fine.strokes & ~solid).any():
        return np.zeros_like(solid)
    clean, strokes = _clean(fine, most > OPAQUE_ABOVE, _is_clear(alpha))
    soft = fine.roots & grown(clean, _ROOT) & ~solid
    full = strokes & soft & (alpha > _HALF) & ~grown(solid, 1)
    labels, parts = components.label(soft | solid)
    held = np.zeros(len(parts) + 1, bool)
    held[labels[solid | strokes]] = True
    held[0] = False
    both = held[labels]
    return thinned(both, soft & ~full, strokes, alpha) & soft


def _is_clear(alpha: npt.NDArray[np.uint8]) -> Mask:
    """Tell of every pixel whether there is nothing next to it; outside of the frame there is nothing either."""
    return grown(np.pad(alpha < _CLEAR_BELOW, 1, constant_values=True), 1)[1:-1, 1:-1]


def _clean(fine: Fineness, hard: Mask, clear: Mask) -> tuple[Mask, Mask]:
    """Give what is no noise, has something opaque in it, and does not lie in something soft; and what is long of it."""
    labels, parts = components.label(fine.strokes)
    count = len(parts) + 1
    hards, clears = (np.bincount(labels[which], minlength=count) for which in (hard, clear))
    grain, pixels = (np.bincount(labels.ravel(), values.ravel(), count) for values in (fine.grain, fine.pixels))
    areas = np.array([0, *(part.area for part in parts)])
    lengths = np.array([0, *(part.box.long_side for part in parts)])
    clean = (hards >= _HARD_SHARE * areas) & (clears >= _CLEAR_SHARE * areas) & (grain <= _GRAIN_SHARE * pixels)
    clean[0] = False
    return clean[labels], (clean & (lengths >= _STROKE_LENGTH))[labels]


def _colours(rgba: Rgba, which: Mask, rows: _Indices, columns: _Indices) -> npt.NDArray[np.uint8]:
    """Give the mean colour of what is seen in each of these pixels, out of the picture that they were made of."""
    y, x = np.nonzero(which)
    ends = np.append(rows[1:], rgba.shape[0])[y], np.append(columns[1:], rgba.shape[1])[x]
    total = np.zeros((y.size, 4), np.float32)
    for down in range(int((ends[0] - rows[y]).max())):
        for across in range(int((ends[1] - columns[x]).max())):
            here = rows[y] + down, columns[x] + across
            inside = (here[0] < ends[0]) & (here[1] < ends[1])
            found = rgba[here[0][inside], here[1][inside]].astype(np.float32)
            found[:, :3] *= found[:, 3:]
            total[inside] += found
    return np.asarray(total[:, :3] / total[:, 3:] + np.float32(0.5), dtype=np.uint8)
