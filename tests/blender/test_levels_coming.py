# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of many faces are made by another process, and come when they are done, if their object is still the same."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import bpy
import pictures
import pytest
import several
from artist import Artist, module
from blocks import choose
from datablocks import all_names


@pytest.fixture
def coming(artist: Artist, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Blender as a module is started as the other one, since it has no program of its own."""
    aside = module("blender.aside")
    assert not aside.is_possible(), "a script waits for its levels"
    monkeypatch.setattr(aside, "_command", lambda: [sys.executable, aside.decimating.__file__])
    work = module("blender.levels_coming")
    yield work
    if (last := work.now()) is not None:
        work.end()
        last.aside._tidied.join()


@pytest.fixture
def crown(artist: Artist) -> bpy.types.Object:
    artist.choose(pictures.put("Crown", pictures.mushroom(16, 16)))
    bpy.ops.trellis.generate()
    return bpy.context.active_object


def test_they_are_those_that_this_blender_makes(coming: ModuleType, crown: bpy.types.Object) -> None:
    crown.vertex_groups.new(name="cap").add([0, 1, 2], 1.0, "REPLACE")
    crown.data.materials.append(bpy.data.materials.new("second"))
    crown.data.polygons[0].material_index = 1
    bpy.ops.trellis.make_lods(levels=2, ratio=0.5)
    here = [(item.name, *told(item)) for item in bpy.data.collections["Crown LODs"].objects]
    names = all_names()
    choose(crown)
    assert coming.begin(crown, 2, 0.5, replace=True)
    assert not bpy.ops.trellis.make_lods.poll(), "one after the other"
    assert all_names() == names, "meanwhile nothing is to be seen of it"
    ended(coming)
    assert coming.now().aside.is_well and coming.now().aside.done == 2
    made, gone = coming.now().arrive()
    assert gone == 2 and all_names() == names
    assert [(item.name, *told(item)) for item in made] == here
    last = coming.now()
    coming.end()
    last.aside._tidied.join()
    assert not last.aside._folder.exists() and bpy.ops.trellis.make_lods.poll()


def told(item: bpy.types.Object) -> tuple[object, ...]:
    mesh = item.data
    return (len(mesh.polygons), [layer.name for layer in mesh.uv_layers], list(mesh.materials), dict(mesh.items()),
            [group.name for group in item.vertex_groups], mesh.use_fake_user, mesh.users)  # fmt: skip


def ended(coming: ModuleType) -> None:
    coming.now().aside._reader.join()
    assert coming.now().aside.is_over


def test_of_an_object_of_several_parts(coming: ModuleType, crown: bpy.types.Object) -> None:
    root = several.whole(crown)
    assert coming.begin(root, 2, 0.5, replace=True)
    ended(coming)
    assert coming.now().aside.is_well
    made, _gone = coming.now().arrive()
    assert [len(copy.children) for copy in made] == [3, 3] and len(bpy.data.meshes) == 6


@pytest.mark.parametrize("change", ["removed", "exchanged"])
def test_an_object_that_is_another_by_now_gets_none(coming: ModuleType, crown: bpy.types.Object, change: str) -> None:
    assert coming.begin(crown, 1, 0.5, replace=True)
    if change == "removed":
        bpy.data.objects.remove(crown)
    else:
        crown.data = crown.data.copy()
    names = all_names()
    ended(coming)
    with pytest.raises(Exception, match="was changed while its LODs were made"):
        coming.now().arrive()
    assert all_names() == names


def scaled(item: bpy.types.Object) -> None:
    item.scale = (2.0, 2.0, 2.0)
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)


def sculpted(item: bpy.types.Object) -> None:
    item.data.vertices[0].co.z += 0.1


def edited(_item: bpy.types.Object) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.flip_normals()
    bpy.ops.object.mode_set(mode="OBJECT")


def unwrapped(item: bpy.types.Object) -> None:
    item.data.uv_layers[0].uv[0].vector.x += 0.25


def keyed(item: bpy.types.Object) -> None:
    item.data.shape_keys.key_blocks[1].value = 1.0


def bulging(item: bpy.types.Object) -> None:
    item.shape_key_add(name="Basis")
    key = item.shape_key_add(name="bulge")
    key.points[0].co.z += 0.5
    key.value = 0.0  # newer Blenders begin with all of it


@pytest.mark.any_blender
@pytest.mark.parametrize("change", [scaled, sculpted, edited, unwrapped, keyed])
def test_a_mesh_that_was_changed_meanwhile_gets_none(
    coming: ModuleType, crown: bpy.types.Object, change: Callable[[bpy.types.Object], None]
) -> None:
    """What was made is of what it was: two metres large, perhaps, beside an object of six."""
    if change is keyed:
        bulging(crown)
    choose(crown)
    assert coming.begin(crown, 1, 0.5, replace=True)
    change(crown)
    names = all_names()
    ended(coming)
    with pytest.raises(Exception, match=r"^Crown was changed while its LODs were made\. Press Make LODs again"):
        coming.now().arrive()
    assert all_names() == names


def moved(item: bpy.types.Object) -> None:
    item.location, item.rotation_euler, item.scale = (1.0, 2.0, 3.0), (0.1, 0.2, 0.3), (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()


def looked_at_in_edit_mode(_item: bpy.types.Object) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.object.mode_set(mode="OBJECT")


def played(item: bpy.types.Object) -> None:
    bpy.context.scene.frame_set(7)
    assert item.data.shape_keys.key_blocks[1].value > 0.5


@pytest.mark.any_blender
@pytest.mark.parametrize("change", [moved, looked_at_in_edit_mode, played])
def test_a_mesh_that_is_the_same_still_gets_them(
    coming: ModuleType, crown: bpy.types.Object, change: Callable[[bpy.types.Object], None]
) -> None:
    if change is played:
        bulging(crown)
        key = crown.data.shape_keys.key_blocks[1]
        for frame, key.value in ((1, 0.0), (7, 1.0)):
            key.keyframe_insert("value", frame=frame)
        bpy.context.scene.frame_set(1)
    choose(crown)
    assert coming.begin(crown, 1, 0.5, replace=True)
    change(crown)
    ended(coming)
    made, _gone = coming.now().arrive()
    assert [item.name for item in made] == ["Crown_LOD1"]


def test_if_the_other_fails_this_one_makes_them(
    coming: ModuleType, crown: bpy.types.Object, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = module("blender.aside")
    monkeypatch.setattr(aside, "_command", lambda: [sys.executable, "-c", "raise SystemExit(3)"])
    assert coming.begin(crown, 2, 0.5, replace=True)
    ended(coming)
    assert not coming.now().aside.is_well
    made, _gone = coming.now().arrive()
    assert [item.name for item in made] == ["Crown_LOD1", "Crown_LOD2"]
    last = coming.now()
    coming.end()
    last.aside._tidied.join()
    monkeypatch.setattr(aside, "_command", lambda: ["/nowhere/blender"])
    names = all_names()
    assert not coming.begin(crown, 2, 0.5, replace=True) and coming.now() is None
    assert all_names() == names


def test_another_file_ends_it(coming: ModuleType, crown: bpy.types.Object) -> None:
    assert coming.begin(crown, 2, 0.5, replace=True)
    tidied = coming.now().aside._tidied
    bpy.ops.wm.read_homefile(use_empty=True)
    assert coming.now() is None
    tidied.join()
