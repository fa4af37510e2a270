# SPDX-License-Identifier: GPL-3.0-or-later
"""Reduce stays adjustable, and levels of detail leave the original bit for bit as it was."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
import snapshot
from artist import Artist
from blocks import choose, overridden
from datablocks import all_names
from mathutils.kdtree import KDTree


@pytest.fixture
def crown(artist: Artist) -> bpy.types.Object:
    artist.choose(pictures.put("Crown", pictures.mushroom(16, 16)))
    bpy.ops.trellis.generate()
    return bpy.context.active_object


def values(mesh: bpy.types.Mesh, attribute: str, field: str, width: int) -> Any:
    data = mesh.attributes[attribute].data
    flat = np.empty(len(data) * width, np.float32)
    data.foreach_get(field, flat)
    return flat.reshape(-1, width)


def arrays(mesh: bpy.types.Mesh) -> list[bytes]:
    uv = mesh.uv_layers[0].name
    loops = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    return [values(mesh, "position", "vector", 3).tobytes(), values(mesh, uv, "vector", 2).tobytes(), loops.tobytes()]


def seen_faces(item: bpy.types.Object) -> int:
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return len(evaluated.data.loop_triangles) or sum(len(face.vertices) - 2 for face in evaluated.data.polygons)


@pytest.mark.parametrize("faces", [5000, 1000, 200])
def test_reduces_to_what_was_typed(crown: bpy.types.Object, faces: int) -> None:
    before = arrays(crown.data)
    assert bpy.ops.trellis.reduce(faces=faces) == {"FINISHED"}
    assert seen_faces(crown) == pytest.approx(faces, rel=0.03)
    assert bpy.ops.trellis.reduce(faces=faces * 2) == {"FINISHED"}
    assert [modifier.name for modifier in crown.modifiers] == ["Reduce"], "it is adjusted, not piled up"
    assert seen_faces(crown) == pytest.approx(min(faces * 2, len(crown.data.polygons)), rel=0.03)
    assert arrays(crown.data) == before


def test_reduces_to_what_was_asked_for(crown: bpy.types.Object, artist: Artist) -> None:
    """The stand-in delivers about what is asked for; so one of few faces asks for half of what came."""
    has = len(crown.data.polygons)
    bpy.ops.trellis.reduce()
    assert crown.modifiers["Reduce"].ratio == pytest.approx(min(1.0, 10_000 / has) if has > 10_000 else 0.5, abs=1e-3)
    plain = bpy.data.objects.new("plain", crown.data.copy())
    for key in list(plain.data.keys()):
        del plain.data[key]
    bpy.context.scene.collection.objects.link(plain)
    bpy.context.view_layer.objects.active = plain
    bpy.ops.trellis.reduce()
    assert plain.modifiers["Reduce"].ratio == pytest.approx(0.5, abs=1e-3)


def test_levels_beside_an_untouched_original(crown: bpy.types.Object) -> None:
    crown.location, crown.rotation_euler = (1.0, 2.0, 3.0), (0.1, 0.2, 0.3)
    crown.modifiers.new("Bend", "SIMPLE_DEFORM")
    bpy.ops.ed.undo_push(message="before")
    bpy.context.view_layer.update()
    mesh, before, seen, names = crown.data, arrays(crown.data), snapshot.take(), all_names()
    assert bpy.ops.trellis.make_lods(levels=3, ratio=0.5) == {"FINISHED"}
    assert crown.data == mesh and arrays(mesh) == before
    own = ("objects['Crown']", "meshes['Crown']", "materials['Crown']", "images[")
    counted = (".users:", ".use_fake_user:")
    changed = [line for line in snapshot.changes_since(seen) if line.startswith(own)]
    assert not [line for line in changed if not any(word in line for word in counted)]
    holder = bpy.data.collections["Crown LODs"]
    assert holder.hide_render and holder.name in bpy.data.collections["TRELLIS"].children
    assert [item.name for item in holder.objects] == ["Crown_LOD1", "Crown_LOD2", "Crown_LOD3"]
    has = len(mesh.polygons)
    for level, item in enumerate(holder.objects, start=1):
        assert len(item.data.polygons) == pytest.approx(has * 0.5**level, rel=0.03)
        assert list(item.data.materials) == list(mesh.materials) and item.matrix_world == crown.matrix_world
        assert [modifier.name for modifier in item.modifiers] == ["Bend"]
        check_uvs(item.data, mesh)
    assert bpy.context.active_object == crown and bpy.context.selected_objects == [crown]
    bpy.ops.ed.undo()
    assert all_names() == names and arrays(bpy.data.meshes["Crown"]) == before


def check_uvs(light: bpy.types.Mesh, full: bpy.types.Mesh) -> None:
    """Nearly every corner has a coordinate that the original has close by: it is not torn, nor moved."""
    assert [layer.name for layer in light.uv_layers] == [layer.name for layer in full.uv_layers]
    name = full.uv_layers[0].name
    found, known = (corners(mesh, name) for mesh in (light, full))
    tree = KDTree(len(known))
    for index, row in enumerate(known):
        tree.insert((row[0], row[1], row[2]), index)
    tree.balance()
    gaps = []
    for row in found[:: max(len(found) // 500, 1)]:
        near = [known[index][3:] for _place, index, _gap in tree.find_n((row[0], row[1], row[2]), 24)]
        gaps.append(min(float(np.abs(row[3:] - uv).max()) for uv in near))
    assert np.isfinite(found).all() and np.quantile(gaps, 0.95) < 0.05


def corners(mesh: bpy.types.Mesh, uv: str) -> Any:
    loops = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    return np.column_stack([values(mesh, "position", "vector", 3)[loops], values(mesh, uv, "vector", 2)])


def test_levels_begin_with_what_was_reduced(crown: bpy.types.Object) -> None:
    has = len(crown.data.polygons)
    bpy.ops.trellis.reduce(faces=has // 2)
    bpy.ops.trellis.make_lods(levels=1, ratio=0.5)
    light = bpy.data.objects["Crown_LOD1"]
    assert len(light.data.polygons) == pytest.approx(has / 4, rel=0.03) and not light.modifiers
    assert crown.modifiers["Reduce"].ratio == pytest.approx(0.5, abs=1e-3)


def test_levels_again_take_the_place_of_those_before(crown: bpy.types.Object) -> None:
    bpy.ops.trellis.make_lods(levels=3, ratio=0.5)
    holder = bpy.data.collections["Crown LODs"]
    own = bpy.data.objects.new("Crown_LOD Notes", None)
    holder.objects.link(own)
    elsewhere = bpy.data.objects.new("Crown_LOD4", None)
    bpy.context.scene.collection.objects.link(elsewhere)
    bpy.ops.ed.undo_push(message="before")
    names = all_names()
    assert bpy.ops.trellis.make_lods("EXEC_DEFAULT", True, levels=2, ratio=0.25) == {"FINISHED"}
    assert sorted(item.name for item in holder.objects) == ["Crown_LOD Notes", "Crown_LOD1", "Crown_LOD2"]
    assert sorted(mesh.name for mesh in bpy.data.meshes) == ["Crown", "Crown_LOD1", "Crown_LOD2"]
    has = len(crown.data.polygons)
    assert len(bpy.data.objects["Crown_LOD1"].data.polygons) == pytest.approx(has * 0.25, rel=0.03)
    assert elsewhere.name == "Crown_LOD4" and len(bpy.data.collections) == 2
    bpy.ops.ed.undo()
    assert all_names() == names
    assert len(bpy.data.objects["Crown_LOD1"].data.polygons) == pytest.approx(has * 0.5, rel=0.03)


def test_levels_again_beside_those_before(crown: bpy.types.Object) -> None:
    bpy.ops.trellis.make_lods(levels=1, ratio=0.5)
    first = bpy.data.objects["Crown_LOD1"]
    other = bpy.data.objects.new("shown elsewhere", first.data)
    bpy.context.scene.collection.objects.link(other)
    bpy.ops.trellis.make_lods(levels=1, ratio=0.25, replace=False)
    holder = bpy.data.collections["Crown LODs"]
    assert [item.name for item in holder.objects] == ["Crown_LOD1", "Crown_LOD1.001"] and holder.objects[0] == first
    bpy.ops.trellis.make_lods(levels=1, ratio=0.75)
    (only,) = holder.objects
    assert only.name == "Crown_LOD1" and other.data != only.data and other.data.polygons, "its mesh has another user"


def move(item: bpy.types.Object, name: str) -> bpy.types.Collection:
    """Have an object be in a new collection only."""
    new = bpy.data.collections.new(name)
    bpy.context.scene.collection.children.link(new)
    for holder in list(item.users_collection):
        holder.objects.unlink(item)
    new.objects.link(item)
    return new


def test_levels_again_after_the_object_went_to_another_collection(crown: bpy.types.Object) -> None:
    bpy.ops.trellis.make_lods(levels=3, ratio=0.5)
    props = move(crown, "Props")
    choose(crown)
    for _time in range(2):
        assert bpy.ops.trellis.make_lods(levels=2, ratio=0.5) == {"FINISHED"}
        (holder,) = props.children
        assert holder.name == "Crown LODs" and not bpy.data.collections["TRELLIS"].children
        assert [item.name for item in holder.objects] == ["Crown_LOD1", "Crown_LOD2"]
        assert sorted(item.name for item in bpy.data.objects) == ["Crown", "Crown_LOD1", "Crown_LOD2"]
    bpy.data.collections["Crown LODs"].name = "Crown LODs.001"
    own = bpy.data.collections.new("Crown LODs")
    bpy.context.scene.collection.children.link(own)
    bpy.ops.trellis.make_lods(levels=1)
    assert [item.name for item in props.children] == ["Crown LODs.001"] and own.name == "Crown LODs"
    assert [item.name for item in props.children[0].objects] == ["Crown_LOD1"]


def test_levels_again_after_the_object_was_renamed(crown: bpy.types.Object, capfd: pytest.CaptureFixture[str]) -> None:
    bpy.ops.trellis.make_lods(levels=2)
    crown.name = "Hero"
    bpy.ops.trellis.make_lods(levels=1)
    holder = bpy.data.collections["Hero LODs"]
    assert [item.name for item in holder.objects] == ["Hero_LOD1"] and "Crown LODs" not in bpy.data.collections
    assert sorted(item.name for item in bpy.data.objects) == ["Hero", "Hero_LOD1"]
    faces = f"{len(bpy.data.objects['Hero_LOD1'].data.polygons):,} faces"
    assert f"Hero_LOD1 has {faces}; 2 from before replaced" in capfd.readouterr().out
    bpy.ops.trellis.make_lods(levels=1, replace=False)
    assert f"Hero_LOD1.001 has {faces}\n" in capfd.readouterr().out


@pytest.mark.parametrize("other", ["of the name", "of the job", "gone"])
def test_levels_of_another_name_may_be_another_objects(crown: bpy.types.Object, other: str) -> None:
    """Only where nothing else can be meant they are taken away."""
    bpy.ops.trellis.make_lods(levels=1)
    crown.name = "Hero"
    if other == "of the name":
        bpy.context.scene.collection.objects.link(bpy.data.objects.new("Crown", None))
    elif other == "of the job":
        bpy.context.scene.collection.objects.link(crown.copy())
    else:
        for name in ("trellis_job", "trellis_recipe"):
            del crown[name], crown.data[name]
    bpy.ops.trellis.make_lods(levels=1)
    assert {"Crown_LOD1", "Hero_LOD1"} <= {item.name for item in bpy.data.objects}


def test_levels_again_leave_those_of_another_scene(crown: bpy.types.Object) -> None:
    bpy.ops.trellis.make_lods(levels=1)
    (level,) = bpy.data.collections["Crown LODs"].objects
    for holder in list(level.users_collection):
        holder.objects.unlink(level)
    bpy.data.scenes.new("other").collection.objects.link(level)
    bpy.ops.trellis.make_lods(levels=1)
    assert [item.name for item in bpy.data.collections["Crown LODs"].objects] == ["Crown_LOD1.001"]
    assert level.name == "Crown_LOD1"


def test_levels_of_an_object_in_an_overridden_collection(crown: bpy.types.Object, tmp_path: Path) -> None:
    (own,) = overridden(move(crown, "set"), tmp_path / "library.blend")
    choose(own)
    has = len(own.data.polygons)
    for _time in range(2):
        assert bpy.ops.trellis.make_lods(levels=2, ratio=0.5) == {"FINISHED"}
        holder = bpy.data.collections["Crown LODs"]
        assert holder in list(bpy.context.scene.collection.children)
        assert [item.name for item in holder.objects] == ["Crown_LOD1", "Crown_LOD2"]
    path = str(tmp_path / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    for level in (1, 2):
        item = bpy.data.objects[f"Crown_LOD{level}"]
        assert item.library is None and item.override_library is None
        assert len(item.data.polygons) == pytest.approx(has * 0.5**level, rel=0.03) and item.data.library is None


def test_nothing_is_ordered_for_a_level(crown: bpy.types.Object) -> None:
    """The full object would become its variant."""
    assert bpy.ops.trellis.make_lods(levels=1) == {"FINISHED"}
    level = bpy.data.objects[f"{crown.name}_LOD1"]
    orders = ("more_seeds", "repeat_exactly", "reroll_seed", "vary_by_panel")
    assert all(getattr(bpy.ops.trellis, name).poll() for name in orders)
    bpy.context.view_layer.objects.active = level
    for name in orders:
        with pytest.raises(RuntimeError, match="level of detail; select the object that it was made of"):
            getattr(bpy.ops.trellis, name)()
    assert bpy.ops.trellis.copy_settings.poll()


def test_says_why_it_cannot(crown: bpy.types.Object) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    assert not bpy.ops.trellis.reduce.poll() and not bpy.ops.trellis.make_lods.poll()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert bpy.ops.trellis.reduce.poll()
    empty = bpy.data.objects.new("empty", None)
    bpy.context.scene.collection.objects.link(empty)
    bpy.context.view_layer.objects.active = empty
    assert not bpy.ops.trellis.reduce.poll() and not bpy.ops.trellis.make_lods.poll()
