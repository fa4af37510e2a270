# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture -> a smaller one that still holds the subject's thin strokes. Pure numpy; imports no bpy.

An average over a pen's line and the nothing around it is half transparent, and the server takes nothing of that for
the subject [model]. So a stroke too thin for the smaller pixels becomes as wide as one, and opaque all along.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from . import components, flood, resampling
from .components import Mask
from .image import OPAQUE_ABOVE, Rgba

_STROKE_LENGTH: Final = 4
"""Pixels of the smaller picture that a stroke is long, at least: less is dust, which an average has to wash away."""
_HARD_SHARE: Final = 0.25
"""Share of a stroke's pixels that hold something opaque, at least: less is the noise of a shadow."""
_SEEN_ABOVE: Final = 127
"""Alpha, 0–255, above which what is soft continues a stroke: an antialiased one is in places."""
_CLEAR_BELOW: Final = 32
"""Alpha, 0–255, below which there is nothing next to a stroke: what is soft all around is a shadow, or glass."""
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
    rows, columns = _starts(rgba.shape[0], height), _starts(rgba.shape[1], width)
    alpha = np.ascontiguousarray(rgba[..., 3])
    most = np.maximum.reduceat(np.maximum.reduceat(alpha, rows, axis=0), columns, axis=1)
    lost = _strokes(small[..., 3], most)
    if not lost.any():
        return small
    kept = small.copy()
    kept[lost, :3] = _colours(rgba, lost, rows, columns)
    kept[lost, 3] = np.minimum(most[lost] * _LIFT, 255.0)
    return kept


def _starts(before: int, after: int) -> _Indices:
    """Give the first old row or column of each new one."""
    return np.arange(after, dtype=np.int64) * before // after


def _strokes(alpha: npt.NDArray[np.uint8], most: npt.NDArray[np.uint8]) -> Mask:
    """Find the strokes that averaging has made soft: ``most`` is the highest alpha that each pixel was made of.

    What is next to something opaque is its edge, and none.
    """
    edges = flood.grown(alpha > OPAQUE_ABOVE, 1)
    clear = np.pad(alpha < _CLEAR_BELOW, 1, constant_values=True)  # there is nothing outside of the frame either
    thin = (most > _SEEN_ABOVE) & ~edges & flood.grown(clear, 1)[1:-1, 1:-1]
    hard = thin & (most > OPAQUE_ABOVE)
    if not hard.any():
        return hard
    labels, parts = components.label(thin)
    hards = np.bincount(labels[hard], minlength=len(parts) + 1)
    wanted = np.zeros(len(parts) + 1, bool)
    wanted[[
        part.label for part in parts
        if part.box.long_side >= _STROKE_LENGTH and hards[part.label] >= _HARD_SHARE * part.area
    ]] = True  # fmt: skip
    return wanted[labels]


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
