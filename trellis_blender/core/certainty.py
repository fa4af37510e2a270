# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a doubtful cut is the subject all the same, and how far it reaches at most. Pure numpy; imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from . import components, faint, flood
from .backdrop import Backdrop, difference
from .components import Box, Mask
from .image import Rgba
from .remnant import FAR_SHARE, LEFT_OVER_TIMES, PATCH_SHARE
from .subject import box_of

_LEAST_SHARE: Final = 0.0002
"""Share of the picture that is surely a subject, at the least: less is noise."""


@dataclass(frozen=True, eq=False)
class Known:
    """``core`` is far from the background's colour, and ``box`` is around it; ``widest`` around all that may be so.

    ``widest`` holds what was kept together with the core, and what was cut and may have been the subject's.
    """

    core: Mask
    box: Box
    widest: Box


def known(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> Known | None:
    """Tell what can be known of the subject before an even background; ``mask`` is what the cut kept. None: nothing."""
    if not behind.is_even:
        return None
    different = difference(rgba, behind)
    is_far = mask & (different > LEFT_OVER_TIMES * 255 * tolerance)
    parts = components.find(mask)
    own = _with_much(parts.labels, parts.factor, is_far, mask)
    core, whole = is_far & own, mask & own
    box, kept = box_of(core), box_of(whole)
    if box is None or kept is None or np.count_nonzero(core) < _LEAST_SHARE * core.size:
        return None
    widest = _joined(kept, _doubtful(different, mask, tolerance))
    pale = faint.find(rgba, behind)
    return Known(core, box, _joined(widest, pale.box if pale is not None else None))


def _with_much(labels: components.Labels, factor: int, chosen: Mask, mask: Mask) -> Mask:
    """Give the parts that have enough of what is chosen in them, as fine as the mask."""
    count = int(labels.max(initial=0)) + 1
    fine = labels.repeat(factor, axis=0).repeat(factor, axis=1)[: mask.shape[0], : mask.shape[1]]
    areas, inside = (np.bincount(fine[which], minlength=count) for which in (mask, chosen))
    wanted = inside > FAR_SHARE * areas
    wanted[0] = False
    return np.asarray(wanted[fine])


def _doubtful(different: npt.NDArray[np.uint8], mask: Mask, tolerance: float) -> Box | None:
    """Give the box around what was cut, but may have been the subject's."""
    taken = flood.doubtful(different, tolerance) & ~mask
    parts = components.find(taken)
    boxes = [
        part.box.scaled(parts.factor, taken.shape[1], taken.shape[0])
        for part in parts.parts
        if part.area > PATCH_SHARE * parts.labels.size
    ]
    found = None
    for box in boxes:
        found = _joined(box, found)
    return found


def _joined(box: Box, other: Box | None) -> Box:
    return box if other is None else box.joined(other)
