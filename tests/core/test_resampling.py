# SPDX-License-Identifier: GPL-3.0-or-later
"""Shrinking is Pillow's Lanczos with the colour weighted by alpha, to the byte or two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from trellis_blender.core.resampling import fitted, resized, shrink

Rgba = npt.NDArray[np.uint8]


def blobs(height: int, width: int, seed: int = 1) -> Rgba:
    """A picture with soft and hard edges in colour and in alpha."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 4), dtype=np.uint8)
    coarse[..., 3] = np.where(coarse[..., 3] > 90, 255, 0)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)).copy()


def by_pillow(values: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Shrink each channel in floats: among bytes Pillow clips between its two passes."""
    channels = [Image.fromarray(values[..., n]).resize(size, Image.Resampling.LANCZOS) for n in range(values.shape[2])]
    return np.stack([np.asarray(channel) for channel in channels], axis=2)


@pytest.mark.parametrize(
    ("before", "after"), [((300, 200), (102, 68)), ((301, 77), (103, 26)), ((64, 64), (63, 63)), ((9, 400), (3, 130))]
)
def test_as_pillow_does_it(before: tuple[int, int], after: tuple[int, int]) -> None:
    image = blobs(before[1], before[0])
    ours = resized(image, *after)
    values = image.astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    theirs = by_pillow(values, after)
    alpha = theirs[..., 3]
    assert np.abs(ours[..., 3] - alpha.clip(0, 255)).max() < 0.51
    assert (ours[..., 3] > 64).sum() > 50
    seen = alpha > 64
    straight = (theirs[seen][:, :3] / alpha[seen][:, None] * 255).clip(0, 255)
    assert np.abs(ours[seen][:, :3] - straight).max() < 0.51


def test_opaque_pictures_as_pillow_does_it() -> None:
    image = blobs(200, 300)
    image[..., 3] = 255
    ours = resized(image, 90, 60)
    assert np.abs(ours - by_pillow(image.astype(np.float32), (90, 60)).clip(0, 255)).max() < 0.51


def test_the_colour_of_what_is_transparent_is_left_out() -> None:
    image = np.zeros((60, 60, 4), np.uint8)
    image[...] = (255, 0, 255, 0)
    image[20:40, 20:40] = (10, 200, 30, 255)
    small = resized(image, 20, 20)
    seen = small[small[..., 3] > 8].astype(int)
    assert seen.size
    assert np.abs(seen[:, :3] - np.array([10, 200, 30])).max() <= 2
    assert (small[small[..., 3] == 0] == 0).all()


def test_the_rest_is_left_alone() -> None:
    image = blobs(100, 300)
    assert shrink(image, 300) is image
    assert shrink(image, 1024) is image
    assert shrink(image, 299).shape == (99, 299, 4)


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_size_is_that_of_the_server(width: int, height: int) -> None:
    w, h = fitted(width, height)
    assert max(w, h) == min(max(width, height), 1024)
    scale = min(1024 / max(width, height), 1.0)
    assert abs(w - max(int(width * scale), 1)) <= 1
    assert abs(h - max(int(height * scale), 1)) <= 1


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 89))
def test_any_size_keeps_an_even_colour(width: int, height: int, side: int) -> None:
    for alpha in (255, 200):
        image = np.full((height, width, 4), (10, 20, 30, alpha), np.uint8)
        small = shrink(image, side)
        assert max(small.shape[:2]) <= max(side, 1)
        assert np.abs(small - np.array([10, 20, 30, alpha])).max() <= 1
