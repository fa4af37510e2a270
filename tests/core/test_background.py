# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject before an even background is cut out as its true mask says, and takes no colour of it along."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from trellis_blender.core.backdrop import Backdrop, backdrop
from trellis_blender.core.background import cut

Rgba = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
SIDE = 160
RED = (200.0, 40.0, 30.0)


def disc(radius: float, *, hole: float = 0.0) -> Floats:
    """The share of every pixel that a disc covers."""
    y, x = np.indices((SIDE, SIDE)) + 0.5 - SIDE / 2
    distance = np.hypot(x, y)
    return np.clip(radius - distance + 0.5, 0, 1) * np.clip(distance - hole + 0.5, 0, 1)


def before(
    behind: Floats | tuple[float, ...], share: Floats, colour: tuple[float, ...] = RED, noise: float = 0
) -> Rgba:
    """A subject, opaque, before a background."""
    image = share[..., None] * np.array(colour) + (1 - share[..., None]) * np.array(behind)
    image = image + np.random.default_rng(1).normal(0, noise, image.shape) if noise else image
    opaque = np.full((SIDE, SIDE, 1), 255.0)
    return np.concatenate([image.clip(0, 255) + 0.5, opaque], axis=2).astype(np.uint8)


@pytest.mark.parametrize("behind", [(255.0, 255.0, 255.0), (0.0, 0.0, 0.0), (20.0, 200.0, 60.0), (128.0, 128.0, 128.0)])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_the_mask_is_the_true_one(behind: tuple[float, ...], noise: float) -> None:
    share = disc(50)
    result = cut(before(behind, share, noise=noise), 0.08)
    error = np.abs(result[..., 3] / 255 - share)
    assert error.max() < 0.25
    assert error[(share > 0) & (share < 1)].mean() < 0.06
    assert (result[share == 0] == 0).all()
    assert (result[disc(46) == 1][:, 3] == 255).all()


@pytest.mark.parametrize("wall", [30.0, 115.0, 230.0])
@pytest.mark.parametrize("blur", [0, 1])
def test_a_subject_of_many_colours_is_solid_up_to_its_edge(wall: float, blur: int) -> None:
    """Spots of other colours at its edge are its own, not mixed with the wall: the server takes all that is solid."""
    share = disc(50)
    y, x = np.indices((SIDE, SIDE))
    colours = np.array([(200, 40, 30), (240, 200, 60), (30, 90, 200), (90, 190, 80)], float)[(x // 3 + y // 4 * 3) % 4]
    image = share[..., None] * colours + (1 - share[..., None]) * wall
    for axis in (0, 1) * blur:
        image = (np.roll(image, 1, axis) + 2 * image + np.roll(image, -1, axis)) / 4
    rgba = np.concatenate([image + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).astype(np.uint8)
    alpha = cut(rgba, 0.08)[..., 3]
    inside = disc(50 - blur) == 1
    assert (alpha[inside] <= 204).mean() < 0.0001
    assert (alpha[disc(52) == 0] == 0).all()


@pytest.mark.parametrize("behind", [(255.0, 255.0, 255.0), (20.0, 200.0, 60.0)])
def test_the_edge_is_free_of_the_backgrounds_colour(behind: tuple[float, ...]) -> None:
    share = disc(50)
    image = before(behind, share)
    seen = (share > 0.3) & (share < 0.9)
    fringe = np.abs(image[seen][:, :3] - np.array(RED)).max()
    result = cut(image, 0.08)
    left = np.abs(result[seen][:, :3] - np.array(RED)).max()
    assert fringe > 100
    assert left < 12


def test_background_that_changes_evenly() -> None:
    y, x = np.indices((SIDE, SIDE)) / SIDE
    behind = np.stack([120 + 90 * x, 130 + 60 * y, 200 - 70 * x], axis=2)
    share = disc(40)
    image = before(behind, share)
    assert backdrop(image, 0.08).is_even
    assert np.abs(cut(image, 0.08)[..., 3] / 255 - share).mean() < 0.002


def test_a_subject_at_the_edge_does_not_pass_for_background() -> None:
    share = np.zeros((SIDE, SIDE))
    share[40:, 60:100] = 1.0
    result = cut(before((240.0, 240.0, 240.0), share), 0.08)
    assert np.array_equal(result[..., 3] > 127, share > 0.5)


def test_holes_stay_unless_asked_for() -> None:
    share = disc(50, hole=20)
    image = before((255.0, 255.0, 255.0), share)
    kept, opened = cut(image, 0.08), cut(image, 0.08, holes=True)
    middle = np.s_[SIDE // 2 - 5 : SIDE // 2 + 5, SIDE // 2 - 5 : SIDE // 2 + 5]
    assert (kept[middle] == 255).all()
    assert (opened[middle] == 0).all()
    assert np.abs(opened[..., 3] / 255 - share).mean() < 0.003


def test_highlights_are_no_holes() -> None:
    image = before((255.0, 255.0, 255.0), disc(50))
    image[80:82, 80:82, :3] = 255
    assert (cut(image, 0.08, holes=True)[80:82, 80:82, 3] == 255).all()


def test_a_slanted_line_holds_the_flood() -> None:
    """A drawing whose outline is one pixel wide keeps its white inside."""
    share = np.zeros((SIDE, SIDE))
    for step in range(60):
        for y, x in ((20 + step, 80 - step), (20 + step, 80 + step), (140 - step, 80 - step), (140 - step, 80 + step)):
            share[y, x] = 1.0
    share[80, 20] = share[80, 140] = 1.0
    image = before((255.0, 255.0, 255.0), share, colour=(0.0, 0.0, 0.0))
    result = cut(image, 0.08)
    assert (result[70:90, 70:90, 3] == 255).all()
    assert (result[:10, :, 3] == 0).all()


@pytest.mark.parametrize(("tolerance", "is_left"), [(0.02, True), (0.3, False)])
def test_tolerance(tolerance: float, is_left: bool) -> None:
    image = before((255.0, 255.0, 255.0), disc(50), colour=(215.0, 215.0, 215.0))
    assert bool(cut(image, tolerance)[..., 3].any()) is is_left


def test_a_photo_is_not_even() -> None:
    image = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 4), dtype=np.uint8)
    image[..., 3] = 255
    assert not backdrop(image, 0.08).is_even


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_tiny_pictures(shape: tuple[int, int]) -> None:
    assert not cut(np.full((*shape, 4), 255, np.uint8), 0.08).any()


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_the_background_is_told_alike_for_strips_and_for_single_pixels(degree: int) -> None:
    surface = np.random.default_rng(degree).normal(0, 20, (3, degree + 1, degree + 1)).astype(np.float32)
    surface[:, 0, 0] += 128
    behind = Backdrop(surface, 1.0)
    shape, rows, columns = (90, 70, 4), np.arange(20, 60), np.arange(70)
    strip = behind.colours(rows, columns, shape)
    assert strip.shape == (3, 40, 70)
    assert strip.dtype == np.float32
    y, x = (grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij"))
    single = behind.colours_at(y, x, shape).T.reshape(strip.shape)
    exact = np.polynomial.polynomial.polyval2d((2 * y + 1) / 90 - 1, (2 * x + 1) / 70 - 1, np.moveaxis(surface, 0, 2))
    assert np.abs(strip - single).max() < 1e-3
    assert np.abs(strip - exact.reshape(strip.shape)).max() < 1e-3
