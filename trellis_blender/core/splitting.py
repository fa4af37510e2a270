# SPDX-License-Identifier: GPL-3.0-or-later
"""A captured picture -> its subjects, ready to be sent one by one; or why not, as a sentence. Imports no bpy."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from . import backdrop, background, exr, gaps, pieces, pixels, prepared, shadow, sheet, subject, surround
from .components import Mask
from .errors import SourceError
from .image import Excerpt, ExrFile, Frame, PictureFile, Pixels, Rgba, Source, TargaFile
from .preflight import HOLLOW_OF_SHEET, SHADOW_OF_SHEET, Code, Severity, Verdict, worst_first
from .preparation import Preparation
from .sheet import Land, Sheet, Subject

MOST_SUBJECTS: Final = 32
"""More are no sheet: noise, or a background that was cut badly. Each would be paid for."""
_SAMPLES: Final = 500_000
_LINES: Final = 60


@dataclass(frozen=True, eq=False)
class Split:
    """A picture and its subjects. ``rgba`` has a mask: where there was none, the background was cut as ``cut`` says."""

    rgba: Rgba
    sheet: Sheet
    land: Land
    cut: Preparation | None = None
    verdicts: Mapping[tuple[int, ...], tuple[Verdict, ...]] = field(default_factory=dict)
    """What was found to be said of each subject alone, by its parts: it is the same one after others were merged."""
    of_surround: Verdict | None = None
    """What is to be said of what was around the picture, and is not any more."""
    pieces: Mapping[tuple[int, ...], tuple[Subject, ...]] = field(default_factory=dict)
    """What subjects fall into, by their parts: what lies loose beside them, or what they were merged of."""
    shadows: Mask | None = None
    """Where the cut kept soft shadows, on a coarse picture; their background is gone from ``rgba``."""

    def is_as(self, preparation: Preparation) -> bool:
        """Whether the background would be cut as it was; one with a mask of its own has none."""
        if self.cut is None:
            return True
        return (self.cut.tolerance, self.cut.holes) == (preparation.tolerance, preparation.holes)

    def of(self, one: Subject) -> tuple[Verdict, ...] | None:
        """Give what is to be said of a subject, the worst first; None while nobody has looked."""
        return self.verdicts.get(one.parts)

    @property
    def unjudged(self) -> tuple[Subject, ...]:
        """Give the subjects that nobody has looked at."""
        return tuple(one for one in self.sheet.subjects if one.parts not in self.verdicts)

    def cutout(self, one: Subject) -> Excerpt:
        """Give a subject alone, as a source whose pixels a worker cuts."""
        return Excerpt(partial(sheet.cut, self.rgba, one, self.land))

    def icon(self, one: Subject, side: int) -> Rgba:
        """Give a small square picture of a subject: single pixels, so quick enough for the main thread."""
        box, factor = one.box, self.land.parts.factor
        size = box.long_side
        steps = np.floor((np.arange(side) + 0.5) * size / side).astype(np.int64)
        rows, columns = steps + box.top - (size - box.height) // 2, steps + box.left - (size - box.width) // 2
        inside = ((rows >= box.top) & (rows < box.bottom))[:, None] & ((columns >= box.left) & (columns < box.right))
        rows, columns = np.clip(rows, box.top, box.bottom - 1), np.clip(columns, box.left, box.right - 1)
        own = np.isin(self.land.owner[(rows // factor)[:, None], columns // factor], one.parts)
        return np.where((inside & own)[..., None], self.rgba[rows[:, None], columns], np.uint8(0))

    def merged(self, indexes: Iterable[int]) -> Split:
        """Give the split with these subjects as one. Raises ValueError for a wrong index."""
        wanted = set(indexes)
        merged = sheet.merge(self.sheet, wanted)
        chosen = tuple(one for one in self.sheet.subjects if one.index in wanted)
        whole = tuple(sorted(part for one in chosen for part in one.parts))
        known = self.pieces if len(chosen) < 2 else {**self.pieces, whole: chosen}
        return replace(self, sheet=merged, pieces=known)

    def falls_into(self, one: Subject) -> tuple[Subject, ...]:
        """Give what a subject can be taken apart into; nothing for one that is whole."""
        return self.pieces.get(one.parts, ())

    def loose(self, one: Subject) -> int:
        """Give how many parts lie beside a subject that were taken for its own, and not merged with it by hand."""
        return sum(not piece.name for piece in self.falls_into(one))

    def taken_apart(self, indexes: Iterable[int]) -> Split:
        """Give the split with what these subjects fall into in place of them. Raises :class:`SourceError`: too many."""
        wanted, found = set(indexes), self.sheet
        for one in self.sheet.subjects:
            rest, *others = self.falls_into(one) or (one,)
            if one.index in wanted and others:
                own = replace(rest, name=one.name, index=one.index) if self.loose(one) else rest
                found = pieces.take_apart(found, one, (own, *others))
        _check_count(len(found.subjects))
        return replace(self, sheet=found)


def split(source: Source, preparation: Preparation, name: str) -> Split:
    """Split a picture; ``name`` is what its subjects are called, with their numbers. Slow, for a worker.

    Raises :class:`SourceError` when it is no sheet: unreadable, one subject, none, far too many, or a photo.
    """
    rgba = pixels.read(source)
    around = surround.find(rgba, preparation.tolerance)
    told = surround.when_split(around) if around is not None and around.is_even else None
    rgba = around.within if around is not None and around.is_even else rgba
    is_cut, shadows = not subject.has_mask(rgba), None
    if is_cut:
        behind = backdrop.backdrop(rgba, preparation.tolerance)
        if not behind.is_even:
            raise SourceError(
                "The picture has no transparency and its background is not of one colour, so its subjects cannot be "
                "told apart. Use a picture with a transparent or an even background."
            )
        opaque, rgba = rgba, background.cut(rgba, preparation.tolerance, holes=preparation.holes, behind=behind)
        mask = subject.mask_of(rgba)
        shadows = shadow.find(opaque, mask, behind, preparation.tolerance, shadow.OF_SHEETS_PIXELS)
        rgba = around.with_holes(rgba) if around is not None and around.is_even else rgba
    land = sheet.survey(rgba)
    found = sheet.split(rgba, name, land)
    loose = {one.parts: pieces.find(rgba, land, one) for one in found.subjects if len(one.parts) > 1}
    _check(found, is_whole=not any(loose.values()))
    return Split(rgba, found, land, preparation if is_cut else None, of_surround=told, pieces=loose, shadows=shadows)


def judge(split: Split, one: Subject, preparation: Preparation) -> tuple[Verdict, ...]:
    """Judge a subject as the picture that is sent of it. Slow, for a worker.

    Not that it is of several pieces: the artist has seen them in the list.
    """
    alone = sheet.cut(split.rgba, one, split.land)
    found = [verdict for verdict in prepared.judge(alone, preparation) if verdict.code is not Code.SEVERAL]
    if _has_shadow(split, one):
        found = list(worst_first((*found, SHADOW_OF_SHEET)))
    if split.cut is not None and not split.cut.holes and gaps.is_hollow(alone[..., 3]):
        found = list(worst_first((*found, HOLLOW_OF_SHEET)))
    loose = split.loose(one)
    return (*found, _of_loose(loose)) if loose else tuple(found)


def _has_shadow(split: Split, one: Subject) -> bool:
    if split.shadows is None:
        return False
    height, width = split.rgba.shape[:2]
    cells, factor = split.land.cells(one), split.land.parts.factor
    return shadow.share_of(cells, factor, one.pixels, split.shadows, (height, width)) > shadow.LEFT_SHARE


def _of_loose(count: int) -> Verdict:
    """Say that a subject was given what lies beside it."""
    several = f"{count} loose parts beside it were taken for its own."
    return Verdict(
        Code.LOOSE, Severity.INFO, "A loose part beside it was taken for its own." if count == 1 else several,
        "If that is wrong, select it by its arrow and press Split Selected.",
    )  # fmt: skip


def _check(found: Sheet, *, is_whole: bool) -> None:
    """Refuse what is no sheet; one subject is one only where something lies beside it that may be another."""
    count = len(found.subjects)
    if not count:
        raise SourceError("The picture has nothing opaque in it, so there is no subject. Check its alpha channel.")
    if count == 1 and is_whole:
        if found.left_out:
            raise SourceError(
                "There is only one subject in the picture, so there is nothing to split. What else is in it is far "
                "smaller, and was taken for dirt: draw that larger if it is wanted. Else press Generate."
            )
        raise SourceError("There is only one subject in the picture, so there is nothing to split. Press Generate.")
    _check_count(count)


def _check_count(count: int) -> None:
    if count > MOST_SUBJECTS:
        raise SourceError(
            f"The picture falls into {count} pieces, more than the {MOST_SUBJECTS} that one sheet may have. It is "
            "most likely noisy: clean its background, or split it into smaller sheets."
        )


def fingerprint(source: Source) -> str:
    """Tell a picture from another version of it, by samples all over it: quick enough for the main thread.

    Anything as large as the stroke of a brush changes it.
    """
    if isinstance(source, Excerpt | PictureFile):
        raise TypeError("neither an excerpt nor a file that nobody has read is a picture that was captured")
    values: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    if isinstance(source, TargaFile):
        values, shape = np.memmap(source.path, np.uint8, "r"), "file"
    elif isinstance(source, ExrFile):
        values, shape = _lines(source), f"{source.layer} {source.is_opaque} {source.view.mark}"
    elif isinstance(source, Frame):
        values, shape = source.values.reshape(-1), str(source.values.shape)
    else:
        values, shape = source.values, _shape(source)
    step = values.size // _SAMPLES | 1  # odd: so all channels have their turn
    return f"{shape} {values.size} {zlib.crc32(np.ascontiguousarray(values[::step]).data):08x}"


def _lines(source: ExrFile) -> npt.NDArray[np.float32]:
    """Give lines all over a file; not its header, which tells the time."""
    found = exr.lines(source.path)
    return np.stack([found.rows(slice(y, y + 1)) for y in range(0, found.height, found.height // _LINES + 1)]).ravel()


def _shape(source: Pixels) -> str:
    mark = source.view.mark if source.view is not None else ""
    return f"{source.width} {source.height} {source.channels} {source.is_linear} {source.is_premultiplied} {mark}"
