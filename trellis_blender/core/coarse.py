# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as the means of its blocks, and where it is smooth: no noise, and quick. Pure numpy; imports no bpy."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Mask, label
from .image import Rgba

SIDE_PIXELS: Final = 128
"""Long side of a coarse picture: coarse enough for noise to go."""
_STEEPEST: Final = 450.0
"""Change, 0–255, over the whole frame up to which a slope is light that falls off, and no form of a subject."""
_FEWEST_STEPS: Final = 64
"""Over so many coarse pixels at least that change is spread, in a narrow picture too."""
_GRAIN_TIMES: Final = 4.0
"""So many times the median step along the frame's edge is still grain."""
_SAMPLED_SIDE: Final = 8
"""So many pixels on a side are enough to tell a block's mean."""
_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int64]


def means(rgba: Rgba, side: int = SIDE_PIXELS) -> _Floats:
    """Give the picture's colours as the means of blocks, so many on its long side; large ones have samples taken."""
    height, width = rgba.shape[:2]
    tops, lefts = (_starts(size, max(height, width), side) for size in (height, width))
    stride = max(height // len(tops) // _SAMPLED_SIDE, 1)
    across = lefts // stride
    counts = np.diff(np.append(across, -(-width // stride))).astype(np.float32)[:, None]
    result = np.empty((len(tops), len(lefts), rgba.shape[2]), np.float32)
    for row, (top, bottom) in enumerate(zip(tops, [*tops[1:], height], strict=True)):
        band = rgba[top:bottom:stride, ::stride]
        result[row] = np.add.reduceat(band.sum(axis=0, dtype=np.uint32), across, axis=0) / (counts * band.shape[0])
    return result


def smooth(seen: _Floats) -> Mask:
    """Give the pixels of a coarse picture that differ from those next to them by no more than light does, or grain."""
    down, along = np.abs(np.diff(seen, axis=0)).max(axis=2), np.abs(np.diff(seen, axis=1)).max(axis=2)
    is_smooth = np.ones(seen.shape[:2], bool)
    for step, count, edges in (
        (down, seen.shape[0], (down[:, 0], down[:, -1])), (along, seen.shape[1], (along[0], along[-1]))
    ):  # fmt: skip
        grain = float(np.median(np.concatenate(edges))) if step.size else 0.0
        steep = step > max(steepest(count), _GRAIN_TIMES * grain)
        before, after = (np.s_[:-1], np.s_[1:]) if step is down else (np.s_[:, :-1], np.s_[:, 1:])
        is_smooth[before] &= ~steep
        is_smooth[after] &= ~steep
    return is_smooth


def steepest(count: int) -> float:
    """Give the steepest step from one coarse pixel to the next, of so many on a side, that light takes."""
    return _STEEPEST / max(count, _FEWEST_STEPS)


def _starts(size: int, longest: int, side: int) -> _Ints:
    """Give where the blocks of a side begin."""
    count = min(max(round(side * size / longest), 1), size)
    return np.arange(count) * size // count


def connected(alike: Mask) -> Mask:
    """Give what is connected with the frame's edge; a line one pixel wide holds it, also a slanted one."""
    labels, parts = label(alike, corners=False)
    wanted = np.zeros(len(parts) + 1, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        wanted[side] = True
    wanted[0] = False
    return wanted[labels]
