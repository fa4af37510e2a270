# SPDX-License-Identifier: GPL-3.0-or-later
"""The subject is where the server will see it, and the square around it holds all of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis_blender.core.components import Box
from trellis_blender.core.resampling import resized
from trellis_blender.core.subject import box_of, has_mask, mask_of, square, without_hidden

Rgba = npt.NDArray[np.uint8]


def picture(height: int, width: int, box: Box, alpha: int = 255) -> Rgba:
    """A subject whose every pixel is different."""
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[..., :3] = np.random.default_rng(1).integers(1, 256, (height, width, 3))
    rgba[box.top : box.bottom, box.left : box.right, 3] = alpha
    return rgba


@pytest.mark.parametrize(("lowest", "expected"), [(255, False), (254, False), (205, False), (204, True), (0, True)])
def test_only_what_is_not_opaque_is_a_mask(lowest: int, expected: bool) -> None:
    rgba = np.full((4, 4, 4), 255, np.uint8)
    rgba[1, 2, 3] = lowest
    assert has_mask(rgba) is expected


def test_subject_is_what_the_server_takes_for_it() -> None:
    rgba = picture(20, 30, Box(3, 4, 10, 9), alpha=204)  # 0.8 is not above 0.8
    assert box_of(mask_of(rgba)) is None
    rgba[6, 8, 3] = 205
    assert box_of(mask_of(rgba)) == Box(8, 6, 9, 7)
    rgba[4:9, 3:10, 3] = 255
    assert box_of(mask_of(rgba)) == Box(3, 4, 10, 9)


@given(st.data())
def test_the_square_holds_the_subject_in_its_middle(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    box = Box(left, top, data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height)))
    margin = data.draw(st.sampled_from([0.0, 0.02, 0.1, 0.5]))
    rgba = picture(height, width, box)
    cut = square(rgba, box, margin)
    assert cut.shape[0] == cut.shape[1] == box.long_side + 2 * max(round(box.long_side * margin), 1)
    found = box_of(mask_of(cut))
    assert found is not None
    assert (found.width, found.height) == (box.width, box.height)
    assert abs(found.left - (cut.shape[1] - found.right)) <= 1
    assert abs(found.top - (cut.shape[0] - found.bottom)) <= 1
    inside = np.s_[found.top : found.bottom, found.left : found.right]
    assert np.array_equal(cut[inside], rgba[box.top : box.bottom, box.left : box.right])


@pytest.mark.parametrize("long", [1022, 1023, 1024, 1025, 1500, 2048, 3001, 9000])
def test_a_rim_stays_however_much_it_is_shrunk(long: int) -> None:
    for width, height in ((3, long), (long, 3)):
        cut = square(np.full((height, width, 4), 255, np.uint8), Box(0, 0, width, height), 0.0)
        assert cut.shape[0] == cut.shape[1] <= 1024
        assert cut[..., 3].max() == 255
        for edge in (cut[0], cut[-1], cut[:, 0], cut[:, -1]):
            assert (edge[:, 3] == 0).all()


@pytest.mark.parametrize(("long", "side"), [(700, 1024), (1000, 1024), (1021, 1023), (1022, 1024), (300, 600)])
def test_room_is_given_up_before_detail(long: int, side: int) -> None:
    rgba = picture(long + 20, long + 20, Box(10, 10, 10 + long, 10 + long))
    cut = square(rgba, Box(10, 10, 10 + long, 10 + long), 0.5)
    assert cut.shape[:2] == (side, side)
    found = box_of(mask_of(cut))
    assert found is not None
    inside = np.s_[found.top : found.bottom, found.left : found.right]
    assert np.array_equal(cut[inside], rgba[10 : 10 + long, 10 : 10 + long])


def test_the_shrunk_square_is_that_of_the_whole() -> None:
    """Shrinking what is inside before it is put into its square moves nothing by a pixel."""
    rgba = picture(700, 900, Box(100, 50, 800, 650))
    rgba[..., :3] = np.linspace(0, 255, 900, dtype=np.uint8)[None, :, None]
    small = square(rgba, Box(100, 50, 800, 650), 0.1, 200)
    whole = resized(square(rgba, Box(100, 50, 800, 650), 0.1), 200, 200)
    inside = (whole[..., 3] == 255) & (small[..., 3] == 255)
    assert inside.sum() > 0.95 * (whole[..., 3] == 255).sum()
    assert np.abs(small[inside].astype(int) - whole[inside]).max() <= 4


def test_hidden_colour_is_removed() -> None:
    rgba = picture(10, 10, Box(2, 2, 5, 5), alpha=1)
    clean = without_hidden(rgba)
    assert (clean[rgba[..., 3] == 0] == 0).all()
    assert np.array_equal(clean[2:5, 2:5], rgba[2:5, 2:5])
