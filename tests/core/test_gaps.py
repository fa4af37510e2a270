# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawing on paper keeps its inside where its outline has a small gap; where it has a large one, that is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from tests.core.pictures import Rgba, framed, on
from tests.core.samples import SAMPLES
from trellis_blender.core import background, gaps
from trellis_blender.core.preflight import Code, Remedy, Severity
from trellis_blender.core.preparation import TOLERANCE, USUAL, Background, Preparation
from trellis_blender.core.prepared import develop, judge
from trellis_blender.core.splitting import judge as judge_one
from trellis_blender.core.splitting import split

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]
CUT = Preparation(background=Background.CUT)
INK = (20, 20, 20)
EVEN = "Cut the background: it is even."
_FINE = 2
"""Drawn so many times as large, so that lines are soft at their edges."""


def blob(side: int, seed: int, middle: tuple[float, float] = (0.5, 0.5), size: float = 0.37) -> Points:
    """An outline drawn by hand."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radius = 1 + sum(0.05 * rng.normal() / k * np.sin(k * turn + rng.uniform(0, 6)) for k in range(2, 8))
    outline = np.stack([middle[0] + size * radius * np.cos(turn), middle[1] + 0.9 * size * radius * np.sin(turn)], 1)
    return np.asarray(outline * side)


def man(side: int) -> Points:
    """An outline with limbs."""
    half = ((0.58, 0.08), (0.6, 0.22), (0.56, 0.28), (0.7, 0.32), (0.84, 0.52), (0.78, 0.57), (0.64, 0.42),
            (0.62, 0.62), (0.68, 0.92), (0.55, 0.92), (0.5, 0.66))  # fmt: skip
    corners = [*half, *((1 - x, y) for x, y in half[-2::-1])]
    sides = zip(corners, [*corners[1:], corners[0]], strict=True)
    return np.concatenate([np.linspace(here, there, 40, endpoint=False) for here, there in sides]) * side


def without(outline: Points, gap: float) -> Points:
    """The outline as a line that ends so many pixels before it begins."""
    ring = np.concatenate([outline, outline[:1]])
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    return ring[along <= along[-1] - gap] if gap else ring


class Paper:
    """An opaque picture to draw on; ``inside`` is all that an artist means."""

    def __init__(self, side: int, colour: tuple[int, int, int] = (255, 255, 255)) -> None:
        self.side = side
        self._picture = Image.new("RGB", (side * _FINE, side * _FINE), colour)
        self._inside = Image.new("L", self._picture.size)

    def outline(self, points: Points, gap: float, pen: int, ink: tuple[int, int, int] = INK) -> Paper:
        self._line(self._picture, without(points, gap + pen if gap else 0), pen, ink)
        ImageDraw.Draw(self._inside).polygon([tuple(point) for point in points * _FINE], fill=255)
        return self

    def hatched(self, points: Points, step: int, pen: int) -> Paper:
        """Slanted lines over the right half of what this outline is around."""
        layer = Image.new("L", self._picture.size)
        for start in range(-self.side, self.side, step):
            self._line(layer, np.array([(start, 0), (start + self.side, self.side)], float), pen, 255)
        self._picture.paste(INK, mask=self._of(points, layer, 0.45, axis=1))
        return self

    def filled(self, points: Points, colour: tuple[int, int, int]) -> Paper:
        """The lower half of what this outline is around, in a colour."""
        layer = Image.new("L", self._picture.size, 255)
        self._picture.paste(colour, mask=self._of(points, layer, 0.55, axis=0))
        return self

    def drawn(self) -> tuple[Rgba, Mask]:
        size = (self.side, self.side)
        rgb, inside = (picture.resize(size, Image.Resampling.BOX) for picture in (self._picture, self._inside))
        return np.asarray(rgb.convert("RGBA")), np.asarray(inside) > 200

    def _of(self, points: Points, layer: Image.Image, share: float, axis: int) -> Image.Image:
        shape = Image.new("L", layer.size)
        ImageDraw.Draw(shape).polygon([tuple(point) for point in points * _FINE], fill=255)
        is_there = np.indices(layer.size[::-1])[axis] > share * layer.size[axis]
        return Image.fromarray(np.where(is_there, np.minimum(np.asarray(shape), np.asarray(layer)), 0).astype(np.uint8))

    @staticmethod
    def _line(picture: Image.Image, points: Points, pen: float, ink: object) -> None:
        draw, wide = ImageDraw.Draw(picture), pen * _FINE
        draw.line([tuple(point) for point in points * _FINE], fill=ink, width=wide, joint="curve")  # type: ignore[arg-type]
        for x, y in points[[0, -1]] * _FINE:
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=ink)  # type: ignore[arg-type]


def lost(rgba: Rgba, inside: Mask) -> float:
    """The share of what is meant that a cut takes."""
    return float((background.cut(rgba, TOLERANCE)[inside][:, 3] < 100).mean())


def codes(rgba: Rgba, preparation: Preparation = CUT) -> list[Code]:
    return [verdict.code for verdict in judge(rgba, preparation)]


def advice(rgba: Rgba) -> tuple[str, Remedy | None]:
    """What is said to do about a background that is kept."""
    (found,) = [verdict for verdict in judge(rgba, USUAL) if verdict.code is Code.OPAQUE_PHOTO]
    return found.fix, found.remedy


@pytest.mark.parametrize(("side", "pen"), [(1000, 3), (1000, 12), (1600, 4), (1600, 30)])
@pytest.mark.parametrize("gap", [2, 6, 20, 60])
def test_an_outline_with_a_gap_keeps_its_inside(side: int, pen: int, gap: int) -> None:
    """It was taken away through the gap, without a word, and *Keep* recommended that."""
    rgba, inside = Paper(side).outline(blob(side, gap + pen), gap, pen).drawn()
    assert lost(rgba, inside) < 0.005
    assert set(codes(rgba)) <= {Code.CLOSED}  # a gap of two pixels may have none between soft ends
    assert advice(rgba) == (EVEN, Remedy.CUT)


@pytest.mark.parametrize("gap", [6, 20])
def test_so_does_one_with_limbs(gap: int) -> None:
    rgba, inside = Paper(1000).outline(man(1000), gap, 5).drawn()
    assert lost(rgba, inside) < 0.005
    assert codes(rgba) == [Code.CLOSED]


@pytest.mark.parametrize("gap", [6, 20])
@pytest.mark.parametrize("step", [14, 30])
def test_so_does_one_that_is_hatched(gap: int, step: int) -> None:
    outline = blob(1000, 3)
    rgba, inside = Paper(1000).hatched(outline, step, 4).outline(np.roll(outline, -360, axis=0), gap, 5).drawn()
    assert lost(rgba, inside) < 0.04  # a corner between two lines may be cut
    assert Code.HOLLOW not in codes(rgba)


@pytest.mark.parametrize("gap", [6, 20])
def test_so_does_the_white_part_of_a_coloured_one(gap: int) -> None:
    outline = blob(1000, 6)
    upper = np.roll(outline, -540, axis=0)
    rgba, inside = Paper(1000).filled(outline, (210, 90, 60)).outline(upper, gap, 6).drawn()
    assert lost(rgba, inside) < 0.005
    assert codes(rgba) == [Code.CLOSED]


def test_so_does_one_with_closed_parts_inside_and_one_in_chalk() -> None:
    paper = Paper(1000).outline(blob(1000, 1), 20, 5)
    for x, y in ((0.35, 0.4), (0.6, 0.4), (0.5, 0.65)):
        paper.outline(blob(1000, 2, (x, y), 0.08), 0, 5)
    for rgba, inside in (paper.drawn(), Paper(900, (20, 30, 25)).outline(blob(900, 4), 15, 5, (240, 240, 235)).drawn()):
        assert lost(rgba, inside) < 0.005
        assert codes(rgba) == [Code.CLOSED]


def test_the_rest_of_the_paper_goes_to_the_very_line() -> None:
    """No rim of it stays outside, wherever the cells lie on which the gap was found."""
    for seed in range(3):
        outline = blob(1600, seed)
        closed, inside = Paper(1600).outline(outline, 0, 4).drawn()
        opened, _inside = Paper(1600).outline(outline, 20, 4).drawn()
        differs = (background.cut(closed, TOLERANCE)[..., 3] > 100) ^ (background.cut(opened, TOLERANCE)[..., 3] > 100)
        assert np.count_nonzero(differs) < 0.0005 * np.count_nonzero(inside)


@pytest.mark.parametrize("gap", [120, 200, 500])
@pytest.mark.parametrize("pen", [4, 14])
def test_of_a_large_gap_it_is_said(gap: int, pen: int) -> None:
    rgba, inside = Paper(1000).outline(blob(1000, gap), gap, pen).drawn()
    assert lost(rgba, inside) > 0.5
    (hollow,) = [verdict for verdict in judge(rgba, CUT) if verdict.code is Code.HOLLOW]
    assert (hollow.severity, hollow.remedy) == (Severity.WARNING, Remedy.KEEP)
    told, remedy = advice(rgba)
    assert told.startswith("Do not cut") and remedy is None


def test_a_gap_that_is_closed_is_said_and_cut_holes_opens_it() -> None:
    rgba, inside = Paper(1000).outline(blob(1000, 1), 20, 6).drawn()
    (closed,) = develop(framed(rgba), CUT).verdicts
    assert closed.severity is Severity.INFO and "Cut Holes" in closed.fix
    holes = Preparation(background=Background.CUT, holes=True)
    assert (background.cut(rgba, TOLERANCE, holes=True)[inside][:, 3] == 0).mean() > 0.9
    assert not {Code.CLOSED, Code.HOLLOW} & set(codes(rgba, holes)), "it was asked for"


def test_a_subject_of_a_sheet_keeps_its_inside_or_it_is_said() -> None:
    paper = Paper(1400).outline(blob(1400, 1, (0.25, 0.25), 0.2), 12, 5)
    rgba, inside = paper.outline(blob(1400, 2, (0.72, 0.72), 0.2), 180, 5).drawn()
    found = split(framed(rgba), CUT, "Sheet")
    assert len(found.sheet.subjects) == 2
    assert 0.3 < (found.rgba[inside][:, 3] == 0).mean() < 0.6
    said = [{verdict.code for verdict in judge_one(found, one, CUT)} for one in found.sheet.subjects]
    assert [Code.HOLLOW in each for each in said] == [False, True]


def coloured(*lines: tuple[list[tuple[float, float]], float], body: tuple[float, ...] = ()) -> Rgba:
    """Thick lines, and an ellipse if so, on white: what is no drawing."""
    picture = Image.new("RGB", (2000, 2000), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    for points, wide in lines:
        draw.line([(2000 * x, 2000 * y) for x, y in points], fill=(150, 60, 120), width=round(2000 * wide))
    if body:
        draw.ellipse([2000 * side for side in body], fill=(150, 60, 120))
    return np.asarray(picture.resize((1000, 1000), Image.Resampling.BOX).convert("RGBA"))


def arc(start: float, end: float, radius: float, middle: tuple[float, float] = (0.5, 0.5)) -> list[tuple[float, float]]:
    turn = np.deg2rad(np.linspace(start, end, 90))
    return [(middle[0] + radius * float(np.cos(one)), middle[1] + radius * float(np.sin(one))) for one in turn]


NO_DRAWINGS = {
    "a cup whose handle does not join": coloured((arc(-90, 70, 0.15, (0.6, 0.5)), 0.05), body=(0.2, 0.2, 0.62, 0.8)),
    "a horseshoe": coloured((arc(-60, 240, 0.35), 0.09)),
    "a cuff": coloured((arc(100, 440, 0.35), 0.08)),
    "a comb": coloured(
        ([(0.1, 0.36), (0.9, 0.36)], 0.12), *(([(x, 0.4), (x, 0.7)], 0.01) for x in np.arange(0.11, 0.9, 0.024))
    ),
    "a spider": coloured(
        *(([(0.5, 0.5), (0.5 + s * 0.28, 0.25 + 0.13 * k), (0.5 + s * 0.4, 0.3 + 0.2 * k)], 0.012)
          for k in range(4) for s in (-1, 1)),
        body=(0.38, 0.36, 0.62, 0.64),
    ),
    "a man with his arms akimbo": coloured(
        ([(0.5, 0.3), (0.5, 0.6)], 0.16), ([(0.44, 0.28), (0.27, 0.42), (0.395, 0.55)], 0.05),
        ([(0.56, 0.28), (0.73, 0.42), (0.605, 0.55)], 0.05), ([(0.46, 0.6), (0.42, 0.93)], 0.07),
        ([(0.54, 0.6), (0.58, 0.93)], 0.07), body=(0.42, 0.06, 0.58, 0.24),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_DRAWINGS)
def test_what_is_no_drawing_has_no_gap(name: str) -> None:
    rgba = NO_DRAWINGS[name]
    assert gaps.within(background.cut(rgba, TOLERANCE, holes=False)[..., 3] > 0) is None
    assert not {Code.CLOSED, Code.HOLLOW} & set(codes(rgba))
    assert advice(rgba) == (EVEN, Remedy.CUT)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_on_white_are_cut_as_ever(path: Path) -> None:
    with Image.open(path) as image:
        whole = image.convert("RGBA")
    whole.thumbnail((1000, 1000))
    rgba = on(np.asarray(whole), (255, 255, 255))
    cut, is_closed = background.cut_and_tell(rgba, TOLERANCE)
    assert not is_closed
    assert not gaps.is_hollow(cut[..., 3])
