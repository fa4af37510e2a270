# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things beside a large one on a sheet: subjects in the list, or taken out of that one by a click."""

import bpy
import numpy as np
import pictures
from artist import Artist, module
from laying import listed, order, split

CASTLE = (20, 20, 820, 820)
COINS = [(826, top, 886, top + 60) for top in range(40, 800, 120)]
"""So near to the castle that they are taken for parts of it."""


def drawing() -> np.ndarray:
    rgba = np.zeros((900, 1600, 4), np.uint8)
    for left, top, right, bottom in (CASTLE, *COINS, (1590, 890, 1595, 895)):
        rgba[top:bottom, left:right] = (200, 150, 40, 255)
    return rgba


def names() -> list[str]:
    return [item.name for item in listed()]


def test_what_lies_beside_the_only_subject_is_taken_out(artist: Artist) -> None:
    """A picture of one subject was no sheet, whatever lay beside that."""
    artist.choose(pictures.put("Toys.png", drawing()))
    sheets, apart = module("blender.sheets"), bpy.ops.trellis.split_subjects
    assert not apart.poll()
    (castle,) = split()
    assert castle.name == "Toys" and sheets.has_loose(0) and sheets.left_out(bpy.context.scene) == 1
    assert "7 loose parts beside it were taken for its own" in str(sheets.verdicts(0)[-1])
    assert not apart.poll(), "nothing is selected"
    castle.name, castle.select = "Castle", True
    assert apart("EXEC_DEFAULT") == {"FINISHED"}
    assert sorted(names()) == ["Castle", *(f"Toys {number}" for number in range(2, 9))]
    module("blender.operators.split_sheet").wait(bpy.context)
    assert not sheets.has_loose(names().index("Castle"))
    for item in listed():
        item.select = True
        item.use = item.name in ("Castle", "Toys 3")
    assert not apart.poll(), "all of them are whole"
    artist.wait(*order())
    sides = {item.name: max(item.dimensions) for item in bpy.data.objects}
    assert sides.keys() == {"Castle", "Toys 3"}
    assert abs(sides["Toys 3"] / sides["Castle"] - 60 / 800) < 0.005
    for item in listed():
        item.select = item.name in ("Castle", "Toys 3")
    bpy.ops.trellis.merge_subjects("EXEC_DEFAULT")
    listed()[names().index("Castle")].select = True
    assert apart.poll() and len(names()) == 7
    apart("EXEC_DEFAULT")
    assert len(names()) == 8 and {"Castle", "Toys 3"} <= set(names())
