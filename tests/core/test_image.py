# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels as Blender has them become the picture that is sent, and Pillow reads the same back."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import (
    LONGEST_SIDE_PIXELS,
    Pixels,
    TargaFile,
    check_opaque,
    discard,
    encode_png,
    prepare,
    read_targa,
    reduce,
    to_rgba,
)

Rgba = npt.NDArray[np.uint8]


def noise(height: int, width: int, channels: int = 4, seed: int = 1) -> Rgba:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def as_blender_has_it(image: Rgba) -> Pixels:
    height, width, channels = image.shape
    return Pixels(width, height, channels, (image[::-1] / np.float32(255)).astype(np.float32).ravel())


def decoded(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (7, 1), (3, 5), (64, 48)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_bytes_come_back_as_they_were(height: int, width: int, channels: int) -> None:
    image = noise(height, width, channels)
    rgba = to_rgba(as_blender_has_it(image))
    colour = image[..., :-1] if channels in (2, 4) else image
    assert np.array_equal(rgba[..., :3], np.broadcast_to(colour, (height, width, 3)))
    alpha = image[..., -1] if channels in (2, 4) else np.full((height, width), 255)
    assert np.array_equal(rgba[..., 3], alpha)
    assert np.array_equal(np.asarray(decoded(encode_png(rgba)).convert("RGBA")), rgba)


@pytest.mark.parametrize(("opaque", "mode"), [(True, "RGB"), (False, "RGBA")])
def test_alpha_is_left_out_where_all_is_opaque(opaque: bool, mode: str) -> None:
    image = noise(9, 13)
    if opaque:
        image[..., 3] = 255
    png = encode_png(image)
    assert decoded(png).mode == mode
    assert np.array_equal(np.asarray(decoded(png).convert("RGBA")), image)
    assert png.count(b"IHDR") == 1
    assert not any(word in png for word in (b"tEXt", b"tIME", b"eXIf", b"iTXt"))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6))
def test_any_size_is_encoded(height: int, width: int, seed: int) -> None:
    image = noise(height, width, seed=seed)
    assert np.array_equal(np.asarray(decoded(encode_png(image)).convert("RGBA")), image)


def test_linear_pixels_are_made_straight_and_encoded() -> None:
    """Float images are scene-linear, with the colour multiplied by alpha."""
    linear = [(0.0, 0.0, 0.0, 0.0), (0.5, 0.5, 0.5, 1.0), (0.25, 0.25, 0.25, 0.5), (9.0, -1.0, 0.0031308, 1.0)]
    rgba = to_rgba(Pixels(4, 1, 4, np.array(linear, np.float32).ravel(), is_linear=True))
    assert rgba.tolist() == [[[0, 0, 0, 0], [188, 188, 188, 255], [188, 188, 188, 128], [255, 0, 10, 255]]]


def test_numbers_that_are_none_are_replaced() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1.0], np.float32)
    for is_linear in (False, True):
        assert to_rgba(Pixels(1, 1, 4, values, is_linear)).tolist() == [[[0, 255, 0, 255]]]


@pytest.mark.parametrize(
    ("width", "height", "channels", "size"), [(0, 0, 4, 0), (2, 2, 4, 15), (2, 2, 4, 0), (4, 0, 4, 0)]
)
def test_image_without_pixels(width: int, height: int, channels: int, size: int) -> None:
    with pytest.raises(SourceError, match="no pixels"):
        to_rgba(Pixels(width, height, channels, np.zeros(size, np.float32)))


def test_small_images_are_not_touched() -> None:
    image = noise(8, LONGEST_SIDE_PIXELS)
    assert reduce(image) is image


@pytest.mark.parametrize(("height", "width"), [(3, 2049), (4097, 5), (2051, 2050), (1, 6145)])
def test_large_images_are_reduced_by_a_whole_factor(height: int, width: int) -> None:
    image = np.full((height, width, 4), (10, 20, 30, 255), np.uint8)
    small = reduce(image)
    factor = -(-max(height, width) // LONGEST_SIDE_PIXELS)
    assert small.shape == (-(-height // factor), -(-width // factor), 4)
    assert max(small.shape[:2]) <= LONGEST_SIDE_PIXELS
    assert (small == (10, 20, 30, 255)).all()


def test_reducing_leaves_the_colour_of_what_is_transparent_out() -> None:
    image = np.zeros((2, 4096, 4), np.uint8)
    image[0, ::2] = (200, 100, 50, 255)
    image[1] = (255, 0, 255, 0)
    assert (reduce(image) == (200, 100, 50, 64)).all()


def test_subject_is_needed() -> None:
    image = np.zeros((4, 4, 4), np.uint8)
    image[..., 3] = 204  # 0.8 is not above 0.8
    with pytest.raises(SourceError, match="nothing opaque"):
        check_opaque(image)
    image[2, 2, 3] = 205
    check_opaque(image)


def test_prepared_picture() -> None:
    image = noise(20, 30)
    picture = prepare(as_blender_has_it(image))
    assert (picture.width, picture.height, picture.media_type) == (30, 20, "image/png")
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()
    head, _, payload = picture.data_uri().partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(payload) == picture.content


def targa(image: Rgba, *, top_down: bool, kind: int = 2, comment: bytes = b"") -> bytes:
    height, width, channels = image.shape
    flags = (0x20 if top_down else 0) | (8 if channels == 4 else 0)
    header = struct.pack("<BBBHHBHHHHBB", len(comment), 0, kind, 0, 0, 0, 0, 0, width, height, channels * 8, flags)
    order = [2, 1, 0, 3][:channels]
    rows = image if top_down else image[::-1]
    return header + comment + np.ascontiguousarray(rows[..., order]).tobytes()


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("comment", [b"", b"Blender"])
def test_targa(tmp_path: Path, channels: int, top_down: bool, comment: bytes) -> None:
    image = noise(5, 7, channels)
    path = tmp_path / "render.tga"
    path.write_bytes(targa(image, top_down=top_down, comment=comment))
    rgba = read_targa(TargaFile(path))
    assert np.array_equal(rgba[..., :channels], image)
    assert channels == 4 or (rgba[..., 3] == 255).all()
    assert not path.exists()


def test_targa_as_pillow_writes_it(tmp_path: Path) -> None:
    image = noise(6, 4)
    path = tmp_path / "render.tga"
    Image.fromarray(image, "RGBA").save(path)
    assert np.array_equal(read_targa(TargaFile(path)), image)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x" * 17,
        targa(noise(5, 7), top_down=False)[:-1],
        targa(noise(5, 7), top_down=False, kind=10),
        targa(noise(0, 7), top_down=False),
        targa(noise(2, 2), top_down=False).replace(b"\x20", b"\x10", 1),
    ],
)
def test_targa_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "render.tga"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="Render it again"):
        read_targa(TargaFile(path))
    assert not path.exists()
    with pytest.raises(SourceError, match="Render it again"):
        prepare(TargaFile(path))


def test_discarded_source_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "render.tga"
    path.write_bytes(b"x")
    discard(TargaFile(path))
    discard(TargaFile(path))
    assert not path.exists()
    discard(as_blender_has_it(noise(1, 1)))
