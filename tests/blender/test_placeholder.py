# SPDX-License-Identifier: GPL-3.0-or-later
"""A box stands where the object will be, says how far it is, is the artist's to move, and becomes the object."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names, look
from mathutils import Matrix, Vector


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    scene = bpy.context.scene
    scene.cursor.location = (3.0, -2.0, 0.5)
    scene.collection.objects.link(bpy.data.objects.new("chair", bpy.data.meshes.new("chair")))
    bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
    bpy.data.objects["chair"].select_set(True)
    bpy.ops.ed.undo_push(message="before")
    return artist


def order(artist: Artist) -> Any:
    return module("blender.operators.generate").order(bpy.context, with_placeholder=True)


def boxes() -> list[bpy.types.Object]:
    return [item for item in bpy.data.objects if item.get("trellis_placeholder")]


def bounds(item: bpy.types.Object) -> tuple[Vector, Vector]:
    bpy.context.view_layer.update()
    corners = [item.matrix_world @ vertex.co for vertex in item.data.vertices]
    return (Vector([min(corner[axis] for corner in corners) for axis in range(3)]),
            Vector([max(corner[axis] for corner in corners) for axis in range(3)]))  # fmt: skip


def hold(artist: Artist) -> Any:
    """Order an object that does not come before the test says so, and wait until it is being made."""
    artist.simulator.control.settings(job_seconds=3600.0)
    return artist.wait_for_state(order(artist), "processing")


def let_go(artist: Artist, job: Any) -> Any:
    artist.simulator.control.advance(3601.0)
    return artist.wait(job)[0]


def test_stands_on_the_cursor_as_large_as_the_object_will_be(ready: Artist) -> None:
    ready.settings.object_size = 2.0
    seen = look(bpy.context.scene, bpy.context.view_layer)
    order(ready)
    (box,) = boxes()
    assert box.name.startswith("crown · ") and box.users_collection[0].name == "TRELLIS"
    assert bounds(box) == (Vector((2.0, -3.0, 0.5)), Vector((4.0, -1.0, 2.5)))
    assert box.location == Vector((3.0, -2.0, 0.5)) and box.hide_render and not box.data.polygons
    after = look(bpy.context.scene, bpy.context.view_layer)
    assert [after[key] for key in ("selected", "active", "collection")] == [
        seen[key] for key in ("selected", "active", "collection")
    ]


def test_says_how_far_the_job_is(ready: Artist) -> None:
    job = hold(ready)
    (box,) = boxes()
    ready.simulator.control.advance(1800.0)
    ready.wait_until(lambda: (ready.session.jobs[job.id].progress or 0.0) > 0.4)
    ready.tick()
    percent = int(ready.session.jobs[job.id].progress * 100)
    assert box.name == f"crown · {percent} %" and percent >= 40
    let_go(ready, job)
    assert bpy.data.objects["crown"] == box


def test_becomes_the_object_and_leaves_nothing(ready: Artist) -> None:
    before = all_names()
    ready.wait(order(ready))
    new = {kind: len(names) - len(before[kind]) for kind, names in all_names().items() if names != before[kind]}
    assert new == {"objects": 1, "meshes": 1, "materials": 1, "images": 2, "collections": 1}
    item = bpy.data.objects["crown"]
    assert item.data.polygons and item.data.name == "crown" and item.location == Vector((3.0, -2.0, 0.5))
    assert not item.hide_render and item.display_type == "TEXTURED" and not item.show_name
    low, high = bounds(item)
    assert max(high - low) == pytest.approx(1.0, abs=1e-4) and low.z == pytest.approx(0.5, abs=1e-5)
    assert module("blender.provenance").stands(next(iter(ready.session.jobs)))
    assert not boxes()


def test_lands_wherever_it_then_is(ready: Artist) -> None:
    job = hold(ready)
    (box,) = boxes()
    elsewhere = bpy.data.collections.new("elsewhere")
    bpy.context.scene.collection.children.link(elsewhere)
    elsewhere.objects.link(box)
    bpy.data.collections["TRELLIS"].objects.unlink(box)
    box.parent = bpy.data.objects["chair"]
    box.matrix_parent_inverse = Matrix.Translation((1.0, 0.0, 0.0))
    box.location, box.rotation_euler, box.scale = (7.0, 8.0, 9.0), (0.1, 0.2, 0.3), (2.0, 2.0, 2.0)
    box.constraints.new("LIMIT_ROTATION")
    child = bpy.data.objects.new("child", None)
    bpy.context.scene.collection.objects.link(child)
    child.parent, child.location = box, (1.0, 2.0, 3.0)
    bpy.context.view_layer.update()
    matrix, beside = box.matrix_world.copy(), child.matrix_world.copy()
    let_go(ready, job)
    item = bpy.data.objects["crown"]
    bpy.context.view_layer.update()
    bare = np.array(matrix @ Matrix.Scale(0.5, 4))
    assert np.array(item.matrix_world)[:3] == pytest.approx(bare[:3], abs=1e-5) and tuple(item.scale) == (1.0, 1.0, 1.0)
    assert item.parent == bpy.data.objects["chair"]
    assert np.array(child.matrix_world) == pytest.approx(np.array(beside), abs=1e-5), "what hangs on it stays"
    assert item.matrix_parent_inverse == Matrix.Translation((1.0, 0.0, 0.0))
    assert list(item.users_collection) == [elsewhere] and not bpy.data.collections["TRELLIS"].objects
    assert child.parent == item and len(item.constraints) == 1
    assert max(item.dimensions) == pytest.approx(2.0, abs=1e-3), "as large as the box is"


def test_a_name_of_the_artists_own_stays(ready: Artist) -> None:
    job = hold(ready)
    (box,) = boxes()
    box.name = "King's Crown"
    ready.simulator.control.advance(1800.0)
    ready.wait_until(lambda: (ready.session.jobs[job.id].progress or 0.0) > 0.4)
    ready.tick()
    assert box.name == "King's Crown"
    let_go(ready, job)
    assert bpy.data.objects["King's Crown"] == box and box.data.polygons


def test_every_copy_becomes_the_object(ready: Artist) -> None:
    job = hold(ready)
    (box,) = boxes()
    scene = bpy.context.scene
    copies = []
    for x, is_linked in ((5.0, True), (6.0, False)):
        copy = box.copy()
        copy.data = box.data if is_linked else box.data.copy()
        copy.location.x = x
        scene.collection.objects.link(copy)
        copies.append(copy)
    copies[1].data.transform(Matrix.Scale(3.0, 4))
    let_go(ready, job)
    items = [box, *copies]
    assert sorted(item.name for item in items) == ["crown", "crown.001", "crown.002"] and not boxes()
    assert items[0].data == items[1].data != items[2].data
    assert [item.location.x for item in items] == [3.0, 5.0, 6.0]
    assert [max(item.dimensions) for item in items] == pytest.approx([1.0, 1.0, 3.0], abs=1e-3)
    assert not [mesh for mesh in bpy.data.meshes if mesh.name.startswith("TRELLIS")]
    assert ready.simulator.accepted() == 1


def test_one_step_to_undo_each(ready: Artist) -> None:
    before = all_names()
    job = hold(ready)
    standing = all_names()
    let_go(ready, job)
    assert bpy.data.objects["crown"].data.polygons
    bpy.ops.ed.undo()
    ready.tick()
    assert len(all_names()["objects"]) == len(standing["objects"]) and len(boxes()) == 1
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert bpy.data.objects["crown"].data.polygons and not boxes()
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert all_names() == before


@pytest.mark.parametrize("how", ["deleted", "undone", "converted"])
def test_deleted_it_is_not_forced_into_the_scene(ready: Artist, how: str) -> None:
    job = hold(ready)
    if how == "undone":
        bpy.ops.ed.undo()
    elif how == "converted":
        (box,) = boxes()
        box.select_set(True)
        bpy.context.view_layer.objects.active = box
        assert bpy.ops.object.convert(target="CURVE") == {"FINISHED"}
    else:
        for item in bpy.context.scene.objects:
            item.select_set(item in boxes())
        bpy.ops.object.delete()
    assert how == "converted" or not boxes()
    told = let_go(ready, job)
    assert told.state.value == "downloaded" and told.importable and "placeholder was deleted or converted" in told.error
    assert all(item.type == "CURVE" for item in objects_called("crown")) and not ready.session.intake.standins.busy
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    (item,) = (item for item in objects_called("crown") if item.type == "MESH")
    assert item.location == Vector((3.0, -2.0, 0.5))
    assert ready.session.jobs[job.id].state.value == "imported" and not ready.session.jobs[job.id].error


def objects_called(name: str) -> list[bpy.types.Object]:
    return [item for item in bpy.data.objects if item.name.startswith(name)]


def test_redone_it_gets_its_object_after_all(ready: Artist) -> None:
    job = hold(ready)
    bpy.ops.ed.undo()
    assert let_go(ready, job).state.value == "downloaded"
    bpy.ops.ed.redo()
    assert len(boxes()) == 1
    assert ready.wait(job)[0].state.value == "imported"
    assert bpy.data.objects["crown"].data.polygons and not boxes()


@pytest.mark.parametrize("how", ["cancelled", "failed", "refused"])
def test_goes_when_no_object_will_come(ready: Artist, how: str) -> None:
    before = all_names()
    if how == "refused":
        ready.simulator.control.misbehave("submit", "402")
        job = order(ready)
    else:
        job = hold(ready)
        if how == "cancelled":
            ready.session.cancel(job.id)
        else:
            ready.simulator.control.steer(ready.simulator.control.jobs()[-1]["id"], fail="object")
            ready.simulator.control.advance(3601.0)
    assert len(boxes()) == 1
    assert ready.wait(job)[0].state.value == how
    ready.tick()
    assert not boxes() and not ready.session.intake.standins.busy
    assert {**all_names(), "collections": []} == {**before, "collections": []}
    bpy.ops.ed.undo()
    ready.tick()
    assert len(boxes()) == 1, "whoever wants it back has it back"
    bpy.ops.ed.redo()
    assert not boxes()


def test_waits_for_the_artists_hands_before_it_goes(ready: Artist) -> None:
    job = hold(ready)
    bpy.ops.object.mode_set(mode="EDIT")
    ready.session.cancel(job.id)
    ready.wait_for_state(job, "cancelled")
    ready.tick()
    assert len(boxes()) == 1 and ready.session.intake.standins.busy and not ready.session.waiting
    bpy.ops.object.mode_set(mode="OBJECT")
    ready.tick()
    assert not boxes() and not ready.session.intake.standins.busy


def test_an_uncertain_one_stays_and_says_so(ready: Artist) -> None:
    """The server does not tell what became of it, so that it stays uncertain however long the test looks."""
    ready.simulator.control.settings(offers_list=False, offers_usage=False)
    ready.simulator.control.misbehave("submit", "cut_after", times=None)
    job = ready.wait(order(ready))[0]
    assert job.state.value == "uncertain" and job.suspended
    assert [box.name for box in boxes()] == ["crown · uncertain"]
    ready.session.remove(job.id)
    assert not boxes()


def test_found_again_in_the_saved_file(ready: Artist, tmp_path: Path) -> None:
    path = tmp_path / "scene.blend"
    job = hold(ready)
    boxes()[0].location.x = 11.0
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert let_go(ready, job).state.value == "downloaded"
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert ready.wait(job)[0].state.value == "imported"
    assert bpy.data.objects["crown"].location.x == 11.0 and not boxes()


def test_a_file_saved_before_gets_its_object_at_the_cursor(ready: Artist, tmp_path: Path) -> None:
    """The box was lost with a crash, not deleted."""
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    job = hold(ready)
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert not boxes()
    assert let_go(ready, job).state.value == "imported"
    assert bpy.data.objects["crown"].location == Vector((3.0, -2.0, 0.5))


def test_none_for_scripts_nor_where_it_is_switched_off(ready: Artist) -> None:
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert "crown" in bpy.data.objects and not boxes()
    assert module("blender.placeholder").MARK not in next(iter(ready.session.jobs.values())).origin
