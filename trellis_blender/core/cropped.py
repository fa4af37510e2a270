# SPDX-License-Identifier: GPL-3.0-or-later
"""At which edges of its picture a subject is cut off. Pure numpy; imports no bpy."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Box, Mask

CUT_OFF_SHARE: Final = 0.03
"""Share of the subject's side that has to lie at the frame's edge: a tip does in any picture that was trimmed."""
CUT_OFF_DEPTH: Final = 0.02
CUT_OFF_STEEPNESS: Final = 0.6
"""Share of its width at that depth that a subject has to have at the edge: what is round narrows, and is whole."""


def edges(mask: Mask, box: Box) -> list[str]:
    """Name the edges of the frame at which more than a tip of the subject lies."""
    height, width = mask.shape
    depth = max(round(CUT_OFF_DEPTH * box.long_side), 3)
    sides = {
        "left": (mask[:, 0], mask[:, min(depth, width - 1)], box.height),
        "right": (mask[:, width - 1], mask[:, max(width - 1 - depth, 0)], box.height),
        "top": (mask[0], mask[min(depth, height - 1)], box.width),
        "bottom": (mask[height - 1], mask[max(height - 1 - depth, 0)], box.width),
    }
    return [name for name, (edge, inner, side) in sides.items() if _is_cut_off(edge, inner, side)]


def _is_cut_off(edge: npt.NDArray[np.bool_], inner: npt.NDArray[np.bool_], side: int) -> bool:
    """Tell from the subject's pixels at the frame's edge and a little inside whether more than a tip touches it."""
    contact = int(np.count_nonzero(edge))
    return bool(contact > max(CUT_OFF_SHARE * side, 1) and contact > CUT_OFF_STEEPNESS * np.count_nonzero(inner))
