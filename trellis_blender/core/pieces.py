# SPDX-License-Identifier: GPL-3.0-or-later
"""What a subject of a sheet falls into: itself, and the parts beside it that could be subjects. Imports no bpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from . import sheet
from .components import Box, Mask
from .grouping import DIRT_PIXELS
from .image import OPAQUE_ABOVE, Rgba
from .sheet import Land, Sheet, Subject

MOST_PIECES: Final = 32


def find(rgba: Rgba, land: Land, subject: Subject) -> tuple[Subject, ...]:
    """Give what is left of a subject, and its loose parts that are large enough to be one, the largest first.

    Nothing when it has none. Together they are the subject, pixel by pixel.
    """
    main, *loose = sorted(subject.parts)  # numbered by size
    own = [_of(rgba, land, label) for label in loose[: 2 * MOST_PIECES] if label <= len(land.parts.parts)]
    apart = [one for one in own if one.box.long_side >= DIRT_PIXELS][: MOST_PIECES - 1]
    if not apart:
        return ()
    gone = {label for one in apart for label in one.parts}
    left = tuple(label for label in (main, *loose) if label not in gone)
    rest = replace(
        subject, parts=left, box=_box(rgba, land, left), pixels=subject.pixels - sum(one.pixels for one in apart)
    )
    return rest, *apart


def take_apart(found: Sheet, subject: Subject, fallen: Iterable[Subject]) -> Sheet:
    """Give the sheet with what a subject falls into in its place."""
    others = (one for one in found.subjects if one.parts != subject.parts)
    return sheet.numbered(replace(found, subjects=(*others, *fallen)))


def _of(rgba: Rgba, land: Land, label: int) -> Subject:
    """Give a part as a subject without a name."""
    region = _region(rgba, land, (label,))
    own = _opaque(rgba, land, (label,), region)
    return Subject(0, sheet.box_within(own, region), "", (label,), int(own.sum()))


def _box(rgba: Rgba, land: Land, labels: tuple[int, ...]) -> Box:
    """Give the box of the opaque pixels of parts; looks at the rims of their cells' box only, which may be large."""
    region, step = _region(rgba, land, labels), land.parts.factor
    left, top, right, bottom = region
    rims = (
        Box(left, top, min(left + step, right), bottom), Box(left, top, right, min(top + step, bottom)),
        Box((right - 1) // step * step, top, right, bottom), Box(left, (bottom - 1) // step * step, right, bottom),
    )  # fmt: skip
    seen = [sheet.box_within(_opaque(rgba, land, labels, rim), rim) for rim in rims]
    return Box(seen[0].left, seen[1].top, seen[2].right, seen[3].bottom)


def _region(rgba: Rgba, land: Land, labels: tuple[int, ...]) -> Box:
    known = [land.parts.parts[label - 1].box for label in labels]
    cells = known[0]
    for box in known[1:]:
        cells = cells.joined(box)
    height, width = rgba.shape[:2]
    return cells.scaled(land.parts.factor, width, height)


def _opaque(rgba: Rgba, land: Land, labels: tuple[int, ...], region: Box) -> Mask:
    """Give the opaque pixels of parts within a region."""
    alpha = rgba[region.top : region.bottom, region.left : region.right, 3]
    return sheet.pixels_within(land, labels, region) & (alpha > OPAQUE_ABOVE)
