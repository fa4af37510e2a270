# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of several meshes becomes one object of several parts, placed like any other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import blocks
import bpy
import crafted
import leafing
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names
from mathutils import Matrix


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.simulator.control.settings(job_seconds=3600.0)  # before any is sent: else one may be through already
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    bpy.context.scene.cursor.location = (3.0, -2.0, 0.5)
    return artist


def twins(document: dict[str, Any]) -> None:
    """Two nodes show one mesh, alike but for their places: 4 wide, 2 deep and 2 high."""
    document["nodes"][0]["children"] = [1, 2]
    document["nodes"][1]["scale"] = [2, 2, 2]
    document["nodes"].append({"name": "other", "mesh": 0, "translation": [2, 0, 0], "scale": [2, 2, 2]})


def odd(document: dict[str, Any]) -> None:
    """Three nodes show one mesh, each turned and scaled otherwise, and a camera comes along."""
    document["nodes"][0].update({"children": [1, 2, 3], "scale": [0.25, 0.25, 0.25]})
    document["cameras"] = [{"type": "perspective", "perspective": {"yfov": 0.8, "znear": 0.1}}]
    document["nodes"] += [
        {"name": "other", "mesh": 0, "translation": [3, 1, 0], "scale": [1, 2, 1], "children": [4]},
        {"name": "mirrored", "mesh": 0, "translation": [0, 0, -3], "rotation": [0, 0.6, 0, 0.8], "scale": [-1, 1, 1]},
        {"name": "camera", "camera": 0},
    ]


def arrive(artist: Artist, change: Callable[[dict[str, Any]], None], job: Any = None, prepare: Any = None) -> None:
    """Have a job end with such a file; ``prepare`` is what the artist does meanwhile."""
    job = job or artist.order()
    artist.wait_for_state(job, "processing")
    if prepare is not None:
        prepare()
    bpy.context.view_layer.update()
    bpy.ops.object.mode_set(mode="EDIT")  # so that it waits until the file is another
    artist.simulator.control.advance(3601.0)
    job = artist.wait_for_state(job, "downloaded")
    artist.sent(job, crafted.glb(change))
    bpy.ops.object.mode_set(mode="OBJECT")
    artist.wait(job)
    assert artist.session.jobs[job.id].state.value == "imported", artist.session.jobs[job.id].error
    bpy.context.view_layer.update()


@pytest.fixture
def chair() -> bpy.types.Object:
    """Something to be edited meanwhile."""
    item = bpy.data.objects.new("chair", bpy.data.meshes.new("chair"))
    bpy.context.scene.collection.objects.link(item)
    blocks.choose(item)
    bpy.ops.ed.undo_push(message="chair")
    return item


def root_of(name: str) -> bpy.types.Object:
    """Give the object of that name, as it should be: an empty, its parts numbered, nothing to apply."""
    root = bpy.data.objects[name]
    assert root.type == "EMPTY" and len(root.children) > 1
    recipe = module("blender.provenance").recipe_of
    for number, part in enumerate(sorted(root.children, key=lambda part: part.name), start=1):
        assert part.name == f"{name}.{number:03}" and part.type == "MESH"
        assert tuple(part.scale) == (1.0, 1.0, 1.0) and tuple(part.rotation_euler) == (0.0, 0.0, 0.0)
        assert part.matrix_parent_inverse == Matrix.Identity(4)
        points = np.array([tuple(vertex.co) for vertex in part.data.vertices])
        middle = (points.min(0) + points.max(0)) / 2
        assert [*middle[:2], points[:, 2].min()] == pytest.approx([0.0, 0.0, 0.0], abs=1e-5), "its own foot"
        assert recipe(part) == recipe(root) is not None and recipe(part.data) == recipe(root)
        assert set(part.users_collection) == set(root.users_collection)
    return root


def points_of(root: bpy.types.Object) -> Any:
    return np.concatenate([blocks.points_of(part) for part in root.children])


def sides(root: bpy.types.Object) -> Any:
    return np.ptp(points_of(root), axis=0)


def test_stands_on_the_cursor(ready: Artist, chair: bpy.types.Object) -> None:
    arrive(ready, twins)
    root = root_of("crown")
    low, high = points_of(root).min(0), points_of(root).max(0)
    assert root.location == bpy.context.scene.cursor.location and tuple(root.scale) == (1.0, 1.0, 1.0)
    assert high - low == pytest.approx([1.0, 0.5, 0.5]) and low[2] == pytest.approx(0.5)
    assert ((low + high) / 2)[:2] == pytest.approx([3.0, -2.0])
    assert len({part.data for part in root.children}) == 1, "what shared a mesh shares it still"
    assert root.users_collection[0].name == "TRELLIS" and bpy.context.selected_objects == [chair]
    bpy.ops.ed.undo()
    assert [item.name for item in bpy.data.objects] == ["chair"]


def test_is_selected_as_a_whole_where_it_is_selected(ready: Artist, chair: bpy.types.Object) -> None:
    arrive(ready, odd)
    (job,) = ready.session.jobs.values()
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    root = bpy.context.view_layer.objects.active
    assert root.type == "EMPTY" and set(bpy.context.selected_objects) == {root, *root.children}
    assert not bpy.ops.trellis.more_seeds.poll() and not bpy.ops.trellis.step_variant.poll()
    assert bpy.ops.trellis.copy_settings.poll(), "it says how it was made"


def test_looks_as_blenders_own_importer_shows_it(ready: Artist, chair: bpy.types.Object, tmp_path: Path) -> None:
    arrive(ready, odd)
    root = root_of("crown")
    assert len(root.children) == 3 and not bpy.data.cameras
    mine = points_of(root)
    normals = [(part.matrix_world.to_3x3().inverted().transposed() @ face.normal).normalized()
               for part in root.children for face in part.data.polygons]  # fmt: skip
    path = tmp_path / "odd.glb"
    path.write_bytes(crafted.glb(odd))
    known = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path))
    bpy.context.view_layer.update()
    theirs = [item for item in bpy.data.objects if item not in known and item.type == "MESH"]
    points = np.concatenate([blocks.points_of(item) for item in theirs])
    scale = np.ptp(mine, axis=0).max() / np.ptp(points, axis=0).max()
    points = (points - points.min(0)) * scale
    assert sorted(map(tuple, (mine - mine.min(0)).round(4))) == sorted(map(tuple, points.round(4)))
    outward = [normal for item in theirs for normal in _normals(item)]
    rounded = [
        sorted(tuple(round(value, 3) + 0.0 for value in normal) for normal in found) for found in (normals, outward)
    ]
    assert np.array(rounded[0]) == pytest.approx(np.array(rounded[1]), abs=2e-3)


def _normals(item: bpy.types.Object) -> list[Any]:
    grid = item.matrix_world.to_3x3()
    turned = grid.inverted().transposed()
    return [(turned @ face.normal).normalized() for face in item.data.polygons]


@pytest.mark.parametrize("stretched", [False, True])
@pytest.mark.parametrize("change", [twins, odd])
def test_fits_a_proxy_as_a_whole(
    ready: Artist, change: Callable[[dict[str, Any]], None], stretched: bool
) -> None:  # fmt: skip
    old = blocks.block(low=(-1.0, -1.0, 0.0))
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.location.y, old.parent = 4.0, parent
    old.location.x, old.scale, old.rotation_euler.z = 7.0, (3.0, 1.0, 2.0), 0.6
    bpy.context.view_layer.update()
    ready.settings.fit_to_selection, ready.settings.fit = True, "STRETCH" if stretched else "INSIDE"
    axes, place = blocks.frame(old.matrix_world)
    wanted = blocks.oriented(blocks.points_of(old), axes, place)
    arrive(ready, change)
    root = root_of("Tower")
    box = blocks.oriented(points_of(root), axes, place)
    room = wanted[1] - wanted[0]
    found = (box[1] - box[0]) / room
    assert found.max() == pytest.approx(1.0, abs=0.01) and (
        not stretched or found == pytest.approx([1.0] * 3, abs=0.01)
    )
    assert box[0][2] == pytest.approx(wanted[0][2], abs=0.01) and box.mean(0)[:2] == pytest.approx([0.0, 0.0], abs=0.01)
    assert old.name == "Tower Proxy" and old.hide_get() and old.hide_render and root.parent == parent
    assert tuple(root.scale) == (1.0, 1.0, 1.0) and root.rotation_euler.z == pytest.approx(0.6)
    assert list(root.users_collection) == [bpy.context.scene.collection] and "TRELLIS" not in bpy.data.collections


def with_placeholder() -> Any:
    return module("blender.operators.generate").order(bpy.context, with_placeholder=True)


def placeholder() -> bpy.types.Object:
    (box,) = (item for item in bpy.data.objects if item.get("trellis_placeholder"))
    return box


def test_takes_the_place_of_a_placeholder(ready: Artist, chair: bpy.types.Object) -> None:
    child = bpy.data.objects.new("child", None)
    elsewhere = bpy.data.collections.new("elsewhere")

    def move() -> None:
        box = placeholder()
        box.parent, box.location, box.rotation_euler.z, box.scale = chair, (7.0, 8.0, 9.0), 0.5, (1.0, 1.0, 4.0)
        box.constraints.new("LIMIT_LOCATION")
        bpy.context.scene.collection.children.link(elsewhere)
        elsewhere.objects.link(box)
        bpy.data.collections["TRELLIS"].objects.unlink(box)
        bpy.context.scene.collection.objects.link(child)
        child.parent, child.location = box, (1.0, 2.0, 3.0)
        bpy.context.view_layer.update()
        where.append(np.array(child.matrix_world))

    where: list[Any] = []
    arrive(ready, twins, with_placeholder(), move)
    assert child.parent.name == "crown" and np.array(child.matrix_world) == pytest.approx(where[0], abs=1e-5)
    child.parent = None
    root = root_of("crown")
    assert not [item for item in bpy.data.objects if item.get("trellis_placeholder")]
    assert not [mesh for mesh in bpy.data.meshes if mesh.name.startswith("TRELLIS")]
    assert root.parent == chair and tuple(root.location) == (7.0, 8.0, 9.0) and tuple(root.scale) == (1.0, 1.0, 1.0)
    assert [limit.type for limit in root.constraints] == ["LIMIT_LOCATION"] and list(root.users_collection) == [
        elsewhere
    ]
    local = points_of(root) @ np.array(Matrix.Rotation(0.5, 3, "Z"))
    assert np.ptp(local, axis=0) == pytest.approx([1.0, 0.5, 0.5], abs=1e-4)
    assert points_of(root)[:, 2].min() == pytest.approx(9.0) and bpy.context.selected_objects == [chair]


def test_every_placeholder_becomes_one(ready: Artist, chair: bpy.types.Object) -> None:
    def duplicate() -> None:
        box = placeholder()
        box.select_set(True)
        for x, scale, is_linked in ((10.0, (3.0, 3.0, 3.0), True), (20.0, (0.5, 2.0, 2.0), False)):
            copy = box.copy()
            copy.data = box.data if is_linked else box.data.copy()
            copy.location.x, copy.scale = x, scale
            bpy.context.scene.collection.objects.link(copy)

    before = all_names()["meshes"]
    arrive(ready, odd, with_placeholder(), duplicate)
    roots = sorted((item for item in bpy.data.objects if item.type == "EMPTY"), key=lambda item: item.location.x)
    assert [root.location.x for root in roots] == [3.0, 10.0, 20.0]
    longest = [sides(root).max() for root in roots]
    assert longest[:2] == pytest.approx([1.0, 3.0], abs=1e-3) and sides(roots[2])[0] <= 0.501
    shape = sides(roots[0]) / longest[0]
    for root in roots:
        assert sides(root) / sides(root).max() == pytest.approx(shape, abs=1e-3)
        assert points_of(root)[:, 2].min() == pytest.approx(0.5, abs=1e-3)
    assert len(all_names()["meshes"]) == len(before) + 3, "they share their meshes"
    assert ready.simulator.accepted() == 1


def test_a_part_has_no_variants_and_another_one_comes_by_itself(ready: Artist, chair: bpy.types.Object) -> None:
    """What comes is the whole again: it cannot take the place of one part, and that is said before it is paid for."""
    arrive(ready, odd)
    root = root_of("crown")
    for item in (root, root.children[0]):
        blocks.choose(item)
        assert not bpy.ops.trellis.more_seeds.poll()
        assert "came in several parts" in module("blender.variants").fault(item)
    assert len(ready.simulator.control.jobs()) == 1
    assert bpy.ops.trellis.reroll_seed.poll()
    blocks.choose(chair)


def test_a_variant_of_several_meshes_can_be_had_by_hand(ready: Artist) -> None:
    """No variant can be made of it, and while its object stood it could not be imported at all."""
    ready.simulator.control.settings(job_seconds=0.0)
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    crown = bpy.data.objects["crown"]
    blocks.choose(crown)
    ready.simulator.control.settings(job_seconds=3600.0)
    ordered = leafing.begin(101)
    job_id = ordered.id
    job = ready.wait_for_state(ordered, "processing")
    bpy.ops.object.mode_set(mode="EDIT")
    ready.simulator.control.advance(3601.0)
    job = ready.wait_for_state(job, "downloaded")
    ready.sent(job, crafted.glb(twins))
    bpy.ops.object.mode_set(mode="OBJECT")
    ready.wait(job)
    assert ready.session.jobs[job_id].state.value == "downloaded"
    assert "press Import to have it as an object of its own" in ready.session.jobs[job_id].error
    assert bpy.ops.trellis.import_job(job=job_id) == {"FINISHED"}
    ready.wait(ready.session.jobs[job_id])
    assert ready.session.jobs[job_id].state.value == "imported"
    assert "came as an object of its own" in ready.session.intake.remarks[job_id]
    assert len([item for item in bpy.data.objects if item.type == "EMPTY"]) == 1 and crown.type == "MESH"
    assert len(module("blender.variants").meshes(crown)) == 1
