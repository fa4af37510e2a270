# SPDX-License-Identifier: GPL-3.0-or-later
"""Stray opaque pixels far from the subject, which would have it arrive smaller. Pure numpy; imports no bpy.

The server crops to whatever is opaque [model], so that one forgotten pixel in a corner costs a subject its detail.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from . import components
from .components import SPECK_SHARE, Box, Mask
from .image import Rgba
from .preflight import Code, Severity, Verdict
from .subject import box_of, mask_of

WORTH_SHARE: Final = 0.02
"""Share of its long side by which the subject's box has to shrink for specks to be left out."""
_RIM_PIXELS: Final = 2
"""What is half transparent so near to a speck is of it."""


def without(rgba: Rgba) -> tuple[Rgba, int]:
    """Give a picture without what is dirt in it, and how many specks that were; the same picture when it is clean.

    Dirt is as :mod:`components` has it: a part of at most ``SPECK_SHARE`` of the largest one's pixels. Only what lies
    outside the box of all the rest counts, and only where the box is much smaller without.
    """
    mask = mask_of(rgba)
    box = box_of(mask)
    if box is None:
        return rgba, 0
    specks, count = _specks(mask)
    rest = box_of(mask & ~specks) if count else None
    if rest is None or rest.long_side > (1 - WORTH_SHARE) * box.long_side:
        return rgba, 0
    cleaned = rgba.copy()
    cleaned[_around(_outside(specks, rest)) & ~_around(mask & ~specks), 3] = 0
    return cleaned, count


def verdict(count: int) -> Verdict:
    """Say what was left out."""
    sentence = f"{count:,} stray specks far from the subject are left out."
    return Verdict(
        Code.SPECKS, Severity.INFO, "A stray speck far from the subject is left out." if count == 1 else sentence,
        "Paint it larger if it belongs to the subject.",
    )  # fmt: skip


def _specks(mask: Mask) -> tuple[Mask, int]:
    """Give the opaque pixels of all specks, and the number of those outside the box of the rest."""
    parts = components.find(mask)
    rows, columns = (np.arange(0, length, parts.factor) for length in mask.shape)
    inside = np.add.reduceat(np.add.reduceat(mask, rows, axis=0, dtype=np.int32), columns, axis=1)
    pixels = np.bincount(parts.labels.ravel(), weights=inside.ravel())
    is_speck = (pixels > 0) & (pixels <= SPECK_SHARE * pixels.max(initial=0))
    if not is_speck.any():
        return np.zeros_like(mask), 0
    cells = is_speck[parts.labels].repeat(parts.factor, axis=0).repeat(parts.factor, axis=1)
    specks = cells[: mask.shape[0], : mask.shape[1]] & mask
    rest = box_of(mask & ~specks)
    if rest is None:
        return specks, 0
    around = Box(*(side // parts.factor for side in rest))
    outer = [part for part in parts.parts if is_speck[part.label] and not _meets(part.box, around)]
    return specks, len(outer)


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
