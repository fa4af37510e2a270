# SPDX-License-Identifier: GPL-3.0-or-later
"""New objects stand upright on the 3D cursor, as large as was asked for, with their transforms applied."""

import math
from pathlib import Path
from typing import Any

import bpy
import crafted
import forge
import numpy as np
import pictures
import pytest
from artist import Artist, module
from mathutils import Euler, Vector


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    bpy.context.scene.cursor.location = (3.0, -2.0, 0.5)
    return artist


def imported(path: Path, place: Any, name: str) -> bpy.types.Object:
    """Import a file as a job's is."""
    read = module("core.model").read(path)
    return module("blender.importer").import_file(path, read, name=name, place=place, select=False)


def points_of(item: bpy.types.Object) -> Any:
    """Give the vertices' positions in the world."""
    flat = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", flat)
    matrix = np.array(item.matrix_world)
    return flat.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def check(item: bpy.types.Object, size: float, foot: tuple[float, float, float]) -> None:
    points = points_of(item)
    low, high = points.min(0), points.max(0)
    assert (high - low).max() == pytest.approx(size, rel=1e-4)
    assert ((low + high) / 2)[:2] == pytest.approx(foot[:2], abs=1e-4 * size)
    assert low[2] == pytest.approx(foot[2], abs=1e-4 * size)
    assert item.location == Vector(foot), "the origin is in the middle of the bottom"
    assert tuple(item.scale) == (1.0, 1.0, 1.0)


def test_a_metre_at_the_cursor(ready: Artist) -> None:
    ready.wait(ready.order())
    item = bpy.data.objects["mushroom"]
    check(item, 1.0, (3.0, -2.0, 0.5))
    assert tuple(item.rotation_euler) == (0.0, 0.0, 0.0)


CAMERA = {"type": "perspective", "perspective": {"yfov": 1.0, "znear": 0.1}}


@pytest.mark.parametrize("more", [{}, {"cameras": [CAMERA]}], ids=["ours", "blenders"])
def test_a_file_whose_object_is_far_away(ready: Artist, tmp_path: Path, more: dict[str, Any]) -> None:
    """Not a vertex is rounded off, whoever reads it."""
    place = module("blender.placement").here(bpy.context)
    found = []
    for name, far in (("near", 0.0), ("far", 3e5)):
        path = tmp_path / f"{name}.glb"
        chain = [{"translation": [far, 2 * far, -far], "rotation": [0.6, 0.0, 0.0, 0.8]}]
        path.write_bytes(
            forge.glb(forge.globe(), forge.Look(), chain=chain, change=lambda document: document.update(more))
        )
        found.append(imported(path, place, name))
    bpy.context.view_layer.update()
    assert [item.data.name for item in found] == ["near", "far"]
    near, far = (points_of(item) for item in found)
    assert np.abs(near - far).max() < 1e-5


def test_faces_front(ready: Artist) -> None:
    """Seen from the front, along +Y with +X to the right, it is as the picture and not mirrored."""
    picture = np.zeros((16, 16, 4), np.uint8)
    picture[1:15, 3:6] = picture[11:15, 3:13] = 255  # an L
    ready.choose(pictures.put("letter", picture))
    ready.wait(ready.order())
    points = points_of(bpy.data.objects["letter"]) - (3.0, -2.0, 0.5)
    assert points[points[:, 2] > 0.6][:, 0].max() < -0.1 and points[points[:, 2] < 0.2][:, 0].max() > 0.2


def test_as_large_as_the_preferences_say(ready: Artist) -> None:
    ready.preferences.object_size = 2.5
    ready.wait(ready.order())
    check(bpy.data.objects["mushroom"], 2.5, (3.0, -2.0, 0.5))


def test_as_large_as_the_scene_says_and_back_again(ready: Artist) -> None:
    ready.preferences.object_size = 2.5
    ready.settings.object_size = 0.25
    ready.wait(ready.order())
    check(bpy.data.objects["mushroom"], 0.25, (3.0, -2.0, 0.5))
    bpy.ops.trellis.reset_settings(name="object_size")
    assert ready.settings.object_size == 2.5


def test_as_large_as_it_was_asked_for(ready: Artist) -> None:
    job = ready.order()
    ready.settings.object_size = 9.0
    ready.wait(job)
    check(bpy.data.objects["mushroom"], 1.0, (3.0, -2.0, 0.5))
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    check(bpy.context.active_object, 9.0, (3.0, -2.0, 0.5))


@pytest.mark.parametrize(("system", "scale", "size"), [("METRIC", 0.01, 100.0), ("IMPERIAL", 1.0, 1.0),
                                                       ("NONE", 0.01, 1.0)])  # fmt: skip
def test_a_metre_of_the_scenes_units(ready: Artist, system: str, scale: float, size: float) -> None:
    bpy.context.scene.unit_settings.system = system
    bpy.context.scene.unit_settings.scale_length = scale
    assert ready.settings.object_size == pytest.approx(size)
    ready.wait(ready.order())
    check(bpy.data.objects["mushroom"], size, (3.0, -2.0, 0.5))


@pytest.mark.parametrize("mode", ["XYZ", "QUATERNION", "AXIS_ANGLE"])
def test_turns_with_the_cursor_only_where_new_objects_do(ready: Artist, mode: str) -> None:
    cursor, edit = bpy.context.scene.cursor, bpy.context.preferences.edit
    cursor.rotation_mode = mode
    tilted = Euler((0.4, -0.2, 1.1)).to_matrix().to_4x4()
    tilted.translation = cursor.location
    cursor.matrix = tilted
    heading = math.atan2(tilted.col[0].y, tilted.col[0].x)
    try:
        ready.wait(ready.order())
        assert tuple(bpy.data.objects["mushroom"].rotation_euler) == (0.0, 0.0, 0.0)
        edit.object_align = "CURSOR"
        ready.settings.seed = 7
        ready.wait(ready.order())
    finally:
        edit.object_align = "WORLD"
    turned = bpy.data.objects["mushroom.001"]
    assert tuple(turned.rotation_euler) == pytest.approx((0.0, 0.0, heading), abs=1e-5)
    assert turned.location == cursor.location and points_of(turned)[:, 2].min() == pytest.approx(0.5, abs=1e-5)


def test_several_objects_of_one_file_stand_together(ready: Artist, tmp_path: Path) -> None:
    def two(document: dict[str, Any]) -> None:
        document["nodes"].append({"name": "other", "mesh": 0, "translation": [3, 1, 0], "scale": [1, 2, 1]})
        document["nodes"][0]["children"] = [1, 2]

    path = tmp_path / "two.glb"
    path.write_bytes(crafted.glb(two))
    place = module("blender.placement").Place(bpy.context.scene, Vector((1.0, 2.0, 3.0)), 8.0)
    root = imported(path, place, "two")
    bpy.context.view_layer.update()
    points = np.concatenate([points_of(item) for item in root.children_recursive if item.type == "MESH"])
    low, high = points.min(0), points.max(0)
    assert (high - low).max() == pytest.approx(8.0)
    assert [*((low + high) / 2)[:2], low[2]] == pytest.approx([1.0, 2.0, 3.0])


def test_a_mirrored_object_keeps_its_outside_outside(ready: Artist, tmp_path: Path) -> None:
    def mirrored(document: dict[str, Any]) -> None:
        document["nodes"][0]["scale"] = [-1, 1, 1]

    item = None
    for change in (None, mirrored):
        path = tmp_path / "mirrored.glb"
        path.write_bytes(crafted.glb(change))
        place = module("blender.placement").Place(bpy.context.scene, Vector(), 2.0)
        item = imported(path, place, "thing")
        middle = Vector(points_of(item).mean(0).tolist())
        for face in item.data.polygons:
            assert face.normal.dot(face.center - middle) > 0.0
    check(item, 2.0, (0.0, 0.0, 0.0))
