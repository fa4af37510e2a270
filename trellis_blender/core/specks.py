# SPDX-License-Identifier: GPL-3.0-or-later
"""Stray opaque pixels far from the subject, which would have it arrive smaller. Pure numpy; imports no bpy.

The server crops to whatever is opaque [model], so that one forgotten pixel in a corner costs a subject its detail.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import components, sheet
from .components import SPECK_SHARE, Box, Mask, Parts
from .image import Rgba
from .preflight import Code, Severity, Verdict
from .subject import box_of, mask_of

WORTH_SHARE: Final = 0.02
"""Share of its long side by which the subject's box has to shrink for specks to be left out."""
_RIM_PIXELS: Final = 2
"""What is half transparent so near to a speck is of it."""


def without(rgba: Rgba) -> tuple[Rgba, int]:
    """Give a picture without what is dirt in it, and how many specks that were; the same picture when it is clean.

    Dirt is a part of at most ``SPECK_SHARE`` of the largest one's pixels, and what :mod:`sheet` takes for no subject.
    Only what lies outside the box of all the rest counts, and only where the box is much smaller without.
    """
    mask = mask_of(rgba)
    box = box_of(mask)
    if box is None:
        return rgba, 0
    parts = components.find(mask)
    pixels = _pixels(mask, parts)
    largest = pixels.max(initial=0)
    is_speck = (pixels > 0) & (pixels <= SPECK_SHARE * largest)
    may_be = (pixels > 0) & (pixels <= sheet.DIRT_SHARE * largest)
    if not _is_worth_it(_box_without(mask, parts, may_be), box):
        return rgba, 0
    if (may_be & ~is_speck).any():  # slow, and seldom
        is_speck |= may_be & np.isin(np.arange(pixels.size), list(sheet.dirt(rgba, sheet.survey(rgba))))
    rest = _box_without(mask, parts, is_speck)
    if rest is None or not _is_worth_it(rest, box):
        return rgba, 0
    specks = _of(mask, parts, is_speck)
    cleaned = rgba.copy()
    cleaned[_around(_outside(specks, rest)) & ~_around(mask & ~specks), 3] = 0
    return cleaned, _count_outside(parts, is_speck, rest)


def verdict(count: int) -> Verdict:
    """Say what was left out."""
    sentence = f"{count:,} stray specks far from the subject are left out."
    return Verdict(
        Code.SPECKS, Severity.INFO, "A stray speck far from the subject is left out." if count == 1 else sentence,
        "Paint it larger if it belongs to the subject.",
    )  # fmt: skip


def _pixels(mask: Mask, parts: Parts) -> npt.NDArray[Any]:
    """Give the opaque pixels of every part, by its label; a cell that is none's counts for 0."""
    rows, columns = (np.arange(0, length, parts.factor) for length in mask.shape)
    inside = np.add.reduceat(np.add.reduceat(mask, rows, axis=0, dtype=np.int32), columns, axis=1)
    return np.bincount(parts.labels.ravel(), weights=inside.ravel())


def _of(mask: Mask, parts: Parts, chosen: npt.NDArray[np.bool_]) -> Mask:
    """Give the opaque pixels of these parts."""
    cells = chosen[parts.labels].repeat(parts.factor, axis=0).repeat(parts.factor, axis=1)
    return cells[: mask.shape[0], : mask.shape[1]] & mask


def _box_without(mask: Mask, parts: Parts, chosen: npt.NDArray[np.bool_]) -> Box | None:
    """Give the box of all but these parts."""
    return box_of(mask & ~_of(mask, parts, chosen)) if chosen.any() else None


def _is_worth_it(rest: Box | None, box: Box) -> bool:
    """Whether what is left is much smaller."""
    return rest is not None and rest.long_side <= (1 - WORTH_SHARE) * box.long_side


def _count_outside(parts: Parts, is_speck: npt.NDArray[np.bool_], rest: Box) -> int:
    """Give the number of specks outside the box of the rest."""
    around = Box(*(side // parts.factor for side in rest))
    return sum(1 for part in parts.parts if is_speck[part.label] and not _meets(part.box, around))


def _meets(one: Box, other: Box) -> bool:
    """Whether two boxes share a cell."""
    return not (one.right <= other.left or other.right < one.left or one.bottom <= other.top or other.bottom < one.top)


def _outside(mask: Mask, box: Box) -> Mask:
    """Give a mask without what is inside a box."""
    outside = mask.copy()
    outside[box.top : box.bottom, box.left : box.right] = False
    return outside


def _around(mask: Mask) -> Mask:
    """Give a mask, wider by the rim."""
    wide = mask.copy()
    for _step in range(_RIM_PIXELS):
        grown = wide.copy()
        grown[1:] |= wide[:-1]
        grown[:-1] |= wide[1:]
        grown[:, 1:] |= wide[:, :-1]
        grown[:, :-1] |= wide[:, 1:]
        wide = grown
    return wide
