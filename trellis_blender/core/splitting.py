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

from . import backdrop, background, exr, pixels, prepared, sheet, subject, surround
from .errors import SourceError
from .image import Excerpt, ExrFile, Frame, Pixels, Rgba, Source, TargaFile
from .preflight import Code, Verdict
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
        return replace(self, sheet=sheet.merge(self.sheet, indexes))


def split(source: Source, preparation: Preparation, name: str) -> Split:
    """Split a picture; ``name`` is what its subjects are called, with their numbers. Slow, for a worker.

    Raises :class:`SourceError` when it is no sheet: unreadable, one subject, none, far too many, or a photo.
    """
    rgba = pixels.read(source)
    around = surround.find(rgba, preparation.tolerance)
    rgba = around.within if around is not None and around.is_even else rgba
    is_cut = not subject.has_mask(rgba)
    if is_cut:
        behind = backdrop.backdrop(rgba, preparation.tolerance)
        if not behind.is_even:
            raise SourceError(
                "The picture has no transparency and its background is not of one colour, so its subjects cannot be "
                "told apart. Use a picture with a transparent or an even background."
            )
        rgba = background.cut(rgba, preparation.tolerance, holes=preparation.holes, behind=behind)
    land = sheet.survey(rgba)
    found = sheet.split(rgba, name, land)
    _check(len(found.subjects))
    return Split(rgba, found, land, preparation if is_cut else None)


def judge(split: Split, one: Subject, preparation: Preparation) -> tuple[Verdict, ...]:
    """Judge a subject as the picture that is sent of it. Slow, for a worker.

    Not that it is of several pieces: the artist has seen them in the list.
    """
    alone = sheet.cut(split.rgba, one, split.land)
    return tuple(verdict for verdict in prepared.judge(alone, preparation) if verdict.code is not Code.SEVERAL)


def _check(count: int) -> None:
    if not count:
        raise SourceError("The picture has nothing opaque in it, so there is no subject. Check its alpha channel.")
    if count == 1:
        raise SourceError("There is only one subject in the picture, so there is nothing to split. Press Generate.")
    if count > MOST_SUBJECTS:
        raise SourceError(
            f"The picture falls into {count} pieces, more than the {MOST_SUBJECTS} that one sheet may have. It is "
            "most likely noisy: clean its background, or split it into smaller sheets."
        )


def fingerprint(source: Source) -> str:
    """Tell a picture from another version of it, by samples all over it: quick enough for the main thread.

    Anything as large as the stroke of a brush changes it.
    """
    if isinstance(source, Excerpt):
        raise TypeError("an excerpt is no picture that was captured")
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
