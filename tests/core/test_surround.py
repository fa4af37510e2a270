# SPDX-License-Identifier: GPL-3.0-or-later
"""A thin line around a picture, and transparent corners, are no part of it: it is cut and split as if without."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from tests.core.drawing import Drawing
from trellis_blender.core import prepared, splitting
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame
from trellis_blender.core.preflight import Code, Remedy, Severity, Verdict
from trellis_blender.core.preparation import USUAL, Background, Preparation

Rgba = npt.NDArray[np.uint8]
CUT = Preparation(background=Background.CUT, crop=False)
KEEP = Preparation(crop=False)
WIDE, HIGH = 900, 700
COLOURS = {"black": (0, 0, 0), "grey": (120, 120, 120), "blue": (40, 60, 200)}


def drawing() -> Drawing:
    return Drawing(WIDE, HIGH).disc((80, 160, 380, 460), (200, 40, 30)).block((520, 200, 800, 500), (60, 90, 50))


def lined(rgba: Rgba, width: int, colour: tuple[int, int, int], inset: int = 0) -> Rgba:
    """Draw a line around a picture, so far from its frame."""
    picture = Image.fromarray(rgba)
    right, bottom = picture.width - 1 - inset, picture.height - 1 - inset
    ImageDraw.Draw(picture).rectangle((inset, inset, right, bottom), outline=(*colour, 255), width=width)
    return np.array(picture)


def rounded(rgba: Rgba, radius: int) -> Rgba:
    """Make a picture's corners transparent, as a window's screenshot has them."""
    mask = Image.new("L", (4 * rgba.shape[1], 4 * rgba.shape[0]), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), 4 * radius, 255)
    alpha = np.asarray(mask.resize((rgba.shape[1], rgba.shape[0]), Image.Resampling.BOX))
    return np.concatenate([np.where(alpha[..., None] > 0, rgba[..., :3], 0), alpha[..., None]], axis=2).astype(np.uint8)


def jpeg(rgba: Rgba, quality: int) -> Rgba:
    file = io.BytesIO()
    Image.fromarray(rgba[..., :3]).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file).convert("RGBA"))


def sent(rgba: Rgba, preparation: Preparation = CUT) -> tuple[npt.NDArray[np.bool_], dict[Code, Verdict]]:
    """What is opaque in the picture that is sent, and what is said."""
    found = prepared.develop(Frame(rgba, is_bottom_up=False), preparation)
    return found.rgba[..., 3] > 204, {verdict.code: verdict for verdict in found.verdicts}


def count(rgba: Rgba) -> int:
    return len(splitting.split(Frame(rgba, is_bottom_up=False), USUAL, "Toy").sheet.subjects)


def assert_is_cut(rgba: Rgba, near: float = 0.002) -> None:
    """Only the disc and the block are left, it is said why, and the sheet is of two."""
    truth = drawing().rgba()[..., 3] > 204
    kept, said = sent(rgba)
    assert (kept != truth).mean() < near
    assert set(said) == {Code.SURROUND, Code.SEVERAL}
    assert (said[Code.SURROUND].severity, said[Code.SURROUND].remedy) == (Severity.INFO, Remedy.KEEP)
    assert count(rgba) == 2


@pytest.mark.parametrize("width", [1, 2, 10])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_thin_line_is_cut_with_the_background(width: int, colour: str) -> None:
    rgba = lined(drawing().on((250, 250, 250)), width, COLOURS[colour])
    assert_is_cut(rgba)
    assert "line" in sent(rgba)[1][Code.SURROUND].sentence


@pytest.mark.parametrize(("width", "inset"), [(1, 1), (1, 25), (3, 4), (8, 12)])
def test_it_may_lie_near_the_frame(width: int, inset: int) -> None:
    assert_is_cut(lined(drawing().on((250, 250, 250)), width, (30, 30, 30), inset))


@pytest.mark.parametrize("width", [1, 6])
def test_a_line_is_known_in_a_jpeg_too(width: int) -> None:
    assert_is_cut(jpeg(lined(drawing().on((250, 250, 250)), width, (0, 0, 0)), 80), 0.01)


@pytest.mark.parametrize("width", [2, 8])
def test_a_line_may_be_as_faint_as_the_tolerance(width: int) -> None:
    assert_is_cut(lined(drawing().on((250, 250, 250)), width, (233, 233, 233)))


def test_light_that_falls_off_is_no_line() -> None:
    y, x = np.indices((HIGH, WIDE))
    far = np.hypot(x / WIDE - 0.5, y / HIGH - 0.5)
    for amount in (120, 250):
        rgba = drawing().on((255, 255, 255))
        rgba[..., :3] = rgba[..., :3] * (1 - far * amount / 255)[..., None]
        for preparation in (CUT, KEEP):
            assert Code.SURROUND not in sent(rgba, preparation)[1]


def test_a_white_line_around_a_colour() -> None:
    assert_is_cut(lined(drawing().on((150, 190, 230)), 2, (255, 255, 255)))


def test_one_subject_within_a_line_is_still_one() -> None:
    rgba = lined(Drawing(WIDE, HIGH).disc((200, 100, 700, 600)).on((250, 250, 250)), 2, (0, 0, 0))
    with pytest.raises(SourceError, match="only one subject"):
        count(rgba)
    kept, said = sent(rgba)
    assert kept.mean() < 0.4
    assert set(said) == {Code.SURROUND}


def test_a_subject_that_the_line_crops_is_cut_off() -> None:
    rgba = lined(Drawing(WIDE, HIGH).disc((-200, 100, 300, 600)).on((250, 250, 250)), 3, (0, 0, 0))
    assert set(sent(rgba)[1]) == {Code.SURROUND, Code.CUT_OFF}


def test_what_is_kept_is_sent_with_its_line_and_judged_within() -> None:
    rgba = lined(drawing().on((250, 250, 250)), 2, (0, 0, 0))
    found = prepared.develop(Frame(rgba, is_bottom_up=False), KEEP)
    assert np.array_equal(found.rgba, rgba)
    assert [verdict.code for verdict in found.verdicts] == [Code.OPAQUE_PHOTO, Code.SEVERAL]


def test_what_a_click_does_to_the_line_is_said_before_it() -> None:
    """A card has such a line, too: its face was gone with the background, and only the cut picture said so."""
    for width, words in ((0, False), (2, True)):
        picture = lined(drawing().on((250, 250, 250)), width, (0, 0, 0)) if width else drawing().on((250, 250, 250))
        said = sent(picture, KEEP)[1]
        assert said[Code.OPAQUE_PHOTO].remedy is Remedy.CUT and said[Code.SEVERAL].remedy is Remedy.SPLIT
        assert ("Keep it if the line around the picture belongs" in said[Code.OPAQUE_PHOTO].fix) is words
        assert ("without the line around it" in said[Code.SEVERAL].fix) is words


@pytest.mark.parametrize(
    ("rgba", "words"),
    [
        (lined(drawing().on((250, 250, 250)), 2, (0, 0, 0)), "The line around the picture was cut away"),
        (rounded(drawing().on((240, 240, 240)), 12), "Only the corners of the picture are transparent"),
        (drawing().on((250, 250, 250)), ""),
        (drawing().rgba(), ""),
    ],
    ids=["line", "corners", "none", "transparent"],
)
def test_what_was_split_says_what_is_gone(rgba: Rgba, words: str) -> None:
    found = splitting.split(Frame(rgba, is_bottom_up=False), USUAL, "Toy")
    said = found.of_surround
    assert (said is not None) is bool(words)
    assert found.merged([0, 1]).of_surround == said, "also when its subjects are one"
    if said is not None:
        assert said.sentence.startswith(words) and said.severity is Severity.INFO and said.fix


def ornate(width: int) -> Rgba:
    """A picture frame with a pattern, and a picture on even paper in it."""
    rgba = drawing().on((250, 250, 250))
    y, x = np.indices((HIGH, WIDE))
    at_frame = np.minimum(np.minimum(x, WIDE - 1 - x), np.minimum(y, HIGH - 1 - y)) < width
    gold = np.stack([150 + 60 * np.sin(x / 5), 110 + 50 * np.sin(y / 4), 60 + 20 * np.sin((x + y) / 3)], axis=2)
    rgba[at_frame, :3] = gold[at_frame]
    return rgba


FRAMES = {
    "ornate": ornate(60),
    "ornate and thin": ornate(8),
    "wide": lined(drawing().on((250, 250, 250)), 60, (40, 20, 10)),
    "on three sides": lined(drawing().on((250, 250, 250)), 3, (0, 0, 0))[:-3],
    "around nothing": lined(Drawing(WIDE, HIGH).on((250, 250, 250)), 3, (0, 0, 0)),
    "a card on paper": np.pad(drawing().on((90, 140, 200)), ((8, 8), (8, 8), (0, 0)), constant_values=255),
    "a photo's": lined(
        np.random.default_rng(1).integers(0, 256, (HIGH, WIDE, 4), dtype=np.uint8) | np.uint8([0, 0, 0, 255]),
        3, (0, 0, 0),
    ),
    "none": drawing().on((250, 250, 250)),
}  # fmt: skip


@pytest.mark.parametrize("rgba", FRAMES.values(), ids=list(FRAMES))
def test_what_is_no_line_stays(rgba: Rgba) -> None:
    for preparation in (CUT, KEEP):
        assert Code.SURROUND not in sent(rgba, preparation)[1]


@pytest.mark.parametrize(("radius", "border"), [(6, 0), (12, 1), (30, 0), (30, 1)])
def test_a_picture_of_which_only_the_corners_are_transparent_is_cut(radius: int, border: int) -> None:
    rgba = drawing().on((240, 240, 240))
    if border:
        picture = Image.fromarray(rgba)
        ImageDraw.Draw(picture).rounded_rectangle((0, 0, WIDE - 1, HIGH - 1), radius, outline=(90, 90, 90, 255))
        rgba = np.array(picture)
    assert_is_cut(rounded(rgba, radius))


def test_kept_it_is_said_what_is_the_matter() -> None:
    """Nothing is cut off at all four edges: there is a background, and it is kept."""
    kept, said = sent(rounded(drawing().on((240, 240, 240)), 12), KEEP)
    assert kept.mean() > 0.99
    assert set(said) == {Code.SURROUND}
    assert said[Code.SURROUND].severity is Severity.WARNING
    assert said[Code.SURROUND].remedy is Remedy.CUT
    photo = np.random.default_rng(1).integers(0, 256, (HIGH, WIDE, 4), dtype=np.uint8)
    for preparation in (KEEP, CUT):
        said = sent(rounded(photo, 12), preparation)[1]
        assert set(said) == {Code.SURROUND}
        assert said[Code.SURROUND].remedy is None


def test_a_subject_with_rounded_corners_stays_one() -> None:
    """An icon fills its picture, and a trimmed disc; a plain tile is all there is of it."""
    tile = rounded(Drawing(600, 600).block((0, 0, 600, 600), (200, 40, 30)).rgba(), 20)
    kept, said = sent(tile)
    assert kept.mean() > 0.99
    assert said[Code.SURROUND].remedy is None
    icon = rounded(Drawing(600, 600).disc((150, 150, 450, 450)).on((40, 90, 200)), 130)
    assert sent(icon)[0].mean() > 0.9
    assert Code.SURROUND not in sent(icon)[1]
