# SPDX-License-Identifier: GPL-3.0-or-later
"""A small thing that is clearly seen is not called faint, and dirt is no subject that stands out."""

from __future__ import annotations

import numpy as np
import pytest

from trellis_blender.core.preflight import Code, inspect
from trellis_blender.core.preparation import USUAL, Background, Preparation

CUT = Preparation(background=Background.CUT)


def codes(rgba: np.ndarray, preparation: Preparation = USUAL) -> list[Code]:
    return [verdict.code for verdict in inspect(rgba, preparation)]


@pytest.mark.parametrize(("picture", "side"), [(1400, 20), (1000, 3), (2100, 30)])
def test_a_small_subject_may_stand_out_clearly(picture: int, side: int) -> None:
    rgba = np.full((picture, picture, 4), 255, np.uint8)
    at = np.s_[picture // 3 : picture // 3 + side, picture // 2 : picture // 2 + side]
    rgba[at] = (200, 30, 30, 255)
    assert codes(rgba) == [Code.OPAQUE_PHOTO, Code.SMALL]
    assert codes(rgba, CUT) == [Code.SMALL]
    rgba[at] = (240, 235, 235, 255)
    assert Code.LOW_CONTRAST in codes(rgba)


def test_dirt_is_nothing_that_stands_out() -> None:
    rgba = np.full((1000, 1000, 4), 240, np.uint8)
    rgba[..., 3] = 255
    rng = np.random.default_rng(2)
    rgba[rng.integers(0, 1000, 90), rng.integers(0, 1000, 90), :3] = 60
    assert Code.LOW_CONTRAST in codes(rgba)
