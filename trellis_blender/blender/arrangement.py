# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object of a sheet belongs beside those of it that stand in a scene, however these were moved since.

They are told by marks on them, which go wherever they go. Creates nothing; knows no job and no session.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
from mathutils import Matrix, Vector

from ..core.layout import Placement
from . import gauge, standing, variants
from .placement import Place
from .standing import Standing

_SAME: Final = 0.05
"""Objects whose sheets lie apart by less than this share of the largest object stand on one."""
_FLAT: Final = 1e-12
_CLOSE: Final = 1e-3
"""Places that differ by less than this share of the largest object are one subject's."""


@dataclass(frozen=True)
class _Member:
    """One object of a sheet as it stands.

    ``sheet`` leads from places on the sheet, in the object's own units, to the scene; ``unit`` is how many of these
    the largest object is long.
    """

    place: Placement
    sheet: Matrix
    unit: float

    def spots(self, place: Placement) -> list[Vector]:
        """Give where its sheet has a place, and two others, in the scene."""
        return [self.sheet @ (self.unit * (_foot(place) + way)) for way in _WAYS]


_WAYS: Final = (Vector((0.0, 0.0, 0.0)), Vector((1.0, 0.0, 0.0)), Vector((0.0, 0.0, 1.0)))


def beside(place: Place, among: Standing | None) -> Place:
    """Give where an object of a sheet belongs: beside the others of it that stand without it, else as asked.

    Where none stand and the place is nobody's in particular, such as the 3D cursor, the sheet is laid out around that.
    Placeholders and objects of the blockout keep their own.
    """
    if among is None or place.instead or place.proxy is not None:
        return place
    own, members = among.unit, list(_members(place.scene, among.number))
    found = _on_one_sheet(members, own)
    if found is not None:
        matrix = found.sheet @ Matrix.Translation((found.unit * _foot(own)).to_tuple())
        there = among.scaled(found.unit)
        return replace(place, matrix=matrix, location=matrix.translation, size=there.place.size, standing=there)
    if place.standing is not None:
        return place
    there = among.scaled(place.size if place.size > 0.0 else among.largest)
    offset = Matrix.Rotation(place.turn, 3, "Z") @ _foot(there.place)
    return replace(place, location=place.location + offset, size=there.place.size, standing=there)


def _foot(place: Placement) -> Vector:
    return Vector((place.x, 0.0, place.foot))


def _members(scene: bpy.types.Scene, number: str) -> Iterator[_Member]:
    """Give the objects of a sheet in a scene; levels of detail and rows that are compared are none."""
    items = standing.of(number, scene)
    if items and scene == bpy.context.scene:
        bpy.context.view_layer.update()  # else one may stand elsewhere than it says
    for item in items:
        noted, found = variants.of(item), standing.marked(item)
        if found is None or noted.is_level or noted.compared is not None:
            continue
        place, foot, unit = found
        matrix = item.matrix_world @ _moved(item)
        if abs(matrix.determinant()) > _FLAT:
            yield _Member(place, matrix @ Matrix.Translation((foot - unit * _foot(place)).to_tuple()), unit)


def _moved(item: bpy.types.Object) -> Matrix:
    """Give how an object's mesh was moved as a whole since it came: by Apply Scale, Set Origin and the like."""
    noted = variants.of(item).gauge
    return gauge.moved_by_now(noted, item.data) if isinstance(item.data, bpy.types.Mesh) else gauge.moved(noted)


def _on_one_sheet(members: Sequence[_Member], own: Placement) -> _Member | None:
    """Give one of the members that stand as on a sheet where this place is free; of several such sheets the fullest.

    Where an object of this place stands already, those only count that stand twice themselves: what the artist moved
    away from its sheet is no other sheet.
    """
    is_there = any(_is_same(one.place, own) for one in members)
    others = [one for one in members if not _is_same(one.place, own)]
    if is_there:
        others = [one for one in others if sum(_is_same(one.place, other.place) for other in members) > 1]
    taken = [one for one in members if _is_same(one.place, own)]
    sheets = [[other for other in others if _agree(one, other, own)] for one in others]
    free = [
        (one, sheet) for one, sheet in zip(others, sheets, strict=True)
        if not any(_agree(one, twin, own) for twin in taken)
    ]  # fmt: skip
    best = max(free, key=lambda it: (len(it[1]), -(_foot(it[0].place) - _foot(own)).length), default=None)
    return best[0] if best is not None else None


def _is_same(one: Placement, other: Placement) -> bool:
    ours, theirs = ((it.x, it.foot, it.width, it.height) for it in (one, other))
    return all(abs(a - b) < _CLOSE for a, b in zip(ours, theirs, strict=True))


def _agree(one: _Member, other: _Member, place: Placement) -> bool:
    """Whether two stand as on one sheet, as far as this place of it goes."""
    ours, theirs = one.spots(place), other.spots(place)
    reach = max((ours[1] - ours[0]).length, (ours[2] - ours[0]).length)
    return max((a - b).length for a, b in zip(ours, theirs, strict=True)) <= _SAME * reach
