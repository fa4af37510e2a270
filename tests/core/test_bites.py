# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject on a background of its own tone is cut to pieces, and that is said; of a cut that is true nothing is."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageFilter

from tests.core.samples import SAMPLES
from trellis_blender.core.background import cut
from trellis_blender.core.preflight import Code, inspect
from trellis_blender.core.preparation import Background, Preparation

Rgba = npt.NDArray[np.uint8]
SIDE = 640
DARK = (70.0, 52.0, 38.0)
SAID = {Code.UNCLEAR_OUTLINE, Code.UNEVEN_BACKGROUND, Code.LOW_CONTRAST}
WALLS = {
    "white": (255.0, 255.0, 255.0), "grey": (128.0, 128.0, 128.0), "light grey": (210.0, 210.0, 210.0),
    "green": (25.0, 180.0, 50.0), "blue": (25.0, 50.0, 205.0),
}  # fmt: skip


def uneven(seed: int) -> npt.NDArray[np.float64]:
    """Spots of all sizes from -1 to 1, as leather or bark has them."""
    spots = np.zeros((SIDE, SIDE))
    for radius in (2, 5, 12):
        noise = np.random.default_rng(seed + radius).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
        blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(radius)), float)
        spots += (blurred - blurred.mean()) / blurred.std()
    return np.asarray((spots / 3).clip(-1, 1))


def troll(wall: tuple[float, ...]) -> tuple[Rgba, npt.NDArray[np.bool_]]:
    """A dark subject of uneven brightness before a wall, and where it is."""
    y, x = (np.indices((SIDE, SIDE)) + 0.5) / SIDE - 0.5
    share = np.clip((0.3 + 0.05 * np.sin(9 * np.arctan2(y, x)) - np.hypot(x, y)) * SIDE + 0.5, 0, 1)[..., None]
    own = np.array(DARK) * (1 + 0.7 * uneven(1)[..., None])
    image = share * own + (1 - share) * np.array(wall)
    return opaque(image), share[..., 0] == 1


def opaque(image: npt.NDArray[np.float64]) -> Rgba:
    return np.concatenate([image.clip(0, 255) + 0.5, np.full((SIDE, SIDE, 1), 255.0)], axis=2).astype(np.uint8)


def jpeg(rgba: Rgba, quality: int) -> Rgba:
    file = io.BytesIO()
    Image.fromarray(rgba[..., :3]).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGBA"))


def lost(rgba: Rgba, subject: npt.NDArray[np.bool_], *, holes: bool = False) -> float:
    return float((cut(rgba, Preparation().tolerance, holes=holes)[subject][:, 3] <= 204).mean())


def codes(rgba: Rgba, *, holes: bool = False) -> set[Code]:
    return {one.code for one in inspect(rgba, Preparation(background=Background.CUT, holes=holes))}


@pytest.mark.parametrize("quality", [None, 30])
@pytest.mark.parametrize("holes", [False, True])
def test_a_subject_that_loses_pieces_to_a_wall_of_its_own_tone_is_said(quality: int | None, holes: bool) -> None:
    rgba, subject = troll(DARK)
    rgba = rgba if quality is None else jpeg(rgba, quality)
    assert lost(rgba, subject, holes=holes) > 0.05
    assert Code.UNCLEAR_OUTLINE in codes(rgba, holes=holes)


@pytest.mark.parametrize("quality", [None, 75])
@pytest.mark.parametrize("wall", ["white", "grey", "light grey"])
def test_the_same_subject_before_another_wall_is_whole(quality: int | None, wall: str) -> None:
    rgba, subject = troll(WALLS[wall])
    rgba = rgba if quality is None else jpeg(rgba, quality)
    assert lost(rgba, subject) < 0.02
    assert codes(rgba) == set()


@pytest.mark.parametrize("noise", [2.0, 5.0])
def test_grain_of_the_wall_makes_no_notches(noise: float) -> None:
    rgba, subject = troll(WALLS["light grey"])
    grain = np.random.default_rng(4).normal(0, noise, (SIDE, SIDE, 3))
    rgba = opaque(rgba[..., :3] + grain)
    assert lost(rgba, subject) < 0.02
    assert codes(rgba) == set()


def sample(path: object, wall: npt.NDArray[np.float64] | None) -> tuple[Rgba, npt.NDArray[np.bool_]]:
    """A sample before a wall, by default of its own median colour."""
    with Image.open(str(path)) as image:
        picture = image.convert("RGBA")
        picture = picture.crop(picture.getchannel("A").point(lambda alpha: 255 * (alpha > 204)).getbbox())
        scale = 0.7 * SIDE / max(picture.size)
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
        sheet = Image.new("RGBA", (SIDE, SIDE))
        sheet.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    drawn = np.asarray(sheet).astype(float)
    share = drawn[..., 3:] / 255
    wall = np.median(drawn[share[..., 0] > 0.95][:, :3], axis=0) if wall is None else wall
    return opaque(share * drawn[..., :3] + (1 - share) * wall), share[..., 0] > 0.95


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("quality", [None, 30])
def test_a_sample_that_loses_a_twentieth_is_said(path: object, quality: int | None) -> None:
    rgba, subject = sample(path, None)
    rgba = rgba if quality is None else jpeg(rgba, quality)
    is_said = bool(SAID & codes(rgba))
    assert is_said or lost(rgba, subject) < 0.05


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("wall", WALLS)
def test_a_sample_before_an_ordinary_wall_is_not(path: object, wall: str) -> None:
    rgba, subject = sample(path, np.array(WALLS[wall]))
    assert lost(rgba, subject) < 0.02
    assert not SAID & codes(rgba)
