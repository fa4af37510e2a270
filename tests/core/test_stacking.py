# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels at one place stand one above another, and those beside each other stay where they are."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from trellis_blender.core.stacking import Rectangle, lifted

EDGES = st.integers(0, 60)
SIDES = st.integers(1, 30)


def test_those_at_one_place_stand_one_above_another() -> None:
    wanted, placed = Rectangle(10, 20, 110, 60), list[Rectangle]()
    for _ in range(3):
        placed.append(lifted(wanted, placed, 4))
    assert [each.bottom for each in placed] == [20, 64, 108]
    assert {(each.left, each.right, each.top - each.bottom) for each in placed} == {(10, 110, 40)}


def test_one_that_covers_none_stays() -> None:
    beside = [Rectangle(0, 0, 10, 10), Rectangle(30, 0, 40, 10), Rectangle(10, 20, 30, 30)]
    assert lifted(Rectangle(10, 0, 30, 10), beside) == Rectangle(10, 0, 30, 10)


@given(st.lists(st.tuples(EDGES, EDGES, SIDES, SIDES), max_size=12), st.integers(0, 5))
def test_none_covers_another(wanted: list[tuple[int, int, int, int]], gap: int) -> None:
    placed: list[Rectangle] = []
    for left, bottom, width, height in wanted:
        rectangle = Rectangle(left, bottom, left + width, bottom + height)
        placed.append(lifted(rectangle, placed, gap))
        assert placed[-1].bottom >= bottom
    for one, other in combinations(placed, 2):
        apart = one.right <= other.left or other.right <= one.left
        assert apart or one.top + gap <= other.bottom or other.top + gap <= one.bottom
