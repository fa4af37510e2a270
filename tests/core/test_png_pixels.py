# SPDX-License-Identifier: GPL-3.0-or-later
"""A PNG is decoded as another program decodes it, whatever its kind, shape and filters; what is odd is refused."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.blender import forge
from trellis_blender.core import png_pixels
from trellis_blender.core.thumbnail import Surface, draw

RNG = np.random.default_rng(7)
SHAPES = ((1, 1), (1, 9), (9, 1), (2, 2), (19, 23), (40, 7), (7, 40))
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
HEAD = struct.Struct(">IIBBBBB")


def noise(height: int, width: int, depth: int) -> Any:
    """Give what no filter fits, with even parts, where Paeth's three distances are equal."""
    pixels = RNG.integers(0, 256, (height, width, depth), np.uint8)
    pixels[: height // 3, : width // 2] = 200
    return pixels


def by_another(png: bytes) -> Any:
    pixels = np.asarray(Image.open(io.BytesIO(png)))
    return pixels.reshape(*pixels.shape[:2], -1)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("depth", MODES)
def test_each_filter_and_all_in_turn(shape: tuple[int, int], depth: int) -> None:
    pixels = noise(*shape, depth)
    for kind in range(6):
        png = forge.png(pixels, (lambda row: row % 5) if kind == 5 else lambda _row, kind=kind: kind)
        found = png_pixels.read(png)
        assert np.array_equal(found, by_another(png)) and np.array_equal(found, pixels), kind


@pytest.mark.parametrize("mode", MODES.values())
@pytest.mark.parametrize("size", [(64, 48), (301, 517)])
def test_as_another_program_writes_it(mode: str, size: tuple[int, int]) -> None:
    rows, columns = np.mgrid[: size[0], : size[1]]
    smooth = np.stack([rows * 255 // size[0], columns * 255 // size[1], (rows * columns) >> 6, rows], -1) & 255
    for pixels in (smooth.astype(np.uint8), noise(*size, 4)):
        picture = Image.fromarray(pixels).convert(mode)
        stream = io.BytesIO()
        picture.save(stream, "PNG", optimize=True)
        found = png_pixels.read(stream.getvalue())
        assert np.array_equal(found, by_another(stream.getvalue())) and found.shape[2] == len(mode)


@pytest.mark.parametrize("side", [1, 2, 3, 5, 8, 22, 23, 100])
def test_only_each_so_many_pixels_are_kept(side: int) -> None:
    for shape in SHAPES:
        pixels = noise(*shape, 3)
        step = -(-max(shape) // side)
        found = png_pixels.read(forge.png(pixels), side)
        assert np.array_equal(found, pixels[::step, ::step]) and max(found.shape[:2]) <= side


def test_rows_in_many_chunks_and_strips() -> None:
    pixels = noise(300, 400, 4)
    whole = forge.png(pixels, level=0)
    start = whole.index(b"IDAT") + 4
    (size,) = struct.unpack_from(">I", whole, start - 8)
    parts = [whole[start + at : start + min(at + 999, size)] for at in range(0, size, 999)]
    cut = b"".join(struct.pack(">I", len(part)) + b"IDAT" + part + b"crc?" for part in parts)
    assert len(parts) > 100
    assert np.array_equal(png_pixels.read(whole[: start - 8] + cut + whole[start + size + 4 :]), pixels)
    assert np.array_equal(png_pixels.read(whole), pixels)


def test_told_by_the_beginning() -> None:
    good = forge.png(noise(9, 5, 3))
    assert png_pixels.is_readable(good, 9) and png_pixels.is_readable(good[:40], 9)
    assert not png_pixels.is_readable(good, 8), "too large"
    assert not png_pixels.is_readable(b"", 9) and not png_pixels.is_readable(b"RIFF....WEBP" + good, 9)


def test_what_is_odd_is_refused() -> None:
    good = forge.png(noise(9, 9, 4))
    for field in ((9, 9, 16, 6, 0, 0, 0), (9, 9, 8, 6, 0, 0, 1), (9, 9, 8, 3, 0, 0, 0), (0, 9, 8, 6, 0, 0, 0)):
        odd = good[:16] + HEAD.pack(*field) + good[29:]
        assert not png_pixels.is_readable(odd, 9)
        with pytest.raises(ValueError, match="not a PNG of 8 bits"):
            png_pixels.read(odd)


def test_what_is_cut_off_is_refused() -> None:
    good = forge.png(noise(9, 9, 4))
    for size in range(len(good) - 40):
        with pytest.raises(ValueError, match="PNG"):
            png_pixels.read(good[:size])


def test_damaged_data_is_refused_or_gives_some_picture() -> None:
    good = forge.png(noise(9, 9, 4), level=9)
    start, refused = good.index(b"IDAT") + 4, 0
    for place in range(start, start + 300, 7):
        try:
            found = png_pixels.read(good[:place] + bytes([good[place] ^ 16]) + good[place + 1 :])
        except ValueError:
            refused += 1
        else:
            assert found.shape == (9, 9, 4)
    assert refused


def test_a_filter_that_there_is_not() -> None:
    good = forge.png(noise(2, 2, 4))
    packed = zlib.compress((bytes([9]) + bytes(8)) * 2)
    start = good.index(b"IDAT")
    odd = good[: start - 4] + struct.pack(">I", len(packed)) + b"IDAT" + packed + b"crc?"
    with pytest.raises(ValueError, match="filtered in a way"):
        png_pixels.read(odd)


def sheet(texture: bytes) -> Surface:
    """A square that stands upright, facing the eye, with the whole texture on it."""
    points = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], np.float32)
    triangles = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    uvs = (points[:, ::2] * 0.499 + 0.5)[triangles].astype(np.float32)
    return Surface(points, triangles, uvs, texture)


def test_a_portrait_is_drawn_of_it_the_right_way_up() -> None:
    pixels = np.zeros((2048, 8, 3), np.uint8)
    pixels[:1024, :, 0] = pixels[1024:, :, 2] = 255
    picture = draw(sheet(forge.png(pixels)))
    rows = np.flatnonzero(picture[:, 64, 3])
    assert picture[rows[5], 64, 0] > 100 > picture[rows[5], 64, 2]
    assert picture[rows[-5], 64, 2] > 100 > picture[rows[-5], 64, 0]


def test_a_damaged_one_gives_a_grey_portrait(caplog: pytest.LogCaptureFixture) -> None:
    picture = draw(sheet(forge.png(noise(64, 64, 3))[:900]))
    solid = picture[picture[..., 3] > 0]
    assert len(solid) and np.ptp(solid[:, :3].astype(int), axis=1).max() == 0
    assert "so the small picture is grey" in caplog.text
