# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of sheets do: split one, order its subjects, and look where their objects stand."""

from typing import Any

import bpy
import numpy as np
import pytest
import sheets
from artist import module
from sheets import SUBJECTS

CURSOR = (2.0, -1.0, 0.5)
TOLERANCE = 0.02
"""Of a metre, which is the largest side: the stand-in smooths its outlines."""


def state() -> Any:
    return module("blender.sheets").of(bpy.context.scene)


def listed() -> list[Any]:
    return list(bpy.context.window_manager.trellis_sheet.subjects)


def split() -> list[Any]:
    bpy.ops.trellis.split_sheet("EXEC_DEFAULT")
    return listed()


def order(**named: bool) -> list[Any]:
    """Start the jobs as the button does after the artist has agreed; comes back at once."""
    return module("blender.operators.generate_sheet").order(bpy.context, **named)


def refused(operator: Any) -> str:
    with pytest.raises(RuntimeError) as error:
        operator("EXEC_DEFAULT")
    return str(error.value)


def objects() -> dict[str, bpy.types.Object]:
    return {item.name: item for item in bpy.data.objects}


def check_places(cursor: tuple[float, float, float] = CURSOR, largest: float = 1.0) -> None:
    """Look whether all five stand as drawn, feet and middle, with their transforms applied."""
    for number, one in enumerate(SUBJECTS, 1):
        item = objects()[f"Garden {number}"]
        assert np.abs(sheets.front(item) - sheets.expected(one, cursor, largest)).max() < TOLERANCE * largest, item
        depth = sheets.corners(item)[:, 1]
        assert abs((depth.min() + depth.max()) / 2 - cursor[1]) < 1e-4
        assert tuple(item.scale) == (1.0, 1.0, 1.0)
        assert abs(item.location.z - sheets.front(item)[0][1]) < 1e-4


def check(said: str) -> None:
    """Look at the picture as the button does before it asks; it has to say this, or nothing."""
    look = module("blender.operators.generate_sheet").check_picture
    if not said:
        look(bpy.context)
        return
    with pytest.raises(module("core.errors").TrellisError) as error:
        look(bpy.context)
    assert said in str(error.value)
