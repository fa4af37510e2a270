# SPDX-License-Identifier: GPL-3.0-or-later
"""A background that falls off smoothly is cut as a flat one is, and what the cut leaves of one is said."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.core.samples import SAMPLES
from trellis_blender.core.backdrop import backdrop
from trellis_blender.core.background import cut
from trellis_blender.core.preflight import Code, Remedy, inspect
from trellis_blender.core.preparation import Background, Preparation

Rgba = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
SIDE = 480
CUT = Preparation(background=Background.CUT)
Y, X = (np.indices((SIDE, SIDE)) + 0.5) / SIDE - 0.5
FAR = np.hypot(X, Y) / np.hypot(0.5, 0.5)
RED = (200.0, 60.0, 40.0)


def disc(radius: float, *, soft: float = 1.0, x: float = 0.0, y: float = 0.0) -> Floats:
    """The share of every pixel that a disc covers; ``soft`` is how many pixels wide its outline is."""
    return np.clip((radius - np.hypot(X - x, Y - y)) * SIDE / soft + 0.5, 0, 1)


def picture(behind: Floats, share: Floats, colour: tuple[float, ...] = RED, noise: float = 0.0) -> Rgba:
    """A subject before a grey background, opaque."""
    share = share[..., None]
    image = share * np.array(colour) + (1 - share) * behind[..., None]
    image = image + np.random.default_rng(1).normal(0, noise, image.shape)
    return np.concatenate([image.clip(0, 255) + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).astype(np.uint8)


def codes(rgba: Rgba, preparation: Preparation = CUT) -> list[Code]:
    return [verdict.code for verdict in inspect(rgba, preparation)]


def left(rgba: Rgba, share: Floats, tolerance: float = CUT.tolerance) -> float:
    """The share of the background that the cut left."""
    return float((cut(rgba, tolerance)[share == 0][:, 3] > 0).mean())


def lost(rgba: Rgba, share: Floats, tolerance: float = CUT.tolerance) -> float:
    """The share of the subject that the cut took, or made as good as transparent."""
    return float((cut(rgba, tolerance)[share == 1][:, 3] < 200).mean())


FALLING = {
    "straight": lambda amount: 245 - amount * FAR,
    "round": lambda amount: 245 - amount * FAR**2,
    "dark": lambda amount: 20 + amount * FAR,
    "sideways": lambda amount: 200 - amount * (X + 0.5),
    "sideways and bent": lambda amount: 200 - amount * (X + 0.5) ** 2,
}


@pytest.mark.parametrize("course", FALLING)
@pytest.mark.parametrize("amount", [60, 110])
@pytest.mark.parametrize("noise", [0.0, 5.0])
@pytest.mark.parametrize("share", [disc(0.3), disc(0.33, x=0.1, y=-0.05)], ids=["in the middle", "beside it"])
def test_a_background_that_falls_off_is_cut_cleanly(course: str, amount: int, noise: float, share: Floats) -> None:
    rgba = picture(FALLING[course](amount), share, noise=noise)
    assert left(rgba, share) < 0.0002
    assert lost(rgba, share) < 0.005
    assert codes(rgba) == []


@pytest.mark.parametrize("amount", [30, 60, 90])
def test_a_small_subject_before_a_vignette(amount: int) -> None:
    share = disc(0.1, x=0.1)
    rgba = picture(245 - amount * FAR, share)
    assert left(rgba, share) == 0 and lost(rgba, share) < 0.005
    assert codes(rgba) == [Code.SMALL]


@pytest.mark.parametrize("soft", [20, 60])
@pytest.mark.parametrize("amount", [0, 60])
def test_a_soft_outline_is_not_followed(amount: int, soft: int) -> None:
    share = disc(0.33, soft=soft)
    rgba = picture(245 - amount * FAR, share, colour=(150.0, 140.0, 130.0))
    assert left(rgba, share) == 0 and lost(rgba, share) < 0.005
    assert codes(rgba) == []


@pytest.mark.parametrize("soft", [1, 16])
def test_a_subject_of_a_colour_close_by_stays_whole(soft: int) -> None:
    """The background is known as well inside as outside, so that less tolerance tells it from the subject."""
    share = disc(0.3, soft=soft)
    rgba = picture(245 - 60 * FAR**2, share, colour=(205.0, 205.0, 205.0))
    assert left(rgba, share, 0.03) == 0
    assert lost(rgba, share, 0.03) < 0.01


def test_a_shadow_does_not_bend_the_background() -> None:
    share = disc(0.28)
    shadow = 80 * np.exp(-((X - 0.1) ** 2 / 0.03 + (Y - 0.28) ** 2 / 0.004))
    for behind in (np.full((SIDE, SIDE), 245.0), 245 - 60 * FAR):
        rgba = picture(behind - shadow, share)
        is_lit = (share == 0) & (shadow < 5)
        assert (cut(rgba, CUT.tolerance)[is_lit][:, 3] == 0).all()
        assert lost(rgba, share) < 0.005


def test_a_flat_background_is_still_flat() -> None:
    rgba = picture(np.full((SIDE, SIDE), 200.0), disc(0.3), noise=4)
    assert backdrop(rgba, CUT.tolerance).surface.shape[1:] == (2, 2)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_an_island_of_background_is_said(noise: float) -> None:
    """A lit wall too uneven for any surface: it is cut at the frame only, and not silently."""
    spots = sum(np.exp(-((X - x) ** 2 + (Y - y) ** 2) / 0.012) for x in (-0.27, 0.27) for y in (-0.27, 0.0, 0.27))
    share = disc(0.12)
    rgba = picture(150 + 45 * np.asarray(spots), share, noise=noise)
    assert left(rgba, share) > 0.05
    assert Code.UNCLEAR_OUTLINE in codes(rgba) or Code.UNEVEN_BACKGROUND in codes(rgba)


@pytest.mark.parametrize(("wide", "deep"), [(0.006, 60), (0.02, 80), (0.05, 110)])
def test_a_large_shadow_is_said(wide: float, deep: float) -> None:
    """It has the background's colour no longer, and nothing tells it from a subject that fades out."""
    share = disc(0.27)
    shadow = deep * np.exp(-(X**2 / (4 * wide) + (Y - 0.3) ** 2 / wide))
    rgba = picture(240 - 60 * FAR**2 - shadow, share, colour=(60.0, 120.0, 60.0))
    assert left(rgba, share) > 0.02 and lost(rgba, share) < 0.005
    (found,) = inspect(rgba, CUT)
    assert found.code in (Code.UNCLEAR_OUTLINE, Code.UNEVEN_BACKGROUND)
    assert "tolerance" in found.fix and found.remedy is Remedy.KEEP


@pytest.mark.parametrize("period", [60, 160])
def test_a_pattern_on_the_wall_is_said(period: int) -> None:
    share = disc(0.25)
    waves = 40 * np.sin(X * SIDE * 2 * np.pi / period + 1) * np.sin(Y * SIDE * 2 * np.pi / period + 0.7)
    rgba = picture(180 + waves, share)
    assert left(rgba, share) > 0.1
    assert codes(rgba) == [Code.UNEVEN_BACKGROUND]


def test_grain_that_is_coarser_than_the_tolerance_is_said() -> None:
    share = disc(0.3)
    rgba = picture(235 - 80 * FAR**2, share, noise=15)
    assert left(rgba, share) > 0.5
    assert Code.UNEVEN_BACKGROUND in codes(rgba)


def test_pieces_that_are_left_at_random_are_said() -> None:
    """Spots on the wall that are hardly not cut, none at the frame; a subject's own parts are further off."""
    share = disc(0.2)
    spots = sum(40 * (np.hypot(X - x, Y - y) < 0.04) for x in (-0.35, 0.35) for y in (-0.35, 0.0, 0.35))
    rgba = picture(200 - np.asarray(spots), share)
    assert left(rgba, share) > 0.02
    assert codes(rgba) == [Code.UNEVEN_BACKGROUND, Code.SMALL]
    rgba = picture(200 - np.asarray(spots) * 2.5, share)
    assert codes(rgba) == [Code.SEVERAL]


def test_a_subject_that_is_eaten_is_said() -> None:
    """All around, it goes over into the wall: the cut runs through it."""
    share = disc(0.28)
    rgba = picture(235 - 90 * FAR, share, colour=(187.0, 187.0, 187.0))
    assert lost(rgba, share) > 0.3
    assert Code.UNCLEAR_OUTLINE in codes(rgba)


@pytest.mark.parametrize("wall", [40.0, 120.0, 230.0])
@pytest.mark.parametrize("noise", [0.0, 1.5])
def test_a_side_that_goes_with_the_wall_is_said(wall: float, noise: float) -> None:
    """Half of a subject hardly differs from the wall, and no outline is between them: more than a tenth is cut."""
    share = disc(0.3, soft=8)
    near = 1 / (1 + np.exp((X - 0.05) * -60))
    colour = near[..., None] * (wall + 13) + (1 - near[..., None]) * np.array(RED)
    mixed = share[..., None] * colour + (1 - share[..., None]) * wall
    mixed = mixed + np.random.default_rng(2).normal(0, noise, mixed.shape)
    rgba = np.concatenate([mixed + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).clip(0, 255).astype(np.uint8)
    assert lost(rgba, share) > 0.1
    assert codes(rgba) == [Code.UNCLEAR_OUTLINE]


@pytest.mark.parametrize("amount", [0, 60, 110])
@pytest.mark.parametrize("other", [14.0, -14.0])
def test_a_part_almost_of_the_walls_colour_stays(amount: int, other: float) -> None:
    """Within the tolerance, but behind an outline, and the subject's: a white collar before a white wall."""
    behind = 230 - amount * FAR**2
    share = disc(0.3)
    rgba = picture(behind, share)
    collar = (share == 1) & (Y < -0.1)
    rgba[collar, :3] = (behind[collar] + other).clip(0, 255)[:, None]
    assert left(rgba, share) == 0 and lost(rgba, share) < 0.01
    assert codes(rgba) == []


@pytest.mark.parametrize("depth", [8, 14, 18])
def test_a_light_shadow_with_an_edge_goes_with_the_wall(depth: int) -> None:
    share = disc(0.27)
    shadow = depth * (np.hypot(X / 0.3, (Y - 0.27) / 0.07) < 1)
    rgba = picture(240.0 - shadow, share, colour=(60.0, 120.0, 60.0))
    assert left(rgba, share) == 0 and lost(rgba, share) < 0.005


@pytest.mark.parametrize("amount", [0, 60, 110])
def test_what_shines_is_not_eaten(amount: int) -> None:
    """A highlight of the wall's colour, a lit rim, and white before white, as long as an outline is around it."""
    behind = 245 - amount * FAR**2
    share = disc(0.3)
    far = np.hypot(X, Y)
    shine = np.exp(-((X + 0.08) ** 2 + (Y + 0.1) ** 2) / 0.003)
    rim = np.exp(-(((far - 0.285) / 0.01) ** 2))
    white = 190 + 65 * np.sqrt(np.clip(1 - (far / 0.3) ** 2, 0, 1))
    for colour in (60 + 185 * shine, 60 + (behind - 60) * rim, white):
        rgba = picture(np.where(share == 1, colour, share * colour + (1 - share) * behind), np.zeros_like(share))
        assert left(rgba, share) == 0 and lost(rgba, share) < 0.02


def test_grain_is_background_but_dots_are_not() -> None:
    rgba = picture(np.full((SIDE, SIDE), 200.0), disc(0.3))
    rgba[20, 20, :3] = rgba[0, 50, :3] = rgba[30, 30:32, :3] = 170
    rgba[40, 40, :3] = 100
    result = cut(rgba, CUT.tolerance)
    assert not result[20, 20].any() and not result[0, 50].any() and not result[30, 30:32].any()
    assert result[40, 40, 3] == 255


@pytest.mark.parametrize("shape", [(120, 700), (700, 120), (131, 257), (1023, 517)])
def test_other_formats(shape: tuple[int, int]) -> None:
    y, x = (np.indices(shape) + 0.5) / np.array(shape)[:, None, None] - 0.5
    behind = 240 - 70 * 2 * (x**2 + y**2)
    share = np.hypot(x * shape[1], y * shape[0]) < 0.3 * min(shape)
    rgba = np.full((*shape, 4), 255, np.uint8)
    rgba[..., :3] = np.where(share[..., None], RED, behind[..., None] + 0.5)
    assert np.array_equal(cut(rgba, CUT.tolerance)[..., 3] > 0, share)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("amount", [0, 70])
def test_the_samples_are_cut_from_a_vignette_as_from_a_wall(path: object, amount: int) -> None:
    with Image.open(str(path)) as image:
        image.thumbnail((320, 320))
        sheet = Image.new("RGBA", (SIDE, SIDE))
        sheet.paste(image.convert("RGBA"), ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
    drawn = np.array(sheet).astype(float)
    share = drawn[..., 3:] / 255
    mixed = share * drawn[..., :3] + (1 - share) * (215 - amount * FAR**2)[..., None]
    rgba = np.concatenate([mixed + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).clip(0, 255).astype(np.uint8)
    assert not {Code.UNEVEN_BACKGROUND, Code.UNCLEAR_OUTLINE} & set(codes(rgba))
