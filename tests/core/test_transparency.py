# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen through is counted where the UVs lie, and nowhere else."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.blender import forge
from trellis_blender.core import model
from trellis_blender.core.transparency import Probes, probes, share, share_of_file


def square(low: float, high: float) -> np.ndarray:
    """Give the UVs of two triangles that fill a square."""
    a, b, c, d = (low, low), (high, low), (high, high), (low, high)
    return np.array([a, b, c, a, c, d], np.float32)


def test_only_what_is_used_counts() -> None:
    alpha = np.zeros((100, 100), np.uint8)
    alpha[:50, :50] = 255
    assert share(alpha, probes(square(0.0, 0.5))) == 0.0
    assert share(alpha, probes(square(0.5, 1.0))) == pytest.approx(1.0)


def test_rows_are_counted_from_the_bottom() -> None:
    pixels = np.full((10, 10, 4), 255, np.uint8)
    pixels[:5, :, 3] = 0  # the upper half, where V is more than a half
    upper, lower = probes(square(0.0, 1.0) * [1, 0.5] + [0, 0.5]), probes(square(0.0, 1.0) * [1, 0.5])
    assert share_of_file(forge.png(pixels), ".png", upper) == pytest.approx(1.0)
    assert share_of_file(forge.png(pixels), ".png", lower) == 0.0


def test_faces_count_by_their_size() -> None:
    alpha = np.full((100, 100), 255, np.uint8)
    alpha[:10, :10] = 0
    both = np.concatenate([square(0.0, 0.1), square(0.1, 1.0)])
    assert share(alpha, probes(both)) == pytest.approx(0.01 / 0.82, rel=0.05)


@pytest.mark.parametrize("uvs", [np.full((6, 2), 0.5), square(-3.0, -2.0), square(1.0, 2.0), np.full((3, 2), 1.0)])
def test_any_coordinates(uvs: np.ndarray) -> None:
    assert share(np.zeros((7, 9), np.uint8), probes(uvs.astype(np.float32))) == pytest.approx(1.0)


@pytest.mark.parametrize(("axis", "low", "high"), [(0, 0.31, 0.43), (1, 0.8, 0.94), (0, 0.02, 0.05)])
def test_a_few_faces_are_looked_at_all_over(axis: int, low: float, high: float) -> None:
    """A pane of two triangles: a band of it was between the eight places that were looked at."""
    alpha = np.full((100, 100), 255, np.uint8)
    band = slice(round(low * 100), round(high * 100))
    alpha[(band, slice(None)) if axis else (slice(None), band)] = 0
    places = probes(square(0.0, 1.0))
    assert share(alpha, places) == pytest.approx(high - low, abs=0.02)
    assert 4096 <= len(places.uvs) <= 3 * 4096
    assert places.weights.sum() == pytest.approx(1.0)
    assert places.uvs.min() >= 0.0 and places.uvs.max() <= 1.0


def test_many_faces_are_sampled() -> None:
    places = probes(np.tile(square(0.0, 1.0), (100_000, 1)))
    assert len(places.uvs) <= 4 << 16
    assert places.weights.sum() == pytest.approx(1.0)


def webp(alpha: np.ndarray, **options: Any) -> bytes:
    pixels = np.full((*alpha.shape, 4), 90, np.uint8)
    pixels[..., 3] = alpha
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", **options)
    return stream.getvalue()


def test_of_a_webp_it_is_known_before_blender_has_it() -> None:
    """Blender decoded it on the main thread: four times slower, and twice the memory."""
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[3, 5], alpha[40, 9] = 200, 0
    for clear, expected in ((0, 0.0), (16, 0.25)):
        alpha[:, 64 - clear :] = 0
        read = model.read_bytes(forge.glb(forge.globe(), forge.Look(webp(alpha), alpha_mode="BLEND")))
        assert isinstance(read, model.Model)
        assert read.see_through == pytest.approx(expected, abs=0.02)


def test_what_only_blender_can_decode_is_told_with_where_to_look() -> None:
    look = forge.Look(webp(np.full((4, 4), 99, np.uint8), lossless=True), alpha_mode="BLEND")
    read = model.read_bytes(forge.glb(forge.globe(), look))
    assert isinstance(read, model.Model)
    assert isinstance(read.see_through, Probes)


def test_what_is_opaque_is_not_looked_at() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    for mode, expected in (("OPAQUE", None), ("BLEND", 1.0)):
        read = model.read_bytes(forge.glb(forge.globe(), forge.Look(forge.png(pixels), alpha_mode=mode)))
        assert isinstance(read, model.Model)
        assert read.see_through == (None if expected is None else pytest.approx(expected))
