# SPDX-License-Identifier: GPL-3.0-or-later
"""Sheets: what is a subject of its own, what is a loose part of one, and that each comes out whole and alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.core.drawing import Drawing, Rgba, Sides
from trellis_blender.core import sheet
from trellis_blender.core.components import Box
from trellis_blender.core.sheet import Sheet

SAMPLES = sorted(Path(__file__).resolve().parents[3].glob("shared/samples/images/*.webp"))
"""Pictures of one subject each, where they are at hand."""


def boxes(found: Sheet) -> list[Sides]:
    return [tuple(subject.box) for subject in found.subjects]


def seen(rgba: Rgba) -> int:
    return int(np.count_nonzero(rgba[..., 3]))


def grid(count: int, side: int = 160, gap: int = 40) -> tuple[Drawing, list[Sides]]:
    """Draw so many discs and blocks in rows of four; give their boxes in reading order."""
    drawing = Drawing(4 * (side + gap) + gap, -(-count // 4) * (side + gap) + gap)
    places = []
    for number in range(count):
        left, top = gap + number % 4 * (side + gap), gap + number // 4 * (side + gap)
        places.append((left, top, left + side, top + side))
        (drawing.disc if number % 2 else drawing.block)(places[-1])
    return drawing, places


@pytest.mark.parametrize("count", range(1, 13))
def test_a_grid_of_subjects_in_reading_order(count: int) -> None:
    drawing, places = grid(count)
    found = sheet.split(drawing.rgba(), "Potion")
    assert boxes(found) == places
    assert [subject.index for subject in found.subjects] == list(range(count))
    names = [f"Potion {number + 1}" for number in range(count)] if count > 1 else ["Potion"]
    assert [subject.name for subject in found.subjects] == names


def mermaid() -> Rgba:
    """One subject with what floats about it: bubbles of several sizes, one beyond another, and a sliver."""
    drawing = Drawing(900, 1000).disc((300, 100, 600, 900)).block((250, 850, 650, 950))
    drawing.disc((180, 300, 280, 400)).disc((150, 250, 175, 275)).disc((120, 225, 140, 245))  # 10 % and smaller
    return drawing.disc((640, 500, 680, 540)).line((620, 150), (660, 400)).disc((700, 700, 712, 712)).rgba()


def test_what_floats_about_a_subject_belongs_to_it() -> None:
    (only,) = sheet.split(mermaid()).subjects
    assert only.box == Box(120, 100, 712, 950)
    assert seen(sheet.cut(mermaid(), only)) == seen(mermaid())


@pytest.mark.parametrize("picture", [pytest.param(None, id="drawn"), *(pytest.param(at, id=at.stem) for at in SAMPLES)])
def test_a_picture_of_one_subject_is_one_and_stays_whole(picture: Path | None) -> None:
    rgba = mermaid() if picture is None else np.array(Image.open(picture).convert("RGBA"))
    (only,) = sheet.split(rgba).subjects
    alone = sheet.cut(rgba, only)
    assert np.count_nonzero(alone[..., 3] > 204) == np.count_nonzero(rgba[..., 3] > 204) == only.pixels
    assert seen(alone) >= np.count_nonzero(rgba[..., 3] >= 8)


def figure() -> Rgba:
    """One subject that nothing floats about: so closely set, bubbles could be the neighbour's as well."""
    return Drawing(900, 1000).disc((300, 100, 600, 900)).block((250, 850, 650, 950)).rgba()


def test_the_samples_on_one_sheet_are_told_apart() -> None:
    """Or as many drawn ones where there are none: pictures of one subject each, set closely."""
    pictures = [Image.open(path).convert("RGBA") for path in SAMPLES] or [Image.fromarray(figure())] * 12
    whole = Image.new("RGBA", (2048, 1536), (0, 0, 0, 0))
    for number, picture in enumerate(pictures):
        trimmed = picture.crop(picture.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox())
        trimmed.thumbnail((480, 480))
        whole.alpha_composite(trimmed, (number % 4 * 512 + 16, number // 4 * 512 + 496 - trimmed.height))
    rgba = np.array(whole)
    found = sheet.split(rgba)
    assert [(one.box.left // 512, one.box.top // 512) for one in found.subjects] == [
        (number % 4, number // 4) for number in range(12)
    ]
    assert sum(seen(sheet.cut(rgba, one)) for one in found.subjects) >= np.count_nonzero(rgba[..., 3] >= 8) - 12


def test_different_sizes() -> None:
    places = [(40, 40, 440, 640), (520, 440, 620, 640), (700, 340, 900, 640), (980, 560, 1060, 640)]
    drawing = Drawing(1100, 700)
    for place in places:
        drawing.block(place)
    assert boxes(sheet.split(drawing.rgba())) == places


def test_a_gem_near_one_of_several_belongs_to_that() -> None:
    drawing, places = grid(4, gap=80)
    left, top, right, bottom = places[1]
    found = sheet.split(drawing.disc((right + 4, top + 72, right + 20, top + 88)).rgba())
    assert boxes(found) == [places[0], (left, top, right + 20, bottom), *places[2:]]


def test_dirt_is_left_out() -> None:
    drawing, places = grid(2)
    rgba = drawing.rgba()
    rgba[-1, -1] = 255
    found = sheet.split(rgba)
    assert boxes(found) == places
    assert all(sheet.cut(rgba, one).shape[0] < 200 for one in found.subjects)


def test_diagonal() -> None:
    places = [(20 + 220 * step, 20 + 160 * step, 200 + 220 * step, 200 + 160 * step) for step in range(5)]
    drawing = Drawing(1200, 900)
    for place in reversed(places):
        drawing.disc(place)
    assert boxes(sheet.split(drawing.rgba())) == places


def test_beside_a_tall_one_stand_two_rows() -> None:
    tall, upper, lower = (20, 20, 220, 620), (300, 20, 500, 220), (300, 420, 500, 620)
    drawing = Drawing(520, 640).block(lower).block(tall).block(upper)
    assert boxes(sheet.split(drawing.rgba())) == [tall, upper, lower]


def test_within_a_ring() -> None:
    """The boxes overlap; each comes out without the other."""
    ring, inner = (50, 50, 650, 650), (270, 270, 430, 430)
    rgba = Drawing(700, 700).ring(ring, 50).block(inner).rgba()
    found = sheet.split(rgba)
    assert boxes(found) == [ring, inner]
    for one, area in zip(found.subjects, (seen(Drawing(700, 700).ring(ring, 50).rgba()), 160 * 160), strict=True):
        assert seen(sheet.cut(rgba, one)) == one.pixels == area


class TestSoft:
    """Two that touch by what is not opaque."""

    LEFT, RIGHT = (40, 40, 240, 340), (280, 40, 480, 340)

    def drawn(self) -> Drawing:
        return Drawing(520, 400)

    def test_by_a_hair_of_shadow(self) -> None:
        rgba = self.drawn().block((40, 330, 480, 340), (0, 0, 0), 90).block(self.LEFT).disc(self.RIGHT).rgba()
        assert boxes(sheet.split(rgba)) == [self.LEFT, self.RIGHT]

    def test_by_a_pool_of_shadow(self) -> None:
        rgba = self.drawn().block((20, 200, 500, 390), (10, 10, 20), 170).block(self.LEFT).disc(self.RIGHT).rgba()
        found = sheet.split(rgba)
        assert boxes(found) == [self.LEFT, self.RIGHT]
        alone = [sheet.cut(rgba, one) for one in found.subjects]
        assert sum(map(seen, alone)) == seen(rgba)  # the shadow is shared out, and nothing is in both
        assert min(map(seen, alone)) > seen(rgba) // 3

    def test_by_a_glow(self) -> None:
        rgba = self.drawn().block((20, 20, 500, 360), (255, 240, 200), 60).block(self.LEFT).disc(self.RIGHT).rgba()
        assert boxes(sheet.split(rgba)) == [self.LEFT, self.RIGHT]

    def test_a_hair_of_light_is_not_enough(self) -> None:
        rgba = self.drawn().block((240, 180, 280, 188), (200, 220, 255), 160).block(self.LEFT).block(self.RIGHT).rgba()
        assert boxes(sheet.split(rgba)) == [self.LEFT, self.RIGHT]

    def test_by_a_pane_of_glass_they_are_one(self) -> None:
        rgba = self.drawn().block((60, 60, 460, 320), (200, 220, 255), 160).block(self.LEFT).block(self.RIGHT).rgba()
        assert boxes(sheet.split(rgba)) == [(40, 40, 480, 340)]

    def test_nothing_opaque_is_no_subject(self) -> None:
        assert sheet.split(self.drawn().block(self.LEFT, alpha=204).rgba()).subjects == ()
        assert sheet.split(self.drawn().rgba()).subjects == ()


def test_an_opaque_picture_is_one_subject() -> None:
    drawing, _places = grid(3)
    (only,) = sheet.split(drawing.on((255, 255, 255))).subjects
    assert only.box == Box(0, 0, 840, 240)


class TestCut:
    def test_leaves_a_little_room_and_nothing_hidden(self) -> None:
        drawing, places = grid(4, gap=10)
        rgba = drawing.rgba()
        one = sheet.split(rgba).subjects[1]
        alone = sheet.cut(rgba, one)
        assert alone.shape == (160 + 16, 160 + 16, 4)
        assert alone.dtype == np.uint8
        assert not alone[alone[..., 3] == 0].any()
        left, top, right, bottom = places[1]
        assert np.array_equal(alone[8:-8, 8:-8], rgba[top:bottom, left:right])
        assert not alone[:, :8].any()  # where its neighbours would have been

    def test_does_not_touch_the_picture(self) -> None:
        drawing, _places = grid(2)
        rgba = drawing.rgba()
        before = rgba.copy()
        sheet.cut(rgba, sheet.split(rgba).subjects[0])
        assert np.array_equal(rgba, before)

    def test_of_what_is_not_there_is_empty(self) -> None:
        drawing, _places = grid(2)
        stranger = sheet.Subject(0, Box(0, 0, 1, 1), "", (77,), 1)
        assert not sheet.cut(drawing.rgba(), stranger).any()


class TestArtist:
    """What the artist changes is a new sheet each time."""

    def test_merge(self) -> None:
        drawing, places = grid(4)
        rgba = drawing.rgba()
        before = sheet.split(rgba, "Thing")
        after = sheet.merge(before, [3, 0])
        assert boxes(after) == [(places[0][0], places[0][1], places[3][2], places[3][3]), places[1], places[2]]
        assert [one.name for one in after.subjects] == ["Thing 1", "Thing 2", "Thing 3"]
        assert seen(sheet.cut(rgba, after.subjects[0])) == before.subjects[0].pixels + before.subjects[3].pixels
        assert after.subjects[0].pixels == before.subjects[0].pixels + before.subjects[3].pixels
        assert len(before.subjects) == 4
        assert sheet.merge(before, [2]) == sheet.merge(before, []) == before

    def test_drop(self) -> None:
        drawing, places = grid(3)
        after = sheet.drop(sheet.split(drawing.rgba()), 1)
        assert boxes(after) == [places[0], places[2]]
        assert [(one.index, one.name) for one in after.subjects] == [(0, "Subject 1"), (1, "Subject 2")]
        assert boxes(sheet.drop(sheet.drop(after, 0), 0)) == []

    def test_own_names_stay(self) -> None:
        drawing, _places = grid(3)
        named = sheet.rename(sheet.split(drawing.rgba()), 2, " Crown ")
        after = sheet.drop(named, 0)
        assert [one.name for one in after.subjects] == ["Subject 1", "Crown"]
        assert sheet.merge(named, [1, 2]).subjects[0].name == "Subject 1"
        assert sheet.rename(named, 2, "").subjects[2].name == "Subject 3"

    @pytest.mark.parametrize("index", [-1, 3])
    def test_there_is_no_such_subject(self, index: int) -> None:
        drawing, _places = grid(3)
        found = sheet.split(drawing.rgba())
        for change in (lambda: sheet.merge(found, [0, index]), lambda: sheet.drop(found, index),
                       lambda: sheet.rename(found, index, "x")):  # fmt: skip
            with pytest.raises(ValueError, match="the sheet has 3 subjects"):
                change()


def test_a_subject_survives_as_text() -> None:
    """What is read again, maybe by another Blender, finds the same pixels in the same picture."""
    rgba = mermaid()
    before = sheet.split(rgba).subjects[0]
    after = sheet.from_values(json.loads(json.dumps(sheet.to_values(before))))
    assert after == before
    assert np.array_equal(sheet.cut(rgba, after), sheet.cut(rgba, before))
    for wrong in ({}, {**sheet.to_values(before), "box": [1, 2]}, {**sheet.to_values(before), "parts": None}):
        with pytest.raises((ValueError, TypeError, KeyError)):
            sheet.from_values(wrong)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 180), st.integers(0, 180), st.integers(1, 60), st.integers(1, 60)), max_size=30)
)
def test_whatever_is_drawn_no_pixel_is_in_two_subjects(shapes: list[tuple[int, int, int, int]]) -> None:
    drawing = Drawing(200, 200)
    for left, top, width, height in shapes:
        drawing.block((left, top, left + width, top + height))
    rgba = drawing.rgba()
    found = sheet.split(rgba)
    assert sum(one.pixels for one in found.subjects) <= seen(rgba)
    assert bool(found.subjects) == bool(shapes)
    taken = [label for one in found.subjects for label in one.parts]
    assert len(taken) == len(set(taken))
    for one in found.subjects:
        assert seen(sheet.cut(rgba, one)) == one.pixels > 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (2048, 3), (513, 514), (1025, 700)])
def test_odd_sizes(shape: tuple[int, int]) -> None:
    rgba = np.zeros((*shape, 4), np.uint8)
    rgba[0, 0] = rgba[-1, -1] = 255
    found = sheet.split(rgba)
    assert 1 <= len(found.subjects) <= 2
    assert sum(seen(sheet.cut(rgba, one)) for one in found.subjects) == (1 if shape == (1, 1) else 2)


def test_noise_ends() -> None:
    """Thousands of parts are as many as there are; nobody waits for them."""
    rng = np.random.default_rng(3)
    rgba = np.where(rng.random((1024, 1024, 1)) > 0.97, np.uint8(255), np.uint8(0)).repeat(4, axis=2)
    found = sheet.split(rgba)
    assert sum(one.pixels for one in found.subjects) > 0
