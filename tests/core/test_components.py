# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask falls into the parts that a plain flood fill finds, and loose parts go to their neighbour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis_blender.core.components import Box, Parts, coarse, find, gather, label, nearest

Mask = npt.NDArray[np.bool_]


def flooded(mask: Mask) -> list[set[tuple[int, int]]]:
    """Find the parts the slow way."""
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    parts = []
    while left:
        todo, part = [left.pop()], set()
        while todo:
            y, x = todo.pop()
            part.add((y, x))
            around = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= around
            todo.extend(around)
        parts.append(part)
    return parts


def drawn(text: str) -> Mask:
    return np.array([[character == "#" for character in row] for row in text.split()])


@given(st.integers(1, 24), st.integers(1, 24), st.floats(0.05, 0.95), st.integers(0, 10**6))
def test_as_a_flood_fill(height: int, width: int, share: float, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share
    labels, parts = label(mask)
    expected = {frozenset(part) for part in flooded(mask)}
    assert {frozenset(map(tuple, np.argwhere(labels == part.label).tolist())) for part in parts} == expected
    assert [part.label for part in parts] == list(range(1, len(parts) + 1))
    assert [part.area for part in parts] == sorted((len(part) for part in expected), reverse=True)
    for part in parts:
        rows, columns = np.nonzero(labels == part.label)
        assert part.box == Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert np.array_equal(labels > 0, mask)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (".", 0),
        ("##", 1),
        ("#.. .#. ..#", 1),
        ("..# .#. #..", 1),
        ("#.# ### #.#", 1),
        ("###### #....# #.##.# #.##.# #....# ######", 2),
        ("#.#.#.# ####### #.#.#.#", 1),
        ("#######. ......#. .####.#. .#..#.#. .#.##.#. .#....#. .######.", 1),
    ],
)
def test_shapes(text: str, count: int) -> None:
    assert len(label(drawn(text))[1]) == count


def test_parts_that_touch_at_a_corner_only() -> None:
    for text in ("#.. .#. ..#", "..# .#. #.."):
        assert len(label(drawn(text), corners=False)[1]) == 3
    assert len(label(drawn("##. .## ..#"), corners=False)[1]) == 1


def test_runs_that_end_a_row_do_not_touch_those_that_begin_the_next() -> None:
    assert len(label(drawn("...## ##..."))[1]) == 2


def test_gaps_of_a_pixel_close_on_a_coarse_mask() -> None:
    mask = np.ones((64, 100), bool)
    mask[:, 50] = False
    assert len(find(mask, side=100).parts) == 2
    parts = find(mask, side=50)
    assert (parts.factor, len(parts.parts), parts.labels.shape) == (2, 1, (32, 50))
    assert parts.parts[0].box.scaled(parts.factor, 100, 64) == Box(0, 0, 100, 64)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_a_coarse_mask_loses_nothing(height: int, width: int, side: int) -> None:
    mask = np.random.default_rng(height * width).random((height, width)) < 0.1
    small, factor = coarse(mask, side)
    assert max(small.shape) <= side
    again = small.repeat(factor, axis=0).repeat(factor, axis=1)[:height, :width]
    assert (again | ~mask).all()
    assert small.sum() <= mask.sum()


def sheet(*rectangles: tuple[int, int, int, int]) -> Parts:
    mask = np.zeros((200, 400), bool)
    for left, top, right, bottom in rectangles:
        mask[top:bottom, left:right] = True
    return find(mask)


def test_loose_parts_belong_to_their_neighbour() -> None:
    parts = sheet((20, 20, 120, 180), (250, 20, 350, 180), (125, 100, 145, 120), (230, 100, 246, 120), (5, 5, 6, 6))
    one, other = gather(parts)
    assert [part.box.left for part in one] == [20, 125]
    assert [part.box.left for part in other] == [250, 230]


def test_one_subject_takes_all_loose_parts() -> None:
    (group,) = gather(sheet((20, 20, 120, 180), (300, 100, 320, 120), (350, 20, 370, 40)))
    assert [part.box.left for part in group] == [20, 350, 300]


def test_nothing_gives_no_group() -> None:
    assert gather(sheet()) == ()


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**6))
def test_nearest_part(height: int, width: int, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(-30, 4, (height, width)).clip(0).astype(np.int32)
    owner, distance = nearest(labels, 2)
    seeds = np.argwhere((labels > 0) & (labels < 3))
    if not seeds.size:
        assert not owner.any()
        return
    far = (
        ((np.argwhere(np.ones_like(labels))[:, None] - seeds[None]) ** 2).sum(axis=2).min(axis=1).reshape(labels.shape)
    )
    assert (owner > 0).all()
    assert (distance >= far).all()
    assert (distance == far).mean() > 0.95  # jump flooding errs now and then, and little
    assert (np.sqrt(distance) <= np.sqrt(far) + 1.5).all()


def test_dust_takes_no_time() -> None:
    """Many thousand parts are grouped without a look at each pair of them."""
    mask = np.random.default_rng(3).random((512, 512)) < 0.2
    mask[100:300, 100:300] = mask[350:500, 100:300] = True
    parts = find(mask)
    assert len(parts.parts) > 5000
    assert len(gather(parts)) == 2
