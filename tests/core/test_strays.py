# SPDX-License-Identifier: GPL-3.0-or-later
"""Stray opaque pixels count for nothing beside a soft subject, which is refused as it is without them."""

from __future__ import annotations

import pytest

from tests.core.pictures import subject
from trellis_blender.core.components import Box
from trellis_blender.core.preflight import Code, inspect
from trellis_blender.core.preparation import USUAL, Preparation


@pytest.mark.parametrize("alpha", [60, 200])
@pytest.mark.parametrize("strays", [[Box(10, 10, 13, 11)], [Box(10, 10, 12, 12), Box(980, 990, 982, 992)],
                                    [Box(500, 500, 501, 508)]])  # fmt: skip
def test_stray_opaque_pixels_are_no_subject_beside_a_soft_one(alpha: int, strays: list[Box]) -> None:
    """The server crops to them, and a picture of a few pixels would be paid for."""
    rgba = subject(1000, 1000, Box(200, 200, 800, 800), alpha=alpha)
    (expected,) = inspect(rgba, USUAL)
    assert expected.code is Code.ONLY_SOFT
    for box in strays:
        rgba[box.top : box.bottom, box.left : box.right, 3] = 255
    assert inspect(rgba, USUAL) == (expected,)
    assert inspect(rgba, Preparation(crop=False)) == (expected,)


def test_what_is_small_in_something_soft_is_a_subject() -> None:
    for alpha, side in ((60, 10), (200, 14)):  # a glow, and a glass that bears a mark
        rgba = subject(1000, 1000, Box(0, 0, 950, 950), alpha=alpha)
        rgba[500 : 500 + side, 500 : 500 + side, 3] = 255
        assert Code.SMALL in [verdict.code for verdict in inspect(rgba, USUAL)]
    lone = subject(1000, 1000, Box(10, 10, 12, 12))
    assert [verdict.code for verdict in inspect(lone, USUAL)] == [Code.SMALL]
