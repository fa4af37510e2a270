# SPDX-License-Identifier: GPL-3.0-or-later
"""A doubtful cut does not silence what is known all the same: that the subject is small, or cut off at the edge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.core.pictures import Rgba
from trellis_blender.core.preflight import Code, Verdict, inspect
from trellis_blender.core.preparation import USUAL, Background, Preparation

CUT = Preparation(background=Background.CUT)
SIDE = 900
WALL = 205.0
RED = (190.0, 40.0, 30.0)
Y, X = np.indices((SIDE, SIDE)) + 0.5
Floats = npt.NDArray[np.float64]


def disc(x: float, y: float, radius: float, soft: float = 1.0) -> Floats:
    """The share of every pixel that a disc covers; ``soft`` is how many pixels wide its outline is."""
    return np.asarray(np.clip((radius - np.hypot(X - x, Y - y)) / soft + 0.5, 0, 1))


def spots(depth: float = 40.0) -> Floats:
    """A wall with spots that a cut hardly leaves."""
    places = ((150, 150), (450, 140), (760, 150), (150, 740), (460, 760), (750, 750))
    return np.asarray(WALL - depth * sum(disc(x, y, 40) for x, y in places))


def blurred(x: float, y: float) -> Floats:
    """A wall with something beside that fades into it, and nothing tells whose it is."""
    return np.asarray(WALL - 45 * np.clip(1.6 - np.hypot((X - x) / 200, (Y - y) / 120), 0, 1))


def picture(wall: Floats, share: Floats) -> Rgba:
    share = share[..., None]
    image = share * np.array(RED) + (1 - share) * wall[..., None]
    return np.concatenate([image + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).astype(np.uint8)


def said(rgba: Rgba, preparation: Preparation) -> dict[Code, Verdict]:
    return {verdict.code: verdict for verdict in inspect(rgba, preparation)}


DOUBTFUL = {"uneven": (spots(), Code.UNEVEN_BACKGROUND), "unclear": (blurred(450, 560), Code.UNCLEAR_OUTLINE)}


@pytest.mark.parametrize("wall", DOUBTFUL)
def test_a_small_subject_is_said(wall: str) -> None:
    """150 pixels long, and nobody said more than that its background is uneven."""
    behind, code = DOUBTFUL[wall]
    rgba = picture(behind, disc(450, 450, 75))
    for preparation, first in ((CUT, code), (USUAL, Code.OPAQUE_PHOTO)):
        found = said(rgba, preparation)
        assert first in found
        if wall == "uneven":
            assert "150 pixels" in found[Code.SMALL].sentence
        else:  # what fades may be the subject's
            assert Code.SMALL not in found


@pytest.mark.parametrize("wall", DOUBTFUL)
@pytest.mark.parametrize(("x", "y", "edge"), [(800, 450, "right"), (450, 60, "top")])
def test_a_subject_at_the_edge_is_said(wall: str, x: float, y: float, edge: str) -> None:
    behind, code = DOUBTFUL[wall]
    rgba = picture(behind, np.maximum(disc(x, y, 190), disc(450, 450, 200)))
    for preparation, first in ((CUT, code), (USUAL, Code.OPAQUE_PHOTO)):
        found = said(rgba, preparation)
        assert first in found
        assert f"at the {edge} edge" in found[Code.CUT_OFF].sentence
        assert Code.SMALL not in found


@pytest.mark.parametrize("wall", DOUBTFUL)
def test_of_a_large_subject_in_the_middle_nothing_else_is_said(wall: str) -> None:
    behind, code = DOUBTFUL[wall]
    rgba = picture(behind, disc(450, 450, 200))
    assert list(said(rgba, CUT)) == [code]
    assert list(said(rgba, USUAL)) == [Code.OPAQUE_PHOTO]


def test_what_may_be_of_the_subject_makes_it_no_small_one() -> None:
    """A dark core of 150 pixels, and a body as long as 400 that hardly differs from the wall."""
    behind = WALL - 30 * disc(450, 450, 200)
    found = said(picture(behind, disc(450, 450, 75)), CUT)
    assert Code.SMALL not in found


def test_a_large_picture_is_judged_in_its_own_pixels() -> None:
    """The trial on a picture that is kept takes every third pixel only."""
    large = np.kron(picture(spots(), disc(450, 450, 75)), np.ones((3, 3, 1), np.uint8))
    assert Code.SMALL not in said(large, USUAL)
    small = np.kron(picture(spots(), disc(450, 450, 30)), np.ones((3, 3, 1), np.uint8))
    assert "180 pixels" in said(small, USUAL)[Code.SMALL].sentence


def test_of_a_background_without_a_colour_only_the_frame_is_known() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 180, 4), dtype=np.uint8)
    noise[..., 3] = 255
    found = said(noise, CUT)
    assert list(found) == [Code.UNEVEN_BACKGROUND, Code.SMALL]
    assert "180 × 200" in found[Code.SMALL].sentence
