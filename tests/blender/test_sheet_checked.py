# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a sheet's subjects before any of them is paid for, and what keeps them from being sent."""

from typing import Any

import bpy
import pictures
import pytest
import sheets
from artist import Artist, module
from sheets import SUBJECTS


@pytest.fixture
def sheet(artist: Artist) -> bpy.types.Image:
    image = pictures.put("Garden.png", sheets.drawing())
    artist.choose(image)
    return image


def split() -> list[Any]:
    bpy.ops.trellis.split_sheet("EXEC_DEFAULT")
    return list(bpy.context.window_manager.trellis_sheet.subjects)


def order() -> list[Any]:
    """Start the jobs as the button does after the artist has agreed; comes back at once."""
    return module("blender.operators.generate_sheet").order(bpy.context)


def check(said: str) -> None:
    """Look at the picture as the button does before it asks; it has to say this, or nothing."""
    look = module("blender.operators.generate_sheet").check_picture
    if not said:
        look(bpy.context)
        return
    with pytest.raises(module("core.errors").TrellisError) as error:
        look(bpy.context)
    assert said in str(error.value)


def test_a_background_to_be_cut_otherwise_has_to_be_split_again(artist: Artist) -> None:
    ground = (245, 245, 240)
    hole = sheets.Drawn(90, 80, 130, 120, ground)
    artist.choose(pictures.put("Garden.png", sheets.drawing((*SUBJECTS, hole), ground)))
    split()
    artist.settings.holes = True
    check("The background is to be cut otherwise than when the picture was split. Press Split Sheet again.")
    with pytest.raises(RuntimeError, match="Press Split Sheet again"):
        bpy.ops.trellis.generate_sheet("EXEC_DEFAULT")
    with pytest.raises(module("core.errors").SourceError, match="cut otherwise"):
        order()
    assert artist.simulator.accepted() == 0
    artist.settings.holes = False
    check("")  # as it was
    artist.settings.tolerance *= 2
    check("cut otherwise")
    split()
    check("")


def test_settings_that_cut_nothing_of_a_masked_sheet_leave_its_list(artist: Artist, sheet: bpy.types.Image) -> None:
    split()[0].name = "Apple"
    artist.settings.holes, artist.settings.margin = True, 0.1
    check("")
    assert bpy.context.window_manager.trellis_sheet.subjects[0].name == "Apple"
