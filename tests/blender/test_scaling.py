# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn and asked costs the same however long the list and the history are: counted in lines, not in time."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import bpy
import crowd
import layouts
import pictures
import pytest
import trap
from artist import Artist, module

FEW, MANY = 100, 300
"""Of both a panel shows the same twelve."""


def lines(function: Callable[[], object]) -> int:
    """Give how many lines of ours are gone through meanwhile; each turn of a loop is one, also of one in brackets."""
    count = 0

    def note(frame: FrameType, event: str, _given: Any) -> Any:
        nonlocal count
        count += event == "line"
        return note if f"{frame.f_globals.get('__name__', '')}.".startswith(f"{trap.PACKAGE}.") else None

    before = sys.gettrace()
    sys.settrace(note)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def look() -> None:
    """Have drawn and asked for what Blender does at each redraw; a list draws only the rows that are seen."""
    for cls in trap.classes():
        if issubclass(cls, bpy.types.Panel) and getattr(cls, "bl_space_type", "") == "VIEW_3D" and hasattr(cls, "draw"):
            if not hasattr(cls, "poll") or cls.poll(bpy.context):
                layouts.drawn(cls)
        elif issubclass(cls, bpy.types.Operator):
            group, name = cls.bl_idname.split(".")
            getattr(getattr(bpy.ops, group), name).poll()
    for name, function in trap.appended():
        function(layouts.Held(getattr(bpy.types, name)), bpy.context)
    held = bpy.context.window_manager.trellis_history
    assert held.active == len(held.rows) - 1


@pytest.fixture
def crowded(artist: Artist) -> Callable[[int], int]:
    """Give what fills the list and the history with so many jobs each, chooses the last, and counts."""
    artist.choose(pictures.put("mushroom", pictures.mushroom(32, 24)))
    artist.settings.resolution = "512"
    assert bpy.ops.trellis.generate() == {"FINISHED"}

    def fill(count: int) -> int:
        crowd.listed(count)
        crowd.kept(count)
        module("blender.tidings").show(changed=True)
        held = bpy.context.window_manager.trellis_history
        assert len(held.rows) == 2 * count + 1
        held.active = 2 * count
        with layouts.editor():
            look()  # what is worked out once
            return lines(look)

    return fill


def test_a_long_list_costs_no_more(crowded: Callable[[int], int]) -> None:
    few, many = crowded(FEW), crowded(MANY)
    assert few > 1000, "or nothing was drawn"
    # What is about to be sent is reckoned with, one state of many in this list.
    assert many - few < MANY - FEW, f"{few} lines beside {FEW} jobs, {many} beside {MANY}"


def test_a_quiet_tick_costs_no_more(crowded: Callable[[int], int], artist: Artist) -> None:
    tidings = module("blender.tidings")

    def tick() -> None:
        assert not artist.session.busy
        tidings.show(changed=False)

    for job in list(artist.session.jobs):
        artist.session.remove(job)
    crowd.kept(FEW)
    tick()
    few = lines(tick)
    crowd.kept(MANY)
    tidings.show(changed=True)
    assert lines(tick) <= few
