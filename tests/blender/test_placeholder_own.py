# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist made of a placeholder, or where it was put, is the artist's own."""

from collections.abc import Callable
from pathlib import Path

import blocks
import bpy
import layouts
import numpy as np
import pictures
import pytest
from artist import Artist, module
from mathutils import Vector

from tests.blender.test_placeholder import boxes, hold, let_go


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    bpy.context.scene.cursor.location = (3.0, -2.0, 0.5)
    return artist


def test_what_the_artist_joined_to_it_is_not_lost(ready: Artist) -> None:
    """Its mesh was taken away with the box."""
    job = hold(ready)
    mesh = bpy.data.meshes.new("mine")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    mine, (box,) = bpy.data.objects.new("mine", mesh), boxes()
    bpy.context.scene.collection.objects.link(mine)
    mine.select_set(True)
    box.select_set(True)
    bpy.context.view_layer.objects.active = box
    assert bpy.ops.object.join() == {"FINISHED"}
    told = let_go(ready, job)
    assert told.state.value == "downloaded" and told.error == module("blender.placeholder").JOINED
    assert len(box.data.polygons) == 1 and box.data.users == 1
    assert (box.name, box.show_name, list(box.keys())) == ("crown", False, [])
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert bpy.data.objects["crown.001"].location == Vector((3.0, -2.0, 0.5)) and len(box.data.polygons) == 1


@pytest.mark.parametrize("how", ["deleted", "added to"])
def test_deleted_it_comes_to_whatever_place_is_meant_by_then(ready: Artist, how: str) -> None:
    """The sentence said "at the 3D cursor", also where an object of the blockout or a sheet has another place."""
    job = hold(ready)
    if how == "deleted":
        bpy.data.batch_remove(boxes())
    else:
        boxes()[0].data.vertices.add(9)
    told = let_go(ready, job)
    assert "Press Import to bring it into the scene." in told.error and "cursor" not in told.error
    tower = blocks.block()
    tower.location = (-7.0, 4.0, 1.0)
    ready.settings.fit_to_selection = True
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    item = bpy.data.objects["Tower"]
    assert item != tower and item.location.xy == Vector((-7.0, 4.0))


def test_the_row_says_as_its_box_does_that_it_can_be_imported(ready: Artist, tmp_path: Path) -> None:
    """Undone; or not saved. It is found by what it says."""
    job = hold(ready)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    let_go(ready, job)
    for take_away in (bpy.ops.ed.undo, bpy.ops.wm.revert_mainfile):
        ready.rest()
        assert not boxes() and any(text.startswith("Imported · ") for text in rows())
        assert (found("DONE"), found("WAITING")) == ([job.id], [])
        take_away()
        ready.rest()
        assert [box.name for box in boxes()] == ["crown · ready"]
        assert {"Ready to import", "Import"} <= set(rows())
        assert (found("DONE"), found("WAITING")) == ([], [job.id])
        assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    ready.rest()
    assert not boxes() and "Ready to import" not in rows()
    assert (found("DONE"), found("WAITING")) == ([job.id], [])
    bpy.ops.wm.revert_mainfile()
    ready.session.remove(job.id)
    ready.rest()
    assert (found("DONE"), found("WAITING")) == ([], []), "what was taken out of the list does not come back"


def rows() -> list[str]:
    return layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_jobs_view3d))


def found(standing: str) -> list[str]:
    """Give the jobs that the history shows of those that need the same."""
    history = module("blender.history")
    history.show_all_of(module("core.history").Standing[standing])
    shown = history.first(9)
    history.clear_filters()
    return list(shown)


def edited(box: bpy.types.Object, edit: Callable[[], set[str]]) -> None:
    """Do something to all of a box in Edit Mode."""
    box.select_set(True)
    bpy.context.view_layer.objects.active = box
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    assert edit() == {"FINISHED"}
    bpy.ops.object.mode_set(mode="OBJECT")


def extruded() -> set[str]:
    return bpy.ops.mesh.extrude_region_move(TRANSFORM_OT_translate={"value": (0.0, 0.0, 1.0)})


def cut() -> set[str]:
    bpy.ops.mesh.edge_face_add()
    return bpy.ops.mesh.subdivide(number_cuts=2)


def bevelled() -> set[str]:
    return bpy.ops.mesh.bevel(offset=0.1, affect="VERTICES")


@pytest.mark.parametrize("edit", [cut, extruded, bevelled])
def test_a_box_that_was_cut_or_extruded_is_one_still(ready: Artist, edit: Callable[[], set[str]]) -> None:
    """It was said to be deleted or converted, and stayed."""
    job = hold(ready)
    (box,) = boxes()
    box.location, box.rotation_euler.z = (7.0, 8.0, 9.0), 0.5
    edited(box, edit)
    bpy.context.view_layer.update()
    old, room = box.data.name, np.array(box.dimensions)
    assert len(box.data.vertices) > 8
    assert let_go(ready, job).state.value == "imported"
    assert not boxes() and box.name == "crown" and box.data.polygons and old not in bpy.data.meshes
    bpy.context.view_layer.update()
    assert tuple(box.location) == (7.0, 8.0, 9.0) and box.rotation_euler.z == 0.5
    assert (np.array(box.dimensions) / room).max() == pytest.approx(1.0, abs=1e-3), "as large as the box was"


def test_what_was_added_to_it_in_edit_mode_is_not_lost(ready: Artist) -> None:
    job = hold(ready)
    (box,) = boxes()
    edited(box, lambda: bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=1))
    told = let_go(ready, job)
    assert told.state.value == "downloaded" and told.error == module("blender.placeholder").JOINED
    assert len(box.data.vertices) == 8 + 12 and box.name == "crown"


def test_in_a_collection_that_is_only_seen_by_its_instances(ready: Artist) -> None:
    job, holder = hold(ready), bpy.data.collections.new("Props")
    (box,) = boxes()
    for other in box.users_collection:
        other.objects.unlink(box)
    holder.objects.link(box)
    assert not box.users_scene
    empty = bpy.data.objects.new("instance", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", holder
    bpy.context.scene.collection.objects.link(empty)
    bpy.context.view_layer.update()
    assert let_go(ready, job).state.value == "imported"
    assert not boxes() and list(holder.objects) == [bpy.data.objects["crown"]] and holder.objects[0].data.polygons


@pytest.mark.any_blender
@pytest.mark.parametrize("end", ["comes", "is cancelled", "is removed"])
def test_what_was_converted_is_called_plainly_when_nothing_comes_for_it(ready: Artist, end: str) -> None:
    """It was called "crown · 30 %" for good, and taken for a placeholder."""
    job = hold(ready)
    bpy.context.view_layer.objects.active = boxes()[0]
    boxes()[0].select_set(True)
    assert bpy.ops.object.convert(target="CURVE") == {"FINISHED"}
    (curve,) = (item for item in bpy.data.objects if item.type == "CURVE")
    other = curve.copy()
    other.name = "Rail"
    bpy.context.scene.collection.objects.link(other)
    assert curve.name.startswith("crown · ")
    if end == "comes":
        let_go(ready, job)
    elif end == "is cancelled":
        ready.session.cancel(job.id)
        ready.wait(job)
        ready.tick()
    else:
        ready.session.intake.standins.removed(ready.session.jobs[job.id])
    is_one = module("blender.placeholder").is_one
    assert (curve.name, other.name) == ("crown", "Rail") and not is_one(curve) and not is_one(other)
