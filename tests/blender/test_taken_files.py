# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the selection leaves no trace in any kind of file an artist may have open, in any mode."""

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest
import snapshot
import staged
from artist import Artist, module


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def undo_steps(capture: pytest.CaptureFixture[str]) -> list[str]:
    """Give the undo history as Blender prints it: each step's kind, name and whether it is where we are."""
    capture.readouterr()
    bpy.context.window_manager.print_undo_steps()
    ctypes.CDLL(None).fflush(None)
    printed = capture.readouterr().out
    return re.findall(r"^\[(.*?)\].*?(type=.*)$", printed, re.MULTILINE)


def is_taken() -> bool:
    """Whether a picture is the source, and give up that it is."""
    captures = module("blender.captures")
    found = captures.of(bpy.context.scene) is not None
    captures.drop(bpy.context.scene)
    return found


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT", "VERTEX_PAINT", "WEIGHT_PAINT"])
def test_in_another_mode(artist: Artist, stage: bpy.types.Scene, capfd: pytest.CaptureFixture[str], mode: str) -> None:
    """The mode goes on, and so does its undo."""
    red = stage.objects["red"]
    red.vertex_groups.new(name="group")
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.object.mode_set(mode=mode) == {"FINISHED"}
    bpy.ops.ed.undo_push(message=f"in {mode}")
    red.update_from_editmode()
    steps = undo_steps(capfd)
    assert any("before" in step for _, step in steps)
    staged.render()
    assert is_taken()
    assert (red.mode, bpy.context.mode) == (mode, "EDIT_MESH" if mode == "EDIT" else bpy.context.mode)
    assert undo_steps(capfd) == steps
    assert bpy.ops.object.mode_set(mode="OBJECT") == {"FINISHED"}


def test_in_pose_mode(artist: Artist, stage: bpy.types.Scene) -> None:
    """The posed mesh is selected beside the armature, of which there is nothing to see."""
    data = bpy.data.armatures.new("rig")
    rig = bpy.data.objects.new("rig", data)
    stage.collection.objects.link(rig)
    staged.select(rig)
    bpy.ops.object.mode_set(mode="EDIT")
    data.edit_bones.new("bone").tail = (0.0, 0.0, 1.0)
    bpy.ops.object.mode_set(mode="POSE")
    stage.objects["red"].modifiers.new("rig", "ARMATURE").object = rig
    stage.objects["red"].select_set(True)
    bpy.context.view_layer.update()
    staged.render()
    assert is_taken()
    assert (rig.mode, bpy.context.view_layer.objects.active) == ("POSE", rig)


def test_in_a_crowded_file(artist: Artist, stage: bpy.types.Scene, capfd: pytest.CaptureFixture[str]) -> None:
    """Names that we would take, orphans, fake users, drivers, another view layer, excluded collections, Local View."""
    for collection in (bpy.data.scenes, bpy.data.collections):
        collection.new("TRELLIS Selection")
    mine = bpy.data.objects.new("TRELLIS Selection", bpy.data.cameras.new("TRELLIS Selection"))
    stage.collection.objects.link(mine)
    bpy.data.meshes.new("orphan")
    bpy.data.actions.new("kept").use_fake_user = True
    stage["price"] = 3.0
    stage["rig"] = {"spin": 1.0}
    driver = stage.driver_add("gravity", 0).driver
    driver.expression = "frame * 2"
    lens = stage.camera.data.driver_add("lens").driver
    variable = lens.variables.new()
    variable.targets[0].id_type, variable.targets[0].id = "SCENE", stage
    variable.targets[0].data_path = '["price"]'
    lens.expression = "var * 12"
    stage.camera.data.keyframe_insert("clip_end")
    hidden = bpy.data.collections.new("hidden")
    stage.collection.children.link(hidden)
    hidden.objects.link(stage.objects["blue"])
    layer = stage.view_layers.new("other layer")
    layer.layer_collection.children["hidden"].exclude = True
    bpy.context.window.view_layer = layer
    red = layer.objects["red"]
    staged.select(red)
    area = next(item for item in bpy.context.window.screen.areas if item.type == "VIEW_3D")
    region = next(item for item in area.regions if item.type == "WINDOW")
    with module("blender.footing").at(area=area, region=region):
        assert bpy.ops.view3d.localview(frame_selected=False) == {"FINISHED"}
        bpy.ops.ed.undo_push(message="crowded")
        steps = undo_steps(capfd)
        for view in ("CAMERA", "VIEW"):
            staged.render(view)
            assert is_taken()
        assert undo_steps(capfd) == steps
        assert area.spaces.active.local_view is not None
    assert bpy.context.view_layer == layer
    assert bpy.ops.outliner.orphans_purge(do_recursive=True) == {"FINISHED"}
    assert not bpy.data.meshes.get("orphan") and bpy.data.objects.get("red"), "users are counted as before"


def test_unbaked_simulations(artist: Artist, stage: bpy.types.Scene) -> None:
    """Cloth and particles in the midst of an unbaked run: their caches are as they were, and so is what is seen."""
    red, wall = stage.objects["red"], stage.objects["wall"]
    red.modifiers.new("cloth", "CLOTH")
    settings = wall.modifiers.new("sparks", "PARTICLE_SYSTEM").particle_system.settings
    settings.count, settings.frame_end, settings.render_type = 30, 10.0, "OBJECT"
    settings.instance_object = stage.objects["blue"]
    for frame in range(1, 9):
        stage.frame_set(frame)
    staged.select(red, wall)

    def where() -> list[list[float]]:
        graph = bpy.context.evaluated_depsgraph_get()
        cloth = [list(vertex.co) for vertex in red.evaluated_get(graph).data.vertices]
        sparks = wall.evaluated_get(graph).particle_systems[0].particles
        return cloth + [list(particle.location) for particle in sparks]

    before = where()
    staged.render()
    assert is_taken()
    assert where() == before
    stage.frame_set(9)
    assert where() != before, "the run goes on"
    assert not red.modifiers["cloth"].point_cache.is_outdated


def library(folder: Path) -> Path:
    """Write the whole scene to a file, and open an empty one."""
    path = folder / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    bpy.ops.wm.read_homefile(use_empty=True)
    return path


def test_linked_scene(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """A scene of a library, shown in the window: everything in it is another file's."""
    path = library(tmp_path)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.scenes = ["Scene"]
    linked = next(item for item in bpy.data.scenes if item.library)
    bpy.context.window.scene = linked
    red = linked.objects["red"]
    staged.select(red)
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert is_taken()
    # Blender finds out anew who uses what of a library when it saves, and not before.
    assert all(".is_library_indirect:" in change for change in snapshot.changes_since(before))
    assert bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "mine.blend")) == {"FINISHED"}
    assert red.is_library_indirect


def test_library_override(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    inner = bpy.data.collections.new("props")
    stage.collection.children.link(inner)
    for name in ("red", "lamp"):
        inner.objects.link(stage.objects[name])
    path = library(tmp_path)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.collections, wanted.objects = ["props"], ["camera"]
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 1, False
    linked = bpy.data.collections["props"]
    scene.collection.children.link(linked)
    linked.override_hierarchy_create(scene, bpy.context.view_layer)
    camera = bpy.data.objects["camera"]
    scene.collection.objects.link(camera)
    scene.camera = camera
    red = next(item for item in bpy.data.objects if item.override_library and item.name == "red")
    red.location.x += 0.1
    staged.select(red)
    staged.render()
    assert is_taken()
