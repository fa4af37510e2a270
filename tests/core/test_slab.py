# SPDX-License-Identifier: GPL-3.0-or-later
"""An opaque picture with a little transparency is no cut-out: that is said before it is paid for; it is cut within."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.core.drawing import Drawing
from tests.core.samples import SAMPLES
from trellis_blender.core import prepared, slab, splitting
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame
from trellis_blender.core.preflight import Code, Remedy, Severity, Verdict
from trellis_blender.core.preparation import USUAL, Background, Preparation

Rgba = npt.NDArray[np.uint8]
CUT = Preparation(background=Background.CUT, crop=False)
KEEP = Preparation(crop=False)
WIDE, HIGH = 450, 400
PAPER = (250, 250, 250)


def drawing() -> Drawing:
    return Drawing(WIDE, HIGH).disc((90, 60, 350, 320), (200, 40, 30)).block((200, 200, 360, 330), (60, 90, 50))


def two() -> Drawing:
    return Drawing(WIDE, HIGH).disc((50, 120, 200, 270), (200, 40, 30)).block((270, 120, 400, 270), (60, 90, 50))


def cleared(rgba: Rgba, *places: tuple[slice | int, slice | int], alpha: int = 0) -> Rgba:
    """Erase these places, colour and all."""
    result = rgba.copy()
    for place in places:
        result[place] = (0, 0, 0, alpha)
    return result


def bordered(rgba: Rgba, pixels: int) -> Rgba:
    every = np.s_[:]
    ends = np.s_[:pixels], np.s_[-pixels:]
    return cleared(rgba, *((end, every) for end in ends), *((every, end) for end in ends))


def feathered(rgba: Rgba) -> Rgba:
    y, x = np.indices(rgba.shape[:2])
    deep = np.minimum(np.minimum(x, rgba.shape[1] - 1 - x), np.minimum(y, rgba.shape[0] - 1 - y))
    return np.dstack([rgba[..., :3], np.clip(deep * 12, 0, 255)]).astype(np.uint8)


def shadowed(rgba: Rgba) -> Rgba:
    """Show it as the screenshot of a window: rounded, with a soft shadow on nothing."""
    room, height, width = 30, *rgba.shape[:2]
    under = Image.new("RGBA", (width + 2 * room, height + 2 * room), (0, 0, 0, 0))
    ImageDraw.Draw(under).rectangle((room, room + 6, room + width, room + height + 6), (0, 0, 0, 120))
    under = under.filter(ImageFilter.GaussianBlur(10))
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), 9, 255)
    window = Image.new("RGBA", under.size, (0, 0, 0, 0))
    window.paste(Image.fromarray(rgba), (room, room), mask)
    under.alpha_composite(window)
    return np.array(under)


def scattered(rgba: Rgba) -> Rgba:
    found = np.random.default_rng(2)
    return cleared(rgba, *zip(found.integers(0, HIGH, 30), found.integers(0, WIDE, 30), strict=True))


LITTLE: dict[str, Callable[[Rgba], Rgba]] = {
    "a border of a pixel": lambda rgba: bordered(rgba, 1),
    "a border": lambda rgba: bordered(rgba, 8),
    "a soft border": feathered,
    "a shadow": shadowed,
    "a row": lambda rgba: cleared(rgba, np.s_[-1:, :]),
    "a soft row": lambda rgba: cleared(rgba, np.s_[:1, :], alpha=128),
    "two columns": lambda rgba: cleared(rgba, np.s_[:, -2:]),
    "bars": lambda rgba: cleared(rgba, np.s_[:40, :], np.s_[-40:, :]),
    "a bar": lambda rgba: cleared(rgba, np.s_[-50:, :]),
    "a pixel": lambda rgba: cleared(rgba, np.s_[120, 60]),
    "a pixel of the subject": lambda rgba: cleared(rgba, np.s_[120, 220]),
    "pixels": scattered,
}
WAYS = pytest.mark.parametrize("way", LITTLE.values(), ids=list(LITTLE))


def sent(rgba: Rgba, preparation: Preparation) -> tuple[npt.NDArray[np.bool_], dict[Code, Verdict]]:
    """What is opaque in the picture that is sent, and what is said."""
    found = prepared.develop(Frame(rgba, is_bottom_up=False), preparation)
    return found.rgba[..., 3] > 204, {verdict.code: verdict for verdict in found.verdicts}


def split(rgba: Rgba) -> splitting.Split:
    return splitting.split(Frame(rgba, is_bottom_up=False), USUAL, "Toy")


@WAYS
def test_kept_it_is_said_that_the_background_is_the_subject(way: Callable[[Rgba], Rgba]) -> None:
    """Nothing was said of a white card with the subject on it, or that it was cut off; all of the card became one."""
    kept, said = sent(way(drawing().on(PAPER)), KEEP)
    assert kept.mean() > 0.6, "as it was ordered"
    assert set(said) == {Code.SURROUND}
    verdict = said[Code.SURROUND]
    assert (verdict.severity, verdict.remedy) == (Severity.WARNING, Remedy.CUT)
    assert "its background is not" in verdict.sentence and verdict.fix.startswith("Cut the background: it is even.")


@WAYS
def test_cut_only_the_subject_is_sent(way: Callable[[Rgba], Rgba]) -> None:
    """The cut took the little that was transparent for a mask and did nothing, silently."""
    truth = drawing().rgba()[..., 3] > 204
    kept, said = sent(way(drawing().on(PAPER)), CUT)
    room = (kept.shape[0] - HIGH) // 2
    assert (kept != np.pad(truth, room)).mean() < 0.005, "at its place in the picture"
    assert set(said) == {Code.SURROUND}
    assert (said[Code.SURROUND].severity, said[Code.SURROUND].remedy) == (Severity.INFO, Remedy.KEEP)


@WAYS
def test_it_is_split_within(way: Callable[[Rgba], Rgba]) -> None:
    found = split(way(two().on(PAPER)))
    assert len(found.sheet.subjects) == 2
    assert found.of_surround is not None and "its background was cut" in found.of_surround.sentence
    with pytest.raises(SourceError, match="only one subject"):
        split(way(drawing().on(PAPER)))


def test_what_the_border_crops_is_cut_off_and_never_drawn_on() -> None:
    shown = Drawing(WIDE, HIGH).disc((-130, 60, 130, 320), (200, 40, 30))
    kept, said = sent(bordered(shown.on(PAPER), 20), CUT)
    assert set(said) == {Code.SURROUND, Code.CUT_OFF} and "left edge" in said[Code.CUT_OFF].sentence
    assert not kept[:, :20].any()


def test_a_background_that_falls_off_is_cut_within_bars() -> None:
    rgba = drawing().rgba()
    light = np.broadcast_to(np.linspace(150, 245, HIGH)[:, None, None], (HIGH, WIDE, 3))
    share = rgba[..., 3:] / 255
    lit = np.dstack([rgba[..., :3] * share + light * (1 - share), np.full((HIGH, WIDE), 255)]).astype(np.uint8)
    kept, said = sent(cleared(lit, np.s_[:, :40], np.s_[:, -40:]), CUT)
    assert (kept != (rgba[..., 3] > 204)).mean() < 0.01
    assert Code.SURROUND in said


def test_a_hole_that_was_meant_stays_one() -> None:
    kept, said = sent(cleared(drawing().on(PAPER), np.s_[150:170, 150:170]), CUT)
    assert not kept[151:169, 151:169].any() and kept[140:148, 150:170].all()
    assert Code.SURROUND in said
    assert not split(cleared(two().on(PAPER), np.s_[180:200, 120:140])).rgba[182:198, 122:138, 3].any()


def test_a_doubtful_cut_does_not_refer_to_a_server_that_guesses() -> None:
    """It guesses at what has no mask only: kept, all of it would be the object."""
    shown = drawing().on(PAPER)
    y, x = np.indices((HIGH, WIDE))
    fading = np.clip(1.4 - np.hypot((x - 220) / 150, (y - 190) / 150), 0, 1)[..., None]
    shown[..., :3] = 250 - fading * np.array([140, 120, 100])
    said = sent(bordered(shown, 6), CUT)[1]
    doubts = [verdict for code, verdict in said.items() if code is not Code.SURROUND]
    assert Code.SURROUND in said and doubts
    assert all("let the server guess" not in verdict.fix for verdict in doubts)


def test_of_a_photo_with_a_stray_pixel_the_cause_is_said() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (HIGH, WIDE, 4), dtype=np.uint8)
    photo[..., 3] = 255
    for preparation in (KEEP, CUT):
        for rgba in (cleared(photo, np.s_[120, 60]), cleared(photo, np.s_[-1:, :]), cleared(photo, np.s_[:30, :])):
            said = sent(rgba, preparation)[1]
            assert set(said) == {Code.SURROUND} and said[Code.SURROUND].remedy is None
            assert "one rectangle" in said[Code.SURROUND].sentence


def textured(rgba: Rgba, amount: int) -> Rgba:
    grain = np.random.default_rng(4).integers(-amount, amount + 1, rgba.shape[:2])
    return np.dstack([np.clip(rgba[..., :3].astype(int) + grain[..., None], 0, 255), rgba[..., 3]]).astype(np.uint8)


def book() -> Rgba:
    """A spine, a cover and lettering."""
    cover = Drawing(WIDE, HIGH).block((0, 0, 40, HIGH), (90, 40, 20)).block((40, 0, WIDE, HIGH), (150, 60, 40))
    cover.block((120, 60, 380, 110), (230, 200, 120)).disc((180, 160, 320, 300), (220, 190, 110))
    return textured(cover.rgba(), 45)


def painting() -> Rgba:
    """A frame of gold, a white mount and a picture in it."""
    y, x = np.indices((HIGH, WIDE))
    gold = np.stack([150 + 60 * np.sin(x / 5), 110 + 50 * np.sin(y / 4), 60 + 20 * np.sin((x + y) / 3)], axis=2)
    rgba = drawing().on(PAPER)
    at_frame = np.minimum(np.minimum(x, WIDE - 1 - x), np.minimum(y, HIGH - 1 - y)) < 40
    rgba[at_frame, :3] = gold[at_frame]
    return rgba


def card(colour: tuple[int, int, int] | None) -> Rgba:
    """A print with a thin white margin: a photo, or a plain face with a drawing."""
    rgba = np.full((HIGH, WIDE, 4), 255, np.uint8)
    face = np.random.default_rng(5).integers(0, 200, (HIGH - 24, WIDE - 24, 3)) if colour is None else None
    rgba[12:-12, 12:-12, :3] = drawing().on(colour)[12:-12, 12:-12, :3] if colour is not None else face
    return rgba


def ragged(rgba: Rgba) -> Rgba:
    """Cut by hand, a pixel more or less."""
    result, found = rgba.copy(), np.random.default_rng(6)
    for turned in (result, result[::-1], result.swapaxes(0, 1), result.swapaxes(0, 1)[::-1]):
        for index, depth in enumerate(found.integers(0, 3, turned.shape[1])):
            turned[:depth, index, 3] = 0
    return result


SUBJECTS = {
    "a book": book(),
    "a framed painting": painting(),
    "a photo with a margin": card(None),
    "a card with a thin even margin": card((90, 140, 200)),
    "a plain box": Drawing(WIDE, HIGH).block((0, 0, WIDE, HIGH), (180, 90, 40)).rgba(),
    "a box with two sides": Drawing(WIDE, HIGH)
    .block((0, 0, 200, HIGH))
    .block((200, 0, WIDE, HIGH), (90, 45, 20))
    .rgba(),
    "a door cut out by hand": ragged(drawing().on((120, 80, 50))),
}


@pytest.mark.parametrize("rgba", SUBJECTS.values(), ids=list(SUBJECTS))
@pytest.mark.parametrize("room", [1, 20])
def test_a_subject_that_is_a_rectangle_stays_whole(rgba: Rgba, room: int) -> None:
    shown = np.pad(rgba, ((room, room), (room, room), (0, 0)))
    before = prepared.develop(Frame(shown, is_bottom_up=False), KEEP)
    after = prepared.develop(Frame(shown, is_bottom_up=False), CUT)
    assert np.array_equal(before.rgba, after.rgba)
    assert [verdict.code for verdict in (*before.verdicts, *after.verdicts)] == []


@pytest.mark.parametrize("room", [75, 250])
def test_a_rectangle_with_room_around_it_is_a_cut_out(room: int) -> None:
    """A washing machine lost all but its drum, and was called a background when it was kept."""
    rgba = np.pad(drawing().on(PAPER), ((room, room), (room, room), (0, 0)))
    for asked in (KEEP, CUT):
        kept, said = sent(rgba, asked)
        assert Code.SURROUND not in said and np.count_nonzero(kept) == WIDE * HIGH


def test_what_a_sheet_was_split_into_keeps_its_face() -> None:
    """Tiles with a drawing on each: what was told apart by its alpha is the subject, whatever its rim is like."""
    tile = Drawing(200, 200).disc((50, 50, 150, 150), (200, 40, 30)).on((90, 140, 200))
    sheet = np.zeros((300, 600, 4), np.uint8)
    sheet[50:250, 50:250] = sheet[50:250, 350:550] = tile
    found = split(sheet)
    assert found.of_surround is None
    for one in found.sheet.subjects:
        ready = prepared.develop(found.cutout(one), CUT)
        assert np.count_nonzero(ready.rgba[..., 3]) == tile[..., 3].size
        for verdicts in (ready.verdicts, splitting.judge(found, one, CUT)):
            assert [verdict.code for verdict in verdicts] == [Code.SMALL]


@pytest.mark.parametrize("gutter", [2, 4])
def test_tiles_with_a_narrow_gutter_are_no_one_rectangle(gutter: int) -> None:
    """The gutter passed for a slip, so that the tiles' faces were cut away and what is drawn on them was split."""
    tile = drawing().on(PAPER)
    row = np.hstack([tile, np.zeros((HIGH, gutter, 4), np.uint8), tile])
    sheet = np.vstack([row, np.zeros((gutter, row.shape[1], 4), np.uint8), row])
    assert slab.find(sheet) is None
    assert slab.find(np.pad(tile, ((1, 1), (1, 1), (0, 0)))) is not None


@pytest.mark.parametrize("radius", [6, 20])
def test_rounded_corners_within_a_border_are_told_too(radius: int) -> None:
    mask = Image.new("L", (WIDE, HIGH), 0)
    ImageDraw.Draw(mask).rounded_rectangle((1, 1, WIDE - 2, HIGH - 2), radius, 255)
    rgba = np.dstack([drawing().on(PAPER)[..., :3], np.asarray(mask)])
    assert set(sent(rgba, KEEP)[1]) == {Code.SURROUND}
    assert (sent(rgba, CUT)[0] != (drawing().rgba()[..., 3] > 204)).mean() < 0.005


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_sample_is_one(path: object) -> None:
    with Image.open(path) as image:  # type: ignore[call-overload]
        whole = image.convert("RGBA")
    cropped = whole.crop(whole.getchannel("A").point(lambda alpha: 255 * (alpha > 204)).getbbox())
    for picture in (whole, cropped):
        assert slab.find(np.array(picture)) is None
