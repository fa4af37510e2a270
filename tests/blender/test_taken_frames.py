# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of a picture of the selection is around what a render shows, and as the camera sees it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import snapshot
import staged
from artist import Artist, module
from mathutils import Matrix


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def picture() -> np.ndarray:
    """Render the selection, see that nothing changes, and give what became the source."""
    staged.render()
    return module("blender.captures").of(bpy.context.scene).rgba


def array(item: bpy.types.Object) -> None:
    modifier = item.modifiers.new("array", "ARRAY")
    modifier.count = 5
    modifier.show_viewport = False


def array_in_viewports(item: bpy.types.Object) -> None:
    modifier = item.modifiers.new("array", "ARRAY")
    modifier.count = 12
    modifier.show_render = False


def mirror(item: bpy.types.Object) -> None:
    modifier = item.modifiers.new("mirror", "MIRROR")
    modifier.mirror_object = bpy.context.scene.objects["blue"]
    modifier.show_viewport = False


def nodes(item: bpy.types.Object) -> None:
    """Three times as large in a render: an instance, so that the object's own box says nothing."""
    tree = bpy.data.node_groups.new("light", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    made = {name: tree.nodes.new(name) for name in (
        "NodeGroupInput", "NodeGroupOutput", "GeometryNodeIsViewport", "GeometryNodeSwitch",
        "GeometryNodeGeometryToInstance", "GeometryNodeScaleInstances",
    )}  # fmt: skip
    given, out, is_viewport, switch, instance, larger = made.values()
    switch.input_type = "GEOMETRY"
    larger.inputs["Scale"].default_value = (3.0, 3.0, 3.0)
    for one, other in (
        (is_viewport.outputs[0], switch.inputs["Switch"]), (given.outputs[0], switch.inputs["True"]),
        (given.outputs[0], instance.inputs[0]), (instance.outputs[0], larger.inputs["Instances"]),
        (larger.outputs[0], switch.inputs["False"]), (switch.outputs[0], out.inputs[0]),
    ):  # fmt: skip
        tree.links.new(one, other)
    item.modifiers.new("nodes", "NODES").node_group = tree


@pytest.mark.parametrize(("shape", "kind"), [(array, "PERSP"), (array, "ORTHO"), (array_in_viewports, "PERSP"),
                                             (mirror, "PERSP"), (nodes, "PERSP")])  # fmt: skip
def test_frame_is_around_what_a_render_shows(
    artist: Artist, stage: bpy.types.Scene, shape: Callable[[bpy.types.Object], None], kind: str
) -> None:
    """Half of it was missing, it was cut off, it covered the picture, or it was tiny: modifiers are not the same."""
    red = stage.objects["red"]
    stage.camera.data.type = kind
    stage.camera.location.z = 12.0
    shape(red)
    staged.select(red)
    got = picture()
    assert 0.75 < staged.filled(got) < 0.93
    columns = (got[..., 3] > 128).any(axis=0)
    assert np.count_nonzero(np.diff(columns.astype(int)) == 1) == (2 if shape is mirror else 1), "both halves"


def test_frame_is_not_around_what_no_camera_sees(artist: Artist, stage: bpy.types.Scene) -> None:
    """What only throws shadows, or is in reflections alone: the subject was small in its picture."""
    stage.objects["blue"].visible_camera = False
    staged.select(stage.objects["red"], stage.objects["blue"])
    assert 0.75 < staged.filled(picture()) < 0.93


MIRRORED = {
    "left to right": Matrix.Diagonal((-1.0, 1.0, 1.0, 1.0)),
    "upside down, and larger": Matrix.Diagonal((2.0, -2.0, 2.0, 1.0)),
    "back to front": Matrix.Rotation(3.0, 4, "Y") @ Matrix.Diagonal((1.0, 1.0, -1.0, 1.0)),
    "skewed": Matrix(((1.0, 0.4, 0.0, 0.0), (0.0, 1.0, 0.2, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))),
}


@pytest.mark.any_blender
@pytest.mark.parametrize(
    ("way", "kind"), [*((way, "PERSP") for way in MIRRORED), ("upside down, and larger", "ORTHO"), ("skewed", "ORTHO")]
)
def test_mirrored_camera(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, way: str, kind: str) -> None:
    """As the scene's own render has it. It was refused as looking away, or another side was shown."""
    holder = bpy.data.objects.new("holder", None)
    stage.collection.objects.link(holder)
    stage.camera.data.type = kind
    place = stage.camera.matrix_world.copy()
    stage.camera.parent = holder
    stage.camera.matrix_basis = Matrix()
    stage.camera.matrix_parent_inverse = place @ MIRRORED[way]
    staged.select(stage.objects["red"], stage.objects["blue"])
    got = module("core.resampling").shrink(picture())
    assert 0.75 < staged.filled(got) < 0.93
    assert staged.close(got, staged.by_hand(stage, tmp_path, {"red", "blue"}, stage.view_settings.view_transform))


def test_camera_without_a_size_is_said(artist: Artist, stage: bpy.types.Scene) -> None:
    stage.camera.scale.x = 0.0
    bpy.context.view_layer.update()
    before = snapshot.take()
    assert "scale of zero" in staged.said(view="CAMERA")
    assert snapshot.changes_since(before) == []


def test_what_only_a_render_has_behind_the_camera(artist: Artist, stage: bpy.types.Scene) -> None:
    red = stage.objects["red"]
    array(red)
    red.modifiers[0].relative_offset_displace = (0.0, 0.0, 5.0)
    staged.select(red)
    before = snapshot.take()
    assert "behind" in staged.said(view="CAMERA")
    assert snapshot.changes_since(before) == []
    assert not module("blender.sources").choose(bpy.context).is_there


def test_frame_that_could_not_be_measured_is_said(
    artist: Artist, stage: bpy.types.Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    """A script that takes all others' handlers away, as some do."""
    before = snapshot.take()
    usual = list(bpy.app.handlers.frame_change_post)
    bpy.app.handlers.frame_change_pre.append(lambda *_: bpy.app.handlers.frame_change_post.clear())
    try:
        assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    finally:
        bpy.app.handlers.frame_change_pre.clear()
        bpy.app.handlers.frame_change_post[:] = usual
    assert "what only renders show may be cut off" in capfd.readouterr().out
    assert snapshot.changes_since(before) == []
    assert 0.75 < staged.filled(module("blender.captures").of(stage).rgba) < 0.93


def displace(item: bpy.types.Object, scale: float, *, vector: bool = False) -> None:
    """Have the material push the surface out, as only a render does it."""
    material = item.data.materials[0]
    material.displacement_method = "DISPLACEMENT"
    tree = material.node_tree
    push = tree.nodes.new("ShaderNodeVectorDisplacement" if vector else "ShaderNodeDisplacement")
    if vector:
        push.inputs["Vector"].default_value = (0.0, 1.0, 0.0, 0.0)
    else:
        push.inputs["Height"].default_value, push.inputs["Midlevel"].default_value = 1.0, 0.0
    push.inputs["Scale"].default_value = scale
    out = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(push.outputs[0], out.inputs["Displacement"])


@pytest.mark.parametrize(
    ("scale", "vector", "kind"), [(0.6, False, "PERSP"), (2.0, False, "ORTHO"), (9.0, True, "ORTHO")]
)
def test_what_a_material_pushes_out_is_in_the_frame(
    artist: Artist, stage: bpy.types.Scene, scale: float, vector: bool, kind: str
) -> None:
    """It was cut off, or covered the whole picture: no box knows of it."""
    stage.camera.data.type = kind
    stage.camera.location.z = 8.0
    stage.cycles.samples = 2
    displace(stage.objects["red"], scale, vector=vector)
    staged.select(stage.objects["red"])
    got = picture()
    assert got.shape == (1151, 1153, 4)
    assert 0.7 < staged.filled(got) < 0.93


def test_what_is_only_bumped_is_rendered_once(artist: Artist, stage: bpy.types.Scene) -> None:
    """A look at how far it reaches takes a render: not for what no render pushes out."""
    heard: list[tuple[int, int]] = []

    def hear(scene: bpy.types.Scene, *_depsgraph: bpy.types.Depsgraph) -> None:
        heard.append((scene.render.resolution_x, scene.render.resolution_y))

    red, blue = stage.objects["red"], stage.objects["blue"]
    displace(red, 0.5)
    bpy.app.handlers.frame_change_post.append(hear)
    try:
        red.data.materials[0].displacement_method = "BUMP"
        picture()
        assert (289, 287) not in heard and (1153, 1151) in heard
        red.data.materials[0].displacement_method = "BOTH"
        staged.select(blue)
        picture()
        assert (289, 287) not in heard
        staged.select(red)
        picture()
        assert (289, 287) in heard
    finally:
        bpy.app.handlers.frame_change_post.remove(hear)
