# SPDX-License-Identifier: GPL-3.0-or-later
"""Which one change moved points as a whole: scaled, turned, mirrored, shifted. Numbers only; imports no bpy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Change = npt.NDArray[np.float64]
FLAT: Final = 1e-3
"""Points that are thinner than this share of their reach lie in a plane, and tell nothing of what is across it."""
_SAME: Final = 1e-4
"""Distance, as a share of the reach, below which a point is where it was expected."""


def between(before: Any, after: Any) -> Change | None:
    """Give the change (4, 4) that moved points (n, 3) to where they are now; None where no single one did.

    The same points give the identity, exactly.
    """
    old, new = (np.asarray(points, np.float64).reshape(-1, 3) for points in (before, after))
    if old.shape != new.shape or not len(old):
        return None
    if np.array_equal(old, new):
        return np.eye(4)
    middle, aim = old.mean(0), new.mean(0)
    for points in (old - middle, new - aim):
        reach = np.linalg.svd(points, compute_uv=False)
        if len(reach) < 3 or reach[2] <= FLAT * reach[0]:
            return None
    linear = np.linalg.lstsq(old - middle, new - aim, rcond=None)[0].T
    missed = np.abs((old - middle) @ linear.T - (new - aim)).max()
    if missed > _SAME * np.ptp(new, axis=0).max():
        return None
    change = np.eye(4)
    change[:3, :3], change[:3, 3] = linear, aim - linear @ middle
    return change
