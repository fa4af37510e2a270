# SPDX-License-Identifier: GPL-3.0-or-later
"""How a box is scaled and moved to stand on a point, or to fill another box. Numbers only; imports no bpy.

A box is an array (2, 3): its lowest and its highest corner. What is given is a scale (3,) and an
offset (3,), to be applied in this order: ``point * scale + offset``.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Box = npt.NDArray[np.float64]
Change = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
UNCHANGED: Final[Change] = (np.ones(3), np.zeros(3))
FLAT: Final = 1e-6
"""A side shorter than this share of the longest one is none."""


def box_of(points: Any) -> Box:
    """Give the box around points (n, 3), n at least 1."""
    flat = np.asarray(points).reshape(-1, 3)
    # Column by column: over rows of three numpy is several times slower.
    columns = [flat[:, axis] for axis in range(3)]
    return np.array([[column.min() for column in columns], [column.max() for column in columns]], np.float64)


def sides(box: Box) -> npt.NDArray[np.float64]:
    """Give the lengths of a box's three sides."""
    return np.asarray(box[1] - box[0])


def foot(box: Box) -> npt.NDArray[np.float64]:
    """Give the middle of a box's bottom."""
    middle = (box[0] + box[1]) / 2
    middle[2] = box[0][2]
    return np.asarray(middle)


def standing(box: Box, size: float, *, as_seen: bool = False) -> Change:
    """Have a box stand on the origin, with the middle of its bottom; ``size`` is its longest side then, 0 the same.

    ``as_seen`` from the front: its depth does not count.
    """
    lengths = sides(box)
    longest = float(max(lengths[0], lengths[2]) if as_seen else lengths.max())
    factor = size / longest if size > 0.0 and longest > 0.0 else 1.0
    scale = np.full(3, factor)
    return scale, -foot(box) * factor


def filling(box: Box, space: Box, units: Any = (1.0, 1.0, 1.0), *, stretched: bool = False) -> Change:
    """Have a box fill a space, standing in the middle of its bottom.

    ``units`` says how long a unit of each axis looks in the end: uniformly scaled is what looks so. ``stretched``
    fills the space to all sides. A side of the space that is none does not count.
    """
    seen = np.asarray(units, np.float64)
    wanted, given = sides(space) * seen, sides(box)
    counts = (wanted > FLAT * wanted.max()) & (given > FLAT * given.max())
    if not counts.any():
        return np.ones(3), foot(space) - foot(box)
    ratios = np.divide(wanted, given, out=np.full(3, np.inf), where=counts)
    factors = np.where(counts, ratios, ratios.min()) if stretched else np.full(3, ratios.min())
    scale = factors / seen
    return scale, foot(space) - foot(box) * scale
