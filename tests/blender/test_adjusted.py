# SPDX-License-Identifier: GPL-3.0-or-later
"""Adjust Last Operation goes back over what has come since: that comes again, but nothing undone on purpose does."""

from pathlib import Path
from typing import Any

import bpy
import crafted
import pictures
import pytest
from artist import Artist, module
from blocks import block
from leafing import begin, choose, make, prepare, seeds
from mathutils import Vector
from test_placeholder import boxes, hold, let_go
from test_several import twins

PLACE = Vector((3.0, -2.0, 0.5))


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    bpy.context.scene.cursor.location = PLACE
    bpy.ops.ed.undo_push(message="before")
    return artist


def add_cube() -> None:
    """Add as the menu does, so that it can be adjusted."""
    assert bpy.ops.mesh.primitive_cube_add("EXEC_DEFAULT", True, location=(9.0, 9.0, 0.0)) == {"FINISHED"}


def adjust(size: float) -> None:
    """Change the cube's size as the panel at the bottom left does."""
    operators = bpy.context.window_manager.operators
    assert operators[-1].bl_idname == "MESH_OT_primitive_cube_add"
    operators[-1].properties.size = size
    repeat()
    assert pytest.approx(size) in cubes()


def repeat() -> None:
    """Go back to before the last operation, and do it again."""
    area = next(area for area in bpy.context.window.screen.areas if area.type == "VIEW_3D")
    with module("blender.footing").at(area=area, region=next(one for one in area.regions if one.type == "WINDOW")):
        assert bpy.ops.ed.undo_redo("EXEC_DEFAULT", True) == {"FINISHED"}


def cubes() -> list[float]:
    return [item.dimensions.x for item in bpy.data.objects if item.name.startswith("Cube")]


def landed() -> list[bpy.types.Object]:
    """Give the objects that came."""
    return [item for item in bpy.data.objects if item.get("trellis_job") and item.users_scene]


def state(artist: Artist, job: Any) -> str:
    return str(artist.session.jobs[job.id].state.value)


def test_what_has_come_since_comes_again(ready: Artist) -> None:
    job = hold(ready)
    boxes()[0].location.x = 5.0
    bpy.ops.ed.undo_push(message="moved")
    add_cube()
    assert let_go(ready, job).state.value == "imported" and len(landed()) == 1
    for size in (3.0, 4.0, 1.0, 1.0):  # as a number is dragged: many times before there is time to look
        adjust(size)
    assert not landed() and len(boxes()) == 1
    ready.session.drain()
    assert ready.session.watched, "nothing would bring it back"
    ready.tick()
    assert state(ready, job) == "downloaded", "it says that it stands in the scene"
    ready.rest()
    (item,) = landed()
    assert item.location == Vector((5.0, -2.0, 0.5)) and item.data.polygons and not boxes()
    assert cubes() == [pytest.approx(1.0)] and state(ready, job) == "imported"
    bpy.ops.ed.undo()  # one step, as always
    ready.rest()
    assert not landed() and len(boxes()) == 1 and cubes() == [pytest.approx(1.0)]
    bpy.ops.ed.redo()
    ready.rest()
    assert landed()[0].data.polygons and len(landed()) == 1


@pytest.mark.parametrize("how", ["once", "twice", "history", "then more"])
def test_what_is_undone_on_purpose_stays_undone(ready: Artist, how: str) -> None:
    job = hold(ready)
    add_cube()
    let_go(ready, job)
    if how == "history":
        bpy.ops.ed.undo_history(item=0)
    for _ in range({"history": 0, "twice": 2}.get(how, 1)):
        bpy.ops.ed.undo()
    if how == "then more":
        add_cube()
    ready.rest()
    assert not landed()
    if how == "then more":
        adjust(3.0)
        ready.rest()
        assert not landed()


def test_what_was_ordered_since_too(ready: Artist) -> None:
    add_cube()
    job = hold(ready)
    bpy.context.scene.cursor.location = (0.0, 0.0, 0.0)
    adjust(3.0)
    assert not boxes()
    ready.tick()
    assert [box.location for box in boxes()] == [PLACE], "its place was lost"
    assert let_go(ready, job).state.value == "imported" and landed()[0].location == PLACE
    adjust(4.0)
    ready.rest()
    assert [item.location for item in landed()] == [PLACE] and not boxes() and state(ready, job) == "imported"


def test_a_box_that_went_does_not_come_back(ready: Artist) -> None:
    job = hold(ready)
    add_cube()
    ready.session.cancel(job.id)
    assert ready.wait(job)[0].state.value == "cancelled"
    ready.tick()
    assert not boxes()
    adjust(3.0)
    ready.tick()
    assert not boxes()


def test_what_was_imported_by_hand_comes_again_where_it_stood(ready: Artist) -> None:
    job = hold(ready)
    let_go(ready, job)
    add_cube()
    bpy.context.scene.cursor.location = (7.0, 0.0, 0.0)
    ready.session.want(job.id, module("blender.placement").mark(bpy.context))
    ready.rest()
    assert sorted(item.location.x for item in landed()) == [3.0, 7.0]
    bpy.context.scene.cursor.location = (0.0, 0.0, 0.0)
    adjust(3.0)
    ready.rest()
    assert sorted(item.location.x for item in landed()) == [3.0, 7.0]


def test_what_was_deleted_since_stays_deleted(ready: Artist) -> None:
    job = hold(ready)
    add_cube()
    let_go(ready, job)
    bpy.data.objects.remove(landed()[0])
    adjust(3.0)
    ready.rest()
    assert not landed()


def test_fitted_objects_and_variants_come_again(fitting: Artist, tmp_path: Path) -> None:
    prepare(fitting, tmp_path)
    block()
    bpy.ops.ed.undo_push(message="before")
    fitting.simulator.control.settings(job_seconds=3600.0)
    job = fitting.order()
    fitting.wait_for_state(job, "processing")
    add_cube()
    choose(bpy.data.objects["Tower"])
    fitting.simulator.control.settings(job_seconds=0.0)
    let_go(fitting, job)
    assert bpy.data.objects["Tower Proxy"].hide_get()
    matrix = bpy.data.objects["Tower"].matrix_world.copy()
    choose(bpy.data.objects["Tower"])
    fitting.wait(begin(101), begin(102))
    assert seeds(bpy.data.objects["Tower"]) == [100, 101, 102]
    adjust(3.0)
    assert not landed()
    fitting.rest()
    assert seeds(bpy.data.objects["Tower"]) == [100, 101, 102] and bpy.data.objects["Tower Proxy"].hide_get()
    assert bpy.data.objects["Tower"].matrix_world == matrix and len(landed()) == 1


def test_without_a_box_it_comes_where_it_was_ordered(ready: Artist, tmp_path: Path) -> None:
    add_cube()
    item = make()
    assert item.location == PLACE
    adjust(3.0)
    ready.rest()
    assert [item.location for item in landed()] == [PLACE]


def typed(item: bpy.types.Object) -> None:
    """Change some fields as the sidebar does: a step to undo, and no operation."""
    item.location.x, item.scale.z, item.name = 8.0, 2.0, "Mine"
    bpy.ops.ed.undo_push(message="Edit")


def test_what_was_typed_into_its_fields_comes_again_too(ready: Artist) -> None:
    """It stood where it had come to, under the name of its picture."""
    job = hold(ready)
    add_cube()
    let_go(ready, job)
    typed(landed()[0])
    for size in (3.0, 4.0):
        adjust(size)
        ready.rest()
        (item,) = landed()
        assert item.name == "Mine" and tuple(item.location) == (8.0, PLACE.y, PLACE.z)
        assert tuple(item.scale) == (1.0, 1.0, 2.0)
    bpy.ops.ed.undo()
    ready.rest()
    assert not landed() and boxes()[0].location == PLACE
    bpy.ops.ed.redo()
    ready.rest()
    assert landed()[0].name == "Mine" and landed()[0].location.x == 8.0, "it is the same step"


def test_what_was_not_typed_is_as_what_is_adjusted_has_it(ready: Artist) -> None:
    """Here the box was moved along one axis, and how far is adjusted."""
    job = hold(ready)
    choose(*boxes())
    bpy.ops.ed.undo_push(message="chosen")
    assert bpy.ops.object.randomize_transform("EXEC_DEFAULT", True, loc=(0.0, 1.0, 0.0)) == {"FINISHED"}
    moved = boxes()[0].location.y
    let_go(ready, job)
    landed()[0].location.x = 8.0
    bpy.ops.ed.undo_push(message="Edit")
    bpy.context.window_manager.operators[-1].properties.loc = (0.0, 4.0, 0.0)
    repeat()
    assert boxes()[0].location.y == pytest.approx(PLACE.y + 4.0 * (moved - PLACE.y), abs=1e-4)
    ready.rest()
    assert landed()[0].location.x == 8.0
    assert landed()[0].location.y == pytest.approx(PLACE.y + 4.0 * (moved - PLACE.y), abs=1e-4)


def test_what_was_typed_for_one_in_several_parts(ready: Artist) -> None:
    job = ready.wait_for_state(hold(ready), "processing")
    add_cube()
    bpy.ops.object.mode_set(mode="EDIT")
    ready.simulator.control.advance(3601.0)
    ready.sent(ready.wait_for_state(job, "downloaded"), crafted.glb(twins))
    bpy.ops.object.mode_set(mode="OBJECT")
    ready.wait(job)
    root = next(item for item in landed() if item.type == "EMPTY")
    typed(root)
    adjust(3.0)
    ready.rest()
    root = bpy.data.objects["Mine"]
    assert root.location.x == 8.0 and sorted(part.name for part in root.children) == ["Mine.001", "Mine.002"]
    assert len(landed()) == 3
