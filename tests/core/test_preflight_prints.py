# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole photos, and cards and prints: told from a subject on paper, before the margin that belongs to them is cut."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.core.pictures import on
from tests.core.samples import SAMPLES
from trellis_blender.core.preflight import Code, Remedy, Severity, inspect
from trellis_blender.core.preparation import Background, Preparation

USUAL = Preparation()
CUT = Preparation(background=Background.CUT)


def codes(rgba: np.ndarray, preparation: Preparation = USUAL) -> list[Code]:
    return [verdict.code for verdict in inspect(rgba, preparation)]


def printed(margins: tuple[int, int, int, int], paper: int = 250) -> np.ndarray:
    """Give a photo on paper: left, top, right and bottom margin."""
    y, x = np.indices((600, 800))
    photo = np.stack([90 + 60 * np.sin(x / 60 + y / 45), 80 + 50 * np.cos(x / 40), 100 + 60 * np.sin(y / 70)], axis=2)
    rgba = np.full((600, 800, 4), 255, np.uint8)
    rgba[..., :3] = paper
    left, top, right, bottom = margins
    rgba[top : 600 - bottom, left : 800 - right, :3] = photo[top : 600 - bottom, left : 800 - right]
    return rgba


@pytest.mark.parametrize("margins", [(6, 6, 6, 6), (30, 30, 30, 30), (40, 40, 40, 160)])
@pytest.mark.parametrize("paper", [250, 5])
def test_a_card_and_a_print_are_told_before_their_margin_is_cut(margins: tuple[int, int, int, int], paper: int) -> None:
    """What is left is a picture without its paper; nothing said so, and *Cut* was recommended."""
    rgba = printed(margins, paper)
    (before,) = [verdict for verdict in inspect(rgba, USUAL) if verdict.code is Code.OPAQUE_PHOTO]
    assert "Keep it if this is a card or a print" in before.fix
    (after,) = [verdict for verdict in inspect(rgba, CUT) if verdict.code is Code.MARGIN]
    assert (after.severity, after.remedy) == (Severity.INFO, Remedy.KEEP)


@pytest.mark.parametrize("margins", [(100, 100, 100, 100), (0, 30, 30, 30), (30, 30, 100, 100)])
def test_what_has_more_around_it_than_a_margin_is_no_print(margins: tuple[int, int, int, int]) -> None:
    assert Code.MARGIN not in codes(printed(margins), CUT)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_that_fills_its_frame_is_no_print(path: object) -> None:
    with Image.open(path) as image:  # type: ignore[call-overload]
        whole = image.convert("RGBA")
        cropped = whole.crop(whole.getchannel("A").point(lambda alpha: 255 * (alpha > 204)).getbbox())
        cropped.thumbnail((500, 500))
    rgba = on(np.pad(np.asarray(cropped), ((12, 12), (12, 12), (0, 0))), (250, 250, 250))
    assert codes(rgba, CUT) == []
    (before,) = inspect(rgba, USUAL)
    assert before.fix == "Cut the background: it is even."


def test_panorama_and_small_photo() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (100, 401, 4), dtype=np.uint8)
    noise[..., 3] = 255
    assert codes(noise) == [Code.OPAQUE_PHOTO, Code.ASPECT]
    assert codes(noise[:, :200]) == [Code.OPAQUE_PHOTO, Code.SMALL]


def test_a_rectangle_of_many_colours_may_fill_the_picture() -> None:
    rgba = np.full((600, 800, 4), 255, np.uint8)
    rgba[20:-20, 20:-20, :3] = np.random.default_rng(3).integers(0, 255, (560, 760, 3))
    assert Code.UNEVEN_BACKGROUND not in codes(rgba, CUT)
