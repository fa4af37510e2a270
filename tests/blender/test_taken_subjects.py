# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a picture of the selection: all that belongs to the subjects, in the frame, lit as the scene is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import snapshot
import staged
from artist import Artist, module
from mathutils import Vector


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def test_instanced_collection_and_animated_camera(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """An empty that instances a collection is a subject; keys on the lens do not undo the framing."""
    inner = bpy.data.collections.new("inner")
    blue = stage.objects["blue"]
    inner.objects.link(blue)
    stage.collection.objects.unlink(blue)
    empty = bpy.data.objects.new("instance", None)
    empty.instance_type, empty.instance_collection, empty.location = "COLLECTION", inner, (1.0, 0.0, 0.5)
    stage.collection.objects.link(empty)
    data = stage.camera.data
    data.lens = 35.0
    data.keyframe_insert("lens", frame=1)
    stage.objects["red"].select_set(False)
    empty.select_set(True)
    bpy.context.view_layer.objects.active = empty
    bpy.context.view_layer.update()
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    got = seen.received(artist, tmp_path)
    assert got.shape == (1022, 1024, 4)
    rows, columns = np.nonzero(got[..., 3] > 128)
    filled = max(np.ptp(rows), np.ptp(columns)) / 1024
    assert 0.85 < filled < 0.92
    colour = got[rows, columns, :3].mean(axis=0)
    assert colour[2] > colour[0] and colour[2] > colour[1], "the blue box, and not the red one"


def seen_lights(got: np.ndarray) -> np.ndarray:
    """Give the mean colour of what is opaque."""
    return got[got[..., 3] > 200][:, :3].mean(axis=0)


@pytest.mark.parametrize("way", ["disabled", "inside a disabled one", "excluded"])
def test_lamp_that_the_scene_does_not_render(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, way: str) -> None:
    """A blue lamp lights; a red one in a collection that is out of the render does not."""
    red = stage.objects["red"]
    red.data.materials.clear()
    stage.view_settings.view_transform = "Standard"
    stage.objects["lamp"].data.color = (0.0, 0.0, 1.0)
    outer, inner = bpy.data.collections.new("outer"), bpy.data.collections.new("inner")
    stage.collection.children.link(outer)
    outer.children.link(inner)
    lamp = bpy.data.objects.new("red lamp", bpy.data.lights.new("red lamp", "SUN"))
    lamp.data.color, lamp.data.energy = (1.0, 0.0, 0.0), 5.0
    (inner if way == "inside a disabled one" else outer).objects.link(lamp)
    if way == "excluded":
        bpy.context.view_layer.layer_collection.children["outer"].exclude = True
    else:
        outer.hide_render = True
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    colour = seen_lights(seen.received(artist, tmp_path))
    assert colour[2] > 20 > 2 > colour[0], "blue alone"


@pytest.mark.parametrize("way", ["hide_render", "holdout", "indirect_only", "is_holdout"])
def test_selected_object_that_the_scene_does_not_render(artist: Artist, stage: bpy.types.Scene, way: str) -> None:
    red = stage.objects["red"]
    collection = bpy.data.collections.new("out")
    stage.collection.children.link(collection)
    collection.objects.link(red)
    stage.collection.objects.unlink(red)
    red.select_set(True)
    bpy.context.view_layer.objects.active = red
    bpy.context.view_layer.update()
    assert bpy.ops.trellis.render_selection.poll()
    layer = bpy.context.view_layer.layer_collection.children["out"]
    owner = collection if way == "hide_render" else red if way == "is_holdout" else layer
    setattr(owner, way, True)
    bpy.context.view_layer.update()
    assert not bpy.ops.trellis.render_selection.poll()
    stage.collection.objects.link(red)
    bpy.context.view_layer.update()
    shown = way == "hide_render"
    assert bpy.ops.trellis.render_selection.poll() == shown, "another collection shows it, but makes no hole solid"


def beyond_clipping(stage: bpy.types.Scene, red: bpy.types.Object) -> None:
    red.location = stage.camera.matrix_world @ Vector((0.0, 0.0, -1e5))


def without_faces(_stage: bpy.types.Scene, red: bpy.types.Object) -> None:
    red.data.clear_geometry()
    red.data.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0)], [(0, 1), (1, 2)], [])


def of_no_size(_stage: bpy.types.Scene, red: bpy.types.Object) -> None:
    red.scale = (0.0, 0.0, 0.0)


def unseen_by_the_camera(_stage: bpy.types.Scene, red: bpy.types.Object) -> None:
    red.visible_camera = False


def catching_shadows(_stage: bpy.types.Scene, red: bpy.types.Object) -> None:
    red.is_shadow_catcher = True


@pytest.mark.parametrize("way", [beyond_clipping, without_faces, of_no_size, unseen_by_the_camera, catching_shadows])
def test_a_render_that_shows_nothing_is_no_source(
    artist: Artist, stage: bpy.types.Scene, way: Callable[[bpy.types.Scene, bpy.types.Object], None]
) -> None:
    """It was one, which said of itself that its alpha channel should be checked."""
    image = seen.make("other", seen.gradient())
    artist.choose(image)
    sources = module("blender.sources")
    way(stage, stage.objects["red"])
    bpy.context.view_layer.update()
    told = staged.said(view="CAMERA")
    assert "Nothing of the selection is seen" in told
    assert "faces" in told and "clipping" in told and "Visibility" in told
    assert sources.choose(bpy.context).image == image
    assert not any(item.name.startswith("TRELLIS") for item in bpy.data.scenes)
    staged.select(stage.objects["blue"])
    staged.render()
    taken = sources.choose(bpy.context).identity
    staged.select(stage.objects["red"])
    staged.said(view="CAMERA")
    assert sources.choose(bpy.context).identity == taken, "the one that was taken before stays, too"


def test_geometry_nodes_instances_are_in_the_frame(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    red = stage.objects["red"]
    tree = bpy.data.node_groups.new("grid", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    nodes, link = tree.nodes, tree.links.new
    given, out = nodes.new("NodeGroupInput"), nodes.new("NodeGroupOutput")
    grid, instances = nodes.new("GeometryNodeMeshGrid"), nodes.new("GeometryNodeInstanceOnPoints")
    grid.inputs["Size X"].default_value = grid.inputs["Size Y"].default_value = 5.0
    link(grid.outputs[0], instances.inputs["Points"])
    link(given.outputs[0], instances.inputs["Instance"])
    link(instances.outputs[0], out.inputs[0])
    red.modifiers.new("grid", "NODES").node_group = tree
    stage.camera.location.z = 30.0
    bpy.context.view_layer.update()
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    alpha = seen.received(artist, tmp_path)[..., 3]
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0, "nothing is cut off"
    rows, columns = np.nonzero(alpha > 128)
    assert 0.8 < max(np.ptp(rows), np.ptp(columns)) / 1024 < 0.93


def grow_hair(item: bpy.types.Object, length: float) -> bpy.types.ParticleSettings:
    """Grow hair on an object that stands out as far as the length says."""
    settings = item.modifiers.new("hair", "PARTICLE_SYSTEM").particle_system.settings
    settings.type, settings.count, settings.hair_length = "HAIR", 60, length
    return settings


@pytest.mark.parametrize("way", ["shown", "in renders alone", "instanced"])
def test_hair_is_in_the_frame(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, way: str) -> None:
    """Also of a system that viewports do not show, and of an object in an instanced collection."""
    red = stage.objects["red"]
    grow_hair(red, 1.5)
    red.modifiers[0].show_viewport = way != "in renders alone"
    stage.camera.location.z = 9.0
    if way == "instanced":
        inner = bpy.data.collections.new("inner")
        inner.objects.link(red)
        stage.collection.objects.unlink(red)
        red = bpy.data.objects.new("instance", None)
        red.instance_type, red.instance_collection, red.location = "COLLECTION", inner, (1.0, 0.0, 0.5)
        stage.collection.objects.link(red)
    staged.select(red)
    staged.render()
    assert 0.7 < staged.filled(seen.received(artist, tmp_path)) < 0.93


def test_curves_hair_is_in_the_frame(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    curves = bpy.data.hair_curves.new("fur")
    curves.add_curves([2] * 9)
    curves.position_data.foreach_set("vector", [value for n in range(9) for value in (n / 9, 0, 0, n / 9, 0.1 * n, 2)])
    curves.attributes.new("radius", "FLOAT", "POINT").data.foreach_set("value", [0.03] * 18)
    fur = bpy.data.objects.new("fur", curves)
    stage.collection.objects.link(fur)
    stage.camera.location.z = 9.0
    staged.select(fur)
    staged.render()
    assert 0.75 < staged.filled(seen.received(artist, tmp_path)) < 0.93


@pytest.mark.parametrize("kind", ["VERTS", "FACES"])
def test_children_at_vertices_or_faces(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, kind: str) -> None:
    red, blue = stage.objects["red"], stage.objects["blue"]
    blue.parent, blue.location, blue.scale = red, (0.0, 0.0, 0.0), (0.2, 0.2, 0.2)
    red.instance_type, red.scale = kind, (2.0, 2.0, 2.0)
    red.show_instancer_for_render = False
    stage.camera.location.z = 9.0
    staged.select(red)
    staged.render()
    got = seen.received(artist, tmp_path)
    assert 0.75 < staged.filled(got) < 0.93
    colour = seen_lights(got)
    assert colour[2] > colour[0], "the blue children alone"


def test_rigid_body_is_taken_where_it_fell(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """With what hangs on it; the simulation is neither baked nor changed."""
    red, blue = stage.objects["red"], stage.objects["blue"]
    staged.select(red)
    assert bpy.ops.rigidbody.object_add() == {"FINISHED"}
    red.rigid_body.type = "ACTIVE"
    blue.parent = red
    blue.location = (0.0, 1.5, 0.0)
    for frame in range(1, 16):
        stage.frame_set(frame)
    fallen = red.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world.translation.z
    assert fallen < -0.5, "it fell"
    staged.select(red, blue)
    staged.render()
    got = seen.received(artist, tmp_path)
    assert 0.75 < staged.filled(got) < 0.93
    opaque = got[got[..., 3] > 200][:, :3].astype(int)
    assert (opaque[:, 0] > opaque[:, 2]).mean() > 0.1 < (opaque[:, 2] > opaque[:, 0]).mean(), "both are there"
