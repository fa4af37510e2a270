# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture of several subjects -> each of them alone, and where it stands. Pure numpy; imports no bpy.

Everything is a frozen value, and what a subject carries is enough to find its pixels again in the same picture: the
parts of a mask are numbered by size, which is always the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import components, grouping
from .components import SPECK_SHARE, Box, Labels, Mask, Parts
from .grouping import DIRT_PIXELS
from .image import OPAQUE_ABOVE, Rgba

TRANSLUCENT_ABOVE: Final = 0.5 * 255
"""Alpha, 0-255, above which a pixel that is not opaque may join two parts; shadows and glows are fainter."""
_DARK_BELOW: Final = 48
"""What is translucent and darker than this is a shadow, and joins nothing."""
_FAINT_BELOW: Final = 8
"""Alpha, 0-255, of what is left out where it would only make the picture of a subject larger."""
DIRT_SHARE: Final = 0.005
"""Up to this share of the pixels that subjects have in the middle, what is small as well is dirt."""
_MARGIN_PIXELS: Final = 8
_SAME_ROW_SHARE: Final = 0.5
"""Subjects that share this much of the smaller one's height stand in one row."""


@dataclass(frozen=True)
class Subject:
    """One subject of a sheet: its place in reading order, its opaque pixels' box and number, and what it is made of."""

    index: int
    box: Box
    name: str
    parts: tuple[int, ...]
    pixels: int


@dataclass(frozen=True)
class Sheet:
    """A picture's size in pixels, and its subjects in reading order."""

    width: int
    height: int
    subjects: tuple[Subject, ...]
    name: str = "Subject"
    left_out: int = 0
    """How many things in it were taken for dirt."""


@dataclass(frozen=True, eq=False)
class Land:
    """To which part every cell of a picture belongs; a cell is a square of ``parts.factor`` pixels."""

    parts: Parts
    owner: Labels
    distance: npt.NDArray[np.float32]

    def cells(self, subject: Subject) -> Mask:
        """Give the cells that belong to a subject."""
        return _cells(self.owner, subject.parts)


def survey(rgba: Rgba) -> Land:
    """Find the parts of a picture, and what lies nearest to each: slow, so once for all that is done with it."""
    parts = components.find(rgba[..., 3] > OPAQUE_ABOVE)
    return Land(parts, *grouping.territories(parts))


def split(rgba: Rgba, name: str = "Subject", land: Land | None = None) -> Sheet:
    """Give the subjects of a picture, told apart by its alpha; an opaque picture is one subject, one without any none.

    ``name`` is what the subjects are called, with their number when there are several.
    """
    height, width = rgba.shape[:2]
    found = _told_apart(rgba, land or survey(rgba))
    kept = tuple(one for one, is_dirt in found if not is_dirt)
    return numbered(Sheet(width, height, kept, name, len(found) - len(kept)))


def dirt(rgba: Rgba, land: Land) -> frozenset[int]:
    """Give the parts that are no subject and belong to none: small ones, and few pixels beside what is one."""
    found = _told_apart(rgba, land)
    return frozenset(
        part for one, is_dirt in found if is_dirt and one.box.long_side < DIRT_PIXELS for part in one.parts
    )


def cut(rgba: Rgba, subject: Subject, land: Land | None = None) -> Rgba:
    """Give a subject alone, out of the picture it was found in: its pixels with a little room around, nothing else's.

    What is translucent belongs to whom it is nearest to.
    """
    height, width = rgba.shape[:2]
    land = land or survey(rgba)
    whole = Box(0, 0, width, height)
    shown = _within(land.cells(subject), land.parts.factor, whole) & (rgba[..., 3] >= _FAINT_BELOW)
    inner = box_within(shown, whole)
    box = Box(
        max(inner.left - _MARGIN_PIXELS, 0), max(inner.top - _MARGIN_PIXELS, 0),
        min(inner.right + _MARGIN_PIXELS, width), min(inner.bottom + _MARGIN_PIXELS, height),
    )  # fmt: skip
    return np.where(shown[_slices(box)][..., np.newaxis], rgba[_slices(box)], np.uint8(0))


def merge(sheet: Sheet, indexes: Iterable[int]) -> Sheet:
    """Give the sheet with these subjects as one, called as the largest of them. Raises ValueError for a wrong index."""
    chosen = _chosen(sheet, indexes)
    if len(chosen) < 2:
        return sheet
    largest = max(chosen, key=lambda subject: subject.pixels)
    box = largest.box
    for subject in chosen:
        box = box.joined(subject.box)
    labels = tuple(sorted(label for subject in chosen for label in subject.parts))
    joined = replace(largest, box=box, parts=labels, pixels=sum(subject.pixels for subject in chosen))
    return numbered(replace(sheet, subjects=(*_others(sheet, chosen), joined)))


def drop(sheet: Sheet, index: int) -> Sheet:
    """Give the sheet without a subject. Raises ValueError for a wrong index."""
    return numbered(replace(sheet, subjects=_others(sheet, _chosen(sheet, [index]))))


def rename(sheet: Sheet, index: int, name: str) -> Sheet:
    """Give the sheet with a subject called otherwise. Raises ValueError for a wrong index."""
    (chosen,) = _chosen(sheet, [index])
    renamed = replace(chosen, name=name.strip())
    return numbered(replace(sheet, subjects=(*_others(sheet, [chosen]), renamed)))


def to_values(subject: Subject) -> dict[str, Any]:
    """Give a subject as JSON can carry it."""
    return {
        "index": subject.index, "box": list(subject.box), "name": subject.name, "parts": list(subject.parts),
        "pixels": subject.pixels,
    }  # fmt: skip


def from_values(values: Mapping[str, Any]) -> Subject:
    """Read what :func:`to_values` gave. Raises ValueError, TypeError or KeyError when it is not that."""
    left, top, right, bottom = (int(side) for side in values["box"])
    parts = tuple(int(label) for label in values["parts"])
    return Subject(int(values["index"]), Box(left, top, right, bottom), str(values["name"]), parts,
                   int(values["pixels"]))  # fmt: skip


def _told_apart(rgba: Rgba, land: Land) -> list[tuple[Subject, bool]]:
    """Give what is there, neither numbered nor named, the largest first; and of each whether it is dirt."""
    height, width = rgba.shape[:2]
    opaque = rgba[..., 3] > OPAQUE_ABOVE
    parts, owner, distance = land.parts, land.owner, land.distance
    groups = grouping.group(parts, owner, distance, _translucent(rgba) if len(parts.parts) > 1 else owner > 0)
    subjects = []
    for one in groups:
        region = one.box.scaled(parts.factor, width, height)
        own = pixels_within(land, one.labels, region) & opaque[_slices(region)]
        subjects.append(Subject(0, box_within(own, region), "", one.labels, int(own.sum())))
    largest = max((one.pixels for one in subjects), default=0)
    usual = median([one.pixels for one in subjects if one.pixels >= grouping.LOOSE_SHARE * largest] or [0])
    return [
        (one, one.pixels <= SPECK_SHARE * largest
         or (one.box.long_side < DIRT_PIXELS and one.pixels <= DIRT_SHARE * usual))
        for one in subjects
    ]  # fmt: skip


def _chosen(sheet: Sheet, indexes: Iterable[int]) -> list[Subject]:
    wanted = set(indexes)
    if not wanted <= set(range(len(sheet.subjects))):
        raise ValueError(f"the sheet has {len(sheet.subjects)} subjects, not {sorted(wanted)}")
    return [subject for subject in sheet.subjects if subject.index in wanted]


def _others(sheet: Sheet, chosen: Iterable[Subject]) -> tuple[Subject, ...]:
    indexes = {subject.index for subject in chosen}
    return tuple(subject for subject in sheet.subjects if subject.index not in indexes)


def numbered(sheet: Sheet) -> Sheet:
    """Bring the subjects in reading order, and name them by their number where the artist has not."""
    ordered = [subject for row in rows(sheet.subjects) for subject in row]
    several = len(ordered) > 1
    named = []
    for index, subject in enumerate(ordered):
        is_own = subject.name not in ("", sheet.name, f"{sheet.name} {subject.index + 1}")
        name = subject.name if is_own else f"{sheet.name} {index + 1}" if several else sheet.name
        named.append(replace(subject, index=index, name=name))
    return replace(sheet, subjects=tuple(named))


def rows(subjects: Iterable[Subject]) -> list[list[Subject]]:
    """Give the rows that subjects stand in, from the top, each from left to right."""
    found: list[list[Subject]] = []
    for subject in sorted(subjects, key=lambda one: (one.box.top, one.box.left)):
        fitting = (row for row in found if all(_beside(subject.box, other.box) for other in row))
        row = next(fitting, None)
        if row is None:
            found.append([subject])
        else:
            row.append(subject)
    return [sorted(row, key=lambda one: (one.box.left, one.box.top)) for row in found]


def _beside(one: Box, other: Box) -> bool:
    """Whether two stand at the same height."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= _SAME_ROW_SHARE * min(one.height, other.height)


def _translucent(rgba: Rgba) -> Mask:
    """Give the cells that hold something through which two parts can be one."""
    alpha = rgba[..., 3]
    joins = (alpha > TRANSLUCENT_ABOVE) & (alpha <= OPAQUE_ABOVE)
    joins &= (rgba[..., 0] > _DARK_BELOW) | (rgba[..., 1] > _DARK_BELOW) | (rgba[..., 2] > _DARK_BELOW)
    return components.coarse(joins)[0]


def _cells(owner: Labels, labels: tuple[int, ...]) -> Mask:
    """Give the cells that belong to any of these parts."""
    own = np.zeros(max(int(owner.max(initial=0)), *labels, 0) + 1, bool)
    own[list(labels)] = True
    return own[owner]


def pixels_within(land: Land, labels: tuple[int, ...], region: Box) -> Mask:
    """Give the pixels of a region that belong to any of these parts."""
    return _within(_cells(land.owner, labels), land.parts.factor, region)


def _within(cells: Mask, factor: int, region: Box) -> Mask:
    """Give the pixels of a region whose cells are set."""
    rows = np.arange(region.top, region.bottom) // factor
    columns = np.arange(region.left, region.right) // factor
    return cells[rows[:, np.newaxis], columns[np.newaxis, :]]


def _slices(box: Box) -> tuple[slice, slice]:
    return np.s_[box.top : box.bottom, box.left : box.right]


def box_within(mask: Mask, region: Box) -> Box:
    """Give the box of what is set in a region's mask, in the picture's pixels; the region itself when nothing is."""
    across, down = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not across.size:
        return region
    left, top = region.left + int(across[0]), region.top + int(down[0])
    return Box(left, top, region.left + int(across[-1]) + 1, region.top + int(down[-1]) + 1)
