# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject of thin strokes stays opaque when it is shrunk, and what does not is said or refused before it is paid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.core.pictures import GOLD, decoded, disc, drawn, framed, on, opaque, reaches_the_model, subject
from tests.core.samples import SAMPLES
from trellis_blender.core import resampling, strokes
from trellis_blender.core.components import Box, label
from trellis_blender.core.image import OPAQUE_ABOVE
from trellis_blender.core.preflight import Code, Severity
from trellis_blender.core.preparation import Background, Preparation
from trellis_blender.core.prepared import Prepared, develop
from trellis_blender.core.splitting import split


def ring(side: int, pen: float, radius: float = 0.42) -> npt.NDArray[np.float32]:
    """How much of each pixel an antialiased ring with two spokes covers."""
    y, x = (np.indices((side, side)) + 0.5).astype(np.float32)
    x, y = x - side / 2, y - side / 2
    distance = np.hypot(x, y)
    ink = np.clip(pen / 2 - np.abs(distance - radius * side) + 0.5, 0, 1)
    for off in (0.8 * x - 0.6 * y, 0.1 * x + 0.995 * y):
        spoke = np.clip(pen / 2 - np.abs(off) + 0.5, 0, 1)
        ink = np.maximum(ink, np.where(distance < radius * side, spoke, 0))
    return np.asarray(ink, dtype=np.float32)


def wheel(side: int, pen: float, spokes: int = 7) -> npt.NDArray[np.float32]:
    """A thick rim and a hub, and thin spokes from one to the other and on, as whiskers."""
    y, x = (np.indices((side, side)) + 0.5 - side / 2).astype(np.float32)
    distance = np.hypot(x, y)
    ink = np.clip(0.02 * side - np.abs(distance - 0.36 * side) + 0.5, 0, 1)
    ink = np.maximum(ink, np.clip(0.05 * side - distance + 0.5, 0, 1))
    for spoke in range(spokes):
        turn = np.pi * spoke / spokes + 0.1
        off = np.abs(x * np.sin(turn) - y * np.cos(turn))
        ink = np.maximum(ink, np.clip(pen / 2 - off + 0.5, 0, 1) * (distance < 0.45 * side))
    return np.asarray(ink, dtype=np.float32)


def fence(side: int, pen: float) -> npt.NDArray[np.float32]:
    """Wires that sag between posts."""
    y, x = (np.indices((side, side)) + 0.5).astype(np.float32) / side
    ink = np.zeros((side, side), np.float32)
    for post in range(4):
        ink[int(0.1 * side) : int(0.9 * side), int((0.1 + 0.25 * post) * side) :][:, : int(0.03 * side)] = 1
    for wire in range(5):
        off = np.abs(y - 0.2 - 0.13 * wire - 0.05 * np.sin(7 * x + wire)) * side
        ink = np.maximum(ink, np.clip(pen / 2 - off + 0.5, 0, 1) * ((x > 0.12) & (x < 0.86)))
    return ink


def parts(mask: npt.NDArray[np.bool_]) -> int:
    """How many parts there are, dust and all; pixels that touch at their corners are connected."""
    return len(label(mask)[1])


def thin(prepared: Prepared) -> list[Severity]:
    return [verdict.severity for verdict in prepared.verdicts if verdict.code is Code.THIN]


@pytest.mark.parametrize(("side", "pen"), [(2048, 1), (3072, 1), (3072, 2)])
@pytest.mark.parametrize("crop", [True, False])
def test_a_line_drawing_reaches_the_model_whole(side: int, pen: int, crop: bool) -> None:
    prepared = develop(framed(drawn(ring(side, pen))), Preparation(crop=crop))
    assert prepared.picture is not None
    across = 984 if crop else 0.84 * 1024
    assert reaches_the_model(prepared.picture.content).shape[0] == pytest.approx(across, abs=4)
    mask = decoded(prepared.picture)[..., 3] > OPAQUE_ABOVE
    around = np.deg2rad(np.arange(360))
    rows, columns = (512 + across / 2 * turn(around) for turn in (np.sin, np.cos))
    near = [mask[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].any() for y, x in zip(rows, columns, strict=True)]
    assert all(near), "the ring is broken"
    assert thin(prepared) == ([] if (side, pen, crop) == (2048, 2, True) else [Severity.WARNING])
    assert Code.MOSTLY_SOFT not in [verdict.code for verdict in prepared.verdicts], "its edges were, and are not sent"


@pytest.mark.parametrize("draw", [ring, wheel, fence])
@pytest.mark.parametrize("pen", [1, 2, 3, 5, 10])
def test_what_was_connected_is_sent_connected(draw: Callable[[int, float], npt.NDArray[np.float32]], pen: int) -> None:
    """Whatever the pen and the size: with itself, and with the solid parts that it joins; and not much wider."""
    rgba = drawn(draw(1230, pen))
    seen = rgba[..., 3] > 127
    assert parts(seen) == 1
    for side in (1200, 600, 300, 150):
        mask = strokes.resized(rgba, side, side)[..., 3] > OPAQUE_ABOVE
        assert parts(mask) == 1, side
        width = max(pen, 1230 / side)  # no line is thinner than a pixel
        assert np.count_nonzero(mask) < 1.25 * np.count_nonzero(drawn(draw(1230, width))[..., 3]) * (side / 1230) ** 2


@pytest.mark.parametrize("pen", [3, 4])
def test_a_wheel_reaches_the_model_in_one_piece(pen: int) -> None:
    rgba = drawn(wheel(3000, pen))
    prepared = develop(framed(rgba))
    assert prepared.picture is not None
    assert parts(decoded(prepared.picture)[..., 3] > OPAQUE_ABOVE) == 1
    assert thin(prepared) == []


def test_a_stroke_keeps_its_width() -> None:
    """A pen that is as wide as one pixel of what is sent, or a half more, is neither halved nor doubled."""
    for pen, side in ((3, 500), (4, 375), (5, 400), (6, 333)):
        ink = ring(1500, pen)
        mask = strokes.resized(drawn(ink), side, side)[..., 3] > OPAQUE_ABOVE
        assert 0.7 < np.count_nonzero(mask) / (float(ink.sum()) * (side / 1500) ** 2) < 1.4, pen


def test_a_whisker_keeps_its_tip() -> None:
    rgba = disc(1600, 1600, 0.1)
    rgba[798:801, 60:600, 3] = 255
    mask = strokes.resized(rgba, 400, 400)[..., 3] > OPAQUE_ABOVE
    assert parts(mask) == 1
    assert np.flatnonzero(mask.any(axis=0))[0] <= 16


def test_two_strokes_close_to_each_other_stay_two() -> None:
    rgba = np.zeros((1200, 1200, 4), np.uint8)
    rgba[100:1100, 300:303] = rgba[100:1100, 312:315] = (*GOLD, 255)
    assert parts(strokes.resized(rgba, 300, 300)[..., 3] > OPAQUE_ABOVE) == 2


@pytest.mark.parametrize("side", [1100, 800, 500, 333, 150])
def test_an_edge_is_no_stroke(side: int) -> None:
    """Round, slanted, with corners and antialiased: nothing of a silhouette is changed by a byte."""
    y, x = (np.indices((1200, 1200)) + 0.5 - 600).astype(np.float32)
    for ink in (
        np.clip(500 - np.hypot(x, y) + 0.5, 0, 1),
        np.clip(400 - np.maximum(np.abs(0.8 * x - 0.6 * y), np.abs(0.6 * x + 0.8 * y)) + 0.5, 0, 1),
        np.clip((500 - np.hypot(x, 1.7 * y)) / 40, 0, 1),
    ):
        rgba = drawn(ink)
        assert np.array_equal(strokes.resized(rgba, side, side), resampling.resized(rgba, side, side))


@pytest.mark.parametrize("path", SAMPLES[::3], ids=lambda path: path.stem)
def test_the_samples_are_shrunk_as_ever(path: Path) -> None:
    """But for what comes off them otherwise."""
    with Image.open(path) as image:
        rgba = np.asarray(image.convert("RGBA"))
    plain, ours = resampling.resized(rgba, 480, 480), strokes.resized(rgba, 480, 480)
    assert np.count_nonzero((plain != ours).any(axis=2)) <= 0.004 * opaque(plain)


def test_parts_that_are_lost_are_said() -> None:
    rgba = subject(3000, 3000, Box(100, 100, 800, 800), Box(2200, 2200, 2900, 2900))
    rgba[100:2900:30, 100:2900:30] = rgba[101:2901:30, 100:2900:30] = rgba[102:2902:30, 100:2900:30] = (*GOLD, 255)
    prepared = develop(framed(rgba))
    assert thin(prepared) == [Severity.WARNING]
    assert "parts" in next(str(verdict) for verdict in prepared.verdicts if verdict.code is Code.THIN)


def test_no_other_colour_comes_in() -> None:
    """Lines of two colours close to each other keep theirs: an average that is made opaque would show any halo."""
    rgba = np.zeros((3000, 3000, 4), np.uint8)
    rgba[:, 100::60] = (255, 0, 0, 255)
    rgba[:, 108::60] = (0, 0, 255, 255)
    rgba[..., 1] = np.where(rgba[..., 3] > 0, 0, 255)  # hidden
    small = strokes.resized(rgba, 1000, 1000)
    lines = small[small[..., 3] > OPAQUE_ABOVE]
    assert len(lines) > 90_000
    assert {tuple(colour) for colour in lines.tolist()} == {(255, 0, 0, 255), (0, 0, 255, 255)}


def test_a_picture_of_the_size_that_is_sent_keeps_its_lines() -> None:
    """A frame of a pixel is shrunk by a thousandth to have its rim, and no line of it may fall between two pixels."""
    rgba = np.zeros((1023, 1023, 4), np.uint8)
    rgba[..., :3] = GOLD
    for line in (0, 250, 511, 777, 1022):
        rgba[line, :, 3] = rgba[:, line, 3] = 255
    prepared = develop(framed(rgba), Preparation(margin=0))
    assert prepared.picture is not None
    mask = decoded(prepared.picture)[..., 3] > OPAQUE_ABOVE
    assert sorted(np.flatnonzero(mask.mean(axis=1) > 0.9)) == pytest.approx([1, 251, 512, 777, 1022], abs=1)
    assert reaches_the_model(prepared.picture.content).shape[0] >= 1018


def test_a_tip_keeps_its_end() -> None:
    rgba = subject(2400, 2400, Box(800, 1400, 1600, 2300))
    rgba[200:1400, 1200, 3] = 255  # an antenna
    prepared = develop(framed(rgba))
    assert prepared.picture is not None
    scale = 1024 / (2100 * 1.04)
    assert reaches_the_model(prepared.picture.content).shape[0] == pytest.approx(2100 * scale, abs=4)
    assert thin(prepared) == []


def test_a_subject_of_dots_is_refused_before_it_is_paid() -> None:
    """Sent, it would have no opaque pixel: billed, and failed."""
    rgba = np.zeros((3000, 3000, 4), np.uint8)
    rgba[500:2500:9, 500:2500:9] = (*GOLD, 255)
    prepared = develop(framed(rgba))
    assert opaque(prepared.rgba) == 0
    assert prepared.picture is None
    assert thin(prepared) == [Severity.REFUSAL]
    assert prepared.verdicts[0].code is Code.THIN


def test_what_is_lost_is_said() -> None:
    rgba = subject(3000, 3000, Box(1450, 1450, 1550, 1550))
    rgba[100:2900:40, 100:2900:40] = (*GOLD, 255)
    rgba[101:2901:40, 100:2900:40] = (*GOLD, 255)
    rgba[100:2900:40, 101:2901:40] = (*GOLD, 255)
    prepared = develop(framed(rgba))
    assert prepared.picture is not None
    assert thin(prepared) == [Severity.WARNING]
    assert "lost" in next(str(verdict) for verdict in prepared.verdicts if verdict.code is Code.THIN)


def test_ordinary_subjects_hear_nothing_of_it() -> None:
    blocks = subject(1600, 1600, Box(100, 100, 900, 400), Box(333, 501, 1499, 1203))
    for rgba in (disc(3000, 2000, 0.4), subject(2600, 2600, Box(100, 100, 2500, 140)), blocks):
        assert thin(develop(framed(rgba))) == []


def test_lines_cut_out_of_paper_are_kept() -> None:
    paper = on(drawn(ring(3072, 2), (20, 20, 20)), (245, 245, 240))
    prepared = develop(framed(paper), Preparation(background=Background.CUT, holes=True))
    assert prepared.picture is not None
    assert reaches_the_model(prepared.picture.content).shape[0] == pytest.approx(984, abs=4)
    assert opaque(prepared.rgba) > 2 * np.pi * 492


def test_a_subject_of_a_sheet_is_kept_and_judged_as_well() -> None:
    rgba = np.zeros((2048, 4096, 4), np.uint8)
    rgba[:, :2048] = drawn(ring(2048, 1))
    rgba[500:1500, 2600:3800] = (200, 60, 20, 255)
    found = split(framed(rgba), Preparation(), "Sheet")
    assert len(found.sheet.subjects) == 2
    drawing = develop(found.cutout(found.sheet.subjects[0]))
    assert drawing.picture is not None
    assert reaches_the_model(drawing.picture.content).shape[0] == pytest.approx(984, abs=4)
    assert thin(drawing) == [Severity.WARNING]
    assert thin(develop(found.cutout(found.sheet.subjects[1]))) == []


@pytest.mark.parametrize("size", [(1024, 1024), (400, 380)])
def test_sizes_are_those_that_were_asked_for(size: tuple[int, int]) -> None:
    ink = np.asarray(Image.fromarray(ring(1500, 1)))
    assert strokes.resized(drawn(ink), *size).shape == (size[1], size[0], 4)
