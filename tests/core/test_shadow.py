# SPDX-License-Identifier: GPL-3.0-or-later
"""A soft shadow that a cut keeps below its subject is said; of subjects that look a little like one nothing is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFilter

from tests.core.samples import SAMPLES
from trellis_blender.core import splitting
from trellis_blender.core.background import cut
from trellis_blender.core.image import Frame
from trellis_blender.core.preflight import Code, Remedy, Severity, inspect
from trellis_blender.core.preparation import Background, Preparation

Rgba = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
SIDE = 640
CUT = Preparation(background=Background.CUT)
Y, X = (np.indices((SIDE, SIDE)) + 0.5) / SIDE - 0.5
FAR = np.hypot(X, Y)
CHEQUERED = 60 + 90 * ((np.floor(X * 12) + np.floor(Y * 12)) % 2)[..., None] * np.array((1.0, 0.5, 0.2))
WALLS = {"white": (255.0,) * 3, "grey": (200.0,) * 3, "cream": (250.0, 238.0, 215.0)}


def within(distance: Floats) -> Floats:
    return np.clip(distance * SIDE + 0.5, 0, 1)[..., None]


def shaded(wall: Floats, strength: float, blur: float) -> Floats:
    """The wall with a shadow on it, below a subject in the middle."""
    drawn = Image.fromarray(np.uint8(255 * ((X / 0.32) ** 2 + ((Y - 0.29) / 0.04) ** 2 < 1)))
    share = np.asarray(drawn.filter(ImageFilter.GaussianBlur(blur)), float) / 255
    return np.asarray(wall * (1 - strength * share[..., None]))


def saved(image: Floats, quality: int | None) -> Rgba:
    rgb = (image.clip(0, 255) + 0.5).astype(np.uint8)
    if quality is not None:
        file = io.BytesIO()
        Image.fromarray(rgb).save(file, "JPEG", quality=quality)
        rgb = np.asarray(Image.open(file))
    return np.concatenate([rgb, np.full((SIDE, SIDE, 1), 255, np.uint8)], axis=2)


def before(wall: tuple[float, ...], share: Floats, own: Floats, quality: int | None = None) -> Rgba:
    return saved(share * own + (1 - share) * np.array(wall), quality)


def codes(rgba: Rgba, preparation: Preparation = CUT) -> set[Code]:
    return {one.code for one in inspect(rgba, preparation)}


@pytest.mark.parametrize(
    ("wall", "strength", "blur", "quality"),
    [("white", 0.2, 4, 80), ("white", 0.6, 14, None), ("grey", 0.3, 8, 80), ("cream", 0.6, 5, 80)],
)
def test_a_shadow_that_stays_is_said(wall: str, strength: float, blur: float, quality: int | None) -> None:
    share = within(0.28 - FAR)
    rgba = saved(share * CHEQUERED + (1 - share) * shaded(np.array(WALLS[wall]), strength, blur), quality)
    kept = cut(rgba, CUT.tolerance)[..., 3] > 204
    assert (kept & (share[..., 0] == 0)).sum() > 0.03 * share.sum(), "it stays, indeed"
    (found,) = inspect(rgba, CUT)
    assert (found.code, found.severity, found.remedy) == (Code.SHADOW, Severity.WARNING, Remedy.KEEP)
    (beforehand,) = inspect(rgba, Preparation())
    assert "a soft shadow is likely to stay" in beforehand.fix and beforehand.remedy is Remedy.CUT
    assert Code.SHADOW not in codes(rgba, Preparation(background=Background.CUT, tolerance=0.5)), "it went"


def test_a_sheet_with_shadows_is_split_and_they_are_said() -> None:
    """Also which of the subjects keeps one: here the left."""
    share = np.maximum(within(0.11 - np.hypot(X - 0.2, Y)), within(0.11 - np.hypot(X + 0.2, Y)))
    dark = np.exp(-(((X + 0.2) / 0.09) ** 2) - ((Y - 0.12) / 0.015) ** 2)[..., None]
    rgba = saved(share * CHEQUERED + (1 - share) * 255 * (1 - 0.4 * dark), None)
    found = inspect(rgba, Preparation())
    assert any("a soft shadow" in one.fix for one in found)
    assert Remedy.SPLIT in {one.remedy for one in found}
    sheet = splitting.split(Frame(rgba, is_bottom_up=False), CUT, "Ball")
    said = [{one.code: one.fix for one in splitting.judge(sheet, each, CUT)} for each in sheet.sheet.subjects]
    assert [Code.SHADOW in each for each in said] == [True, False]
    assert said[0][Code.SHADOW] == "Raise the tolerance and split the picture again."


def ball(tone: float, ambient: float) -> Floats:
    """A matt grey ball, lit from above."""
    depth = np.sqrt(np.clip(0.28**2 - FAR**2, 0, None)) / 0.28
    light = np.clip(-0.5 * X / 0.28 - 0.6 * Y / 0.28 + 0.63 * depth, 0, 1)
    return np.repeat((tone * (ambient + (1 - ambient) * light))[..., None], 3, axis=2)


@pytest.mark.parametrize(
    ("wall", "tone", "ambient"),
    [(255.0, 60.0, 0.15), (245.0, 140.0, 0.15), (245.0, 140.0, 0.7), (200.0, 60.0, 0.7), (90.0, 140.0, 0.15)],
)
def test_a_grey_ball_is_no_shadow(wall: float, tone: float, ambient: float) -> None:
    found = codes(before((wall,) * 3, within(0.28 - FAR), ball(tone, ambient), 80))
    assert Code.SHADOW not in found


@pytest.mark.parametrize("wall", [255.0, 128.0])
def test_metal_is_no_shadow(wall: float) -> None:
    own = np.repeat((30 + 200 * np.exp(-(((X + 0.06) / 0.08) ** 2)))[..., None], 3, axis=2)
    share = within(np.minimum(0.2 - np.abs(X), 0.35 - np.abs(Y)))
    assert Code.SHADOW not in codes(before((wall,) * 3, share, own, 80))


@pytest.mark.parametrize("soft", [6, 60])
def test_a_subject_out_of_focus_is_no_shadow(soft: float) -> None:
    share = np.clip((0.3 - FAR) * SIDE / soft + 0.5, 0, 1)[..., None]
    assert Code.SHADOW not in codes(before((245.0,) * 3, share, np.full((SIDE, SIDE, 3), 140.0)))


@pytest.mark.parametrize(("path", "wall"), list(zip(SAMPLES, [255, 200, 90] * 4, strict=False)))
def test_a_sample_has_none(path: Path, wall: int) -> None:
    ground = Image.new("RGBA", (SIDE, SIDE), (wall, wall, wall, 255))
    with Image.open(path) as image:
        picture = image.convert("RGBA")
        picture = picture.crop(picture.getchannel("A").point(lambda alpha: 255 * (alpha > 204)).getbbox())
        picture.thumbnail((450, 450))
        ground.alpha_composite(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    assert Code.SHADOW not in codes(saved(np.asarray(ground)[..., :3].astype(float), 80))
