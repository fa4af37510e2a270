# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a WebP is read as a whole decoder reads it; what is odd, damaged or grainy is left to one."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trellis_blender.core.webp_alpha import read_alpha

RNG = np.random.default_rng(11)
HEIGHT, WIDTH = 161, 209
METHODS = (0, 2, 4)


def stray(count: int, low: int, high: int) -> Any:
    """Give an opaque plane but for so many texels."""
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[RNG.integers(0, HEIGHT, count), RNG.integers(0, WIDTH, count)] = RNG.integers(low, high, count)
    return alpha


def areas() -> Any:
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[20:70, 30:100], alpha[90:, 150:] = 0, 128
    return alpha


def quarters() -> Any:
    """Give a plane whose parts are of so many kinds that each is best told by codes of its own."""
    alpha = np.tile(np.arange(WIDTH) * 3 % 256, (HEIGHT, 1)).astype(np.uint8)
    alpha[:80, :100] = RNG.choice([255, 254, 9], (80, 100))
    alpha[80:, 100:] = RNG.integers(0, 256, (HEIGHT - 80, WIDTH - 100))
    return alpha


def blocks() -> Any:
    """Give a plane whose few values come in blocks: then an encoder has colours kept that were seen."""
    rows, columns = -(-HEIGHT // 8), -(-WIDTH // 8)
    grain = np.kron(RNG.normal(0.0, 1.0, (rows, columns)), np.ones((8, 8)))[:HEIGHT, :WIDTH]
    return (255.5 + 3.0 * grain).clip(0, 255).astype(np.uint8)


PLANES = {
    "one stray value": stray(40, 200, 201),
    "some": stray(40, 200, 212),
    "many": stray(300, 0, 250),
    "very many": stray(4000, 0, 250),
    "two values": RNG.choice([0, 255], (HEIGHT, WIDTH)).astype(np.uint8),
    "grain": RNG.integers(251, 256, (HEIGHT, WIDTH)).astype(np.uint8),
    "more grain": RNG.integers(230, 256, (HEIGHT, WIDTH)).astype(np.uint8),
    "areas": areas(),
    "blocks": blocks(),
    "quarters": quarters(),
    "nothing": np.zeros((HEIGHT, WIDTH), np.uint8),
}


def webp(alpha: Any, **options: Any) -> bytes:
    pixels = np.full((*alpha.shape, 4), 90, np.uint8)
    pixels[..., 3] = alpha
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", **options)
    return stream.getvalue()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [name for name in PLANES if name != "quarters"])
def test_as_a_whole_decoder_reads_it(name: str, method: int) -> None:
    alpha = read_alpha(webp(PLANES[name], method=method))
    assert alpha is not None and np.array_equal(alpha, PLANES[name])


def test_what_changes_from_place_to_place() -> None:
    found = [read_alpha(webp(PLANES["quarters"], method=method)) for method in METHODS]
    told = [alpha for alpha in found if alpha is not None]
    assert len(told) > 1 and all(np.array_equal(alpha, PLANES["quarters"]) for alpha in told)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (9, 1), (2, 3), (33, 7)])
@pytest.mark.parametrize("values", [2, 4, 16, 60])
def test_any_size(height: int, width: int, values: int) -> None:
    plane = RNG.choice(np.linspace(0, 250, values).astype(np.uint8), (height, width))
    assert np.array_equal(read_alpha(webp(plane)), plane)


def with_plane(packed: bytes, plane: bytes) -> bytes:
    """Put another alpha plane into a file."""
    at = packed.index(b"ALPH")
    size = int.from_bytes(packed[at + 4 : at + 8], "little")
    chunks = packed[12:at] + b"ALPH" + len(plane).to_bytes(4, "little") + plane + bytes(len(plane) % 2)
    chunks += packed[at + 8 + size + size % 2 :]
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (2, 2), (161, 209), (30, 400)])
def test_filters(kind: int, size: tuple[int, int]) -> None:
    """What is soft is told by its neighbours: it was left to Blender, which decoded it on its main thread."""
    told = RNG.integers(0, 256, size, np.uint8)
    content = with_plane(webp(np.full(size, 7, np.uint8)), bytes([kind << 2]) + told.tobytes())
    assert np.array_equal(read_alpha(content), np.asarray(Image.open(io.BytesIO(content)))[..., 3])


def test_filters_of_what_is_packed() -> None:
    grain = Image.fromarray(RNG.integers(0, 255, (12, 12), np.uint8)).resize((700, 700), Image.Resampling.BICUBIC)
    content = webp(np.asarray(grain))
    assert content[content.index(b"ALPH") + 8] >> 2 & 3, "it is filtered"
    assert np.array_equal(read_alpha(content), np.asarray(grain))


def test_kept_as_it_is() -> None:
    """No encoder at hand does so; the header's byte says it."""
    packed = webp(PLANES["areas"])
    at = packed.index(b"ALPH")
    content = with_plane(packed, bytes(1) + PLANES["areas"].tobytes())
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content)))[..., 3], PLANES["areas"])
    assert np.array_equal(read_alpha(content), PLANES["areas"])
    assert read_alpha(content[: at + 900]) is None


def test_without_alpha_all_is_opaque() -> None:
    alpha = read_alpha(webp(np.full((9, 9), 255, np.uint8)))
    assert alpha is not None and alpha.min() == 255


def test_what_is_odd_is_left_to_a_decoder() -> None:
    plane = PLANES["areas"]
    assert read_alpha(webp(plane, lossless=True)) is None
    frames, stream = [Image.fromarray(np.dstack([one] * 4)) for one in (plane, plane[::-1])], io.BytesIO()
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:])
    assert read_alpha(stream.getvalue()) is None
    good = webp(plane)
    header = good.index(b"ALPH") + 8
    for odd in (2, 3):
        assert read_alpha(good[:header] + bytes([odd]) + good[header + 1 :]) is None
    assert read_alpha(good[:24] + b"\xff" * 6 + good[30:]) is None, "it says that it is larger than any can be"
    assert read_alpha(b"") is None
    assert read_alpha(b"RIFF....WEBP") is None


def test_what_is_soft() -> None:
    across = np.linspace(0.0, 1.0, 300)
    soft = (128 + 120 * np.sin(9 * across)[:, None] * np.cos(7 * across)).astype(np.uint8)
    assert np.array_equal(read_alpha(webp(soft)), soft)


def test_grain_all_over_a_large_one() -> None:
    """More than three megabytes were left to Blender, which stood still for seconds."""
    grain = RNG.integers(224, 256, (2400, 2400), np.uint8)
    content = webp(grain, method=0)
    assert len(content) > 3 << 20
    assert np.array_equal(read_alpha(content), grain)


def test_what_is_told_by_changing_neighbours_is_left_to_a_decoder() -> None:
    across = np.linspace(0.0, 1.0, 300)
    soft = 128 + 90 * np.sin(9 * across)[:, None] * np.cos(7 * across)
    assert read_alpha(webp((soft + RNG.normal(0, 1, soft.shape)).astype(np.uint8))) is None


@pytest.mark.parametrize("name", ["some", "many", "grain", "blocks"])
def test_damaged_data(name: str) -> None:
    good = webp(PLANES[name][:40, :50])
    start = good.index(b"ALPH")
    size = int.from_bytes(good[start + 4 : start + 8], "little")
    for place in range(start + 8, start + 8 + min(size, 300)):
        for bit in (0, 3, 6):
            damaged = good[:place] + bytes([good[place] ^ 1 << bit]) + good[place + 1 :]
            alpha = read_alpha(damaged)
            assert alpha is None or alpha.shape == (40, 50)
    assert all(read_alpha(good[:end]) is None for end in range(start + 8 + size - 9))
