# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the objects of a sheet stand: as drawn, at the size that was asked for, feet on the ground."""

from __future__ import annotations

import dataclasses

import pytest

from trellis_blender.core.components import Box
from trellis_blender.core.layout import Placement, layout, read_placement
from trellis_blender.core.sheet import Sheet, Subject


def a_sheet(*boxes: tuple[int, int, int, int]) -> Sheet:
    return Sheet(1000, 1000, tuple(Subject(n, Box(*box), str(n), (n,), 1) for n, box in enumerate(boxes)))


def test_the_largest_has_the_size_that_was_asked_for() -> None:
    wide, tall = layout(a_sheet((0, 100, 400, 300), (500, 0, 600, 300)), 2.0)
    assert wide == Placement(x=-0.5, z=0.5, width=2.0, height=1.0, foot=0.0)
    assert tall == Placement(x=1.25, z=0.75, width=0.5, height=1.5, foot=0.0)


def test_rows_stand_above_each_other() -> None:
    upper, lower = layout(a_sheet((0, 0, 100, 100), (0, 200, 100, 300)), 1.0)
    assert (upper.x, upper.z, upper.foot) == (0.0, 2.5, 2.0)
    assert (lower.x, lower.z, lower.foot) == (0.0, 0.5, 0.0)


def test_feet_of_the_lowest_row_are_on_the_ground() -> None:
    """Drawn by hand they are never quite level; what hovers does so on purpose."""
    lowest, nearly, bird = layout(a_sheet((0, 0, 100, 200), (200, 0, 300, 192), (400, 0, 500, 150)), 1.0)
    assert lowest.foot == nearly.foot == 0.0
    assert nearly.z == nearly.size / 2
    assert bird.foot == pytest.approx(0.25)


def test_an_upper_row_is_not_moved() -> None:
    places = layout(a_sheet((0, 0, 100, 100), (200, 0, 300, 98), (0, 200, 100, 300)), 1.0)
    assert [place.foot for place in places] == pytest.approx([2.0, 2.02, 0.0])


def test_places_are_to_each_other_as_in_the_picture() -> None:
    boxes = [(10, 20, 110, 90), (300, 15, 340, 95), (700, 200, 990, 410), (40, 300, 90, 320), (400, 380, 420, 400)]
    places = layout(a_sheet(*boxes), 3.0)
    scale = 3.0 / 290
    for box, place in zip(boxes, places, strict=True):
        assert place.x - places[0].x == pytest.approx(((box[0] + box[2]) - (10 + 110)) / 2 * scale)
        assert place.z - places[0].z == pytest.approx(((20 + 90) - (box[1] + box[3])) / 2 * scale)
        assert place.size == pytest.approx(max(box[2] - box[0], box[3] - box[1]) * scale)
    lefts = [place.x - (box[2] - box[0]) / 2 * scale for box, place in zip(boxes, places, strict=True)]
    rights = [place.x + (box[2] - box[0]) / 2 * scale for box, place in zip(boxes, places, strict=True)]
    assert min(lefts) == pytest.approx(-max(rights))


def test_what_is_ordered_later_stands_among_the_first() -> None:
    """Also below their ground, and larger than all of them."""
    boxes = ((40, 0, 140, 100), (300, 0, 350, 100), (0, 200, 400, 400))
    whole, first = a_sheet(*boxes), a_sheet(*boxes[:2])
    known, later = layout(first, 2.0), layout(a_sheet(boxes[2]), 2.0, first)
    assert layout(whole, 2.0, first)[:2] == known
    assert [place.size for place in (*known, *later)] == pytest.approx([2.0, 2.0, 8.0])
    assert later[0].foot == pytest.approx(-6.0)
    assert later[0].x - known[0].x == pytest.approx((200 - 90) * 2 / 100)
    assert layout(a_sheet(boxes[1]), 2.0, first) == known[1:]


def test_no_subjects_no_places() -> None:
    assert layout(a_sheet(), 1.0) == ()


def test_survives_as_text() -> None:
    place = layout(a_sheet((0, 0, 333, 100), (0, 300, 100, 301)), 1.7)[1]
    read = read_placement(place.to_text())
    assert read is not None
    assert dataclasses.astuple(read) == pytest.approx(dataclasses.astuple(place), abs=1e-6)


@pytest.mark.parametrize(("name", "value"), [
    ("x", '"a"'), ("x", "NaN"), ("x", "null"), ("z", "1e999"), ("width", "0"), ("height", "-1"), ("foot", ""),
])  # fmt: skip
def test_what_has_a_wrong_number_is_none(name: str, value: str) -> None:
    numbers = {"x": "0", "z": "0", "width": "1", "height": "1", "foot": "0"}
    assert read_placement(as_json(numbers)) is not None
    assert read_placement(as_json({**numbers, name: value})) is None


def as_json(numbers: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in numbers.items()) + "}"


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "x", '{"x": 0, "z": 0, "width": 1, "height": 1}'])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_placement(text) is None
