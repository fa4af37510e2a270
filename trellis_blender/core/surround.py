# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies around a picture and is no part of it: a thin line, or a little that is transparent. Imports no bpy.

A scan, a card and a window's screenshot have such. A cut that begins at the frame would take the line for the
background, and transparent corners, a margin or specks for a mask; it is to begin within.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from . import remnant, slab, trial
from .backdrop import Backdrop, backdrop, difference
from .components import Box
from .image import OPAQUE_ABOVE, Rgba
from .preflight import HOLLOW, Code, Remedy, Severity, Verdict, way_out, worst_first
from .preparation import USUAL, Background, Preparation
from .slab import CORNER_SHARE, MIXED_PIXELS, Slab
from .subject import box_of
from .trial import Outcome

LINE_SHARE: Final = 0.01
_LINE_PIXELS: Final = 3
"""So wide a line may be: a share of the picture's long side, and some pixels; what is wider is a frame to be kept."""
_PAPER: Final = 240
"""What is as light as this is a line up to those pixels only: wider, it is the paper that a card lies on."""
_RIM_SHARE: Final = 0.03
"""So far from the frame a line may lie, with the same background on both sides of it."""
_STRAIGHT_SHARE: Final = 0.97
"""Share of a side that is of the line's colour."""
_WITHIN_SHARE: Final = 0.0005
"""Share of the picture that stands out from its background, or the picture itself is the subject."""
_FAINTEST_STEP: Final = 7.0
"""Step of colour, 0–255, from a line to what is beside it."""
_SAMPLES: Final = 1024
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Surround:
    """``within``: the picture as opaque as if it went on to its frame; ``is_even``: whether it can be cut there.

    Where all that is opaque is a rectangle, that is ``of``, and ``within`` is the rectangle alone.
    """

    within: Rgba
    has_line: bool
    is_even: bool
    outcome: Outcome = Outcome.CLEAN
    of: Slab | None = None

    def with_holes(self, cut: Rgba) -> Rgba:
        """Give what was cut of ``within`` with what was transparent in it on purpose."""
        return cut if self.of is None else self.of.with_holes(cut)

    def placed(self, cut: Rgba) -> Rgba:
        """Give what was cut of ``within`` as large as the picture it is of."""
        return cut if self.of is None else self.of.placed(cut)


def find(rgba: Rgba, tolerance: float) -> Surround | None:
    """Look for what is around a picture; nothing is around most."""
    found = _opaque(rgba)
    if found is None:
        return _of_slab(rgba, tolerance)
    outer, corner = found
    line = _line_of(rgba, outer, corner, tolerance)
    if line is None and not corner:
        return None
    inner = outer if line is None else line
    within = _painted(rgba, inner, corner and corner - (inner.left - outer.left))
    behind = backdrop(within, tolerance)
    is_even = behind.is_even and _has_subject(within, behind, tolerance)
    return Surround(within, line is not None, is_even) if is_even or line is None else None


def _of_slab(rgba: Rgba, tolerance: float) -> Surround | None:
    """Look for a background within a rectangle that is all that is opaque.

    What has none may be a subject: a book, a door, a box. So may what would lose nothing but an even margin: a card.
    """
    found = slab.find(rgba)
    if found is None or not found.fills:
        return None
    outer = Box(0, 0, found.box.width, found.box.height)
    line = _line_of(found.rgba, outer, found.corner, tolerance)
    inner = outer if line is None else line
    within = _painted(found.rgba, inner, found.corner and found.corner - inner.left)
    behind = backdrop(within, tolerance)
    if behind.is_even and _has_subject(within, behind, tolerance):
        tried = trial.attempt(within, behind, replace(USUAL, tolerance=tolerance))
        if tried is not None and not remnant.is_of_margin(tried.mask):
            return Surround(within, line is not None, True, tried.outcome, found)
    return Surround(within, False, False, Outcome.NONE, found) if found.spans else None


def judged(verdicts: Iterable[Verdict], around: Surround | None, preparation: Preparation) -> tuple[Verdict, ...]:
    """Give what there is to say of a picture, with what is to be said of what is around it."""
    if around is None:
        return tuple(verdicts)
    if preparation.background is Background.CUT and around.is_even:
        others = [verdict for verdict in verdicts if verdict.code is not Code.MARGIN]
        if around.of is not None:
            others = [_unguessed(verdict) for verdict in others]
        return worst_first((*others, _cut(around)))
    if around.of is not None and around.is_even:
        others = [verdict for verdict in verdicts if verdict.code not in (Code.CUT_OFF, Code.LOW_CONTRAST)]
        return worst_first((_kept(around), *others))
    if around.has_line:
        return tuple(_beforehand(verdict) for verdict in verdicts)
    return worst_first(_kept(around) if verdict.code is Code.CUT_OFF else verdict for verdict in verdicts)


def _unguessed(verdict: Verdict) -> Verdict:
    """Say of a doubtful cut what else can be done: what is kept has a mask, so that the server guesses nothing."""
    if verdict.remedy is not Remedy.KEEP:
        return verdict
    if verdict.code is HOLLOW.code:
        return replace(verdict, fix="Close the outline in the picture.", remedy=None)
    told = "Change the tolerance and look at the preview; kept, the background becomes a part of the object."
    return replace(verdict, fix=told, remedy=None)


def _beforehand(verdict: Verdict) -> Verdict:
    """Say of what a click would do that the line goes with it."""
    if verdict.remedy is Remedy.SPLIT:
        return replace(verdict, fix="Split it into one picture for each, without the line around it.")
    is_doubted = verdict.fix in {way_out(outcome)[0] for outcome in (Outcome.DOUBTFUL, Outcome.SHADOW)}
    if verdict.remedy is Remedy.CUT and not is_doubted:
        told = "Cut the background: it is even. Keep it if the line around the picture belongs to the subject."
        return replace(verdict, fix=told)
    return verdict


def when_split(around: Surround) -> Verdict:
    """Give what is to be said of a picture whose subjects were told apart as if nothing were around it."""
    if around.of is not None:
        return Verdict(
            Code.SURROUND, Severity.INFO,
            "The picture is transparent in places, but not around its subjects, so its background was cut.",
            "If all of the picture is one subject, press Generate.",
        )  # fmt: skip
    if around.has_line:
        return Verdict(
            Code.SURROUND, Severity.INFO, "The line around the picture was cut away with its background.",
            "If it belongs to a subject, make the background transparent yourself, and split that.",
        )  # fmt: skip
    return Verdict(
        Code.SURROUND, Severity.INFO,
        "Only the corners of the picture are transparent, so its background was cut as if they were not.",
        "If all of the picture is one subject, press Generate.",
    )  # fmt: skip


def _cut(around: Surround) -> Verdict:
    if around.of is not None:
        return Verdict(
            Code.SURROUND, Severity.INFO,
            "The picture is transparent in places, but not around its subject, so its background is cut.",
            "Keep the background if all of it is the subject.", Remedy.KEEP,
        )  # fmt: skip
    if around.has_line:
        return Verdict(
            Code.SURROUND, Severity.INFO, "The line around the picture is cut away with its background.",
            "Keep the background if the line belongs to the subject.", Remedy.KEEP,
        )  # fmt: skip
    return Verdict(
        Code.SURROUND, Severity.INFO,
        "Only the corners of the picture are transparent, so its background is cut as if they were not.",
        "Keep the background if all of it is the subject.", Remedy.KEEP,
    )  # fmt: skip


def _kept(around: Surround) -> Verdict:
    if around.of is not None and around.is_even:
        told, remedy = way_out(around.outcome)
        if around.outcome is Outcome.CLEAN:
            told = "Cut the background: it is even. Keep it if all of the picture is the subject."
        return Verdict(
            Code.SURROUND, Severity.WARNING,
            "The picture is transparent in places, but its background is not, so all of it is taken for the subject.",
            told, remedy,
        )  # fmt: skip
    told = "Only the corners of the picture are transparent, so all the rest is taken for the subject."
    if around.of is not None:
        told = "All that is opaque in the picture is one rectangle, so all of it is taken for the subject."
    outcome = Outcome.CLEAN if around.is_even else Outcome.NONE
    return Verdict(Code.SURROUND, Severity.WARNING, told, *way_out(outcome))


def _opaque(rgba: Rgba) -> tuple[Box, int] | None:
    """Give the box of what is opaque, and the side of its transparent corners; None when that is a subject's shape."""
    height, width = rgba.shape[:2]
    clear = rgba[..., 3] <= OPAQUE_ABOVE
    if not clear.any():
        return Box(0, 0, width, height), 0
    box = box_of(~clear)
    if box != Box(0, 0, width, height):
        return None
    if np.count_nonzero(clear) > 4 * CORNER_SHARE**2 * clear.size:
        return None
    rows, columns = np.nonzero(clear)
    down, across = np.minimum(rows, height - 1 - rows), np.minimum(columns, width - 1 - columns)
    deepest = int(max(down.max(initial=-1), across.max(initial=-1)))
    if not 0 < deepest <= CORNER_SHARE * min(height, width):
        return None
    return box, deepest + 1 + MIXED_PIXELS


def _line_of(rgba: Rgba, outer: Box, corner: int, tolerance: float) -> Box | None:
    """Give the box within a line around what is opaque, however faint it is."""
    line = _line(rgba, outer, corner, 255 * tolerance, 255 * tolerance)
    if line is None and 255 * tolerance > _FAINTEST_STEP:
        line = _line(rgba, outer, corner, 255 * tolerance, _FAINTEST_STEP)
    return line


def _line(rgba: Rgba, outer: Box, corner: int, reached: float, step: float) -> Box | None:
    """Give the box within a line along all four sides of what is opaque, if there is one that is so far off."""
    widest = round(LINE_SHARE * outer.long_side) + _LINE_PIXELS
    depth = round(_RIM_SHARE * outer.long_side) + widest + 2 * MIXED_PIXELS
    ends = max(depth, corner)
    if min(outer.width, outer.height) < 4 * ends:
        return None
    insets, colours = [], []
    for band in _bands(rgba[outer.top : outer.bottom, outer.left : outer.right, :3], depth, ends):
        found = _inset(band, widest, reached, step)
        if found is None:
            return None
        insets.append(found[0])
        colours.append(found[1])
    if np.ptp(np.stack(colours), axis=0).max() > reached:
        return None
    top, bottom, left, right = insets
    return Box(outer.left + left, outer.top + top, outer.right - right, outer.bottom - bottom)


def _bands(rgb: Rgba, depth: int, ends: int) -> Iterator[_Floats]:
    """Give the strips along top, bottom, left and right, from outside inwards, without the corners."""
    for turned in (rgb, rgb[::-1], rgb.swapaxes(0, 1), rgb.swapaxes(0, 1)[::-1]):
        step = -(-turned.shape[1] // _SAMPLES)
        yield turned[:depth, ends:-ends:step].astype(np.float32)


def _inset(band: _Floats, widest: int, reached: float, step: float) -> tuple[int, _Floats] | None:
    """Give where a line at this side ends, and its colour."""
    middle = np.median(band, axis=1)
    is_even = (np.abs(band - middle[:, None]).max(axis=2) <= reached).mean(axis=1) >= _STRAIGHT_SHARE

    def run(start: int) -> int:
        """Give how many rows from here on are of one colour."""
        is_same = is_even[start:] & (np.abs(middle[start:] - middle[start]).max(axis=1) <= step)
        return int(is_same.argmin()) if not is_same.all() else len(is_same)

    def is_other(row: int, than: int) -> bool:
        return bool(np.abs(middle[row] - middle[than]).max() > step)

    first = run(0)
    if not first:
        return None
    for start in range(first, min(first + MIXED_PIXELS, len(band) - widest - MIXED_PIXELS) + 1):
        width = run(start)
        inside = start + width + MIXED_PIXELS
        if not 0 < width <= widest or inside >= len(band):
            continue
        if is_other(start, first - 1) and is_other(inside, start + width - 1) and not is_other(inside, 0):
            return inside, middle[start]
    most = _LINE_PIXELS if middle[0].min() >= _PAPER else widest
    inside = first + MIXED_PIXELS
    return (inside, middle[0]) if first <= most and is_other(inside, first - 1) else None


def _painted(rgba: Rgba, inner: Box, corner: int) -> Rgba:
    """Give the picture with what is within this box going on to the frame, and over its corners, all opaque."""
    height, width = rgba.shape[:2]
    within = rgba[inner.top : inner.bottom, inner.left : inner.right].copy()
    if corner > 0:
        for rows in (np.s_[:corner], np.s_[-corner:]):
            within[rows, :corner] = within[rows, corner : corner + 1]
            within[rows, -corner:] = within[rows, -corner - 1 : -corner]
    within[..., 3] = 255
    around = ((inner.top, height - inner.bottom), (inner.left, width - inner.right), (0, 0))
    return np.pad(within, around, mode="edge")


def _has_subject(within: Rgba, behind: Backdrop, tolerance: float) -> bool:
    """Whether there is something before the background."""
    step = -(-max(within.shape[:2]) // _SAMPLES)
    apart = difference(within[::step, ::step], behind)
    return bool((apart > 2 * 255 * tolerance).mean() > _WITHIN_SHARE)
