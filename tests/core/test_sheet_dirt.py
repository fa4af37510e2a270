# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rubber leaves on a sheet is nothing to be paid for; what is tiny beside things as tiny is."""

from __future__ import annotations

import pytest

from tests.core.drawing import Drawing, Sides
from trellis_blender.core import sheet


def boxes(drawing: Drawing) -> list[Sides]:
    return [(*subject.box,) for subject in sheet.split(drawing.rgba()).subjects]


@pytest.mark.parametrize(
    ("scale", "side", "is_dirt"), [(1, 5, True), (1, 11, True), (1, 24, False), (2, 12, True), (2, 23, True)]
)
def test_a_speck_far_below_the_subjects_is_dirt(scale: int, side: int, is_dirt: bool) -> None:
    """Whatever the picture's size: by its own pixels, and by those of the others."""
    one = (500 * scale, 510 * scale, 700 * scale, 690 * scale)
    other = (1100 * scale, 510 * scale, 1300 * scale, 690 * scale)
    drawing = Drawing(1920 * scale, 1080 * scale).disc(one).disc(other)
    for left, top in ((20, 20), (1800, 40), (60, 1000)):  # more than the subjects are
        drawing.block((left, top, left + side, top + side))
    found = boxes(drawing)
    assert {one, other} <= set(found)
    assert len(found) == (2 if is_dirt else 5)


@pytest.mark.parametrize(("big", "side", "apart"), [(900, 28, 3.0), (1900, 60, 1.5), (3800, 120, 3.0)])
def test_small_things_beside_a_very_large_one_are_subjects(big: int, side: int, apart: float) -> None:
    """Also near it: what is further away than it is long does not belong to it."""
    large = (20, 20, 20 + big, 20 + big)
    gap = round(side * apart)
    drawing, places = Drawing(big + 12 * side, big + 40).block(large), []
    for row in range(4):
        left, top = large[2] + gap, 40 + row * 5 * side
        places.append((left, top, left + side, top + side))
        drawing.disc(places[-1])
    assert boxes(drawing) == [large, *places]


def test_one_that_is_nearer_than_those_like_it_is_one_as_they_are() -> None:
    """A column of coins beside a round thing: the one in the middle belonged to that."""
    coins = [(1240, top, 1300, top + 60) for top in range(40, 1300, 200)]
    coins[3] = (1215, 600, 1275, 660)
    drawing = Drawing(1320, 1320).disc((60, 60, 1200, 1200))
    for coin in coins:
        drawing.disc(coin)
    assert sorted(boxes(drawing)) == sorted([(60, 60, 1200, 1200), *coins])


def test_what_is_left_out_is_counted() -> None:
    drawing = Drawing(3000, 1000).block((20, 20, 820, 820)).block((1000, 20, 1800, 820))
    found = sheet.split(drawing.block((2990, 990, 2995, 995)).block((2490, 30, 2495, 35)).rgba())
    assert (len(found.subjects), found.left_out) == (2, 2)


@pytest.mark.parametrize("side", [4, 8, 16])
def test_tiny_things_of_one_size_are_subjects(side: int) -> None:
    places = [(300 * column + 40, 300 * row + 40) for row in range(3) for column in range(4)]
    drawing = Drawing(1280, 960)
    for left, top in places:
        drawing.block((left, top, left + side, top + side))
    assert boxes(drawing) == [(left, top, left + side, top + side) for left, top in places]
