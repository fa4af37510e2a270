# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cut took pieces out of a subject that has its background's tone here and there. Pure numpy; imports no bpy.

Nothing is seen of what was taken, but of the outline that is left: it is notched, what lies behind it hardly differs
from the background, and what is in the notches is not as even as the background is at the frame's edge.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import flood
from .backdrop import Backdrop, difference
from .components import Mask
from .image import MODEL_SIDE_PIXELS, Rgba

TAKEN_SHARE: Final = 0.03
"""Share of the subject that lies in such notches: about a twentieth of it is gone then."""
_NOTCH_SHARE: Final = 0.035
"""Share of the subject's length that half of a notch is wide."""
_CLEAR_TIMES: Final = 2
"""So many times the tolerance what lies behind a true outline is off, in some pixel near by."""
_OUTLINE_PIXELS: Final = 3
_PATCH_PIXELS: Final = 2
"""So far around a pixel it is looked whether it is even there."""
_LEAST_STEP: Final = 1.5
"""Mean step from one pixel to the next, 0–255, up to which it is."""
_GRAIN_TIMES: Final = 1.5
_GRAIN_PERCENTILE: Final = 95
_RIM_PIXELS: Final = 4
"""As far from the frame's edge the background's own grain is looked at."""


def are_likely(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether enough was taken to be worth a word; ``mask`` is what the cut kept."""
    step = -(-max(mask.shape) // MODEL_SIDE_PIXELS)
    kept, different = mask[::step, ::step], difference(rgba[::step, ::step], behind)
    area = np.count_nonzero(kept)
    reach = max(round(_NOTCH_SHARE * area**0.5), _OUTLINE_PIXELS)
    notches = _notches(kept, different, 255 * tolerance, reach)
    return bool(np.count_nonzero(notches & _is_rough(different, ~kept)) > TAKEN_SHARE * area)


def _notches(kept: Mask, different: npt.NDArray[np.uint8], reached: float, reach: int) -> Mask:
    """Give the narrow places in what was kept that lie at an outline which is none."""
    clear = _near(kept & (different > _CLEAR_TIMES * reached), _OUTLINE_PIXELS)
    faint = _near(kept, 1) & ~kept & ~clear
    wide = ~_near(kept, reach)
    wide[:1] = wide[-1:] = wide[:, :1] = wide[:, -1:] = True  # the frame makes nothing narrow
    return np.asarray(~_near(wide, reach) & ~kept & _near(faint, reach))


def _is_rough(different: npt.NDArray[np.uint8], cut: Mask) -> Mask:
    """Give what was cut and is less even than the background at the frame's edge."""
    steps = np.where(cut, flood.steps(different), 0)
    mean = _sums(steps, _PATCH_PIXELS) / np.maximum(_sums(cut, _PATCH_PIXELS), 1)
    edges = (np.s_[:_RIM_PIXELS], np.s_[-_RIM_PIXELS:], np.s_[:, :_RIM_PIXELS], np.s_[:, -_RIM_PIXELS:])
    rim = np.concatenate([mean[edge][cut[edge]] for edge in edges])
    grain = float(np.percentile(rim, _GRAIN_PERCENTILE)) if rim.size else 0.0
    return np.asarray(cut & (mean > max(_LEAST_STEP, _GRAIN_TIMES * grain + 0.5)))


def _near(mask: Mask, pixels: int) -> Mask:
    """Give what is as near as this to what is set, corners too."""
    return np.asarray(_sums(mask, pixels) > 0)


def _sums(values: npt.NDArray[Any], pixels: int) -> npt.NDArray[Any]:
    """Give the sum over the square around every pixel; outside the frame there is nothing."""
    for axis in (0, 1):
        total = np.cumsum(values, axis=axis, dtype=np.int32)
        size = values.shape[axis]
        index = np.arange(size)
        upper = np.take(total, np.minimum(index + pixels, size - 1), axis=axis)
        lower = np.take(total, np.maximum(index - pixels - 1, 0), axis=axis)
        has_lower = (index > pixels).reshape((-1, 1) if axis == 0 else (1, -1))
        values = upper - lower * has_lower
    return values
