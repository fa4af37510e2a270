# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a subject is left in the picture that is sent, and what to say of the rest. Pure numpy; imports no bpy.

The picture is judged as it came, but the server's mask is that of what is sent: nothing opaque in it fails there, and
is billed [model].
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from .image import Rgba
from .preflight import Code, Severity, Verdict, worst_first
from .subject import box_of, mask_of

LOST_SHARE: Final = 0.25
"""Share of the opaque pixels, so many are expected at that size, whose loss is worth a word."""
CROPPED_SHARE: Final = 0.05
"""Share of its long side that a subject may lose at its ends."""
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
WIDER: Final = Verdict(
    Code.THIN, Severity.WARNING,
    "The subject's lines are thinner than a pixel of what is sent, so they are made as wide as one.",
    "Draw them thicker, or make the subject in parts.",
)  # fmt: skip


def judged(verdicts: Iterable[Verdict], rgba: Rgba, ready: Rgba, scale: float) -> tuple[Verdict, ...]:
    """Give what there is to say of a picture that is sent, with what was said of the one that it was made of.

    That one has a mask, and what is sent is ``scale`` times as large.
    """
    found = _found(rgba, ready, scale) if scale < 1 else None
    if found is None:
        return tuple(verdicts)
    is_kept = found is WIDER
    return worst_first((*(one for one in verdicts if not (is_kept and one.code is Code.MOSTLY_SOFT)), found))


def _found(rgba: Rgba, ready: Rgba, scale: float) -> Verdict | None:
    mask, left = mask_of(rgba), mask_of(ready)
    box, box_left = box_of(mask), box_of(left)
    if box is None:
        return None
    if box_left is None:
        return NOTHING_LEFT
    share = np.count_nonzero(left) / (np.count_nonzero(mask) * scale**2)
    if share < 1 - LOST_SHARE or box_left.long_side < (1 - CROPPED_SHARE) * scale * box.long_side - 2:
        return MUCH_LOST
    return WIDER if share > WIDER_TIMES else None
