# SPDX-License-Identifier: GPL-3.0-or-later
"""A forgotten pixel in a corner does not make the subject arrive smaller; what is larger than dirt is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.pictures import decoded, framed, on, reaches_the_model, sent, subject
from trellis_blender.core.components import Box
from trellis_blender.core.preflight import Code, Severity
from trellis_blender.core.preparation import Background, Preparation
from trellis_blender.core.prepared import develop
from trellis_blender.core.specks import without

SUBJECT = Box(1100, 500, 1300, 690)


def strewn(*dots: tuple[int, int], side: int = 1) -> np.ndarray:  # type: ignore[type-arg]
    """A subject in a Full HD frame, and squares of opaque pixels at these rows and columns."""
    rgba = subject(1920, 1080, SUBJECT)
    for row, column in dots:
        rgba[row : row + side, column : column + side] = 255
    return rgba


@pytest.mark.parametrize(("dots", "side"), [([(20, 20)], 1), ([(20, 20), (1060, 1900)], 1), ([(3, 1910)], 2),
                                             ([(20, 20)], 5), ([(20, 20), (1060, 1900)], 9)])  # fmt: skip
def test_a_stray_speck_costs_the_subject_nothing(dots: list[tuple[int, int]], side: int) -> None:
    clean, strayed = develop(framed(strewn())), develop(framed(strewn(*dots, side=side)))
    assert np.array_equal(clean.rgba, strayed.rgba)
    assert strayed.picture is not None
    assert np.array_equal(decoded(strayed.picture), clean.rgba)
    found, *specks = reversed(strayed.verdicts)
    assert (found.code, found.severity) == (Code.SPECKS, Severity.INFO)
    assert found.sentence.startswith("A stray speck" if len(dots) == 1 else f"{len(dots)} stray specks")
    assert [verdict.code for verdict in specks] == [Code.SMALL]


def test_a_frame_that_is_kept_is_sent_without_them_too() -> None:
    """The server crops to what is opaque whatever we do."""
    clean = subject(1000, 800, Box(500, 400, 700, 590))
    strayed = clean.copy()
    strayed[20, 20] = 255
    prepared = develop(framed(strayed), Preparation(crop=False))
    assert prepared.picture is not None
    assert (prepared.picture.width, prepared.picture.height) == (1000, 800)
    assert max(reaches_the_model(prepared.picture.content).shape[:2]) <= 200
    assert max(reaches_the_model(sent(strayed)).shape[:2]) > 640


def test_the_soft_rim_of_a_speck_goes_with_it() -> None:
    rgba = strewn((20, 20))
    rgba[19:22, 19:22, 3] = np.maximum(rgba[19:22, 19:22, 3], 120)
    cleaned, count = without(rgba)
    assert count == 1
    assert not cleaned[10:30, 10:30, 3].any()
    assert np.array_equal(cleaned[100:], rgba[100:])


def test_what_a_cut_leaves_is_left_out() -> None:
    rgba = on(strewn(), (240, 240, 240))
    rgba = rgba.copy()
    rgba[30:32, 40:42, :3] = 20
    prepared = develop(framed(rgba), Preparation(background=Background.CUT))
    assert [verdict.code for verdict in prepared.verdicts] == [Code.SMALL, Code.SPECKS]
    assert prepared.picture is not None
    assert max(prepared.rgba.shape) < 256


@pytest.mark.parametrize(
    "boxes",
    [
        [SUBJECT],
        [SUBJECT, Box(20, 20, 44, 44)],  # a button that flew off
        [SUBJECT, Box(1066, 600, 1071, 605)],  # a spark that belongs to it
        [SUBJECT, Box(1302, 600, 1303, 601)],  # beside it: nothing is gained
        [Box(10, 10, 12, 12), Box(900, 900, 902, 902)],  # nothing but dust
        [Box(1100, 500, 1300, 510), Box(1200, 680, 1202, 682), Box(1100, 690, 1300, 700)],  # between two parts
    ],
)
def test_what_is_no_dirt_stays(boxes: list[Box]) -> None:
    rgba = subject(1920, 1080, *boxes)
    cleaned, count = without(rgba)
    assert (cleaned is rgba, count) == (True, 0)


def test_nothing_opaque_has_no_specks() -> None:
    rgba = subject(64, 48)
    assert without(rgba) == (rgba, 0)
