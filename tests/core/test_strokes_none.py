# SPDX-License-Identifier: GPL-3.0-or-later
"""What has no thin strokes is shrunk as if strokes were not looked for: shapes, photos, dust and noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.core.pictures import Rgba, disc, drawn, on, opaque, subject
from trellis_blender.core import resampling, strokes
from trellis_blender.core.components import Box
from trellis_blender.core.image import OPAQUE_ABOVE


def noisy_shadow() -> Rgba:
    y, x = np.indices((1600, 1600)) - 800
    soft = np.clip(0.75 - np.hypot(x, 2 * y) / 1500, 0, 1)
    noise = np.random.default_rng(3).normal(0, 0.15, soft.shape)
    return drawn(np.clip(np.where(soft > 0, soft + noise, 0), 0, 1).astype(np.float32), (10, 10, 10))


def dust() -> Rgba:
    rgba = disc(1600, 1600, 0.2)
    rng = np.random.default_rng(4)
    rgba[rng.integers(0, 1600, 400), rng.integers(0, 1600, 400), 3] = 255
    return rgba


def glass() -> Rgba:
    """Half of the pixels opaque, as hashed transparency is drawn."""
    rgba = subject(1600, 1600, Box(200, 200, 1400, 1400))
    rgba[..., 3] *= np.random.default_rng(5).integers(0, 2, (1600, 1600), np.uint8)
    return rgba


def blocks() -> Rgba:
    return subject(1600, 1600, Box(100, 100, 900, 400), Box(333, 501, 1499, 1203))


def wide() -> Rgba:
    return disc(1920, 1080, 0.3)


def photo() -> Rgba:
    return on(blocks(), (9, 99, 200))


@pytest.mark.parametrize("draw", [wide, blocks, noisy_shadow, dust, photo])
@pytest.mark.parametrize("side", [1024, 411])
def test_what_has_no_strokes_is_shrunk_as_ever(draw: Callable[[], Rgba], side: int) -> None:
    rgba = draw()
    size = resampling.fitted(rgba.shape[1], rgba.shape[0], side)
    plain, ours = resampling.resized(rgba, *size), strokes.resized(rgba, *size)
    changed = (plain != ours).any(axis=2)
    assert np.count_nonzero(changed) <= 0.0002 * changed.size
    assert abs(opaque(plain) - opaque(ours)) <= 0.0005 * opaque(plain)


def test_what_is_half_transparent_by_noise_stays_so() -> None:
    small = strokes.resized(glass(), 400, 400)
    inside = small[60:-60, 60:-60, 3]
    assert np.count_nonzero(inside > OPAQUE_ABOVE) < 0.01 * inside.size
