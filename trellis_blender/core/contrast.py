# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether anything in a picture stands out from its background, as an eye sees it. Pure numpy; imports no bpy."""

from __future__ import annotations

from typing import Final

import numpy as np

from . import faint
from .backdrop import Backdrop, seen_difference
from .components import Mask, label
from .faint import LOW_CONTRAST
from .image import MODEL_SIDE_PIXELS, Rgba

FAINT: Final = 10
"""Difference, 0–255, from the background above which a pixel is no noise."""
NOISE_TIMES: Final = 3
"""So many times the median difference at the frame's edge is still the grain of the background."""
STANDS_OUT_SHARE: Final = 0.03
"""Share of the picture that is enough of a subject, however much of the background is a little different, too."""
FEW_SHARE: Final = 0.001
"""Share of the picture up to which what stands out may be dirt."""
WHOLE_PIXELS: Final = 9
"""So many of those that are looked at make a subject where they are connected, however small it is in the picture."""


def is_low(rgba: Rgba, behind: Backdrop) -> bool:
    """Whether hardly anything stands out, or only a detail of what does not."""
    step = -(-max(rgba.shape[:2]) // MODEL_SIDE_PIXELS)
    different = seen_difference(rgba[::step, ::step], behind)
    frame = np.concatenate([different[0], different[-1], different[:, 0], different[:, -1]])
    outstanding = different[different > max(FAINT, NOISE_TIMES * np.median(frame))]
    clear = different > LOW_CONTRAST
    if outstanding.size < FEW_SHARE * different.size:
        return not _is_whole(clear) or faint.find(rgba, behind) is not None
    is_little = np.count_nonzero(clear) <= STANDS_OUT_SHARE * different.size
    if np.median(outstanding) < LOW_CONTRAST and is_little:
        return True
    return faint.find(rgba, behind) is not None


def _is_whole(clear: Mask) -> bool:
    """Whether it is a small thing, and no dirt."""
    parts = label(clear)[1]
    return bool(parts) and parts[0].area >= WHOLE_PIXELS
