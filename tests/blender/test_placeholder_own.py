# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist made of a placeholder, or where it was put, is the artist's own."""

import bpy
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
    assert told.state.value == "downloaded" and "placeholder was deleted or converted" in told.error
    assert len(box.data.polygons) == 1 and box.data.users == 1
    assert (box.name, box.show_name, list(box.keys())) == ("crown", False, [])
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert bpy.data.objects["crown.001"].location == Vector((3.0, -2.0, 0.5)) and len(box.data.polygons) == 1


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
