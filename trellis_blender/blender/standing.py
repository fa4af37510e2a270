# SPDX-License-Identifier: GPL-3.0-or-later
"""How the objects of a sheet stand to each other: from plain text in a job's origin to size, place and collection."""

from collections.abc import Mapping
from dataclasses import dataclass

import bpy

from ..core.layout import Placement, read_placement

_SHEET = "trellis_sheet"
"""Marks the collection of a sheet, whatever the artist calls it."""


@dataclass(frozen=True)
class Standing:
    """Where an object stands among those of its sheet; ``number`` tells the sheet, ``name`` is for its collection."""

    place: Placement
    number: str
    name: str

    def to_origin(self) -> Mapping[str, str]:
        """Give it as a job's origin carries it, through restarts too."""
        return {"place": self.place.to_text(), "sheet": self.number, "sheet_name": self.name}


def read(origin: Mapping[str, str]) -> Standing | None:
    """Read what :meth:`Standing.to_origin` gave; None for a job that is of no sheet."""
    place = read_placement(origin.get("place", ""))
    return Standing(place, origin.get("sheet", ""), origin.get("sheet_name", "Sheet")) if place is not None else None


def collection(scene: bpy.types.Scene, within: bpy.types.Collection, among: Standing) -> bpy.types.Collection:
    """Give the collection of a sheet's objects, wherever in the scene it is by now; else a new one in ``within``."""
    for found in scene.collection.children_recursive:
        if found.get(_SHEET) == among.number and found.library is None and found.override_library is None:
            return found
    made = bpy.data.collections.new(among.name)
    made[_SHEET] = among.number
    within.children.link(made)
    return made
