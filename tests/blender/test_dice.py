# SPDX-License-Identifier: GPL-3.0-or-later
"""The die beside the seed: a square with five pips, light on a dark theme and dark on a light one."""

import bpy
import numpy as np
import pytest
from artist import Artist, module

pytestmark = pytest.mark.any_blender


def test_it_is_a_die() -> None:
    covered = module("blender.dice").shape()
    assert covered.shape == (64, 64) and np.array_equal(covered, covered[::-1]) and np.array_equal(covered, covered.T)
    assert covered[0].max() == covered[:, -1].max() == 0.0, "it does not touch the edge"
    row = covered[32] > 0.5
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) == 3, "an edge, the pip in the middle, an edge"
    row = covered[21] > 0.5
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) == 4, "an edge, two pips, an edge"


def test_it_can_be_seen_in_every_theme(artist: Artist) -> None:
    dice, button = module("blender.dice"), bpy.context.preferences.themes[0].user_interface.wcol_tool
    before = tuple(button.text)
    try:
        for name, shade in (("dark", 0.05), ("light", 0.95)):
            button.text = (shade, shade, shade)
            assert dice.shade(bpy.context) == name
            drawn = np.empty(64 * 64, np.int32)
            dice._icons[name].icon_pixels.foreach_get(drawn)
            pixels = drawn.view(np.uint8).reshape(64, 64, 4)
            assert pixels[0, 0].max() == 0, "premultiplied: else what is around it is drawn, too"
            assert (pixels[32, 32, :3].mean() > 128) == (name == "light") and pixels[32, 32, 3] == 255
    finally:
        button.text = before
