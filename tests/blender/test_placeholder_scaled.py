# SPDX-License-Identifier: GPL-3.0-or-later
"""A box that the artist scaled is filled without distortion, and leaves no scale on the object."""

from typing import Any

import bpy
import leafing
import numpy as np
import pictures
import pytest
from artist import Artist, module
from mathutils import Vector


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    artist.simulator.control.settings(job_seconds=3600.0)
    return artist


@pytest.fixture
def proportions(ready: Artist) -> Any:
    """How long the sides of the object are beside its longest, as it comes without a box."""
    job = ready.order()
    finish(ready, job)
    (item,) = bpy.data.objects
    sides = np.array(item.dimensions)
    bpy.data.batch_remove([item, item.data])
    return sides / sides.max()


def order(artist: Artist) -> tuple[Any, bpy.types.Object]:
    artist.settings.seed += 1
    job = module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    artist.wait_for_state(job, "processing")
    (box,) = (item for item in bpy.data.objects if item.get("trellis_placeholder"))
    return job, box


def finish(artist: Artist, job: Any) -> None:
    bpy.context.view_layer.update()
    artist.wait_for_state(job, "processing")
    artist.simulator.control.advance(3601.0)
    artist.wait(job)
    bpy.context.view_layer.update()


def check(item: bpy.types.Object, room: tuple[float, float, float], proportions: Any) -> None:
    """As large as the box allows, in its own proportions, on the bottom of it."""
    sides = np.array(item.dimensions)
    assert sides / sides.max() == pytest.approx(proportions, abs=2e-3), "it is not distorted"
    assert (sides / np.array(room)).max() == pytest.approx(1.0, rel=1e-3)
    assert min(vertex.co.z for vertex in item.data.vertices) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("scale", [(2.0, 1.0, 1.0), (0.5, 0.5, 4.0), (1.0, -2.0, 1.0)])
def test_its_scale_is_applied(
    ready: Artist, proportions: Any, scale: tuple[float, float, float], is_held: bool
) -> None:  # fmt: skip
    """Also where a constraint holds the box, but does not change its size."""
    job, box = order(ready)
    box.scale, box.rotation_euler.z, box.location.x = scale, 0.7, 5.0
    if is_held:
        box.constraints.new("LIMIT_DISTANCE").target = bpy.context.scene.camera
    finish(ready, job)
    assert tuple(box.scale) == tuple(np.sign(scale)) and box.location.x == 5.0
    assert box.rotation_euler.z == pytest.approx(0.7)
    width, depth, height = (abs(side) for side in scale)
    check(box, (width, depth, height), proportions)


@pytest.mark.parametrize("by", ["constraint", "driver"])
def test_a_scale_that_is_not_the_artists_alone_stays(ready: Artist, proportions: Any, by: str) -> None:
    job, box = order(ready)
    box.scale = (4.0, 1.0, 1.0)
    if by == "constraint":
        limit = box.constraints.new("LIMIT_SCALE")
        limit.use_max_x, limit.max_x = True, 2.0
    else:
        box.driver_add("scale", 0).driver.expression = "2.0"
    finish(ready, job)
    assert box.scale[1] == box.scale[2] == 1.0 and box.matrix_world.to_scale().x == pytest.approx(2.0)
    sides = np.array(
        [side * factor for side, factor in zip(np.ptp(corners(box), axis=0), (2.0, 1.0, 1.0), strict=True)]
    )
    assert sides / sides.max() == pytest.approx(proportions, abs=2e-3)


def corners(item: bpy.types.Object) -> Any:
    return np.array([tuple(vertex.co) for vertex in item.data.vertices])


def test_linked_duplicates_stay_linked(ready: Artist, proportions: Any) -> None:
    """Fifty of them must not make fifty meshes of half a million faces."""
    job, box = order(ready)
    copies = []
    for x, scale in ((2.0, (2.0, 2.0, 2.0)), (4.0, (1.0, 1.0, 3.0)), (6.0, (-1.0, 1.0, 1.0))):
        copy = box.copy()
        copy.location.x, copy.scale = x, scale
        bpy.context.scene.collection.objects.link(copy)
        copies.append(copy)
    box.scale = (2.0, 2.0, 2.0)
    finish(ready, job)
    assert {item.data for item in (box, *copies)} == {box.data} and box.data.users == 4
    assert tuple(box.scale) == (1.0, 1.0, 1.0) == tuple(copies[0].scale)
    for item, room in zip(
        (box, *copies), ((2.0, 2.0, 2.0), (2.0, 2.0, 2.0), (1.0, 1.0, 3.0), (1.0, 1.0, 1.0)), strict=True
    ):
        check(item, room, proportions)
    assert copies[2].scale[0] < 0.0 < copies[2].scale[1]


def test_its_children_stay_where_they_are(ready: Artist) -> None:
    job, box = order(ready)
    child = bpy.data.objects.new("child", None)
    bpy.context.scene.collection.objects.link(child)
    child.parent, child.location, child.rotation_euler = box, (1.0, 2.0, 3.0), (0.3, 0.4, 0.5)
    box.scale, box.rotation_euler = (2.0, 1.0, -3.0), (0.1, 0.2, 0.3)
    bpy.context.view_layer.update()
    before = np.array(child.matrix_world)
    finish(ready, job)
    assert tuple(box.scale) == (1.0, 1.0, -1.0)
    assert np.array(child.matrix_world) == pytest.approx(before, abs=1e-5)


def test_a_variant_of_it_stays_within_the_box(ready: Artist) -> None:
    job, box = order(ready)
    box.scale = (0.5, 0.5, 4.0)
    finish(ready, job)
    bpy.context.view_layer.objects.active = box
    ready.simulator.control.settings(job_seconds=0.0)
    assert bpy.ops.trellis.reroll_seed() == {"FINISHED"}
    ready.wait()
    bpy.context.view_layer.update()
    assert len(module("blender.variants").meshes(box)) == 2 and (np.array(box.dimensions) <= (0.501, 0.501, 4.01)).all()


@pytest.mark.parametrize("how", ["edited", "duplicated", "linked", "linked in proportion"])
def test_a_variant_fills_the_box_that_the_artist_made(ready: Artist, how: str) -> None:
    """Not as long as the longest side of what is shown: a rounder one would be many times as wide as the box."""
    job, box = order(ready)
    item, room = box, np.array([0.3, 0.3, 4.0])
    if how == "edited":
        for vertex in box.data.vertices:
            vertex.co = (vertex.co * Vector(room)).to_tuple()
    else:
        item = box.copy()
        item.data = box.data.copy() if how == "duplicated" else box.data
        bpy.context.scene.collection.objects.link(item)
        item.location.x, item.scale = 7.0, room
        box.scale = room / 2 if how == "linked in proportion" else (1.0, 1.0, 1.0)
    finish(ready, job)
    first = np.array(item.dimensions)
    assert (first <= room * 1.001).all()
    leafing.choose(item)
    ready.simulator.control.settings(job_seconds=0.0)
    job = leafing.reroll()
    assert leafing.deliver(ready, job, 1.0, 1.0, 1.0).state.value == "imported"
    bpy.context.view_layer.update()
    assert np.array(item.dimensions) == pytest.approx([0.3, 0.3, 0.3], rel=0.01)
    leafing.variants().step(item, 1)
    bpy.context.view_layer.update()
    assert np.array(item.dimensions) == pytest.approx(first, rel=1e-4)
