# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a picture, said before it costs anything: a sentence and a fix each. Imports no bpy.

A refusal is what the server would fail on after billing it [model]; a warning is a likely bad object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from . import certainty, contrast, cropped, gaps, remnant, shadow, sheet, trial
from .backdrop import Backdrop, backdrop
from .background import cut
from .components import SPECK_SHARE, Box, Mask, label
from .image import Rgba
from .preparation import Background, Preparation
from .subject import box_of, has_mask, mask_of, slimness
from .trial import Outcome
from .verdicts import Code, Remedy, Severity, Verdict, refusal, worst_first

__all__ = ["Code", "Remedy", "Severity", "Verdict", "inspect", "refusal", "way_out", "worst_first"]

SMALL_PIXELS: Final = 256
LONG_ASPECT: Final = 8.0
"""Length to width: of a thinner subject the model's grid holds a few cells across."""
PANORAMA_ASPECT: Final = 4.0
"""As above, of an opaque picture: its frame is far from any subject's shape."""
SOFT_SHARE: Final = 0.5
SOLID_SHARE: Final = 0.1
"""Share of what is seen that has to be opaque for the rest to be a shadow or a glow."""
FAINT_ALPHA: Final = 102
"""Median alpha, 0–255, up to which what is soft is a shadow or a glow, and no part of the subject."""
STRAY_PIXELS: Final = 9
"""So many opaque ones that are connected may be a subject, however large the glow around it is."""
VISIBLE_ABOVE: Final = 12
"""Alpha, 0–255, above which something is seen."""
DARK: Final = 24
"""Brightest channel, 0–255, of all but a quarter of a subject that drowns in the black it is put on."""


SHADOW: Final = Verdict(
    Code.SHADOW, Severity.WARNING, "A soft shadow stays with the subject, and becomes a part of the object.",
    "Keep the background and let the server guess: it mostly leaves shadows out. Or raise the tolerance.", Remedy.KEEP,
)  # fmt: skip
HOLLOW: Final = Verdict(
    Code.HOLLOW, Severity.WARNING, "The outline is open, so the cut took what is inside it and left the lines.",
    "Close the outline in the picture, or keep the background and let the server guess.", Remedy.KEEP,
)  # fmt: skip
TAKEN: Final = Verdict(
    Code.UNCLEAR_OUTLINE, Severity.WARNING,
    "The cut takes most of the subject away, as that has almost the colour of its background.",
    "Lower the tolerance and look at the preview, or keep the background and let the server guess.", Remedy.KEEP,
)  # fmt: skip
HOLLOW_OF_SHEET: Final = replace(HOLLOW, fix="Close the outline in the picture and split that again.", remedy=None)
CLOSED: Final = Verdict(
    Code.CLOSED, Severity.INFO, "A gap in the outline is taken for closed, so what is inside stays.",
    "If the inside is background, turn on Cut Holes.",
)  # fmt: skip
SHADOW_OF_SHEET: Final = replace(SHADOW, fix="Raise the tolerance and split the picture again.", remedy=None)


def inspect(rgba: Rgba, preparation: Preparation, *, ready: Rgba | None = None) -> tuple[Verdict, ...]:
    """Judge a picture as it will be prepared, the worst first; ``ready`` saves cutting its background again."""
    if has_mask(rgba):
        found = list(_of_masked(rgba))
    else:
        behind = backdrop(rgba, preparation.tolerance)
        found = list(_of_opaque(rgba, behind, preparation, ready))
    return worst_first(found)


def _of_masked(rgba: Rgba) -> Iterator[Verdict]:
    """Judge a picture with transparency, whose subject is known."""
    mask = mask_of(rgba)
    box = box_of(mask)
    if box is None or _are_strays(rgba[..., 3], mask):
        yield _nothing(bool((rgba[..., 3] > VISIBLE_ABOVE).any()))
        return
    yield from _of_subject(rgba, mask, box)
    if _is_mostly_soft(rgba[..., 3], mask):
        yield Verdict(
            Code.MOSTLY_SOFT, Severity.WARNING, "Most of the subject is half transparent, and is likely to be lost.",
            "Make its alpha solid.",
        )  # fmt: skip
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    brightest = rgba[rows, columns, :3].max(axis=2)[mask[rows, columns]]
    if np.percentile(brightest, 75) < DARK:
        yield Verdict(
            Code.LOW_CONTRAST, Severity.WARNING,
            "The subject is almost black, and the server puts it on black.", "Light it more brightly.",
        )  # fmt: skip


def _of_opaque(rgba: Rgba, behind: Backdrop, preparation: Preparation, ready: Rgba | None) -> Iterator[Verdict]:
    """Judge a picture without transparency, whose subject is cut here or guessed by the server."""
    if preparation.background is Background.CUT:
        ready = cut(rgba, preparation.tolerance, holes=preparation.holes, behind=behind) if ready is None else ready
        mask = mask_of(ready)
        box = box_of(mask)
        if box is None:
            yield Verdict(
                Code.ALL_BACKGROUND, Severity.REFUSAL, "Everything in the picture has the colour of its background.",
                "Lower the tolerance, or keep the background.", Remedy.KEEP,
            )  # fmt: skip
            return
        if not behind.is_even or remnant.is_left(rgba, mask, behind, preparation.tolerance):
            yield Verdict(
                Code.UNEVEN_BACKGROUND, Severity.WARNING, "The background is not of one colour, so some of it is left.",
                "Raise the tolerance, or keep the background and let the server guess.", Remedy.KEEP,
            )  # fmt: skip
            yield from _of_doubtful(rgba, mask, behind, preparation)
        elif remnant.is_unclear(rgba, mask, behind, preparation.tolerance):
            yield TAKEN if remnant.is_taken(rgba, mask, behind) else Verdict(
                Code.UNCLEAR_OUTLINE, Severity.WARNING,
                "The subject and its background pass into each other, so the cut may have left or taken too much.",
                "Change the tolerance and look at the preview, or keep the background and let the server guess.",
                Remedy.KEEP,
            )  # fmt: skip
            yield from _of_doubtful(rgba, mask, behind, preparation)
        elif not preparation.holes and gaps.is_hollow(ready[..., 3]):
            yield HOLLOW
            yield from _of_edges(mask, box)
            yield from _of_length(box, 1)
        else:
            if shadow.is_left(rgba, mask, behind, preparation.tolerance):
                yield SHADOW
            yield from _of_subject(ready, mask, box)
            if remnant.is_of_margin(mask):
                yield Verdict(
                    Code.MARGIN, Severity.INFO, "Only an even margin around the picture is cut away.",
                    "Keep the background if this is a card or a print, and the margin belongs to it.", Remedy.KEEP,
                )  # fmt: skip
    else:
        yield from _of_photo(rgba, behind, preparation)
    yield from _of_contrast(rgba, behind)


def _nothing(is_soft: bool) -> Verdict:
    if is_soft:
        return Verdict(
            Code.ONLY_SOFT, Severity.REFUSAL,
            "The picture has nothing opaque in it: all that is seen is half transparent.",
            "Make its alpha solid; if it is a capture of a view, turn off X-Ray there.",
        )  # fmt: skip
    return Verdict(
        Code.NOTHING_OPAQUE, Severity.REFUSAL,
        "The picture has nothing opaque in it, so there is no subject.", "Check its alpha channel.",
    )  # fmt: skip


def _are_strays(alpha: npt.NDArray[np.uint8], mask: Mask) -> bool:
    """Tell stray opaque pixels from a subject: the server crops to them, and loses the soft one that is meant."""
    solid = np.count_nonzero(mask)
    soft = (alpha > VISIBLE_ABOVE) & ~mask
    if solid > SPECK_SHARE * np.count_nonzero(soft):
        return False
    return float(np.median(alpha[soft])) > FAINT_ALPHA or label(mask)[1][0].area < STRAY_PIXELS


def _is_mostly_soft(alpha: npt.NDArray[np.uint8], mask: Mask) -> bool:
    """Tell a subject that is half transparent from a solid one with a soft shadow or glow."""
    soft = alpha[(alpha > VISIBLE_ABOVE) & ~mask]
    solid = np.count_nonzero(mask)
    visible = soft.size + solid
    if soft.size <= SOFT_SHARE * visible:
        return False
    is_shadow = solid >= SOLID_SHARE * visible and float(np.median(soft)) <= FAINT_ALPHA
    return not is_shadow


def _of_subject(rgba: Rgba, mask: Mask, box: Box, step: int = 1) -> Iterator[Verdict]:
    """Judge where the subject is and how large; ``step`` is how many pixels of the source each of these stands for."""
    yield from _of_edges(mask, box)
    yield from _of_length(box, step)
    count = len(sheet.split(rgba).subjects)  # as Split Sheet finds them
    if count > 1:
        yield Verdict(
            Code.SEVERAL, Severity.WARNING,
            f"There are {count} separate subjects in the picture, and they become one object.",
            "Split it into one picture for each.", Remedy.SPLIT,
        )  # fmt: skip
    if max(box.long_side / min(box.width, box.height), slimness(mask, box)) > LONG_ASPECT:
        yield Verdict(
            Code.ASPECT, Severity.WARNING, "The subject is very long and thin, so little of its detail is kept.",
            "Show it from where it looks shorter, or make it in parts.",
        )  # fmt: skip


def _of_edges(mask: Mask, box: Box) -> Iterator[Verdict]:
    sides = cropped.edges(mask, box)
    if sides:
        where = f"{', '.join(sides[:-1])} and {sides[-1]}" if len(sides) > 1 else sides[0]
        edges = "edges" if len(sides) > 1 else "edge"
        yield Verdict(
            Code.CUT_OFF, Severity.WARNING, f"The subject is cut off at the {where} {edges} of the picture.",
            "Frame it with some room around, unless nothing of it is missing.",
        )  # fmt: skip


def _of_length(box: Box, step: int) -> Iterator[Verdict]:
    if box.long_side * step < SMALL_PIXELS:
        yield _small(f"The subject is only {box.long_side * step} pixels long.")


def way_out(outcome: Outcome) -> tuple[str, Remedy | None]:
    """Give what to do about a background that would be taken for the subject, or guessed at, and the click for it."""
    match outcome:
        case Outcome.CLEAN:
            return "Cut the background: it is even.", Remedy.CUT
        case Outcome.MARGIN:
            told = "Cut the background: it is even. Keep it if this is a card or a print: only its margin would go."
        case Outcome.DOUBTFUL:
            told = "Cut the background and look at the preview: some of it may stay, or some of the subject go with it."
        case Outcome.SHADOW:
            told = "Cut the background and look at the preview: a soft shadow is likely to stay with the subject."
        case Outcome.HOLLOW:
            told = "Do not cut the background: the outline is open, and what is inside would go with it."
            return f"{told} A picture with a transparent background is exact.", None
        case Outcome.NONE:
            return "A picture with a transparent background is exact.", None
    return told, Remedy.CUT


def _of_photo(rgba: Rgba, behind: Backdrop, preparation: Preparation) -> Iterator[Verdict]:
    """Judge a picture that is sent as it is."""
    height, width = rgba.shape[:2]
    tried = trial.attempt(rgba, behind, preparation)
    yield Verdict(
        Code.OPAQUE_PHOTO, Severity.WARNING,
        "The picture has no transparency, so the server guesses what its subject is.",
        *way_out(tried.outcome if tried is not None else Outcome.NONE),
    )  # fmt: skip
    if tried is None:
        yield from _of_frame(width, height)
    elif tried.outcome is Outcome.DOUBTFUL:
        fewer = rgba[:: tried.step, :: tried.step]
        yield from _of_doubtful(fewer, tried.mask, behind, preparation, tried.step)
    elif tried.outcome is Outcome.HOLLOW:
        yield from _of_edges(tried.mask, tried.box)
        yield from _of_length(tried.box, tried.step)
    else:
        yield from _of_subject(tried.rgba, tried.mask, tried.box, tried.step)


def _of_frame(width: int, height: int) -> Iterator[Verdict]:
    """Judge the frame of a picture of whose subject nothing is known."""
    if max(height, width) < SMALL_PIXELS:
        yield _small(f"The picture is only {width} × {height} pixels.")
    if max(height, width) > PANORAMA_ASPECT * min(height, width):
        yield Verdict(
            Code.ASPECT, Severity.WARNING, "The picture is very long and narrow.", "Crop it to the subject.",
        )  # fmt: skip


def _of_doubtful(
    rgba: Rgba, mask: Mask, behind: Backdrop, preparation: Preparation, step: int = 1
) -> Iterator[Verdict]:
    """Judge a picture whose cut is in doubt, as far as its subject is known all the same."""
    known = certainty.known(rgba, mask, behind, preparation.tolerance)
    if known is None:
        yield from _of_frame(rgba.shape[1] * step, rgba.shape[0] * step)
        return
    yield from _of_edges(known.core, known.box)
    yield from _of_length(known.widest, step)


def _of_contrast(rgba: Rgba, behind: Backdrop) -> Iterator[Verdict]:
    """Judge whether anything stands out from an even background."""
    if behind.is_even and contrast.is_low(rgba, behind):
        yield Verdict(
            Code.LOW_CONTRAST, Severity.WARNING, "The subject hardly stands out from its background.",
            "Use another background, or a transparent one.",
        )  # fmt: skip


def _small(sentence: str) -> Verdict:
    return Verdict(
        Code.SMALL, Severity.WARNING, sentence, f"Use a larger picture: {SMALL_PIXELS} pixels are the least, 1024 best."
    )
