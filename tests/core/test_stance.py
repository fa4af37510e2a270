# SPDX-License-Identifier: GPL-3.0-or-later
"""Standing on a point and filling a box, with numbers drawn by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trellis_blender.core import stance

RANDOM = np.random.default_rng(5)


def changed(points: Any, change: stance.Change) -> Any:
    scale, offset = change
    return stance.box_of(points * scale + offset)


def test_box_is_of_all_points() -> None:
    assert stance.box_of(np.array([[1, 5, -2], [0, 7, 3]], np.float32)).tolist() == [[0, 5, -2], [1, 7, 3]]


@pytest.mark.parametrize("size", [0.001, 1.0, 250.0])
def test_stands_on_the_origin_at_a_size(size: float) -> None:
    points = RANDOM.normal(size=(100, 3)) * (3.0, 1.0, 2.0) + 40.0
    box = changed(points, stance.standing(stance.box_of(points), size))
    assert stance.sides(box).max() == pytest.approx(size)
    assert box[0][2] == pytest.approx(0.0, abs=1e-6 * size)
    assert (box[0] + box[1])[:2] == pytest.approx(0.0, abs=1e-6 * size)


def test_without_a_size_it_is_as_large_as_before() -> None:
    points = RANDOM.normal(size=(9, 3))
    scale, _offset = stance.standing(stance.box_of(points), 0.0)
    assert scale.tolist() == [1.0, 1.0, 1.0]


def test_a_point_has_no_size_to_scale() -> None:
    scale, offset = stance.standing(stance.box_of([[1.0, 2.0, 3.0]]), 5.0)
    assert scale.tolist() == [1.0, 1.0, 1.0] and offset.tolist() == [-1.0, -2.0, -3.0]


@pytest.mark.parametrize("number", range(20))
def test_fills_a_box_uniformly_and_stands_in_it(number: int) -> None:
    random = np.random.default_rng(number)
    points = random.normal(size=(50, 3)) * random.uniform(0.1, 5.0, 3) + random.normal(size=3)
    space = stance.box_of(random.normal(size=(2, 3)) * 7.0)
    units = random.uniform(0.2, 4.0, 3)
    change = stance.filling(stance.box_of(points), space, units)
    box = changed(points, change)
    seen = change[0] * units
    assert seen == pytest.approx(np.full(3, seen[0])), "looks uniformly scaled"
    shares = stance.sides(box) / stance.sides(space)
    assert shares.max() == pytest.approx(1.0)
    assert stance.foot(box) == pytest.approx(stance.foot(space))


@pytest.mark.parametrize("number", range(20))
def test_stretched_it_fills_all_of_it(number: int) -> None:
    random = np.random.default_rng(number)
    points = random.normal(size=(50, 3)) * random.uniform(0.1, 5.0, 3)
    space = stance.box_of(random.normal(size=(2, 3)) * 7.0)
    box = changed(points, stance.filling(stance.box_of(points), space, random.uniform(0.2, 4.0, 3), stretched=True))
    assert box == pytest.approx(space)


@pytest.mark.parametrize("stretched", [False, True])
def test_a_side_that_is_none_does_not_count(stretched: bool) -> None:
    points = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    space = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 2.0]])
    box = changed(points, stance.filling(stance.box_of(points), space, stretched=stretched))
    assert stance.sides(box).tolist() == ([4.0, 2.0, 2.0] if stretched else [2.0, 2.0, 2.0])
    nothing = np.zeros((2, 3))
    assert stance.filling(stance.box_of(points), nothing)[0].tolist() == [1.0, 1.0, 1.0]
