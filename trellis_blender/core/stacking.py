# SPDX-License-Identifier: GPL-3.0-or-later
"""Rectangles on a screen that would cover each other, moved apart upwards. Knows no text, draws nothing."""

from collections.abc import Iterable
from typing import NamedTuple


class Rectangle(NamedTuple):
    """Its edges, in pixels; up is more."""

    left: float
    bottom: float
    right: float
    top: float


def lifted(wanted: Rectangle, placed: Iterable[Rectangle], gap: float = 0.0) -> Rectangle:
    """Give a rectangle as high as it has to be to cover none of those that have their places, and ``gap`` above."""
    left, bottom, right, top = wanted
    height = top - bottom
    # From below: whatever was passed on the way up is never met again.
    for other in sorted(placed, key=lambda each: each.bottom):
        is_beside = left >= other.right or other.left >= right
        if not is_beside and bottom < other.top + gap and other.bottom < bottom + height + gap:
            bottom = other.top + gap
    return Rectangle(left, bottom, right, bottom + height)
