# SPDX-License-Identifier: GPL-3.0-or-later
"""An object takes the place of one of the blockout: its box, transform, parent, collections and name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names
from mathutils import Euler, Matrix

WITHIN = 0.01


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    artist.settings.fit_to_selection = True
    return artist


def block(name: str = "Tower", low: Any = (-1.0, -1.0, -1.0), high: Any = (1.0, 1.0, 1.0)) -> bpy.types.Object:
    """Give a cuboid of the scene, selected and active."""
    mesh = bpy.data.meshes.new(name)
    points = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(points, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    choose(item)
    return item


def choose(item: bpy.types.Object) -> None:
    bpy.context.view_layer.update()  # else it has not heard of the object yet
    for other in bpy.context.view_layer.objects:
        other.select_set(other == item)
    bpy.context.view_layer.objects.active = item
    bpy.context.view_layer.update()


def frame(matrix: Matrix) -> tuple[Any, Any]:
    """Give the directions of a matrix' axes, as columns of length 1, and its place."""
    grid = np.array(matrix)
    return grid[:3, :3] / np.linalg.norm(grid[:3, :3], axis=0), grid[:3, 3]


def oriented(points: Any, axes: Any, place: Any) -> Any:
    """Give the box around points of the world along axes (not sheared), from a place."""
    seen = (points - place) @ axes
    return np.array([seen.min(0), seen.max(0)])


def points_of(item: bpy.types.Object, matrix: Matrix | None = None) -> Any:
    grid = np.array(item.matrix_world if matrix is None else matrix)
    flat = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3) @ grid[:3, :3].T + grid[:3, 3]


def check(item: bpy.types.Object, wanted: Any, matrix: Matrix, *, stretched: bool) -> None:
    """Within one percent of the box: all of it, or as far as it goes without distorting, on its bottom."""
    bpy.context.view_layer.update()
    axes, place = frame(matrix)
    box = oriented(points_of(item), axes, place)
    sides, room = box[1] - box[0], wanted[1] - wanted[0]
    near = WITHIN * room
    if stretched:
        assert (np.abs(box - wanted) <= near).all()
        return
    assert (sides <= room + near).all() and max(sides / room) == pytest.approx(1.0, abs=WITHIN)
    middle, wanted_middle = box.mean(0), wanted.mean(0)
    assert (np.abs(middle - wanted_middle)[:2] <= near[:2]).all()
    bottom = 0 if np.linalg.det(np.array(matrix)[:3, :3]) > 0 or matrix.to_scale().z > 0 else 1
    assert abs(box[bottom][2] - wanted[bottom][2]) <= near[2]


def fit(artist: Artist, *, stretched: bool = False) -> bpy.types.Object:
    artist.settings.fit = "STRETCH" if stretched else "INSIDE"
    known = set(bpy.data.objects)
    artist.wait(artist.order())
    (item,) = set(bpy.data.objects) - known
    return item


def rotated(item: bpy.types.Object) -> None:
    item.location, item.rotation_euler = (4.0, 5.0, 6.0), (0.3, -0.8, 2.1)


def scaled(item: bpy.types.Object) -> None:
    rotated(item)
    item.scale = (0.4, 0.7, 2.5)


def flat(item: bpy.types.Object) -> None:
    item.scale = (3.0, 2.0, 0.25)


def turned_by_quaternion(item: bpy.types.Object) -> None:
    item.rotation_mode = "QUATERNION"
    item.rotation_quaternion = Euler((1.0, 0.2, 0.3)).to_quaternion()
    item.location.x = 3.0


def with_deltas(item: bpy.types.Object) -> None:
    item.delta_location, item.delta_rotation_euler = (1.0, 2.0, 3.0), (0.0, 0.0, 0.7)
    item.delta_scale = (1.0, 2.0, 0.5)


def parented(item: bpy.types.Object) -> None:
    scaled(item)
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.location, parent.rotation_euler, parent.scale = (1.0, 2.0, 3.0), (0.5, 0.6, 0.7), (2.0, 2.0, 2.0)
    item.parent = parent
    item.matrix_parent_inverse = Matrix.Translation((9.0, 0.0, 1.0)) @ Matrix.Rotation(0.4, 4, "X")


def constrained(item: bpy.types.Object) -> None:
    scaled(item)
    limit = item.constraints.new("LIMIT_LOCATION")
    limit.use_max_z, limit.max_z = True, 2.0


SHAPES = [rotated, scaled, flat, turned_by_quaternion, with_deltas, parented, constrained]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stretched", [False, True])
def test_fills_the_box(ready: Artist, shape: Callable[[bpy.types.Object], None], stretched: bool) -> None:
    old = block(low=(-0.5, -1.0, 0.0), high=(2.0, 1.5, 3.0))
    shape(old)
    bpy.context.view_layer.update()
    matrix = old.matrix_world.copy()
    wanted = oriented(points_of(old), *frame(matrix))
    item = fit(ready, stretched=stretched)
    check(item, wanted, matrix, stretched=stretched)
    assert tuple(item.scale) == (1.0, 1.0, 1.0)
    axes, place = frame(item.matrix_world)
    assert axes == pytest.approx(frame(matrix)[0], abs=1e-5) and place == pytest.approx(frame(matrix)[1], abs=1e-4)
    assert item.parent == old.parent and item.matrix_parent_inverse == old.matrix_parent_inverse


@pytest.mark.parametrize("scale", [(-1.0, 1.0, 1.0), (-2.0, 0.5, 1.0), (1.0, 1.0, -3.0)])
@pytest.mark.parametrize("stretched", [False, True])
def test_a_mirrored_block_has_a_mirrored_object(
    ready: Artist, scale: tuple[float, float, float], stretched: bool
) -> None:
    old = block()
    rotated(old)
    old.scale = scale
    bpy.context.view_layer.update()
    matrix = old.matrix_world.copy()
    wanted = oriented(points_of(old), *frame(matrix))
    item = fit(ready, stretched=stretched)
    axes, place = frame(matrix)
    box = oriented(points_of(item), axes, place)
    assert [abs(value) for value in item.scale] == [1.0, 1.0, 1.0]
    assert [value < 0.0 for value in item.scale] == [value < 0.0 for value in scale]
    sides, room = box[1] - box[0], wanted[1] - wanted[0]
    assert max(sides / room) == pytest.approx(1.0, abs=WITHIN) and (sides <= room * (1 + WITHIN)).all()
    assert not stretched or box == pytest.approx(wanted, abs=WITHIN)
    assert box[0][2] == pytest.approx(wanted[0][2], abs=WITHIN)
    count = len(item.data.polygons)
    normals, centres = np.empty(count * 3, np.float32), np.empty(count * 3, np.float32)
    item.data.polygons.foreach_get("normal", normals)
    item.data.polygons.foreach_get("center", centres)
    centres = centres.reshape(-1, 3)
    outward = (normals.reshape(-1, 3) * (centres - centres.mean(0))).sum(1) > 0.0
    assert outward.mean() > 0.7, "it is not inside out"


def test_is_not_distorted_by_an_uneven_parent(ready: Artist) -> None:
    old = block()
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.scale = (1.0, 1.0, 4.0)
    old.parent = parent
    bpy.context.view_layer.update()
    item = fit(ready)
    bpy.context.view_layer.update()
    seen = np.ptp(points_of(item), axis=0)
    ready.settings.fit_to_selection = False
    ready.settings.seed = 42
    ready.wait(ready.order())
    free = np.ptp(points_of(bpy.data.objects["crown"]), axis=0)
    assert seen / seen.max() == pytest.approx(free / free.max(), rel=1e-3)


def test_modifiers_count(ready: Artist) -> None:
    old = block()
    array = old.modifiers.new("row", "ARRAY")
    array.count, array.relative_offset_displace = 3, (1.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    item = fit(ready, stretched=True)
    assert np.ptp(points_of(item), axis=0) == pytest.approx([6.0, 2.0, 2.0], rel=WITHIN)


def test_an_empty_is_a_block_too(ready: Artist) -> None:
    old = bpy.data.objects.new("here", None)
    old.empty_display_type, old.empty_display_size = "CUBE", 0.5
    bpy.context.scene.collection.objects.link(old)
    old.location, old.scale = (1.0, 2.0, 3.0), (2.0, 2.0, 4.0)
    choose(old)
    item = fit(ready, stretched=True)
    points = points_of(item)
    assert points.min(0) == pytest.approx([0.0, 1.0, 1.0], abs=0.01)
    assert points.max(0) == pytest.approx([2.0, 3.0, 5.0], abs=0.01)
    assert item.name == "here" and old.hide_get() and old.hide_render


def test_an_instance_of_a_collection(ready: Artist) -> None:
    inner = bpy.data.collections.new("tree")
    inner.instance_offset = (0.0, 0.0, 1.0)
    for x in (0.0, 4.0):
        part = block("part", (-0.5, -0.5, 0.0), (0.5, 0.5, 2.0))
        bpy.context.scene.collection.objects.unlink(part)
        inner.objects.link(part)
        part.location.x = x
    old = bpy.data.objects.new("grove", None)
    old.instance_type, old.instance_collection = "COLLECTION", inner
    bpy.context.scene.collection.objects.link(old)
    old.location, old.rotation_euler.z, old.scale = (10.0, 0.0, 0.0), np.pi / 2, (2.0, 2.0, 2.0)
    choose(old)
    item = fit(ready, stretched=True)
    points = points_of(item)
    assert points.min(0) == pytest.approx([9.0, -1.0, -2.0], abs=0.05)
    assert points.max(0) == pytest.approx([11.0, 9.0, 2.0], abs=0.05)
    assert [other.name for other in inner.objects] == ["part", "part.001"]


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[bpy.types.Object]:
    """A block of another file, linked into a collection of this one."""
    path = tmp_path / "library.blend"
    old = block("Gate")
    scaled(old)
    bpy.data.libraries.write(str(path), {old})
    bpy.data.batch_remove([old, old.data])
    with bpy.data.libraries.load(str(path), link=True) as (_source, target):
        target.objects = ["Gate"]
    mine = bpy.data.collections.new("gates")
    bpy.context.scene.collection.children.link(mine)
    mine.objects.link(target.objects[0])
    choose(target.objects[0])
    yield target.objects[0]


def test_a_linked_block_is_hidden_and_what_could_not_be_done_is_said(ready: Artist, linked: bpy.types.Object) -> None:
    matrix = linked.matrix_world.copy()
    wanted = oriented(points_of(linked), *frame(matrix))
    item = fit(ready, stretched=True)
    check(item, wanted, matrix, stretched=True)
    assert item.name == "Gate" and item.library is None
    assert [holder.name for holder in item.users_collection] == ["gates"]
    assert linked.name == "Gate" and linked.hide_get() and not linked.hide_render
    (job,) = ready.session.jobs.values()
    assert "linked from another file" in ready.session.intake.remarks[job.id]


def test_an_overridden_block(ready: Artist, linked: bpy.types.Object) -> None:
    own = linked.override_create(remap_local_usages=True)
    choose(own)
    item = fit(ready)
    assert own.hide_get() and own.hide_render and own.library is None
    assert item.name == "Gate" and own.name == "Gate Proxy"
    assert not any(ready.session.intake.remarks.values())


def test_inherits_name_and_collections_and_hides_the_block(ready: Artist) -> None:
    old = block()
    one, two = (bpy.data.collections.new(name) for name in ("one", "two"))
    for holder in (one, two):
        bpy.context.scene.collection.children.link(holder)
        holder.objects.link(old)
    bpy.context.scene.collection.objects.unlink(old)
    item = fit(ready)
    assert item.name == "Tower" and old.name == "Tower Proxy"
    assert {holder.name for holder in item.users_collection} == {"one", "two"} and "TRELLIS" not in bpy.data.collections
    assert old.hide_get() and old.hide_render and not item.hide_get() and not item.hide_render
    again = fit_again(ready, old)
    assert again.name == "Tower.001" and old.name == "Tower Proxy"


def fit_again(artist: Artist, old: bpy.types.Object) -> bpy.types.Object:
    old.hide_set(False)
    choose(old)
    artist.settings.seed += 1
    return fit(artist)


def test_other_users_of_the_same_mesh_stay(ready: Artist) -> None:
    old = block()
    other = bpy.data.objects.new("twin", old.data)
    bpy.context.scene.collection.objects.link(other)
    mesh, size = old.data, [tuple(vertex.co) for vertex in old.data.vertices]
    fit(ready)
    assert other.data == old.data == mesh and [tuple(vertex.co) for vertex in mesh.vertices] == size
    assert not other.hide_get() and not other.hide_render


def test_follows_the_block_that_was_active_at_the_press(ready: Artist) -> None:
    old = block()
    job = ready.order()
    other = block("Other")
    old.location, old.name = (20.0, 0.0, 0.0), "Keep"
    bpy.context.view_layer.update()
    ready.wait(job)
    item = bpy.data.objects["Keep"]
    assert item != old and item.location.x == 20.0 and other.name == "Other" and not other.hide_get()


def test_a_block_that_is_gone_leaves_its_place(ready: Artist) -> None:
    old = block()
    old.location = (20.0, 0.0, 5.0)
    bpy.context.view_layer.update()
    job = ready.order()
    bpy.data.objects.remove(old)
    ready.wait(job)
    item = bpy.data.objects["crown"]
    assert tuple(item.location) == pytest.approx((20.0, 0.0, 4.0)) and max(item.dimensions) == pytest.approx(2.0)


def test_after_the_file_was_opened_again(ready: Artist, tmp_path: Path) -> None:
    path = tmp_path / "scene.blend"
    block()
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    ready.simulator.control.settings(job_seconds=3600.0)
    job = ready.wait_for_state(ready.order(), "processing")
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    ready.simulator.control.advance(3601.0)
    ready.wait(job)
    assert bpy.data.objects["Tower Proxy"].hide_get() and bpy.data.objects["Tower"].data.name == "crown"


def test_is_one_undo_step(ready: Artist) -> None:
    block()
    bpy.ops.ed.undo_push(message="before")
    before = all_names()
    fit(ready)
    bpy.ops.ed.undo()
    assert all_names() == before and not bpy.data.objects["Tower"].hide_get()
    assert not bpy.data.objects["Tower"].hide_render


def test_says_what_is_missing(ready: Artist) -> None:
    reason = module("blender.readiness").generate_reason
    assert reason(bpy.context).startswith("Select the object of the blockout")
    old = block()
    assert not reason(bpy.context)
    old.select_set(False)
    assert reason(bpy.context).startswith("Select the object of the blockout")
    ready.settings.fit_to_selection = False
    assert not reason(bpy.context)


def test_a_block_that_is_fitted_to_needs_no_placeholder(ready: Artist) -> None:
    block()
    module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    assert [item.name for item in bpy.data.objects] == ["Tower"]
