# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad pictures are told from good ones before they cost anything; the samples are good ones."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.core.pictures import disc, on, subject
from tests.core.samples import SAMPLES
from trellis_blender.core import sheet
from trellis_blender.core.components import Box
from trellis_blender.core.preflight import Code, Remedy, Severity, inspect, refusal
from trellis_blender.core.preparation import Background, Preparation

USUAL = Preparation()
CUT = Preparation(background=Background.CUT)
GOOD = Box(60, 60, 440, 440)


def codes(rgba: np.ndarray, preparation: Preparation = USUAL) -> list[Code]:
    return [verdict.code for verdict in inspect(rgba, preparation)]


def test_a_good_picture_has_no_verdict() -> None:
    assert codes(subject(500, 500, GOOD)) == []
    assert codes(disc(600, 500, 0.4)) == []


@pytest.mark.parametrize(
    ("alpha", "code"), [(0, Code.NOTHING_OPAQUE), (204, Code.ONLY_SOFT), (60, Code.ONLY_SOFT), (205, None)]
)
def test_what_the_server_would_fail_on_is_refused(alpha: int, code: Code | None) -> None:
    verdicts = inspect(subject(500, 500, GOOD, alpha=alpha), USUAL)
    refused = refusal(verdicts)
    assert (refused.code if refused else None) is code


def test_half_transparent_subject() -> None:
    rgba = subject(500, 500, GOOD, alpha=150)
    rgba[80:360, 80:360, 3] = 255
    assert codes(rgba) == []
    rgba[80:360, 80:250, 3] = 150
    assert codes(rgba) == [Code.MOSTLY_SOFT]


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box(0, 60, 400, 440), "at the left edge"),
        (Box(60, 0, 440, 400), "at the top edge"),
        (Box(60, 60, 500, 440), "at the right edge"),
        (Box(60, 60, 440, 500), "at the bottom edge"),
        (Box(0, 0, 440, 440), "at the left and top edges"),
        (Box(0, 0, 500, 500), ""),
    ],
)
def test_subject_at_the_edge(box: Box, words: str) -> None:
    rgba = subject(500, 500, box)
    if not words:
        rgba[250, 499, 3] = 0
        words = "at the left, right, top and bottom edges"
    (verdict,) = inspect(rgba, USUAL)
    assert verdict.code is Code.CUT_OFF
    assert verdict.severity is Severity.WARNING
    assert words in verdict.sentence


def test_a_tip_at_the_edge_is_not_cut_off() -> None:
    """A picture trimmed to its subject touches every edge."""
    rgba = disc(500, 500, 0.4)
    rows, columns = np.nonzero(rgba[..., 3] > 204)
    trimmed = rgba[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert (trimmed[0, :, 3] > 204).sum() > 20
    assert codes(trimmed) == []
    for share in (0.1, 0.3, 0.5):
        (verdict,) = inspect(trimmed[:, round(trimmed.shape[1] * share) :], USUAL)
        assert verdict.code is Code.CUT_OFF
        assert "at the left edge" in verdict.sentence


@pytest.mark.parametrize(("side", "expected"), [(255, [Code.SMALL]), (256, [])])
def test_small_subject(side: int, expected: list[Code]) -> None:
    assert codes(subject(1000, 800, Box(100, 100, 100 + side, 100 + side))) == expected


def test_several_subjects() -> None:
    boxes = (Box(20, 40, 280, 380), Box(340, 40, 580, 360), Box(660, 60, 900, 380))
    (verdict,) = inspect(subject(940, 420, *boxes), USUAL)
    assert verdict.code is Code.SEVERAL
    assert "3 separate subjects" in verdict.sentence


def test_loose_parts_are_no_subjects() -> None:
    boxes = (Box(60, 60, 360, 440), Box(380, 100, 420, 180), Box(384, 300, 424, 350), Box(20, 20, 22, 22))
    assert codes(subject(500, 500, *boxes)) == []


def test_long_and_thin() -> None:
    assert codes(subject(900, 300, Box(20, 100, 880, 200))) == [Code.ASPECT]
    assert codes(subject(900, 300, Box(20, 100, 780, 200))) == []


@pytest.mark.parametrize("degrees", [0, 20, 45, 70, 90, 135])
def test_a_subject_is_as_long_and_thin_however_it_lies(degrees: float) -> None:
    def lying(long: float, wide: float) -> np.ndarray:
        y, x = np.indices((1200, 1200)) - 599.5
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        inside = (np.abs(x * cosine + y * sine) < long / 2) & (np.abs(y * cosine - x * sine) < wide / 2)
        rgba = np.zeros((1200, 1200, 4), np.uint8)
        rgba[inside] = (200, 200, 220, 255)
        return rgba

    assert codes(lying(1100, 15)) == [Code.ASPECT]
    assert codes(lying(1100, 125)) == [Code.ASPECT]
    assert codes(lying(1100, 165)) == []
    assert codes(lying(600, 600)) == []


def test_black_on_black() -> None:
    assert codes(subject(500, 500, GOOD, colour=-25)) == [Code.LOW_CONTRAST]
    assert codes(subject(500, 500, GOOD, colour=70)) == []


def test_opaque_photo() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 500, 4), dtype=np.uint8)
    noise[..., 3] = 255
    (verdict,) = inspect(noise, USUAL)
    assert verdict.code is Code.OPAQUE_PHOTO
    even = on(disc(500, 400, 0.3), (240, 240, 240))
    (other,) = inspect(even, USUAL)
    assert other.code is Code.OPAQUE_PHOTO
    assert other.fix != verdict.fix
    assert "Cut" in other.fix
    assert codes(even, CUT) == []


def test_what_is_cut_is_judged_like_a_mask() -> None:
    rgba = on(subject(500, 300, Box(20, 40, 200, 260), Box(260, 40, 500, 260)), (250, 250, 250))
    assert codes(rgba, CUT) == [Code.CUT_OFF, Code.SEVERAL]


def test_background_that_cannot_be_cut() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 500, 4), dtype=np.uint8)
    noise[..., 3] = 255
    assert codes(noise, CUT) == [Code.UNEVEN_BACKGROUND]


def test_nothing_but_background() -> None:
    rgba = np.full((300, 400, 4), 255, np.uint8)
    (verdict,) = inspect(rgba, CUT)
    assert (verdict.code, verdict.is_refusal) == (Code.ALL_BACKGROUND, True)
    assert codes(rgba) == [Code.OPAQUE_PHOTO, Code.LOW_CONTRAST]


def test_low_contrast_with_the_background() -> None:
    rgba = on(disc(500, 400, 0.3), (180, 180, 180))
    rgba = np.concatenate([(180 + (rgba[..., :3].astype(int) - 180) // 2).astype(np.uint8), rgba[..., 3:]], axis=2)
    assert Code.LOW_CONTRAST in codes(rgba)
    assert Code.LOW_CONTRAST not in codes(on(disc(500, 400, 0.3), (60, 60, 60)))


def test_what_x_ray_captures_is_told_from_a_soft_drawing() -> None:
    """Every pixel of it is half transparent: its alpha is no one's to paint."""
    (verdict,) = inspect(subject(500, 500, GOOD, alpha=130), USUAL)
    assert verdict.is_refusal
    assert "alpha" in verdict.fix and "X-Ray" in verdict.fix


def test_the_worst_stands_first() -> None:
    verdicts = inspect(subject(300, 300, Box(0, 0, 100, 100), alpha=204), USUAL)
    assert [verdict.severity for verdict in verdicts] == [Severity.REFUSAL]


def test_every_sentence_is_one() -> None:
    """What happened and what to do, each with its full stop."""
    noise = np.random.default_rng(1).integers(0, 256, (100, 900, 4), dtype=np.uint8)
    opaque = noise | np.array([0, 0, 0, 255], np.uint8)
    several = subject(900, 300, Box(0, 0, 400, 20), Box(500, 100, 900, 130), colour=9, alpha=210)
    seen = {}
    for rgba in (noise * np.array([1, 1, 1, 0], np.uint8), opaque, several, np.full((9, 9, 4), 255, np.uint8)):
        for preparation in (USUAL, CUT):
            seen.update({verdict.code: verdict for verdict in inspect(rgba, preparation)})
    assert len(seen) >= 7
    for verdict in seen.values():
        for sentence in (verdict.sentence, verdict.fix):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
        assert str(verdict) == f"{verdict.sentence} {verdict.fix}"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_good_pictures(path: object) -> None:
    rgba = np.asarray(Image.open(path))  # type: ignore[arg-type]
    assert inspect(rgba, USUAL) == ()
    assert codes(on(rgba, (90, 140, 120)), CUT) == []


def opaque_discs(*discs: tuple[int, int, int], width: int = 800, height: int = 600) -> np.ndarray:
    """Solid discs, each of a column, a row and a radius, on a transparent ground."""
    y, x = np.indices((height, width))
    rgba = subject(width, height)
    for column, row, radius in discs:
        rgba[np.hypot(x - column, y - row) <= radius, 3] = 255
    return rgba


TREE = ((400, 220, 180), *((60 + 130 * index, 540, 30) for index in range(6)))
SHEETS = {
    "a tree and mushrooms": opaque_discs(*TREE),
    "a ball and three small ones": opaque_discs((200, 300, 150), (500, 150, 50), (700, 300, 50), (500, 450, 50)),
    "two far apart": opaque_discs((200, 300, 130), (740, 540, 40)),
}


@pytest.mark.parametrize("rgba", SHEETS.values(), ids=list(SHEETS))
def test_what_split_sheet_splits_is_said(rgba: np.ndarray) -> None:
    count = len(sheet.split(rgba).subjects)
    assert count > 1
    for picture, preparation in ((rgba, USUAL), (on(rgba, (250, 250, 250)), USUAL), (on(rgba, (250, 250, 250)), CUT)):
        (several,) = [verdict for verdict in inspect(picture, preparation) if verdict.code is Code.SEVERAL]
        assert f"{count} separate subjects" in several.sentence
        assert several.remedy is Remedy.SPLIT


def test_a_bottle_is_one() -> None:
    """Its cap and its foot are opaque, the glass between them is not."""
    rgba = subject(500, 600, Box(180, 40, 320, 160), Box(120, 400, 380, 560))
    rgba[160:400, 150:350, 3] = 170
    assert codes(rgba) == []


def test_a_soft_shadow_is_no_soft_subject() -> None:
    y, x = np.indices((600, 600))
    rgba = subject(600, 600, Box(180, 160, 420, 440))
    shadow = (160 - 0.6 * np.hypot(x - 300, y - 300)).clip(0, 255).astype(np.uint8)
    rgba[..., 3] = np.maximum(rgba[..., 3], shadow)
    visible = rgba[..., 3] > 12
    assert np.count_nonzero(rgba[..., 3] > 204) < 0.5 * np.count_nonzero(visible)
    assert codes(rgba) == []


def test_a_coloured_subject_on_grey_paper_stands_out() -> None:
    grain = np.random.default_rng(3).normal(0, 7, (400, 500, 1))
    y, x = np.indices((400, 500))
    paper = np.full((400, 500, 4), 255, np.uint8)
    lighter = 16 * np.exp(-(((x - 250) / 160) ** 2 + ((y - 200) / 130) ** 2))[..., None]  # lit in the middle
    values = 128 + lighter + np.repeat(grain, 3, axis=2)
    inside = np.hypot(x - 250, y - 200) < 70
    values[inside] += np.array([28, -14, -14])
    paper[..., :3] = values.clip(0, 255)
    assert Code.LOW_CONTRAST not in codes(paper)
    paper[..., :3] = (128 + lighter + np.repeat(grain, 3, axis=2)).clip(0, 255)
    assert Code.LOW_CONTRAST in codes(paper)


def test_what_is_left_of_the_background_is_not_called_cut_off() -> None:
    rgba = on(disc(500, 400, 0.25), (200, 200, 200)).copy()
    y, x = np.indices((400, 500))
    for row, column in ((0, 0), (0, 499), (399, 0), (399, 499)):
        corner = np.hypot(y - row, x - column) < 45
        rgba[corner, :3] = 160
    red = np.hypot(x - 250, y - 200) < 140
    rgba[red, :3] = (190, 30, 30)
    assert codes(rgba, CUT) == [Code.UNEVEN_BACKGROUND]
    assert codes(rgba) == [Code.OPAQUE_PHOTO]


def test_an_opaque_subject_before_an_even_background_is_judged_too() -> None:
    small = on(subject(1000, 800, Box(100, 100, 300, 260)), (250, 250, 250))
    assert codes(small) == [Code.OPAQUE_PHOTO, Code.SMALL]
    huge = np.kron(small, np.ones((3, 3, 1), np.uint8))
    assert codes(huge) == [Code.OPAQUE_PHOTO]
    assert codes(on(subject(500, 500, Box(120, 100, 500, 400)), (250, 250, 250))) == [Code.OPAQUE_PHOTO, Code.CUT_OFF]
    thin = on(subject(900, 300, Box(20, 100, 880, 200)), (250, 250, 250))
    assert codes(thin) == [Code.OPAQUE_PHOTO, Code.ASPECT]


@pytest.mark.parametrize("width", [1, 3, 30])
@pytest.mark.parametrize("colour", [(0, 0, 0), (120, 120, 120)])
def test_a_line_around_the_picture_is_not_taken_for_its_background(width: int, colour: tuple[int, ...]) -> None:
    """As a scan or a screenshot has one: the cut takes the line, and a white slab would be paid for."""
    whole = on(opaque_discs((400, 300, 150)), (250, 250, 250))
    rgba = whole.copy()
    rgba[:width, :, :3] = rgba[-width:, :, :3] = rgba[:, :width, :3] = rgba[:, -width:, :3] = colour
    assert codes(rgba, CUT) == [Code.UNEVEN_BACKGROUND]
    assert Code.UNEVEN_BACKGROUND not in codes(whole, CUT)


def test_a_cut_is_not_recommended_that_would_go_wrong() -> None:
    """The panel called the background even, and after the click said that it is not."""
    card = np.pad(on(opaque_discs((400, 300, 150)), (90, 140, 200)), ((20, 20), (20, 20), (0, 0)), constant_values=255)
    assert codes(card, CUT) == [Code.UNEVEN_BACKGROUND]
    (before,) = [verdict for verdict in inspect(card, USUAL) if verdict.code is Code.OPAQUE_PHOTO]
    assert "look at the preview" in before.fix and before.remedy is Remedy.CUT
    (nothing, _low) = inspect(np.full((300, 400, 4), 255, np.uint8), USUAL)
    assert nothing.remedy is None, "it would be refused"
