# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist makes of a row that is compared stays when the row goes; what was only looked at goes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import leafing
import pytest
from artist import Artist, module
from leafing import choose, counted, make, prepare, pressed, seed_shown, seeds, undoable, variants


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    return prepare(artist, tmp_path)


@pytest.fixture
def made(ready: Artist) -> bpy.types.Object:
    item = make()
    counted(ready, 2)
    return item


def press(item: bpy.types.Object) -> None:
    choose(item)
    undoable(bpy.ops.trellis.compare_variants)


def row(name: str = "mushroom") -> dict[int, bpy.types.Object]:
    return {seed_shown(item): item for item in module("blender.comparing").standing(bpy.data.objects[name])}


def names() -> list[str]:
    return sorted(item.name for item in bpy.data.objects)


def test_a_copy_of_one_of_the_row_stays(made: bpy.types.Object) -> None:
    press(made)
    for press_duplicate in (bpy.ops.object.duplicate, bpy.ops.object.duplicate_move_linked):
        choose(row()[101])
        press_duplicate()
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom", "mushroom · 101.001", "mushroom · 101.002"]
    assert [seed_shown(bpy.data.objects[name]) for name in names()] == [100, 101, 101]
    assert [bpy.data.objects[name].data.users for name in names()] == [1, 1, 1], "all can be applied to"
    press(bpy.data.objects["mushroom"])
    assert sorted(row()) == [101, 102] and len(names()) == 5, "they are not of the row"
    press(bpy.data.objects["mushroom"])
    assert len(names()) == 3


def name_it(item: bpy.types.Object) -> None:
    item.name = "My Pick"


def reduce(item: bpy.types.Object) -> None:
    choose(item)
    undoable(bpy.ops.trellis.reduce, faces=500)


def levels(item: bpy.types.Object) -> None:
    choose(item)
    undoable(bpy.ops.trellis.make_lods, levels=1)


def child(item: bpy.types.Object) -> None:
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    bpy.context.scene.collection.objects.link(lamp)
    lamp.parent = item


def material(item: bpy.types.Object) -> None:
    item.material_slots[0].link = "OBJECT"
    item.material_slots[0].material = bpy.data.materials.new("mine")


def asset(item: bpy.types.Object) -> None:
    item.asset_mark()


def move_by_keys(item: bpy.types.Object) -> None:
    item.keyframe_insert("location", frame=1)


def put_away(item: bpy.types.Object) -> None:
    keepers = bpy.data.collections.new("Keepers")
    bpy.context.scene.collection.children.link(keepers)
    keepers.objects.link(item)
    bpy.data.collections["TRELLIS"].objects.unlink(item)


def mesh_of_its_own(item: bpy.types.Object) -> None:
    item.data = item.data.copy()
    item.data.vertices[0].co.z += 1.0


CHANGES = [name_it, reduce, levels, child, material, asset, move_by_keys, put_away, mesh_of_its_own]


@pytest.mark.any_blender
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_stays_as_an_object_of_its_own(
    made: bpy.types.Object, change: Callable[[bpy.types.Object], None], tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    press(made)
    change(row()[102])
    bpy.context.view_layer.update()
    path = tmp_path / "row.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    mine = next(item for item in bpy.data.objects if item.name == "My Pick" or item.name.endswith("102"))
    made = bpy.data.objects["mushroom"]
    press(made)
    assert not row() and seeds(made) == [100, 101, 102]
    assert mine in set(bpy.data.objects) and seed_shown(mine) == 102
    assert "mushroom · 101" not in bpy.data.objects
    assert mine.data.users == 1 and mine.data not in variants().meshes(made)
    said = capfd.readouterr().out
    assert (f"{mine.name} was changed, so it stays as an object of its own" in said) == (change != name_it)
    press(made)
    assert sorted(row()) == [101, 102] and mine not in row().values()


def test_what_was_only_looked_at_goes(ready: Artist, made: bpy.types.Object) -> None:
    made.modifiers.new("Smooth", "SMOOTH").factor = 0.25
    press(made)
    for number, item in enumerate(row().values(), 1):
        item.rotation_euler.z, item.location.y = 0.5 * number, 1.0 * number
        item.hide_set(number == 1)
    bpy.data.objects["mushroom"].modifiers.new("Bevel", "BEVEL")
    counted(ready, 1)  # one comes meanwhile
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom"]


@pytest.mark.any_blender
@pytest.mark.parametrize("when", ["here", "saved", "opened"])
def test_what_is_only_called_otherwise_goes(made: bpy.types.Object, when: str, tmp_path: Path) -> None:
    made.modifiers.new("Nodes", "NODES").node_group = nodes()
    press(made)
    if when == "opened":
        save_and_open(tmp_path)
    renamed = [bpy.data.collections["TRELLIS"], *bpy.data.meshes, *bpy.data.materials, *bpy.data.node_groups]
    for item in renamed:
        item.name = f"My {item.name}"
    assert len(renamed) > 3
    if when != "here":
        save_and_open(tmp_path)
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom"]


def save_and_open(folder: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "row.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "row.blend"))


def nodes() -> bpy.types.NodeTree:
    """Give a tree of Geometry Nodes that takes a number and a material, and lets the geometry through."""
    tree = bpy.data.node_groups.new("through", "GeometryNodeTree")
    for kind in ("Geometry", "Float", "Material"):
        tree.interface.new_socket(kind, in_out="INPUT", socket_type=f"NodeSocket{kind}")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    ends = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    tree.links.new(ends[0].outputs[0], ends[1].inputs[0])
    return tree


def put_in(item: bpy.types.Object, kind: str, value: Any) -> None:
    """Have an object's modifier give its tree something; each series keeps that elsewhere."""
    (step,) = item.modifiers
    (socket,) = (entry for entry in step.node_group.interface.items_tree if entry.name == kind)
    if hasattr(step, "properties"):
        getattr(step.properties.inputs, socket.identifier).value = value
    else:
        step[socket.identifier] = value


@pytest.mark.any_blender
@pytest.mark.parametrize("kind", ["Float", "Material"])
@pytest.mark.parametrize("is_opened_again", [False, True])
def test_one_stays_whose_nodes_were_given_something_else(
    made: bpy.types.Object, kind: str, is_opened_again: bool, tmp_path: Path
) -> None:
    made.modifiers.new("Nodes", "NODES").node_group = nodes()
    press(made)
    put_in(row()[102], kind, 5.0 if kind == "Float" else bpy.data.materials.new("mine"))
    if is_opened_again:
        save_and_open(tmp_path)
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom", "mushroom · 102"]


def test_edits_of_the_mesh_itself_are_of_the_variant(made: bpy.types.Object) -> None:
    press(made)
    choose(row()[101])
    bpy.ops.object.mode_set(mode="EDIT")
    assert not bpy.ops.trellis.compare_variants.poll(), "what is edited just now would be lost"
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.translate(value=(0.0, 0.0, 5.0))
    bpy.ops.object.mode_set(mode="OBJECT")
    press(bpy.data.objects["mushroom"])
    made = bpy.data.objects["mushroom"]
    assert names() == ["mushroom"]
    assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert seed_shown(made) == 101 and min(corner[2] for corner in made.bound_box) > 4.0


def test_one_that_was_changed_is_taken_and_stays(made: bpy.types.Object) -> None:
    press(made)
    third = row()[102]
    mesh_of_its_own(third)
    third.modifiers.new("Decimate", "DECIMATE")
    press(third)
    made = bpy.data.objects["mushroom"]
    assert names() == ["mushroom", "mushroom · 102"] and bpy.context.view_layer.objects.active == made
    assert seed_shown(made) == 102 and len(variants().meshes(made)) == 4 and made.data.users == 1
    bpy.ops.ed.undo()
    assert len(row()) == 2


def test_what_is_ordered_for_a_copy_stays_with_the_copy(ready: Artist, made: bpy.types.Object) -> None:
    press(made)
    choose(row()[101])
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active
    ready.simulator.control.settings(job_seconds=3600.0)
    job = leafing.reroll()
    press(bpy.data.objects["mushroom"])
    ready.wait_for_state(job, "processing")
    ready.simulator.control.advance(3600.0)
    ready.wait(job)
    assert ready.session.jobs[job.id].state.value == "imported"
    assert len(seeds(copy)) == 2 and seeds(bpy.data.objects["mushroom"]) == [100, 101, 102]


def test_what_is_ordered_for_one_of_the_row_is_not_lost_with_it(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.settings(job_seconds=3600.0)
    press(made)
    choose(row()[101])
    jobs = [leafing.reroll(), *pressed(bpy.ops.trellis.more_seeds, count=1, order="COUNTED", start=103)]
    press(bpy.data.objects["mushroom"])
    for job in jobs:
        ready.wait_for_state(job, "processing")
    ready.simulator.control.advance(3600.0)
    ready.wait(*jobs)
    assert [ready.session.jobs[job.id].state.value for job in jobs] == ["imported", "imported"]
    assert len(seeds(bpy.data.objects["mushroom"])) == 5 and names() == ["mushroom"]


def test_a_row_goes_also_when_the_rest_was_discarded(made: bpy.types.Object) -> None:
    press(made)
    choose(bpy.data.objects["mushroom"])
    undoable(bpy.ops.trellis.discard_rest)
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom"]


@pytest.mark.any_blender
def test_a_row_of_another_blender(made: bpy.types.Object) -> None:
    """Each Blender has settings of its own, so those tell nothing there; what hangs on an object does."""
    press(made)
    for item in row().values():
        whole, _settings, _version, *numbers, _sitting = variants().of(item).compared_how.split()
        variants().of(item).compared_how = " ".join((whole, "another", "another", *numbers, "another"))
    row()[102].modifiers.new("Bevel", "BEVEL")
    press(bpy.data.objects["mushroom"])
    assert names() == ["mushroom", "mushroom · 102"]


@pytest.mark.any_blender
def test_one_is_taken_while_the_object_itself_is_left_out_of_the_view_layer(made: bpy.types.Object) -> None:
    press(made)
    holder = bpy.data.collections.new("Left Out")
    bpy.context.scene.collection.children.link(holder)
    made = bpy.data.objects["mushroom"]
    holder.objects.link(made)
    bpy.data.collections["TRELLIS"].objects.unlink(made)
    bpy.context.view_layer.layer_collection.children["Left Out"].exclude = True
    press(row()[102])
    made = bpy.data.objects["mushroom"]
    assert names() == ["mushroom"] and seed_shown(made) == 102


@pytest.mark.any_blender
def test_one_is_taken_after_all_were_scaled_beside_the_row(made: bpy.types.Object) -> None:
    press(made)
    choose(bpy.data.objects["mushroom"])
    made = bpy.context.view_layer.objects.active
    made.scale = (2.0, 2.0, 2.0)
    assert bpy.ops.object.transform_apply(location=False, rotation=False) == {"FINISHED"}
    assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    press(row()[102])
    made = bpy.data.objects["mushroom"]
    assert names() == ["mushroom"] and seeds(made) == [100, 101, 102] and seed_shown(made) == 102
    assert max(made.dimensions) == pytest.approx(2.0, abs=0.01)
