# SPDX-License-Identifier: GPL-3.0-or-later
"""Other seeds become variants of one object: only its mesh is swapped, and undo walks back each step."""

from pathlib import Path

import bpy
import pytest
import snapshot
from artist import Artist, module
from datablocks import all_names
from leafing import SEEDS, choose, counted, seed_shown, undoable, variants


def furnish(item: bpy.types.Object) -> None:
    """Give an object all that an artist may have given it."""
    scene = bpy.context.scene
    parent = bpy.data.objects.new("parent", None)
    target = bpy.data.objects.new("target", None)
    child = bpy.data.objects.new("child", None)
    for other in (parent, target, child):
        scene.collection.objects.link(other)
    parent.location = (3.0, 2.0, 1.0)
    target.rotation_euler = (0.1, 0.2, 0.3)
    item.parent, item.matrix_parent_inverse = parent, parent.matrix_world.inverted()
    child.parent = item
    item.location, item.rotation_euler, item.scale = (1.0, 2.0, 3.0), (0.4, 0.5, 0.6), (1.0, 2.0, 0.5)
    item.delta_location = (0.1, 0.0, 0.0)
    for frame in (1, 20):
        item.location.x = frame
        item.keyframe_insert("location", frame=frame)
    driver = item.driver_add("delta_scale", 0).driver
    driver.expression = "1.5"
    item.modifiers.new("Decimate", "DECIMATE").ratio = 0.5
    item.modifiers.new("Mirror", "MIRROR").mirror_object = target
    constraint = item.constraints.new("COPY_ROTATION")
    constraint.target, constraint.influence = target, 0.25
    slot = item.material_slots[0]
    slot.link = "OBJECT"
    slot.material = bpy.data.materials.new("override")
    item["note"], item.pass_index, item.color = "mine", 7, (0.2, 0.4, 0.6, 1.0)
    item.lock_rotation[1], item.hide_render, item.display_type = True, True, "WIRE"
    bpy.context.view_layer.update()


def of_the_object(taken: dict[str, str], item: bpy.types.Object) -> dict[str, str]:
    """Give what is not of the variants themselves: no mesh, no material or image of one, none of the object's list."""
    own = f"objects['{item.name}']"
    forgotten = (".particle_edit.object", ".node_tree.users")  # by Blender itself, at each undo
    shows = (".data", ".trellis", "['trellis", ".bound_box", ".dimensions")
    hidden = ("materials['mushroom", *(own + part for part in shows))
    return {
        path: value for path, value in taken.items() if not path.startswith(hidden) and not path.endswith(forgotten)
    }


def changes(before: dict[str, str], item: bpy.types.Object) -> list[str]:
    """Give what is not as it was."""
    after = of_the_object(snapshot.take(but=("meshes", "images")), item)
    return [f"{path}: {before.get(path)} -> {after.get(path)}" for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)]  # fmt: skip


def test_eight_seeds_on_one_object(ready: Artist, made: bpy.types.Object) -> None:
    furnish(made)
    bpy.ops.ed.undo_push(message="furnished")
    before = of_the_object(snapshot.take(but=("meshes", "images")), made)
    assert len(before) > 500 and any("modifiers[0].ratio" in path for path in before)
    counts = {kind: len(names) for kind, names in all_names().items()}
    assert [job.state.value for job in counted(ready, 7)] == ["imported"] * 7
    assert variants().shown(made) == 0 and len(variants().meshes(made)) == 8
    now = {kind: len(names) for kind, names in all_names().items()}
    grown = {kind: now[kind] - counts[kind] for kind in now if now[kind] != counts[kind]}
    assert grown.keys() <= {"meshes", "materials", "images"} and grown["meshes"] == 7
    seen, meshes, name = [], [mesh.name for mesh in variants().meshes(made)], made.name
    for step in range(8):
        made = bpy.data.objects[name]
        seen.append(seed_shown(made))
        assert made.data.name == meshes[step] and made["trellis_recipe"] == made.data["trellis_recipe"]
        assert changes(before, made) == []
        undoable(bpy.ops.trellis.step_variant, by=1)
    assert seen == [100, *SEEDS] and bpy.data.objects[name].data.name == meshes[0]
    for step in reversed(range(8)):  # undo walks back each step
        bpy.ops.ed.undo()
        made = bpy.data.objects[name]
        assert made.data.name == meshes[step] and seed_shown(made) == [100, *SEEDS][step]
    for _step in range(3):
        bpy.ops.ed.redo()
    made = bpy.data.objects[name]
    assert made.data.name == meshes[3]
    undoable(bpy.ops.trellis.discard_rest)
    made = bpy.data.objects[name]
    assert seed_shown(made) == 103 and not variants().meshes(made), "one mesh alone needs no list"
    assert [mesh.name for mesh in bpy.data.meshes] == [meshes[3]]
    assert changes(before, made) == []
    assert len(ready.files()) == 8, "the files stay"
    bpy.ops.ed.undo()
    made = bpy.data.objects[name]
    assert [mesh.name for mesh in variants().meshes(made)] == meshes and made.data.name == meshes[3]
    assert changes(before, made) == []


def test_each_arrival_is_a_step_of_its_own(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    assert len(variants().meshes(made)) == 3
    name = made.name
    for left in (2, 0):
        bpy.ops.ed.undo()
        assert len(variants().meshes(bpy.data.objects[name])) == left
    bpy.ops.ed.redo()
    assert len(variants().meshes(bpy.data.objects[name])) == 2


@pytest.mark.parametrize("linked", [True, False])
def test_duplicates_go_their_own_way(ready: Artist, made: bpy.types.Object, linked: bool) -> None:
    counted(ready, 2)
    bpy.ops.object.duplicate(linked=linked)
    copy = bpy.context.view_layer.objects.active
    assert copy != made and (copy.data == made.data) is linked
    own = copy.data
    variants().step(copy, 1)
    assert seed_shown(copy) == 101 and seed_shown(made) == 100
    assert len(variants().meshes(copy)) == 3 and variants().meshes(copy)[0] == own
    variants().discard_rest(copy)
    assert len(variants().meshes(made)) == 3, "what the other object uses stays"
    variants().step(made, 2)
    assert seed_shown(made) == 102


def test_an_edited_mesh_of_ones_own_is_not_lost(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    made.data = made.data.copy()
    made.data.vertices[0].co.x = 9.0
    variants().step(made, 1)
    variants().step(made, 1)
    assert made.data.vertices[0].co.x == 9.0 and len(variants().meshes(made)) == 2
    made.data = bpy.data.meshes.new("strange")
    variants().step(made, 1)
    assert [mesh.name for mesh in variants().meshes(made)][-1] == "strange"


def test_materials_of_slots_that_another_variant_does_not_have(ready: Artist, made: bpy.types.Object) -> None:
    """Blender itself forgets what is linked to the object beyond the slots of the mesh that is shown."""
    counted(ready, 1)
    for name in ("own", "other"):
        made.data.materials.append(bpy.data.materials.new(name))
    for number in (0, 2):
        made.material_slots[number].link = "OBJECT"
        made.material_slots[number].material = bpy.data.materials.new(f"override {number}")
    made.active_material_index = 2
    before = [(slot.link, slot.material.name) for slot in made.material_slots]
    variants().step(made, 1)
    (only,) = made.material_slots
    assert (only.link, only.material.name) == ("OBJECT", "override 0")
    variants().step(made, 1)
    assert [(slot.link, slot.material.name) for slot in made.material_slots] == before
    assert made.active_material_index == 2
    made.material_slots[2].link = "DATA"
    for _step in range(2):
        variants().step(made, 1)
    assert [slot.link for slot in made.material_slots] == ["OBJECT", "DATA", "DATA"]


def test_kept_ones_stay(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 3)
    assert bpy.ops.trellis.step_variant(by=2) == {"FINISHED"}
    assert bpy.ops.trellis.keep_variant() == {"FINISHED"} and variants().is_kept(made)
    assert bpy.ops.trellis.step_variant(by=-1) == {"FINISHED"} and not variants().is_kept(made)
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert [module("blender.provenance").recipe_of(mesh).seed for mesh in variants().meshes(made)] == [101, 102]
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert len(variants().meshes(made)) == 2


def test_discarding_leaves_what_is_used_elsewhere(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    used, faked = variants().meshes(made)[1:]
    faked.use_fake_user = True
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("other", used))
    materials = {mesh.name: mesh.materials[0].name for mesh in (used, faked)}
    variants().discard_rest(made)
    assert {mesh.name: mesh.materials[0].name for mesh in (used, faked)} == materials


@pytest.mark.any_blender
def test_discarding_leaves_a_material_of_the_artists(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    clay = bpy.data.materials.new("Clay")
    variants().meshes(made)[1].materials.append(clay)
    images = len(bpy.data.images)
    variants().discard_rest(made)
    assert sorted(material.name for material in bpy.data.materials) == ["Clay", made.data.materials[0].name]
    assert len(bpy.data.meshes) == 1 and len(bpy.data.images) < images, "what came with them goes"


def tidied() -> None:
    """Have the moment pass after which a Blender that does not tell of appending is looked at."""
    bpy.context.view_layer.update()
    if bpy.app.version < (4, 3, 0):
        module("blender.appending").tidy()


def test_saved_and_appended_with_the_object(ready: Artist, made: bpy.types.Object, tmp_path: Path) -> None:
    counted(ready, 3)
    path = str(tmp_path / "set.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert len(variants().meshes(bpy.data.objects["mushroom"])) == 4
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.append(directory=f"{path}/Object/", filename="mushroom")
    tidied()
    for item in bpy.context.view_layer.objects:
        item.select_set(True)  # Blender 4.2 had None there, or crashed
    appended = bpy.data.objects["mushroom"]
    assert [module("blender.provenance").recipe_of(mesh).seed for mesh in variants().meshes(appended)] == [
        100, 101, 102, 103]  # fmt: skip
    variants().step(appended, -1)
    assert seed_shown(appended) == 103
    assert list(bpy.data.objects) == [appended] and [mesh.users for mesh in bpy.data.meshes] == [1] * 4


def test_objects_of_others_are_left_as_they_are(ready: Artist) -> None:
    """To look whether something was appended notes nothing on them."""
    item = bpy.data.objects.new("other", bpy.data.meshes.new("other"))
    bpy.context.scene.collection.objects.link(item)
    bpy.context.view_layer.update()
    assert not list(item.keys())


def test_what_else_is_appended_with_it_stays(ready: Artist, made: bpy.types.Object, tmp_path: Path) -> None:
    counted(ready, 1)
    path = str(tmp_path / "set.blend")
    twin = bpy.data.objects.new("twin", variants().meshes(made)[1])
    twin.location = (1.0, 2.0, 3.0)
    bpy.context.scene.collection.objects.link(twin)
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    for _time in range(2):
        bpy.ops.wm.append(directory=f"{path}/Object/", files=[{"name": "mushroom"}, {"name": "twin"}])
        tidied()
    assert sorted(item.name for item in bpy.data.objects if item.name.startswith("twin")) == [
        "twin", "twin.001"]  # fmt: skip


def test_one_is_one(ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]) -> None:
    counted(ready, 1)
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert "1 variant was removed; its file stays, and Import brings it back" in capfd.readouterr().out


def weighted(item: bpy.types.Object, *names: str) -> None:
    for name in names:
        item.vertex_groups.new(name=name).add(range(100), 0.5, "REPLACE")


def test_vertex_groups_stay_and_it_is_said_that_weights_do_not(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    counted(ready, 1)
    weighted(made, "top", "bottom")
    made.vertex_groups["bottom"].lock_weight, made.vertex_groups.active_index = True, 1
    mask = made.modifiers.new("Mask", "MASK")
    mask.vertex_group = "top"
    capfd.readouterr()
    assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert "The modifier Mask goes by vertex groups, which have no weights on this variant" in capfd.readouterr().out
    assert [(group.name, group.lock_weight) for group in made.vertex_groups] == [("top", False), ("bottom", True)]
    assert made.vertex_groups.active.name == "bottom"
    made.vertex_groups["top"].add(range(10), 1.0, "REPLACE")
    assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert [made.vertex_groups["top"].weight(vertex) for vertex in (0, 99)] == [0.5, 0.5]
    assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert "Warning" not in capfd.readouterr().out, "it was painted there meanwhile"


def test_an_armature_without_weights_is_said_when_a_reroll_comes(ready: Artist, made: bpy.types.Object) -> None:
    rig = bpy.data.objects.new("rig", bpy.data.armatures.new("rig"))
    bpy.context.scene.collection.objects.link(rig)
    choose(rig)
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.new("spine").tail = (0.0, 0.0, 1.0)
    bpy.ops.object.mode_set(mode="OBJECT")
    weighted(made, "spine")
    made.modifiers.new("Bend", "ARMATURE").object = rig
    choose(made)
    assert bpy.ops.trellis.reroll_seed() == {"FINISHED"}
    job = ready.wait()[-1]
    assert [group.name for group in made.vertex_groups] == ["spine"]
    assert ready.session.intake.remarks[job.id].startswith("The modifier Bend goes by vertex groups")
