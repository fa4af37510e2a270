# SPDX-License-Identifier: GPL-3.0-or-later
"""What was taken for a part of its neighbour can be had as a subject of its own, and what was merged comes back."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.drawing import Drawing, Sides
from trellis_blender.core import sheet, splitting
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame
from trellis_blender.core.preflight import Code, Severity
from trellis_blender.core.preparation import Preparation
from trellis_blender.core.splitting import Split

USUAL = Preparation()
CASTLE = (40, 40, 1240, 1240)
TOWER = (1600, 40, 1900, 1240)
COINS = [(1250, top, 1310, top + 60) for top in range(60, 1200, 120)]
"""So near to the castle that they are of it, all of them."""


def split(drawing: Drawing) -> Split:
    return splitting.split(Frame(drawing.rgba(), is_bottom_up=False), USUAL, "Toy")


def coins(drawing: Drawing) -> Drawing:
    drawing.disc((1246, 600, 1250, 604))  # too small to be had
    for coin in COINS:
        drawing.disc(coin)
    return drawing


def boxes(found: Split) -> list[Sides]:
    return [(*one.box,) for one in found.sheet.subjects]


def test_what_lies_beside_a_subject_is_taken_out_and_merged_again() -> None:
    drawing = coins(Drawing(2000, 1300).block(CASTLE).block(TOWER))
    before = split(drawing)
    assert boxes(before) == [(40, 40, 1310, 1240), TOWER]
    after = before.taken_apart([0])
    assert sorted(boxes(after)) == sorted([(*CASTLE[:2], 1250, 1240), TOWER, *COINS])
    assert [one.name for one in after.sheet.subjects] == [f"Toy {number}" for number in range(1, 13)]
    for one in after.sheet.subjects:
        assert one.pixels == np.count_nonzero(sheet.cut(before.rgba, one, before.land)[..., 3] > 204)
    back = after.merged(one.index for one in after.sheet.subjects if one.box.left < 1500)
    assert [(one.box, one.parts, one.pixels) for one in back.sheet.subjects] == [
        (one.box, one.parts, one.pixels) for one in before.sheet.subjects
    ]


def test_what_was_merged_comes_apart_by_its_names() -> None:
    named = split(Drawing(900, 300).block((20, 20, 220, 220)).block((320, 20, 520, 220)).block((620, 20, 820, 220)))
    before = splitting.replace(named, sheet=sheet.rename(named.sheet, 1, "Crown"))
    merged = before.merged([0, 1])
    assert [one.name for one in merged.sheet.subjects] == ["Toy 1", "Toy 2"]
    assert merged.taken_apart([0]).sheet == before.sheet
    assert before.taken_apart([0, 1, 2]).sheet == before.sheet, "they are whole"


def test_one_subject_with_something_beside_it_is_listed() -> None:
    (only,) = (found := split(coins(Drawing(1400, 1300).block(CASTLE)))).sheet.subjects
    assert found.loose(only) == len(found.falls_into(only)) - 1 == len(COINS)
    assert len(found.taken_apart([0]).sheet.subjects) == 1 + len(COINS)


def test_that_it_was_given_them_is_said() -> None:
    found = split(coins(Drawing(2000, 1300).block(CASTLE).block(TOWER)))
    castle, tower = (splitting.judge(found, one, USUAL) for one in found.sheet.subjects)
    assert [(one.code, one.severity) for one in castle] == [(Code.LOOSE, Severity.INFO)]
    assert f"{len(COINS)} loose parts" in str(castle[0])
    assert Code.LOOSE not in [one.code for one in tower]


def test_dirt_beside_the_only_subject_is_said() -> None:
    with pytest.raises(SourceError, match="taken for dirt"):
        split(Drawing(1400, 1300).block((40, 40, 840, 840)).block((1390, 1290, 1395, 1295)))


def test_no_more_than_a_sheet_may_have() -> None:
    """Two with twenty coins each are two subjects; apart they are too many."""
    drawing = Drawing(2900, 2600)
    for left in (40, 1500):
        drawing.block((left, 40, left + 1200, 2440))
        for top in range(60, 2400, 120):
            drawing.disc((left + 1210, top, left + 1270, top + 60))
    found = split(drawing)
    assert len(found.sheet.subjects) == 2
    assert len(found.taken_apart([1]).sheet.subjects) == 22
    with pytest.raises(SourceError, match="falls into 42 pieces"):
        found.taken_apart([0, 1])


@pytest.mark.parametrize("sizes", [(12, 40), (22, 40), (10, 22, 30, 40, 50, 60)])
def test_dirt_between_a_subject_and_a_large_one_joins_them_to_nothing(sizes: tuple[int, ...]) -> None:
    drawing = Drawing(1600, 1000).disc((100, 100, 800, 800)).disc((1000, 100, 1400, 500))
    for left, size in zip(range(1000, 1600, 60), sizes, strict=False):
        drawing.disc((left, 800, left + size, 800 + size))
    seen = [(left, 800, left + size, 800 + size) for left, size in zip(range(1000, 1600, 60), sizes, strict=False)]
    assert boxes(split(drawing))[2:] == [sides for sides, size in zip(seen, sizes, strict=False) if size >= 24]
