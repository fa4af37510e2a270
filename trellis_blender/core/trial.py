# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cut would make of an opaque picture, tried before anybody has asked for it. Pure numpy; imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from . import gaps, remnant, shadow
from .backdrop import Backdrop
from .background import cut
from .components import Box, Mask
from .image import Rgba
from .preparation import Preparation
from .subject import box_of, mask_of

JUDGED_PIXELS: Final = 2048
"""Long side on which the background is cut for judging only."""


class Outcome(Enum):
    """How it would turn out."""

    NONE = "none"
    """There is no even background, or there would be nothing else."""
    CLEAN = "clean"
    DOUBTFUL = "doubtful"
    """Some background would be left, or some of the subject be gone."""
    SHADOW = "shadow"
    """The subject would keep a soft shadow."""
    HOLLOW = "hollow"
    """What is within its outline would be gone through a gap."""
    MARGIN = "margin"
    """Nothing but a margin would be gone: it may belong to what is a card or a print."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A picture that was cut; ``step`` is how many pixels of the source each of these stands for."""

    rgba: Rgba
    mask: Mask
    box: Box
    step: int
    outcome: Outcome


def attempt(rgba: Rgba, behind: Backdrop, preparation: Preparation) -> Trial | None:
    """Cut a picture for a trial; None where that cannot be done, or nothing would be left."""
    if not behind.is_even:
        return None
    step = -(-max(rgba.shape[:2]) // JUDGED_PIXELS)
    fewer = np.ascontiguousarray(rgba[::step, ::step])
    ready = cut(fewer, preparation.tolerance, holes=preparation.holes, behind=behind)
    mask = mask_of(ready)
    box = box_of(mask)
    if box is None:
        return None
    is_hollow = not preparation.holes and gaps.is_hollow(ready[..., 3])
    outcome = Outcome.HOLLOW if is_hollow else _outcome(fewer, mask, behind, preparation.tolerance)
    return Trial(ready, mask, box, step, outcome)


def _outcome(rgba: Rgba, mask: Mask, behind: Backdrop, tolerance: float) -> Outcome:
    if remnant.is_left(rgba, mask, behind, tolerance) or remnant.is_unclear(rgba, mask, behind, tolerance):
        return Outcome.DOUBTFUL
    if shadow.is_left(rgba, mask, behind, tolerance):
        return Outcome.SHADOW
    return Outcome.MARGIN if remnant.is_of_margin(mask) else Outcome.CLEAN
