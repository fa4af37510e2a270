# SPDX-License-Identifier: GPL-3.0-or-later
"""What is encoded comes back as it was, by Pillow, and says nothing of where it was made."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from trellis_blender.core.image import picture_of
from trellis_blender.core.png import encode


def noise(height: int, width: int, seed: int = 1) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def decoded(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize(("opaque", "mode"), [(True, "RGB"), (False, "RGBA")])
def test_alpha_is_left_out_where_all_is_opaque(opaque: bool, mode: str) -> None:
    image = noise(9, 13)
    if opaque:
        image[..., 3] = 255
    png = encode(image)
    assert decoded(png).mode == mode
    assert np.array_equal(np.asarray(decoded(png).convert("RGBA")), image)


def test_nothing_but_the_picture_is_in_it() -> None:
    png = encode(noise(9, 13))
    kinds, at = [], 8
    while at < len(png):
        kinds.append(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert at == len(png)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6))
def test_any_size_is_encoded(height: int, width: int, seed: int) -> None:
    image = noise(height, width, seed)
    png = encode(image)
    assert np.array_equal(np.asarray(decoded(png).convert("RGBA")), image)
    assert (picture_of(png).width, picture_of(png).height) == (width, height)
