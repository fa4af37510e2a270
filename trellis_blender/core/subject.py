# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the subject is in a picture, and the square cut around it. Pure numpy; imports no bpy."""

from __future__ import annotations

import numpy as np

from .components import Box, Mask, coarse
from .image import MODEL_SIDE_PIXELS, OPAQUE_ABOVE, Rgba
from .strokes import resized


def has_mask(rgba: Rgba) -> bool:
    """Whether the alpha says what the subject is: a picture that is nowhere transparent is a photo.

    The server looks for any value below 255 [model], and would take a photo with one stray pixel of
    254 for a subject that fills the frame. What is opaque but for a few pixels or a margin: see ``slab``.
    """
    return bool((rgba[..., 3] <= OPAQUE_ABOVE).any())


def mask_of(rgba: Rgba) -> Mask:
    """Give the pixels that the server takes for the subject."""
    return np.asarray(rgba[..., 3] > OPAQUE_ABOVE)


def box_of(mask: Mask) -> Box | None:
    """Give the smallest box around what is set, if anything is."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return Box(int(columns[0]), top, int(columns[-1]) + 1, bottom)


def slimness(mask: Mask, box: Box) -> float:
    """Give how many times as long as wide a subject is, 1 or more, however it lies in the picture.

    Measured along its principal axes: a box around a spear that is drawn aslant is as wide as long.
    """
    small, _factor = coarse(mask[box.top : box.bottom, box.left : box.right])
    points = np.argwhere(small).astype(np.float32)
    points -= points.mean(axis=0)
    _spread, axes = np.linalg.eigh(points.T @ points)
    along = points @ axes.astype(np.float32)
    sides = along.max(axis=0) - along.min(axis=0) + np.abs(axes).sum(axis=0)  # a pixel is no point
    return float(sides.max() / sides.min())


def square(rgba: Rgba, box: Box, margin: float, longest: int = MODEL_SIDE_PIXELS) -> Rgba:
    """Cut the square around a subject, wider on each side by ``margin`` times its long side; at most so large.

    Outside the frame it is transparent. Room is given up before detail: a subject that fits is not shrunk for its
    margin. There is always a rim of at least one pixel of what is given: without one a
    subject that fills its box would be an opaque picture, whose mask the server guesses.
    """
    side = side_of(box, margin, longest)
    left, top = corner_of(box, margin, longest)
    height, width = rgba.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    inside = rgba[y0:y1, x0:x1]
    x, y = x0 - left, y0 - top
    if side > longest:  # before it is put into its square, which may be far larger
        scale = longest / side
        inside = resized(inside, max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1))
        x, y, side = round(x * scale), round(y * scale), longest
    cut = np.zeros((side, side, 4), np.uint8)
    cut[y : y + inside.shape[0], x : x + inside.shape[1]] = inside[: side - y, : side - x]
    return cut


def side_of(box: Box, margin: float, longest: int = MODEL_SIDE_PIXELS) -> int:
    """Give the side of the square around a subject, before it is shrunk."""
    long = box.long_side
    rim = max(round(long * margin), -(-long // longest), 1)
    if long + 2 <= longest < long + 2 * rim:
        rim = (longest - long) // 2
    return long + 2 * rim


def corner_of(box: Box, margin: float, longest: int = MODEL_SIDE_PIXELS) -> tuple[int, int]:
    """Give left and top of that square, which may lie outside the frame."""
    side = side_of(box, margin, longest)
    return box.left - (side - box.width) // 2, box.top - (side - box.height) // 2


def without_hidden(rgba: Rgba) -> Rgba:
    """Give the picture with no colour where it is transparent: what nobody sees is not sent."""
    return np.where(rgba[..., 3:] > 0, rgba, np.uint8(0))
