# SPDX-License-Identifier: GPL-3.0-or-later
"""How a picture is to be made ready: plain values, kept with the job. Does nothing itself; imports no bpy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

MARGIN: Final = 0.02
"""The server crops to the subject once more [model], so that a margin only costs pixels; a soft edge needs some."""
MAXIMUM_MARGIN: Final = 0.5
TOLERANCE: Final = 0.08
MAXIMUM_TOLERANCE: Final = 0.5


class Background(Enum):
    """What is done with the background of an opaque picture; one with a mask has none."""

    KEEP = "keep"
    """It is sent; the server's remover guesses the subject."""
    CUT = "cut"
    """It is made transparent, where it is connected with the frame's edge and of its colour."""


@dataclass(frozen=True)
class Preparation:
    """``margin`` is a share of the subject's long side, on each side; ``tolerance`` a share of the full range.

    ``holes``: with the background, what has its colour inside the subject is cut too.
    """

    crop: bool = True
    margin: float = MARGIN
    background: Background = Background.KEEP
    tolerance: float = TOLERANCE
    holes: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return {
            "crop": self.crop, "margin": self.margin, "background": self.background.value,
            "tolerance": self.tolerance, "holes": self.holes,
        }  # fmt: skip


USUAL: Final = Preparation()


def from_plain(values: Mapping[str, Any]) -> Preparation:
    """Read what an earlier or a later version wrote: what is missing or unknown is as USUAL."""
    return Preparation(**told(values))


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what such values say and this version knows, by the names of :class:`Preparation`; nothing of the rest."""
    known = {item.value: item for item in Background}
    read = {
        "crop": _bool(values.get("crop")),
        "margin": _share(values.get("margin"), MAXIMUM_MARGIN),
        "background": known.get(str(values.get("background"))),
        "tolerance": _share(values.get("tolerance"), MAXIMUM_TOLERANCE),
        "holes": _bool(values.get("holes")),
    }
    return {name: value for name, value in read.items() if value is not None}


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _share(value: object, maximum: float) -> float | None:
    """Give a number in its range; a recipe may come out of anybody's file, with numbers that are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(kept := min(max(value, 0), maximum)):
        return None
    return float(kept)
