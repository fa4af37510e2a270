# SPDX-License-Identifier: GPL-3.0-or-later
"""How the objects of a sheet stand to each other: from plain text in a job's origin to size, place and collection."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import bpy
from mathutils import Vector

from ..core.layout import Placement, read_placement
from .filling import Filling

_SHEET: Final = "trellis_sheet"
"""Marks the collection of a sheet, whatever the artist calls it, and its objects, wherever they are moved."""
_PLACE: Final = "trellis_place"
"""On an object: its place on a sheet whose largest object is 1 long."""
_STAND: Final = "trellis_stand"
"""On an object: where that place is in its own space, and how long the largest object is there."""
_FLAT: Final = 1e-9


@dataclass(frozen=True)
class Standing:
    """Where an object stands among those of its sheet; ``number`` tells the sheet, ``name`` is for its collection."""

    place: Placement
    number: str
    name: str
    largest: float
    """How long the longest side of the largest object of the sheet is, in the same units as ``place``."""

    @property
    def unit(self) -> Placement:
        """Give the place on a sheet whose largest object is 1 long: it is the same however large that is laid out."""
        return self.place.scaled(1.0 / self.largest)

    def scaled(self, largest: float) -> "Standing":
        """Give the same on a sheet whose largest object is so long."""
        return replace(self, place=self.unit.scaled(largest), largest=largest)

    def to_origin(self) -> Mapping[str, str]:
        """Give it as a job's origin carries it, through restarts too; ``largest`` is its ``size``."""
        return {"place": self.place.to_text(), "sheet": self.number, "sheet_name": self.name}


def read(origin: Mapping[str, str]) -> Standing | None:
    """Read what :meth:`Standing.to_origin` gave; None for a job that is of no sheet."""
    place = read_placement(origin.get("place", ""))
    if place is None:
        return None
    largest = float(origin.get("size", 0.0))
    usable = largest if math.isfinite(largest) and largest > 0.0 else place.size
    return Standing(place, origin.get("sheet", ""), origin.get("sheet_name", "Sheet"), usable)


def mark(item: bpy.types.Object, among: Standing, box: Filling | None = None) -> None:
    """Have an object say where on which sheet it stands: with its origin, or with the bottom of a box that it fills."""
    item[_SHEET], item[_PLACE] = among.number, among.unit.to_text()
    item[_STAND] = (0.0, 0.0, 0.0, among.largest)
    fit(item, box)


def fit(item: bpy.types.Object, box: Filling | None) -> None:
    """Note on an object of a sheet which box it fills from now on; nothing on any other."""
    place = _place_of(item)
    if place is None or box is None:
        return
    low, high = box.space
    long = max(high[0] - low[0], high[2] - low[2])
    if long > _FLAT:
        item[_STAND] = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2], long / place.size)


def pass_on(old: bpy.types.Object, new: bpy.types.Object, box: Filling | None) -> None:
    """Have an object stand on a sheet in place of another, filling a box."""
    if _place_of(old) is not None:
        for key in (_SHEET, _PLACE, _STAND):
            new[key] = old[key]
        fit(new, box)


def of(number: str, scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Give the objects of a sheet that are in a scene, and the placeholders of others."""
    return [item for item in scene.objects if item.get(_SHEET) == number]


def marked(item: bpy.types.Object) -> tuple[Placement, Vector, float] | None:
    """Give an object's place on a sheet whose largest object is 1 long, where that is in its own space, and how long.

    None for an object of no sheet.
    """
    place, stand = _place_of(item), item.get(_STAND)
    if place is None or stand is None:
        return None
    x, y, z, unit = stand
    return place, Vector((x, y, z)), unit


def collection(scene: bpy.types.Scene, within: bpy.types.Collection, among: Standing) -> bpy.types.Collection:
    """Give the collection of a sheet's objects, wherever in the scene it is by now; else a new one in ``within``.

    It is the one that most of them are in, where the artist has moved them all out of their own.
    """
    every = [found for found in scene.collection.children_recursive if _takes(found)]
    own = next((found for found in every if found.get(_SHEET) == among.number), None)
    holders = Counter(holder for item in of(among.number, scene) for holder in item.users_collection if holder in every)
    if holders and own not in holders:
        return holders.most_common(1)[0][0]
    if own is not None:
        return own
    made = bpy.data.collections.new(among.name)
    made[_SHEET] = among.number
    within.children.link(made)
    return made


def _takes(found: bpy.types.Collection) -> bool:
    return found.library is None and found.override_library is None


def _place_of(item: bpy.types.Object) -> Placement | None:
    text = item.get(_PLACE)
    return read_placement(text) if isinstance(text, str) else None
