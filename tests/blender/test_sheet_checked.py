# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a sheet's subjects before any of them is paid for, and what keeps them from being sent."""

import bpy
import numpy as np
import pictures
import pytest
import sheets
from artist import Artist, module
from laying import check, order, split
from sheets import SUBJECTS

pytestmark = pytest.mark.any_blender


def dusty() -> np.ndarray:
    """A large block, a tiny one, and dust of which nothing opaque would be left in what is sent."""
    rgba = np.zeros((1536, 2048, 4), np.uint8)
    rgba[40:440, 40:640] = (200, 60, 40, 255)
    rgba[200:240, 1000:1040] = (40, 160, 80, 255)
    rgba[1000:1240:4, 20:1520:4] = (200, 90, 40, 255)
    return rgba


def codes(index: int) -> list[str]:
    return [verdict.code.value for verdict in module("blender.sheets").verdicts(index)]


def test_each_subject_has_its_own_verdicts_and_what_would_fail_is_switched_off(artist: Artist) -> None:
    artist.choose(pictures.put("Dusty.png", dusty()))
    items = split()
    assert [item.use for item in items] == [True, True, False]
    assert codes(0) == [] and codes(1) == ["small"] and codes(2)
    assert module("blender.sheets").warned() == 1
    assert [name for name, _verdict in module("blender.sheets").refused()] == ["Dusty 3"]
    assert bpy.context.window_manager.trellis_sheet.active == 1, "the first of which there is something to say"
    asked = list(module("blender.operators.generate_sheet")._warned(2))
    assert asked == ["1 of the pictures has a warning, which the list gives.",
                     "1 subject cannot be sent and is left out."]  # fmt: skip
    artist.wait(*order())
    assert artist.simulator.accepted() == 2
    items[2].use = True
    with pytest.raises(
        module("core.errors").SourceError, match=r"Dusty 3 cannot be sent\. .* Switch it off in the list"
    ):
        order()
    assert artist.simulator.accepted() == 2


def test_a_script_sends_what_can_be_sent(artist: Artist) -> None:
    artist.choose(pictures.put("Dusty.png", dusty()))
    assert bpy.ops.trellis.generate_sheet("EXEC_DEFAULT") == {"FINISHED"}
    assert artist.simulator.accepted() == 2


def test_what_was_merged_is_looked_at_again(artist: Artist, sheet: bpy.types.Image) -> None:
    items = split()
    assert [codes(index) for index in range(5)] == [["small"]] * 5
    items[3].select = items[4].select = True
    bpy.ops.trellis.merge_subjects("EXEC_DEFAULT")
    check("The subjects are being looked at")
    module("blender.operators.split_sheet").wait(bpy.context)
    assert codes(3) == [], "together they are large enough"
    check("")


def test_a_mark_turns_to_its_subject_and_says_what_it_is_about(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    bpy.ops.trellis.show_subject("EXEC_DEFAULT", index=2)
    assert bpy.context.window_manager.trellis_sheet.active == 2
    assert bpy.ops.trellis.show_subject("EXEC_DEFAULT", index=9) == {"CANCELLED"}
    asked = type("Asked", (), {"index": 2})
    said = module("blender.operators.edit_sheet").TRELLIS_OT_show_subject.description(bpy.context, asked)
    assert said.startswith("The subject is only 180 pixels long.") and not said.endswith(".")


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
