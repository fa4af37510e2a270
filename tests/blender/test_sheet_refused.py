# SPDX-License-Identifier: GPL-3.0-or-later
"""What is no sheet, or no longer the one that was split, is said in one sentence; nothing is sent."""

from pathlib import Path

import bpy
import layouts
import numpy as np
import pictures
import pytest
import sheets
from artist import Artist, module
from laying import CURSOR, check, check_places, listed, refused, split, state
from seen import chosen

pytestmark = pytest.mark.any_blender


def test_a_picture_of_one_subject_is_no_sheet(artist: Artist) -> None:
    artist.choose(pictures.put("cup", pictures.mushroom()))
    assert "only one subject" in refused(bpy.ops.trellis.split_sheet)
    assert "Press Generate" in refused(bpy.ops.trellis.generate_sheet)
    assert artist.simulator.accepted() == 0 and not listed()


def test_noise_is_no_sheet(artist: Artist) -> None:
    corners = ((40 * x + 5, 40 * y + 5) for x in range(10) for y in range(4))
    dots = tuple(sheets.Drawn(x, y, x + 20, y + 20, (200, 90, 90)) for x, y in corners)
    artist.choose(pictures.put("noise", sheets.drawing(dots)))
    assert "40 pieces" in refused(bpy.ops.trellis.split_sheet)


def test_nothing_opaque_is_no_sheet(artist: Artist) -> None:
    artist.choose(pictures.put("ghost", sheets.drawing(())))
    assert "nothing opaque" in refused(bpy.ops.trellis.split_sheet)


def test_an_even_background_is_cut_first(artist: Artist, tmp_path: Path) -> None:
    artist.choose(pictures.put("Garden.png", sheets.drawing(ground=(245, 245, 240))))
    bpy.context.scene.cursor.location = CURSOR
    bpy.ops.trellis.generate_sheet("EXEC_DEFAULT")
    check_places()


def test_a_line_around_the_sheet_is_not_taken_away_silently(artist: Artist) -> None:
    """The list says so, as Cut does; a list of what has none says nothing of the kind."""
    for is_lined in (False, True):
        drawn = sheets.drawing(ground=(245, 245, 240))
        if is_lined:
            drawn[:2, :, :3] = drawn[-2:, :, :3] = drawn[:, :2, :3] = drawn[:, -2:, :3] = 0
        artist.choose(pictures.put("Garden.png", drawn))
        assert len(split()) == len(sheets.SUBJECTS)
        with layouts.editor():
            made = layouts.layout()
            module("blender.panels.sheet").draw(made, bpy.context, chosen())
            said = " ".join(layouts.texts(made))
        assert ("The line around the picture was cut away with its background." in said) is is_lined


def test_a_photo_cannot_be_split(artist: Artist) -> None:
    rng = np.random.default_rng(1)
    photo = sheets.drawing(ground=(0, 0, 0))
    photo[..., :3] = rng.integers(0, 255, photo[..., :3].shape)
    artist.choose(pictures.put("photo", photo))
    assert "not of one colour" in refused(bpy.ops.trellis.split_sheet)


def test_an_address_cannot_be_split(artist: Artist) -> None:
    artist.settings.source, artist.settings.source_url = "URL", "https://example.org/sheet.png"
    assert not bpy.ops.trellis.split_sheet.poll() and not bpy.ops.trellis.generate_sheet.poll()


def test_a_picture_that_was_painted_over_has_to_be_split_again(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    painted = sheets.drawing()
    painted[60:80, 90:110, :3] = 255
    sheet.pixels.foreach_set((painted[::-1].astype(np.float32) / 255).ravel())
    check("Press Split Sheet again")
    assert state().is_stale
    split()
    module("blender.operators.generate_sheet").check_picture(bpy.context)


def test_a_script_does_not_pay_for_what_was_dropped_from_another_version(
    artist: Artist, sheet: bpy.types.Image
) -> None:
    for item in split()[1:]:
        item.use = False
    painted = sheets.drawing()
    painted[60:80, 90:110, :3] = 255
    sheet.pixels.foreach_set((painted[::-1].astype(np.float32) / 255).ravel())
    assert "Press Split Sheet again" in refused(bpy.ops.trellis.generate_sheet)
    assert artist.simulator.accepted() == 0
    assert [item.use for item in listed()] == [True, False, False, False, False]


def test_another_picture_has_to_be_split_again(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    artist.choose(pictures.put("other", sheets.drawing()))
    check("Press Split Sheet again")


def test_a_picture_that_is_gone_is_said(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    bpy.data.images.remove(sheet)
    check("Press Split Sheet again")
    assert not bpy.ops.trellis.generate_sheet.poll()


def test_before_it_is_split(artist: Artist, sheet: bpy.types.Image) -> None:
    check("Press Split Sheet first")
