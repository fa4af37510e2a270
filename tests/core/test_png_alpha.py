# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a PNG is read as a whole decoder reads it, whatever its filters; what is odd is left to others."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.blender import forge
from trellis_blender.core.png_alpha import read_alpha

RNG = np.random.default_rng(5)


def noise(height: int, width: int, depth: int) -> Any:
    return RNG.integers(0, 256, (height, width, depth), np.uint8)


@pytest.mark.parametrize("depth", [2, 4])
@pytest.mark.parametrize("kind", range(5))
def test_every_filter(kind: int, depth: int) -> None:
    pixels = noise(19, 23, depth)
    assert np.array_equal(read_alpha(forge.png(pixels, lambda _row: kind)), pixels[..., -1])


def test_mixed_filters_and_many_strips() -> None:
    pixels = noise(700, 600, 4)
    pixels[::3, :, 3] = 255
    assert np.array_equal(read_alpha(forge.png(pixels, level=0)), pixels[..., 3])


@pytest.mark.parametrize("kind", range(5))
def test_nearly_opaque(kind: int) -> None:
    pixels = noise(40, 30, 4)
    pixels[..., 3] = 255
    pixels[7, 11, 3], pixels[20, 0, 3], pixels[21, 29, 3] = 240, 0, 1
    assert np.array_equal(read_alpha(forge.png(pixels, lambda _row: kind)), pixels[..., 3])


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_as_another_program_writes_it(mode: str) -> None:
    stream = io.BytesIO()
    picture = Image.fromarray(noise(64, 48, 4)).convert(mode)
    picture.save(stream, "PNG", optimize=True)
    assert np.array_equal(read_alpha(stream.getvalue()), np.asarray(picture)[..., -1])


@pytest.mark.parametrize("depth", [1, 3])
def test_without_alpha_all_is_opaque(depth: int) -> None:
    alpha = read_alpha(forge.png(noise(4, 4, depth)))
    assert alpha is not None and alpha.min() == 255


def test_what_is_odd_is_left_to_a_decoder() -> None:
    good = forge.png(noise(9, 9, 4))
    head = struct.Struct(">IIBBBBB")
    for field in ((9, 9, 16, 6, 0, 0, 0), (9, 9, 8, 6, 0, 0, 1), (9, 9, 4, 6, 0, 0, 0), (0, 9, 8, 6, 0, 0, 0)):
        assert read_alpha(good[:16] + head.pack(*field) + good[29:]) is None
    assert read_alpha(b"") is None
    assert read_alpha(b"RIFF....WEBP") is None
    assert all(read_alpha(good[:size]) is None for size in range(len(good) - 20))


def test_damaged_data() -> None:
    good = forge.png(noise(9, 9, 4), level=9)
    start = good.index(b"IDAT") + 4
    for place in range(start, start + 300, 7):
        damaged = good[:place] + bytes([good[place] ^ 16]) + good[place + 1 :]
        alpha = read_alpha(damaged)
        assert alpha is None or alpha.shape == (9, 9)


def test_a_filter_that_does_not_exist() -> None:
    line = bytes([9]) + bytes(8)
    packed = zlib.compress(line * 2)
    head = struct.pack(">IIBBBBB", 2, 2, 8, 6, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + b"crc?" for kind, data in ((b"IHDR", head), (b"IDAT", packed))
    )
    assert read_alpha(b"\x89PNG\r\n\x1a\n" + chunks) is None


@pytest.mark.parametrize("after", [0, 300])
@pytest.mark.parametrize("shape", [(4100, 70), (70, 4100), (700, 900)])
def test_many_soft_rows_of_any_filter(shape: tuple[int, int], after: int) -> None:
    """What takes long is undone by diagonals, from any row on; there, too, to the bit."""
    pixels = noise(*shape, 4)
    pixels[:after, :, 3] = 255
    kinds = RNG.integers(0, 5, shape[0])
    assert np.array_equal(read_alpha(forge.png(pixels, lambda row: int(kinds[row]), level=1)), pixels[..., 3])


@pytest.mark.parametrize("begins", [0, 1, 900, 2299])
def test_what_is_soft_and_large(begins: int) -> None:
    """It was left to Blender, which stood still for seconds: an opaque beginning goes row by row, the rest does not."""
    pixels = np.zeros((2300, 2000, 4), np.uint8)
    pixels[..., 3] = RNG.integers(0, 256, (2300, 2000), np.uint8)
    pixels[:begins, :, 3] = 255
    for kind in (lambda _row: 4, lambda row: row % 5):
        assert np.array_equal(read_alpha(forge.png(pixels, kind, level=1)), pixels[..., 3])


@pytest.mark.parametrize("depth", [2, 4])
def test_of_sixteen_bits_the_upper_ones(depth: int) -> None:
    """A byte is filtered by the byte of its place in the pixels around it, so this is what eight bits are."""
    pixels = noise(300, 260, 2 * depth)
    content = forge.png(pixels, bits=16)
    alpha = read_alpha(content)
    assert np.array_equal(alpha, pixels[..., 2 * depth - 2])
    if depth == 4:
        assert np.array_equal(alpha, np.asarray(Image.open(io.BytesIO(content)))[..., 3])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes(bits: int) -> None:
    colours, stream = 1 << bits, io.BytesIO()
    picture = Image.fromarray(RNG.integers(0, colours, (41, 53), np.uint8), "P")
    picture.putpalette(RNG.integers(0, 256, 3 * colours, np.uint8).tobytes())
    picture.save(stream, "PNG", transparency=RNG.integers(0, 256, max(colours - 1, 1), np.uint8).tobytes(), bits=bits)
    assert np.array_equal(read_alpha(stream.getvalue()), np.asarray(Image.open(stream).convert("RGBA"))[..., 3])


def test_a_palette_without_alpha_is_opaque() -> None:
    stream = io.BytesIO()
    Image.fromarray(noise(9, 9, 3)).quantize(8).save(stream, "PNG")
    alpha = read_alpha(stream.getvalue())
    assert alpha is not None and alpha.min() == 255
