# SPDX-License-Identifier: GPL-3.0-or-later
"""An object as an asset: with a picture, with how it was made, and in a library in a file of its own."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names
from mathutils import Matrix


@pytest.fixture
def made(artist: Artist, tmp_path: Path) -> bpy.types.Object:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom.png", pictures.mushroom(32, 24)))
    artist.settings.resolution, artist.settings.seed = "512", 77
    artist.preferences.asset_author = "Ada"
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    return bpy.context.view_layer.objects.active


@pytest.fixture
def library(tmp_path: Path) -> Any:
    """An asset library in the preferences; taken out again."""
    folder = tmp_path / "Ässets"
    folder.mkdir()
    libraries = bpy.context.preferences.filepaths.asset_libraries
    added = libraries.new(name="Mine", directory=str(folder))
    yield folder
    libraries.remove(added)


def check_is_asset(item: bpy.types.Object) -> None:
    data = item.asset_data
    assert data is not None and data.author == "Ada"
    assert {tag.name for tag in data.tags} == {"TRELLIS", "generated"}
    assert "mushroom.png" in data.description and "Seed 77" in data.description
    values = np.empty(len(item.preview.image_pixels_float), np.float32)
    item.preview.image_pixels_float.foreach_get(values)
    assert tuple(item.preview.image_size) == (256, 256) and 0.1 < (values[3::4] > 0).mean() < 0.9


def test_marked(made: bpy.types.Object) -> None:
    assert bpy.ops.trellis.mark_asset("EXEC_DEFAULT", True) == {"FINISHED"}
    check_is_asset(made)
    name = made.name
    bpy.ops.ed.undo()
    assert bpy.data.objects[name].asset_data is None


def test_marked_again_what_the_artist_wrote_stays(made: bpy.types.Object) -> None:
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    made.asset_data.author, made.asset_data.description = "Bob", "A house"
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert (made.asset_data.author, made.asset_data.description) == ("Bob", "A house")
    assert len(made.asset_data.tags) == 2


def test_saved_to_a_library(artist: Artist, made: bpy.types.Object, library: Path) -> None:
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    made.parent, made.location = parent, (1.0, 2.0, 3.0)
    made.keyframe_insert("location")
    assert bpy.ops.trellis.more_seeds(count=1) == {"FINISHED"}
    artist.wait()
    names = sorted(item.name for item in bpy.data.objects)
    for _time in range(2):
        assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}
    assert sorted(path.name for path in library.iterdir()) == ["mushroom-2.blend", "mushroom.blend"]
    assert sorted(item.name for item in bpy.data.objects) == names
    assert made.asset_data is None and made.parent == parent and made.location.y == 2.0
    faces = len(made.data.polygons)
    bpy.ops.wm.open_mainfile(filepath=str(library / "mushroom.blend"))
    (saved,) = bpy.data.objects
    check_is_asset(saved)
    assert saved.name == "mushroom" and len(saved.data.polygons) == faces and len(bpy.data.meshes) == 1
    assert saved.parent is None and saved.animation_data is None and not any(saved.location)
    assert bpy.data.images and all(image.packed_file for image in bpy.data.images if image.source == "FILE")
    assert module("blender.provenance").recipe_of(saved).seed == 77
    assert saved.use_fake_user


def seen(item: bpy.types.Object) -> Any:
    """Give the points of an object that is seen as its modifiers leave it, in the world."""
    bpy.context.view_layer.update()
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    flat = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", flat)
    evaluated.to_mesh_clear()
    grid = np.array(evaluated.matrix_world)
    return flat.reshape(-1, 3) @ grid[:3, :3].T + grid[:3, 3]


def scaled(item: bpy.types.Object) -> None:
    item.scale = (2.0, 2.0, 4.0)


def turned(item: bpy.types.Object) -> None:
    item.rotation_euler.z, item.scale = 1.0, (2.0, 2.0, 2.0)


def turned_and_mirrored(item: bpy.types.Object) -> None:
    item.rotation_euler, item.scale, item.delta_scale = (1.2, 0.3, 2.0), (-1.0, 2.0, 1.0), (1.0, 1.0, 3.0)


def turned_by_a_parent(item: bpy.types.Object) -> None:
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.rotation_euler, parent.scale, parent.location.x = (0.0, 1.2, 0.0), (2.0, 1.0, 1.0), 4.0
    item.parent, item.rotation_euler.x = parent, 0.7


def held_by_a_constraint(item: bpy.types.Object) -> None:
    item.scale = (3.0, 3.0, 3.0)
    limit = item.constraints.new("LIMIT_SCALE")
    limit.use_max_x, limit.use_max_y, limit.use_max_z = True, True, True
    limit.max_x, limit.max_y, limit.max_z = 1.0, 1.0, 2.0


def with_a_modifier(item: bpy.types.Object) -> None:
    item.modifiers.new("Thick", "SOLIDIFY").thickness = 0.3
    item.scale, item.rotation_euler.z = (2.0, 2.0, 1.0), 1.0


def mirrored_by_a_parent(item: bpy.types.Object) -> None:
    turned_by_a_parent(item)
    item.parent.scale, item.parent.rotation_euler.y, item.rotation_euler = (1.0, -3.0, 1.0), 0.4, (0.0, 0.3, 0.0)


def flat_by_a_parent(item: bpy.types.Object) -> None:
    turned_by_a_parent(item)
    item.parent.scale, item.rotation_euler = (2.0, 2.0, 0.0), (0.0, 0.0, 3.0)


def turned_back(points: Any, like: Any) -> tuple[Any, float]:
    """Give points turned so that they lie as others do, and whether they had to be mirrored for it: -1 then."""
    left, _sizes, right = np.linalg.svd(points.T @ like)
    return points @ (left @ right), float(np.sign(np.linalg.det(left @ right)))


@pytest.mark.parametrize("shape", [scaled, turned, turned_and_mirrored, turned_by_a_parent, mirrored_by_a_parent,
                                   flat_by_a_parent, held_by_a_constraint, with_a_modifier])  # fmt: skip
def test_saved_as_large_as_it_is_seen_and_unturned(made: bpy.types.Object, library: Path, shape: Any) -> None:
    made.location = (1.0, 2.0, 3.0)
    shape(made)
    points = seen(made) - np.array(made.matrix_world.translation)
    turn, made.rotation_euler = made.rotation_euler.copy(), (0.0, 0.0, 0.0)
    unturned = seen(made)
    unturned -= np.array(made.matrix_world.translation)
    made.rotation_euler = turn
    bpy.context.view_layer.update()
    before, matrix = all_names(), made.matrix_world.copy()
    assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}
    assert all_names() == before and made.matrix_world == matrix
    with bpy.data.libraries.load(str(library / "mushroom.blend"), assets_only=True) as (_source, target):
        target.objects = ["mushroom"]
    saved = target.objects[0]
    bpy.context.scene.collection.objects.link(saved)
    if made.parent is None:
        assert seen(saved) == pytest.approx(unturned, abs=1e-4)
    else:
        back, mirrored = turned_back(points, seen(saved))
        assert seen(saved) == pytest.approx(back, abs=1e-4)
        if shape is flat_by_a_parent:
            return  # it has no outside
        assert mirrored == 1.0
    assert not any(saved.rotation_euler) and not any(saved.location)
    assert shape is with_a_modifier or saved.matrix_world == Matrix.Identity(4), "Blender drops an asset unturned"
    normals = np.array([tuple(face.normal) for face in saved.data.polygons])
    centres = np.array([tuple(face.center) for face in saved.data.polygons])
    assert ((normals * (centres - centres.mean(0))).sum(1) > 0.0).mean() > 0.7, "it is not inside out"
    assert saved.data.name.startswith("mushroom") and saved.preview.image_size[0] == 256


def test_names_that_no_file_may_have(made: bpy.types.Object, library: Path) -> None:
    made.name = "CON"
    assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}
    made.name = "../a:b*c?"
    assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}
    assert sorted(path.name for path in library.iterdir()) == ["_CON.blend", "_a_b_c_.blend"]
    assert made.name == "../a:b*c?"


def test_a_library_that_is_gone(made: bpy.types.Object, library: Path) -> None:
    library.rmdir()
    with pytest.raises(RuntimeError, match="is not there"):
        bpy.ops.trellis.save_asset(library="Mine")
    assert [item.name for item in bpy.data.objects] == ["mushroom"]


def test_in_edit_mode_it_says_what_to_do(made: bpy.types.Object, library: Path) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    for operator in (bpy.ops.trellis.save_asset, bpy.ops.trellis.mark_asset):
        with pytest.raises(RuntimeError, match="Switch to Object Mode first"):
            operator()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert made.asset_data is None and not list(library.iterdir())
    assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}


def test_without_a_library_it_says_where_to_add_one(made: bpy.types.Object) -> None:
    libraries = bpy.context.preferences.filepaths.asset_libraries
    while len(libraries):
        libraries.remove(libraries[0])
    assert not bpy.ops.trellis.save_asset.poll() and bpy.ops.trellis.mark_asset.poll()
