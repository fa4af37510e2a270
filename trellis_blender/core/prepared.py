# SPDX-License-Identifier: GPL-3.0-or-later
"""A source -> the picture that is sent, and what to say about it. Slow, so for a worker; imports no bpy.

The server shrinks to 1024 pixels *before* it crops to the subject [model]. So the subject is cropped
here, and only what is then still larger is shrunk, by a filter that is at least as good. A larger
picture would gain nothing there, not even an opaque one: it would be shrunk all the same.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Final

from . import background, pixels, png, preflight, resampling, shrinkage, specks, strokes, subject, surround
from .components import Box
from .errors import SourceError
from .image import Excerpt, Picture, Rgba, Source
from .preflight import Verdict
from .preparation import USUAL, Background, Preparation
from .surround import Surround

THUMBNAIL_PIXELS: Final = 256


@dataclass(frozen=True, eq=False)
class Prepared:
    """What came of a source: the pixels and the picture, unless a verdict refuses it."""

    verdicts: tuple[Verdict, ...]
    rgba: Rgba
    picture: Picture | None

    def thumbnail(self) -> Rgba:
        """Give a small one of what is sent."""
        return resampling.shrink(self.rgba, THUMBNAIL_PIXELS)


def prepare(source: Source, preparation: Preparation = USUAL) -> Picture:
    """Give the picture that is sent. Raises :class:`SourceError` when it must not be."""
    prepared = develop(source, preparation)
    if prepared.picture is None:
        raise SourceError(str(preflight.refusal(prepared.verdicts)))
    return prepared.picture


def develop(source: Source, preparation: Preparation = USUAL) -> Prepared:
    """Judge a source and make it ready. Raises :class:`SourceError` when it cannot be read."""
    began = time.perf_counter()
    rgba = pixels.read(source)
    height, width = rgba.shape[:2]
    around = None if isinstance(source, Excerpt) else surround.find(rgba, preparation.tolerance)
    verdicts, ready, box = _ready(rgba, preparation, around)
    if preflight.refusal(verdicts) is not None:
        return Prepared(verdicts, ready, None)
    picture = _encoded(ready)
    seconds = time.perf_counter() - began
    made = replace(picture, source_width=width, source_height=height, subject=box, seconds=seconds)
    return Prepared(verdicts, ready, made)


def judge(rgba: Rgba, preparation: Preparation = USUAL) -> tuple[Verdict, ...]:
    """Judge a subject that was told from others as :func:`develop` does, and do not encode it.

    Nothing is around it that is not its own: a card on a sheet of cards keeps its face.
    """
    return _ready(rgba, preparation, None)[0]


def _ready(
    rgba: Rgba, preparation: Preparation, around: Surround | None
) -> tuple[tuple[Verdict, ...], Rgba, Box | None]:
    """Give what is to be said of a picture, its pixels as they are sent, and its subject's box in its own."""
    is_cut = preparation.background is Background.CUT
    seen = around.within if around is not None and around.is_even else rgba
    is_photo = not subject.has_mask(seen if is_cut else rgba)
    cut, is_closed = None, False
    if is_photo and is_cut:
        cut, is_closed = background.cut_and_tell(seen, preparation.tolerance, holes=preparation.holes)
    masked, dirt = (rgba, 0) if is_photo and cut is None else specks.without(rgba if cut is None else cut)
    verdicts = preflight.inspect(seen if is_photo else masked, preparation, ready=None if cut is None else masked)
    verdicts = surround.judged(verdicts, around, preparation)
    if cut is not None and around is not None and around.is_even:
        masked = around.placed(masked)
    if is_closed:
        verdicts = (*verdicts, preflight.CLOSED)
    if dirt:
        verdicts = (*verdicts, specks.verdict(dirt))
    ready, box, scale = _composed(masked, preparation)
    if box is not None:
        corner = subject.corner_of(box, preparation.margin) if preparation.crop else (0, 0)
        verdicts = shrinkage.judged(verdicts, masked, ready, scale, corner)
    return verdicts, ready, box


def _composed(rgba: Rgba, preparation: Preparation) -> tuple[Rgba, Box | None, float]:
    """Crop what has a mask to its subject, shrink, and leave out what is not seen.

    Give the subject's box too, and how large the subject is afterwards, times as it was.
    """
    if not subject.has_mask(rgba):
        shrunk = resampling.shrink(rgba)
        if shrunk[..., 3].min() < 255:  # stray alpha would pass for a mask at the server
            shrunk = shrunk.copy()
            shrunk[..., 3] = 255
        return shrunk, None, shrunk.shape[1] / rgba.shape[1]
    box = subject.box_of(subject.mask_of(rgba))
    if box is not None and preparation.crop:
        cut = subject.square(rgba, box, preparation.margin)
        return subject.without_hidden(cut), box, cut.shape[0] / subject.side_of(box, preparation.margin)
    shrunk = strokes.shrink(rgba)
    return subject.without_hidden(shrunk), box, max(shrunk.shape[:2]) / max(rgba.shape[:2])


def _encoded(rgba: Rgba) -> Picture:
    content = png.encode(rgba)
    height, width = rgba.shape[:2]
    return Picture(content, "image/png", width, height, hashlib.sha256(content).hexdigest())
