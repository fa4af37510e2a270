# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a cut left background, or ran where no outline is. Pure numpy; imports no bpy."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from . import bites, faint, flood
from .backdrop import Backdrop, apart, backdrop, difference
from .coarse import means, smooth
from .components import COARSE_SIDE, Mask, label
from .image import MODEL_SIDE_PIXELS, Rgba

LEFT_OVER_TIMES: Final = 3
"""Up to so many times the tolerance what is left may be background."""
ISLAND_SHARE: Final = 0.01
"""Share of the picture from which on what is left is more than a blur or a shadow's rim."""
SHORE_SHARE: Final = 0.1
"""Share of the line of the cut that has to run through what is smooth: elsewhere it runs along an outline."""
FAR_SHARE: Final = 0.02
"""Share of a part that may be far from the background all the same: noise."""
EATEN_SHARE: Final = 0.02
"""Share of the subject so much of which was cut beside it, and hardly differs, that it may be the subject's."""
PATCH_SHARE: Final = 0.0002
"""Share of the picture that a patch of it has: smaller ones are noise."""
RIM_SHARE: Final = 0.04
"""Share of a subject's length that its soft outline may be wide."""
LINE_SHARE: Final = 0.08
"""Share of the picture's longer side that a line around it may be wide."""
WIDEST_SHARE: Final = 0.25
"""Share of it that the margin of a print may be wide at one side."""
LINE_PIXELS: Final = 3
"""So far inwards from its edge a rectangle is looked at: the outermost pixels are mixed with the line."""
STRAIGHT_SHARE: Final = 0.99
"""Share of a rectangle's side that is there."""
_Bytes = npt.NDArray[np.uint8]


def is_left(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether background lies at the frame's edge, or all over the picture; ``mask`` is what the cut kept."""
    different = difference(rgba, behind)
    is_found = _is_at_frame(different, mask, tolerance) or _is_scattered(different, mask, tolerance)
    return is_found or _is_framed(rgba, mask, tolerance)


def is_unclear(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether nothing tells what is subject and what is background, along the cut or beside it."""
    is_found = is_taken(rgba, mask, behind) or _is_adrift(rgba, mask, behind, tolerance)
    is_found = is_found or _is_eaten(rgba, mask, behind, tolerance)
    return is_found or bites.are_likely(rgba, mask, behind, tolerance)


def is_taken(rgba: Rgba, mask: Mask, behind: Backdrop) -> bool:
    """Whether only what a subject bears was kept, as the rest is almost of the background's colour."""
    found = faint.find(rgba, behind)
    return found is not None and found.is_taken(mask)


def _is_adrift(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether the cut runs through something smooth, much of which was hardly not cut: no outline stopped it.

    It is an island of background, or a subject that fades into it: nothing tells which.
    """
    seen = means(rgba)[..., :3]
    kept = means(mask[..., None].view(np.uint8))[..., 0] >= 0.5
    shore = _shore(kept)
    alike = kept & smooth(seen) & (apart(seen, behind) <= LEFT_OVER_TIMES * 255 * tolerance)
    labels, parts = label(alike, corners=False)
    reached = np.bincount(labels[shore & alike], minlength=len(parts) + 1)
    large = [part.label for part in parts if part.area > ISLAND_SHARE * alike.size]
    return bool(reached[large].sum() > SHORE_SHARE * np.count_nonzero(shore)) if large else False


def _is_eaten(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> bool:
    """Whether much of what was cut next to the subject is not quite as the background is at the frame's edge."""
    step = -(-max(mask.shape) // MODEL_SIDE_PIXELS)
    kept = mask[::step, ::step]
    cut = flood.doubtful(difference(rgba[::step, ::step], behind), tolerance) & ~kept
    labels, parts = label(cut, corners=False)
    subject_area = np.count_nonzero(kept)
    beside = flood.grown(kept, max(round(RIM_SHARE * subject_area**0.5), 3))
    touching = np.bincount(labels[beside], minlength=len(parts) + 1)
    taken = sum(
        part.area - int(touching[part.label])
        for part in parts
        if touching[part.label] and part.area > PATCH_SHARE * kept.size
    )
    return bool(taken > EATEN_SHARE * subject_area)


def _is_at_frame(different: _Bytes, mask: Mask, tolerance: float) -> bool:
    """Whether what lies at the frame's edge is background that was hardly not cut, and no part of the subject."""
    edges = (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1])
    left = np.concatenate([different[edge][mask[edge]] for edge in edges])
    if not left.size:
        return False
    typical = float(np.median(left))
    return typical <= LEFT_OVER_TIMES * 255 * tolerance and 2 * typical < float(np.percentile(different[mask], 90))


def is_of_margin(mask: Mask) -> bool:
    """Whether a cut took a margin all around and nothing else, as a card and a print have one: it left a rectangle.

    Such a margin is thin; at one side it may be wider.
    """
    found = _rectangle(mask)
    if found is None:
        return False
    margins = sorted(found[1])
    longest = max(mask.shape)
    return margins[0] > 0 and margins[-2] <= LINE_SHARE * longest and margins[-1] <= WIDEST_SHARE * longest


def _is_framed(rgba: Rgba, mask: Mask, tolerance: float) -> bool:
    """Whether a line around the picture was cut, as a scan or a screenshot has one, and the background lies within it.

    What is left is a rectangle then, close to the frame, and even along its own edge.
    """
    found = _rectangle(mask)
    if found is None or max(found[1]) > LINE_SHARE * max(mask.shape):
        return False
    within = rgba[found[0]][2 * LINE_PIXELS : -2 * LINE_PIXELS, 2 * LINE_PIXELS : -2 * LINE_PIXELS]
    return backdrop(within, tolerance).is_even


def _rectangle(mask: Mask) -> tuple[tuple[slice, slice], tuple[int, ...]] | None:
    """Give what is left of a picture, and how far it is from each side of it, if it is a rectangle and not all of it.

    Only its sides are looked at.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    inner = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    kept = mask[inner]
    if min(kept.shape) <= 4 * LINE_PIXELS or mask.all():
        return None
    sides = (kept[LINE_PIXELS], kept[-1 - LINE_PIXELS], kept[:, LINE_PIXELS], kept[:, -1 - LINE_PIXELS])
    if min(side.mean() for side in sides) < STRAIGHT_SHARE:
        return None
    height, width = mask.shape
    return inner, (inner[0].start, height - inner[0].stop, inner[1].start, width - inner[1].stop)


def _is_scattered(different: _Bytes, mask: Mask, tolerance: float) -> bool:
    """Whether much of what is left are parts of which nothing is far from the background: a wall's pattern, a shadow.

    Where that is all there is, it is a subject that hardly stands out.
    """
    step = -(-max(mask.shape) // COARSE_SIDE)
    few, off = mask[::step, ::step], different[::step, ::step]
    labels, parts = label(few)
    is_far = np.bincount(labels[off > LEFT_OVER_TIMES * 255 * tolerance], minlength=len(parts) + 1)[1:]
    areas = np.array([part.area for part in parts])
    is_faint = is_far <= FAR_SHARE * areas
    return bool(not is_faint.all() and areas[is_faint].sum() > ISLAND_SHARE * few.size)


def _shore(kept: Mask) -> Mask:
    """Give what was kept next to what was cut."""
    cut = ~kept
    beside = np.zeros_like(kept)
    beside[1:] |= cut[:-1]
    beside[:-1] |= cut[1:]
    beside[:, 1:] |= cut[:, :-1]
    beside[:, :-1] |= cut[:, 1:]
    return np.asarray(beside & kept)
