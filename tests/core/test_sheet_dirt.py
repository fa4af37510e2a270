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


@pytest.mark.parametrize("side", [4, 8, 16])
def test_tiny_things_of_one_size_are_subjects(side: int) -> None:
    places = [(300 * column + 40, 300 * row + 40) for row in range(3) for column in range(4)]
    drawing = Drawing(1280, 960)
    for left, top in places:
        drawing.block((left, top, left + side, top + side))
    assert boxes(drawing) == [(left, top, left + side, top + side) for left, top in places]
