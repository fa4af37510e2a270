# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the objects of a sheet stand in the scene: as drawn, on a plane that faces front. Numbers only; no bpy."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from typing import Final

from .components import Box
from .sheet import Sheet, Subject, rows

_ON_THE_GROUND_SHARE: Final = 0.05
"""In the lowest row, feet that are drawn this share of the height above the lowest ones, or less, stand beside them."""


@dataclass(frozen=True)
class Placement:
    """Where an object stands, in metres: x to the right of the middle of all, z up from the ground.

    ``x`` and ``z`` are of the centre; ``foot`` is the z of its lowest point. ``width`` and ``height`` are its sides in
    the picture.
    """

    x: float
    z: float
    width: float
    height: float
    foot: float

    @property
    def size(self) -> float:
        """Give its longest side in the picture, by which to scale an object whose longest side is 1."""
        return max(self.width, self.height)

    def scaled(self, factor: float) -> Placement:
        """Give the same place on a sheet that is laid out so many times as large."""
        return Placement(*(value * factor for value in astuple(self)))

    def to_text(self) -> str:
        """Give it as text that a job's origin can carry."""
        return json.dumps({name: round(value, 6) for name, value in asdict(self).items()})


def read_placement(text: str) -> Placement | None:
    """Read what :meth:`Placement.to_text` gave; None when it is not that, or no place in a scene."""
    try:
        values = json.loads(text)
        placement = Placement(*(float(values[name]) for name in ("x", "z", "width", "height", "foot")))
    except (ValueError, TypeError, KeyError):
        return None
    usable = (
        all(math.isfinite(value) for value in asdict(placement).values())
        and min(placement.width, placement.height) > 0.0
    )
    return placement if usable else None


def layout(sheet: Sheet, largest_m: float, first: Sheet | None = None) -> tuple[Placement, ...]:
    """Give where each subject stands when the largest one's longest side is ``largest_m`` metres.

    Positions and sizes are to each other as in the picture. The lowest feet are on the ground, and so are those of
    the lowest row that are drawn nearly as low. ``first`` are the subjects that were laid out before: the others stand
    as drawn among these, which tell the scale, the middle and the ground.
    """
    subjects = sheet.subjects
    if not subjects:
        return ()
    known = (first or sheet).subjects
    scale = largest_m / max(subject.box.long_side for subject in known)
    ground = max(subject.box.bottom for subject in known)
    middle = (min(subject.box.left for subject in known) + max(subject.box.right for subject in known)) / 2
    lowest = _lowest_row({one.box: one for one in (*known, *subjects)}.values())
    places = []
    for subject in subjects:
        box = subject.box
        foot = ground - box.bottom
        if box in lowest and 0 < foot <= _ON_THE_GROUND_SHARE * box.height:
            foot = 0
        x, z = (box.left + box.right) / 2 - middle, foot + box.height / 2
        places.append(Placement(*(length * scale for length in (x, z, box.width, box.height, foot))))
    return tuple(places)


def _lowest_row(subjects: Iterable[Subject]) -> frozenset[Box]:
    """Give the boxes of the subjects in the row that reaches down furthest."""
    row = max(rows(subjects), key=lambda members: max(member.box.bottom for member in members))
    return frozenset(member.box for member in row)
