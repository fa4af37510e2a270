# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a subject is left in the picture that is sent, and what to say of the rest. Pure numpy; imports no bpy.

The picture is judged as it came, but the server's mask is that of what is sent: nothing opaque in it fails there, and
is billed [model].
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from .components import Mask, coarse
from .flood import grown
from .image import MODEL_SIDE_PIXELS, Rgba
from .preflight import Code, Severity, Verdict, worst_first
from .subject import box_of, mask_of

LOST_SHARE: Final = 0.25
"""Share of the opaque pixels, so many are expected at that size, whose loss is worth a word."""
CROPPED_SHARE: Final = 0.05
"""Share of its long side that a subject may lose at its ends."""
GONE_SHARE: Final = 0.02
"""Share of the places with something opaque, near which nothing is left, that is worth a word."""
NEAR_PIXELS: Final = 2
"""So far from where it was something may lie in the picture that is sent."""
WIDER_TIMES: Final = 1.4
"""So many times the expected opaque pixels are those of strokes that had to be made wider."""

NOTHING_LEFT: Final = Verdict(
    Code.THIN, Severity.REFUSAL,
    "All that is opaque is so thin or so scattered that nothing opaque is left in the picture that is sent.",
    "Draw it thicker, or use a smaller picture.",
)  # fmt: skip
MUCH_LOST: Final = Verdict(
    Code.THIN, Severity.WARNING,
    "Much of the subject is so thin or so scattered that it is lost in the picture that is sent.",
    "Draw it thicker, or use a smaller picture.",
)  # fmt: skip
PARTS_LOST: Final = Verdict(
    Code.THIN, Severity.WARNING,
    "Thin or scattered parts of the subject are lost in the picture that is sent.",
    "Draw them thicker, or use a smaller picture.",
)  # fmt: skip
WIDER: Final = Verdict(
    Code.THIN, Severity.WARNING,
    "The subject's lines are thinner than a pixel of what is sent, so they are made as wide as one.",
    "Draw them thicker, or make the subject in parts.",
)  # fmt: skip


def judged(
    verdicts: Iterable[Verdict], rgba: Rgba, ready: Rgba, scale: float, corner: tuple[int, int]
) -> tuple[Verdict, ...]:
    """Give what there is to say of a picture that is sent, with what was said of the one that it was made of.

    That one has a mask; what is sent begins at this ``corner`` of it, left and top, and is ``scale`` times as large.
    """
    found = _found(rgba, ready, scale, corner) if scale < 1 else None
    if found is None:
        return tuple(verdicts)
    is_kept = found is WIDER
    return worst_first((*(one for one in verdicts if not (is_kept and one.code is Code.MOSTLY_SOFT)), found))


def _found(rgba: Rgba, ready: Rgba, scale: float, corner: tuple[int, int]) -> Verdict | None:
    mask, left = mask_of(rgba), mask_of(ready)
    box, box_left = box_of(mask), box_of(left)
    if box is None:
        return None
    if box_left is None:
        return NOTHING_LEFT
    share = np.count_nonzero(left) / (np.count_nonzero(mask) * scale**2)
    if share < 1 - LOST_SHARE or box_left.long_side < (1 - CROPPED_SHARE) * scale * box.long_side - 2:
        return MUCH_LOST
    if _gone(mask, left, scale, corner) > GONE_SHARE:
        return PARTS_LOST
    return WIDER if share > WIDER_TIMES else None


def _gone(mask: Mask, left: Mask, scale: float, corner: tuple[int, int]) -> float:
    """Give the share of the places with something opaque near which nothing is left."""
    cells, factor = coarse(mask, MODEL_SIDE_PIXELS)
    rows, columns = np.nonzero(cells)
    places = [
        np.clip(((index + 0.5) * factor - start) * scale, 0, size - 1).astype(np.int64)
        for index, start, size in zip((columns, rows), corner, left.shape[::-1], strict=True)
    ]
    return 1 - float(grown(left, NEAR_PIXELS)[places[1], places[0]].mean())
