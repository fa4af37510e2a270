# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject almost of its background's colour that bears something that is not: a white mug with a red badge.

The badge alone stands out, so that all the rest would pass for background. What tells it from a shadow, a glow and the
rings of a strong compression is its outline: a step all around the badge, far from it, off a background that is more
even than this step is high. Pure numpy; imports no bpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from . import coarse, flood
from .backdrop import Backdrop, plane, seen_difference
from .components import Box, Mask, label
from .image import Rgba
from .preparation import TOLERANCE

LOW_CONTRAST: Final = 32
"""Median difference, 0–255, of what stands out, below which it hardly does."""
_SIDE_CELLS: Final = 256
"""Long side of the coarse picture it is looked for in."""
_RING_PIXELS: Final = 16
"""As far as compression leaves rings around what stands out."""
_LEAST_DIFFERENCE: Final = 2.0
_NOISE_TIMES: Final = 3.0
"""So many times the background's own unevenness it has to be off."""
_NOISE_PERCENTILE: Final = 90
_LEAST_SHARE: Final = 0.01
"""Share of the picture that it covers at the least."""
_TIMES_DETAIL: Final = 3
"""So many times as large as what it bears it is: of less, that is the subject, and this what it stands on."""
_DETAIL_OF_OUTLINE: Final = 0.2
"""Share of its outline that may be of what stands out."""
_NEAR_CELLS, _FAR_CELLS = 2, 3
"""So far on both sides of its outline it is looked whether that is a step."""
_WITHIN_TIMES: Final = 0.6
_OUTSIDE_TIMES: Final = 0.3
"""So many times its difference is met there in most places, at the least within, at the most outside."""
_KEPT_SHARE: Final = 0.5
"""Share of it that a cut has to keep, or it took most of it away."""
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Faint:
    """``cells``: what is faint of a subject, in a coarse picture; ``box`` is around all of the subject, in pixels."""

    cells: Mask
    box: Box

    def is_taken(self, mask: Mask) -> bool:
        """Whether a cut that kept ``mask`` took most of it away."""
        kept = coarse.means(mask[..., None].view(np.uint8), _SIDE_CELLS)[..., 0]
        return bool(kept[self.cells].mean() < _KEPT_SHARE)


def find(rgba: Rgba, behind: Backdrop) -> Faint | None:
    """Look for such a subject before an even background."""
    seen = coarse.means(rgba, _SIDE_CELLS)
    found = _found(seen, rgba.shape, behind)
    if found is not None or behind.surface.shape[1:] == (2, 2):
        return found
    return _found(seen, rgba.shape, plane(rgba, TOLERANCE))  # so low a step may have passed for light that falls off


def _found(seen: _Floats, shape: tuple[int, ...], behind: Backdrop) -> Faint | None:
    """Look for it by how far all is from this background."""
    different = seen_difference(seen, behind)
    clear = different > LOW_CONTRAST
    frame = np.concatenate([different[0], different[-1], different[:, 0], different[:, -1]])
    least = max(_LEAST_DIFFERENCE, _NOISE_TIMES * float(np.percentile(frame, _NOISE_PERCENTILE)))
    if not behind.is_even or not clear.any() or least >= LOW_CONTRAST:
        return None
    ring = -(-_RING_PIXELS * len(different) // shape[0]) + 1
    detail = flood.grown(clear, ring)
    whole = _whole(different > least, ~detail)
    if whole is None or (clear & ~whole).any():
        return None
    cells = whole & (different > least) & ~detail
    typical = float(np.median(different[cells]))
    least_cells = max(_TIMES_DETAIL * int(np.count_nonzero(detail)), _LEAST_SHARE * cells.size)
    is_large = np.count_nonzero(cells) >= least_cells
    if not is_large or not _has_outline(different, whole, detail, typical):
        return None
    return Faint(cells, _box(whole, shape))


def _whole(off: Mask, counted: Mask) -> Mask | None:
    """Give the part that has most of what is counted, with what is inside; none that reaches the frame's edge."""
    labels, parts = label(off, corners=False)
    sizes = np.bincount(labels[off & counted], minlength=len(parts) + 1)
    if not sizes.any():
        return None
    whole = ~coarse.connected(labels != sizes.argmax())
    at_edge = whole[0].any() or whole[-1].any() or whole[:, 0].any() or whole[:, -1].any()
    return None if at_edge else whole


def _has_outline(different: _Floats, whole: Mask, detail: Mask, typical: float) -> bool:
    """Whether it ends in a step nearly all around, and the background lies far below that everywhere."""
    outside = ~whole
    within = whole & flood.grown(outside, _FAR_CELLS) & ~flood.grown(outside, _NEAR_CELLS)
    beyond = outside & flood.grown(whole, _FAR_CELLS) & ~flood.grown(whole, _NEAR_CELLS)
    if not within.any() or not beyond.any() or (within & detail).sum() > _DETAIL_OF_OUTLINE * within.sum():
        return False
    around = outside & ~flood.grown(whole, _FAR_CELLS)
    return bool(
        np.percentile(different[within & ~detail], 100 - _NOISE_PERCENTILE) >= _WITHIN_TIMES * typical
        and np.percentile(different[beyond], _NOISE_PERCENTILE) <= _OUTSIDE_TIMES * typical
        and (not around.any() or np.percentile(different[around], _NOISE_PERCENTILE) <= _OUTSIDE_TIMES * typical)
    )


def _box(whole: Mask, shape: tuple[int, ...]) -> Box:
    """Give the box in a picture of this shape."""
    rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
    down, across = shape[0] / whole.shape[0], shape[1] / whole.shape[1]
    return Box(
        int(columns[0] * across), int(rows[0] * down), int((columns[-1] + 1) * across), int((rows[-1] + 1) * down)
    )
