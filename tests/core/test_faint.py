# SPDX-License-Identifier: GPL-3.0-or-later
"""A white mug with a red badge on white is not taken for a badge, and no shadow, disc or compression is for a mug."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.core.pictures import framed
from trellis_blender.core.preflight import Code, Remedy, Verdict
from trellis_blender.core.preparation import USUAL, Background, Preparation
from trellis_blender.core.prepared import develop

CUT = Preparation(background=Background.CUT)
SIDE = 600
Y, X = np.indices((SIDE, SIDE))


def disc(radius: float) -> np.ndarray:
    """The share of each pixel that is of a disc in the middle."""
    return np.clip(radius + 0.5 - np.hypot(X - SIDE / 2, Y - SIDE / 2), 0, 1)[..., None]


def mug(body: int, ground: int = 255, badge: float = 60) -> np.ndarray:
    """A body with a badge, and a handle."""
    shape = np.maximum(disc(200), ((abs(X - 510) < 20) & (abs(Y - 300) < 60))[..., None])
    plain = painted(np.full((SIDE, SIDE, 3), ground, float), shape, body)
    return painted(plain, disc(badge), (200, 40, 40)) if badge else plain


def painted(rgb: np.ndarray, share: np.ndarray, colour: object) -> np.ndarray:
    return rgb * (1 - share) + np.asarray(colour, float) * share


def compressed(rgb: np.ndarray, quality: int | None) -> np.ndarray:
    picture = Image.fromarray((rgb + 0.5).clip(0, 255).astype(np.uint8))
    if quality is not None:
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=quality)
        picture = Image.open(io.BytesIO(content.getvalue()))
    return np.asarray(picture.convert("RGBA"))


def verdicts(rgb: np.ndarray, preparation: Preparation = USUAL, quality: int | None = None) -> dict[Code, Verdict]:
    return {verdict.code: verdict for verdict in develop(framed(compressed(rgb, quality)), preparation).verdicts}


@pytest.mark.parametrize(("body", "ground"), [(252, 255), (250, 255), (247, 255), (242, 245), (3, 0)])
@pytest.mark.parametrize("badge", [0, 60])
def test_a_badge_does_not_make_a_subject_stand_out(body: int, ground: int, badge: float) -> None:
    found = verdicts(mug(body, ground, badge))
    assert Code.LOW_CONTRAST in found
    assert "hardly stands out" in found[Code.LOW_CONTRAST].sentence
    assert Code.SMALL not in found


def test_a_cut_that_would_leave_the_badge_alone_is_told_and_not_advised() -> None:
    cut = verdicts(mug(252), CUT)
    assert set(cut) == {Code.LOW_CONTRAST, Code.UNCLEAR_OUTLINE}
    assert "takes most of the subject away" in cut[Code.UNCLEAR_OUTLINE].sentence
    assert cut[Code.UNCLEAR_OUTLINE].remedy is Remedy.KEEP
    assert "some of the subject go with it" in verdicts(mug(252))[Code.OPAQUE_PHOTO].fix
    lower = verdicts(mug(252), Preparation(background=Background.CUT, tolerance=0.005))
    assert "takes most" not in str(lower.get(Code.UNCLEAR_OUTLINE)), "what is advised helps"


def shadowed(blur: float, strength: float) -> np.ndarray:
    """A subject with a shadow beside and below it that ends so softly."""
    off = np.hypot((X - 330) / 1.3, (Y - 380) / 0.5)
    shade = strength / (1 + np.exp(((off - 130) / blur).clip(-50, 50)))
    return painted(np.full((SIDE, SIDE, 3), 250.0) - shade[..., None], disc(110), (60, 110, 180))


def vignetted(fall: float) -> np.ndarray:
    return painted(
        (252 - fall * np.hypot(X / SIDE - 0.5, Y / SIDE - 0.5))[..., None].repeat(3, 2), disc(110), (180, 60, 50)
    )


def on_paper(grain: float, size: int) -> np.ndarray:
    noise = np.random.default_rng(4).normal(0, grain, (SIDE // size, SIDE // size)).repeat(size, 0).repeat(size, 1)
    return painted((235 + noise)[..., None].repeat(3, 2), disc(90), (40, 40, 45))


ORDINARY = {
    "plain": painted(np.full((SIDE, SIDE, 3), 255.0), disc(150), (180, 60, 50)),
    "small": painted(np.full((SIDE, SIDE, 3), 255.0), disc(12), (180, 60, 50)),
    "soft shadow": shadowed(12, 20), "faint shadow": shadowed(20, 6), "sharp shadow": shadowed(0.5, 12),
    "vignette": vignetted(40), "strong vignette": vignetted(90),
    "fine paper": on_paper(3, 1), "coarse paper": on_paper(2, 6),
    "on a pale disc": painted(painted(np.full((SIDE, SIDE, 3), 255.0), disc(220), 247), disc(140), (60, 110, 180)),
}  # fmt: skip


@pytest.mark.parametrize("quality", [None, 90, 30])
@pytest.mark.parametrize("rgb", ORDINARY.values(), ids=list(ORDINARY))
def test_an_ordinary_picture_is_not_called_faint(rgb: np.ndarray, quality: int | None) -> None:
    for preparation in (USUAL, CUT):
        assert Code.LOW_CONTRAST not in verdicts(rgb, preparation, quality)
