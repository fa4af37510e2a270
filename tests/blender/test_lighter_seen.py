# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made lighter is what the artist sees: with other modifiers, in several parts, in the scene that is shown."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
import several
from artist import Artist, module
from blocks import choose
from mathutils.bvhtree import BVHTree


@pytest.fixture
def crown(artist: Artist) -> bpy.types.Object:
    artist.choose(pictures.put("Crown", pictures.mushroom(16, 16)))
    bpy.ops.trellis.generate()
    return bpy.context.active_object


@pytest.fixture
def light(crown: bpy.types.Object) -> bpy.types.Object:
    """One of 2,000 faces: a modifier that makes four of each takes long with more."""
    mesh = module("blender.decimating").lightened(crown.data, 2000 / len(crown.data.polygons))
    for name, value in crown.data.items():
        mesh[name] = value
    crown.data = mesh
    return crown


def seen_faces(item: bpy.types.Object) -> int:
    mesh = item.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    return len(mesh.loops) - 2 * len(mesh.polygons)


@pytest.mark.parametrize("kind", ["SUBSURF", "ARRAY"])
def test_reduces_what_is_seen(light: bpy.types.Object, kind: str) -> None:
    """The faces before the other modifiers were counted: four times as many were left as was said."""
    light.modifiers.new("More", kind)
    for faces in (1000, 500):
        assert bpy.ops.trellis.reduce(faces=faces) == {"FINISHED"}
        assert seen_faces(light) == pytest.approx(faces, rel=0.05)
    assert [modifier.name for modifier in light.modifiers] == ["More", "Reduce"]


def test_another_modifier_of_the_name_is_left_alone(light: bpy.types.Object) -> None:
    light.modifiers.new("Reduce", "SUBSURF")
    for faces in (1000, 500):
        bpy.ops.trellis.reduce(faces=faces)
    assert [(item.name, item.type) for item in light.modifiers] == [("Reduce", "SUBSURF"), ("Reduce.001", "DECIMATE")]
    assert seen_faces(light) == pytest.approx(500, rel=0.05)


def test_reduces_an_object_of_several_parts(crown: bpy.types.Object) -> None:
    root = several.whole(crown)
    assert bpy.ops.trellis.reduce(faces=3000) == {"FINISHED"}
    assert sum(seen_faces(part) for part in root.children) == pytest.approx(3000, rel=0.05)
    assert all([item.name for item in part.modifiers] == ["Reduce"] for part in root.children)
    assert bpy.ops.trellis.reduce(faces=1500) == {"FINISHED"}
    assert sum(seen_faces(part) for part in root.children) == pytest.approx(1500, rel=0.05)


def test_levels_of_an_object_of_several_parts(crown: bpy.types.Object) -> None:
    root = several.whole(crown)
    has = len(crown.data.polygons)
    for _time in range(2):
        assert bpy.ops.trellis.make_lods(levels=2, ratio=0.5) == {"FINISHED"}
        holder = bpy.data.collections["house LODs"]
        assert len(holder.objects) == 8 and len(bpy.data.objects) == 12 and len(bpy.data.meshes) == 6
        for level in (1, 2):
            copy = bpy.data.objects[f"house_LOD{level}"]
            assert copy.type == "EMPTY" and copy.matrix_world == root.matrix_world
            assert sorted(part.name for part in copy.children) == [f"house.00{i}_LOD{level}" for i in (1, 2, 3)]
            assert len({part.data for part in copy.children}) == 2, "those that show one mesh still do"
            for part in root.children:
                light = bpy.data.objects[f"{part.name}_LOD{level}"]
                assert light.matrix_world == part.matrix_world
                assert len(light.data.polygons) == pytest.approx(has * 0.5**level, rel=0.03)
                assert list(light.data.materials) == list(part.data.materials) and light.data["trellis_recipe"]
    assert bpy.context.active_object == root and bpy.context.selected_objects == [root]
    choose(bpy.data.objects["house_LOD1"])
    assert bpy.ops.trellis.reduce.poll(), "a level is an object of several parts, too"


def test_each_level_is_as_close_to_the_object_as_one_made_of_it(crown: bpy.types.Object) -> None:
    """They are made of one another, in a quarter of the time; that must not be seen."""
    mesh, lightened = crown.data, module("blender.decimating").lightened
    steps = module("blender.decimating").steps([mesh], [[0.5, 0.25, 0.125]])
    for _index, level, chained in steps:
        direct = lightened(mesh, 0.5 ** (level + 1))
        assert len(chained.polygons) == pytest.approx(len(direct.polygons), rel=0.01)
        assert gap(mesh, chained) < 1.3 * gap(mesh, direct) + 1e-6


def test_no_level_is_so_light_that_nothing_is_left(crown: bpy.types.Object) -> None:
    """The last ones had two faces each, and Blender complained of them in the console."""
    assert bpy.ops.trellis.make_lods(levels=8, ratio=0.05) == {"FINISHED"}
    levels = [bpy.data.objects[f"Crown_LOD{level}"].data for level in range(1, 9)]
    assert [len(mesh.polygons) for mesh in levels[4:]] == [4] * 4
    assert len(levels[0].polygons) == pytest.approx(len(crown.data.polygons) * 0.05, rel=0.03)


def gap(one: bpy.types.Mesh, other: bpy.types.Mesh) -> float:
    """Give the mean distance of the one's points from the other, and the other way around."""
    return float(np.mean([distance(one, other), distance(other, one)]))


def distance(one: bpy.types.Mesh, other: bpy.types.Mesh) -> float:
    tree = BVHTree.FromPolygons([v.co.copy() for v in other.vertices], [tuple(f.vertices) for f in other.polygons])
    gaps: list[Any] = [tree.find_nearest(vertex.co)[3] for vertex in list(one.vertices)[::7]]
    return float(np.mean(gaps))


def test_levels_disturb_no_scene(crown: bpy.types.Object) -> None:
    """Nothing of the artist's scene is worked out anew while they are made: it may be a heavy one."""
    heard: list[str] = []

    def hear(scene: bpy.types.Scene, depsgraph: Any) -> None:
        heard.append(scene.name)

    bpy.context.view_layer.update()
    bpy.app.handlers.depsgraph_update_post.append(hear)
    try:
        made = module("blender.decimating").lightened(crown.data, 0.5)
    finally:
        bpy.app.handlers.depsgraph_update_post.remove(hear)
    assert not heard and made.users == 0 and len(bpy.data.scenes) == 1
    assert crown.data.users == 1


def test_levels_come_where_they_are_seen(crown: bpy.types.Object) -> None:
    """They went into the first scene's collection, also from another that holds the object."""
    second = bpy.data.scenes.new("second")
    own = bpy.data.collections.new("own")
    second.collection.children.link(own)
    own.objects.link(crown)
    bpy.context.window.scene = second
    choose(crown)
    assert bpy.ops.trellis.make_lods(levels=1) == {"FINISHED"}
    assert [child.name for child in own.children] == ["Crown LODs"]
    assert bpy.data.objects["Crown_LOD1"] in list(bpy.context.view_layer.objects)


def test_in_a_linked_scene(crown: bpy.types.Object, tmp_path: Path) -> None:
    """Nothing can be put into it, not even to make a mesh lighter: there was a traceback."""
    path = str(tmp_path / "library.blend")
    bpy.data.scenes.new("set")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)  # Blender 5.2 crashes when a scene alone is written
    bpy.data.scenes.remove(bpy.data.scenes["set"])
    with bpy.data.libraries.load(path, link=True) as (_source, target):
        target.scenes = ["set"]
    own = bpy.context.scene
    bpy.context.window.scene = target.scenes[0]
    assert bpy.context.scene.library is not None
    with bpy.context.temp_override(active_object=crown):
        assert bpy.ops.trellis.make_lods(levels=1) == {"FINISHED"}
        assert bpy.data.objects["Crown_LOD1"] in list(own.collection.all_objects)
        crown.users_collection[0].objects.unlink(crown)
        assert module("blender.levels").fault(crown) == "Switch to a scene of this file first"
        assert not bpy.ops.trellis.make_lods.poll()
    bpy.context.window.scene = own


@pytest.mark.parametrize("name", ["K" * 63, "ä" * 31])
def test_levels_of_an_object_with_a_long_name(crown: bpy.types.Object, name: str) -> None:
    """The ending was cut off in Blender 4, so that they were never found again."""
    crown.name = name
    for _time in range(2):
        assert bpy.ops.trellis.make_lods(levels=2) == {"FINISHED"}
        (holder,) = crown.users_collection[0].children
        assert [item.name[-5:] for item in holder.objects] == ["_LOD1", "_LOD2"]
        assert holder.name.endswith(" LODs") and len(bpy.data.objects) == 3
