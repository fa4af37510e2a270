# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures taken of the scene: only the selection, from where the artist looks; and the file stays as it was."""

import tempfile
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import snapshot
from artist import Artist, module
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

WIDTH, HEIGHT = 1153, 1151
MARGIN = 0.06


@pytest.fixture(autouse=True)
def no_temporary_files() -> object:
    """Nothing may stay in the temporary folder."""
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    yield
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


def shape(name: str, colour: tuple[float, float, float], at: tuple[float, float, float]) -> bpy.types.Object:
    """Add a box that glows in one colour."""
    x, y, z = 0.5, 0.3, 0.2
    corners = [(i * x, j * y, k * z) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    material = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    light.inputs["Color"].default_value = (*colour, 1.0)
    material.node_tree.links.new(light.outputs[0], out.inputs["Surface"])
    mesh.materials.append(material)
    item = bpy.data.objects.new(name, mesh)
    item.location = at
    bpy.context.scene.collection.objects.link(item)
    return item


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.seed = 1, False, 3
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 192, 108, 50
    scene.render.film_transparent, scene.render.dither_intensity = False, 0.0
    scene.render.filepath = "//artist/####"
    scene.render.image_settings.file_format = "JPEG"
    scene.frame_set(7)
    red = shape("red", (0.8, 0.1, 0.05), (0.9, 0.4, 0.0))
    shape("blue", (0.1, 0.2, 0.9), (-1.0, 0.1, 0.1))
    wall = shape("wall", (0.2, 0.7, 0.3), (0.0, 0.0, -1.0))
    wall.scale = (9.0, 9.0, 0.1)
    lamp = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "SUN"))
    scene.collection.objects.link(lamp)
    data = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", data)
    camera.location, camera.rotation_euler = (0.4, -1.5, 4.0), (0.35, 0.0, 0.0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.context.view_layer.update()
    red.select_set(True)
    bpy.context.view_layer.objects.active = red
    return scene


def by_hand(scene: bpy.types.Scene, folder: Path, names: set[str], transform: str) -> np.ndarray:
    """Render what an artist would set up: all else hidden, film transparent, the camera drawn to the subject."""
    items = [scene.objects[name] for name in names]
    data, render = scene.camera.data, scene.render
    render.resolution_x, render.resolution_y = WIDTH, HEIGHT
    render.resolution_percentage, render.film_transparent = 100, True
    bpy.context.view_layer.update()
    flat = [
        world_to_camera_view(scene, scene.camera, item.matrix_world @ Vector(corner))
        for item in items
        for corner in item.bound_box
    ]
    left, right = min(p.x for p in flat), max(p.x for p in flat)
    bottom, top = min(p.y for p in flat), max(p.y for p in flat)
    aspect = HEIGHT / WIDTH
    size = max(right - left, (top - bottom) * aspect) * (1 + 2 * MARGIN)
    data.shift_x = (data.shift_x + (left + right) / 2 - 0.5) / size
    data.shift_y = (data.shift_y + ((bottom + top) / 2 - 0.5) * aspect) / size
    if data.type == "ORTHO":
        data.ortho_scale *= size
    else:
        data.lens /= size
    for item in scene.objects:
        item.hide_render = item.type == "MESH" and item.name not in names
    scene.view_settings.view_transform = transform
    bpy.ops.render.render(scene=scene.name)
    return module("core.resampling").shrink(seen.saved(bpy.data.images["Render Result"], folder, like=scene))


def close(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two renders are the same but for single samples along edges."""
    if got.shape != expected.shape:
        return False
    differs = np.abs(got.astype(int) - expected.astype(int)).max(axis=2) > 2
    return bool(differs.mean() < 0.002)


@pytest.mark.parametrize("transform", ["Standard", "AgX"])
@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
@pytest.mark.parametrize("names", [{"red"}, {"red", "blue"}], ids=["one", "two"])
def test_selection_from_the_camera(
    artist: Artist, tmp_path: Path, stage: bpy.types.Scene, kind: str, names: set[str], transform: str
) -> None:
    stage.camera.data.type = kind
    stage.view_settings.view_transform = transform
    for name in names:
        stage.objects[name].select_set(True)
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    choice = module("blender.sources").choose(bpy.context)
    assert (choice.name, choice.size) == ("red", f"{WIDTH} × {HEIGHT}")
    got = seen.received(artist, tmp_path)
    expected = by_hand(stage, tmp_path, names, transform)
    alpha = expected[..., 3]
    assert alpha.max() == 255 and alpha[0].max() == alpha[:, 0].max() == alpha[-1].max() == alpha[:, -1].max() == 0
    assert 0.05 < (alpha > 0).mean() < 0.9, "the subject fills the picture, with room around it"
    assert close(got, expected)


def test_selection_is_rendered_as_the_scene_says(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """Samples, filter, look, exposure, curves, a layer's material, the world: each would show."""
    stage.cycles.samples, stage.cycles.pixel_filter_type, stage.cycles.filter_width = 2, "GAUSSIAN", 9.0
    view = stage.view_settings
    view.view_transform, view.look = "AgX", "AgX - Punchy"
    view.exposure, view.gamma, view.use_curve_mapping = 0.5, 1.3, True
    curve = view.curve_mapping.curves[3]
    curve.points.new(0.4, 0.7)
    view.curve_mapping.update()
    stage.world = bpy.data.worlds.new("sky")
    if stage.world.node_tree is None:
        stage.world.use_nodes = True
    sky = next(node for node in stage.world.node_tree.nodes if node.bl_idname == "ShaderNodeBackground")
    sky.inputs["Color"].default_value = (0.1, 0.5, 0.9, 1.0)
    clay = bpy.data.materials.new("clay")
    clay.diffuse_color = (0.9, 0.8, 0.7, 1.0)
    bpy.context.view_layer.material_override = clay
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    got = seen.received(artist, tmp_path).astype(int)
    stage.objects["wall"].visible_diffuse = stage.objects["blue"].visible_diffuse = False
    expected = by_hand(stage, tmp_path, {"red"}, "AgX").astype(int)
    solid = (expected[..., 3] == 255) & (got[..., 3] == 255)
    assert solid.mean() > 0.2
    assert np.abs((got - expected)[..., 3]).mean() < 0.5
    assert np.abs(got[solid].mean(axis=0) - expected[solid].mean(axis=0)).max() < 3, "noise aside, the same"


def test_selection_leaves_everything_as_it_was(artist: Artist, stage: bpy.types.Scene) -> None:
    stage.objects["blue"].hide_set(True)
    stage.objects["wall"].hide_render = True
    bpy.ops.ed.undo_push(message="before")
    stage.objects["red"].location.x = 0.8
    bpy.ops.ed.undo_push(message="moved")
    assert bpy.ops.ed.undo() == bpy.ops.ed.redo() == {"FINISHED"}  # which resets some counts by itself
    bpy.context.view_layer.update()
    before = snapshot.take()
    assert len(before) > 3000
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    assert bpy.ops.ed.undo() == {"FINISHED"}
    assert bpy.context.scene.objects["red"].location.x == pytest.approx(0.9), "undo takes back the artist's own step"
    assert bpy.ops.ed.redo() == {"FINISHED"}
    assert bpy.context.scene.objects["red"].location.x == pytest.approx(0.8)
    assert snapshot.changes_since(before) == []


def rendered(scene: bpy.types.Scene, folder: Path) -> np.ndarray | None:
    """Give the shown slot's picture, or None."""
    try:
        return seen.saved(bpy.data.images["Render Result"], folder, like=scene)
    except RuntimeError:
        return None


@pytest.mark.parametrize("shown", [0, 1, 2, 3])
def test_every_render_slot_stays(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, shown: int) -> None:
    """Pictures in two slots, and another one shown than the one rendered last."""
    stage.render.resolution_percentage = 100
    sizes = {0: 20, 1: 28, 2: 36}
    for slot in (0, 2, 1):
        stage.render.resolution_x = sizes[slot]
        if "Render Result" in bpy.data.images:
            bpy.data.images["Render Result"].render_slots.active_index = slot
        bpy.ops.render.render()
    result = bpy.data.images["Render Result"]
    result.render_slots.active_index = shown
    for _ in range(3):
        before = snapshot.take()
        assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
        assert snapshot.changes_since(before) == []
    widths = []
    for slot in range(4):
        result.render_slots.active_index = slot
        picture = rendered(stage, tmp_path)
        widths.append(picture.shape[1] if picture is not None else None)
    assert widths == [20, 28, 36, None]


def test_our_render_is_no_render_of_the_artist(artist: Artist, stage: bpy.types.Scene) -> None:
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert not [image for image in bpy.data.images if image.type == "RENDER_RESULT"]
    assert not module("blender.renders").seen()


def test_taken_picture_is_the_source_until_another_is_picked(artist: Artist, stage: bpy.types.Scene) -> None:
    sources = module("blender.sources")
    image = seen.make("other", seen.gradient())
    bpy.ops.trellis.render_selection(view="CAMERA")
    first = sources.choose(bpy.context)
    assert first.is_there and first.image is None and first.identity
    bpy.ops.trellis.render_selection(view="CAMERA")
    assert sources.choose(bpy.context).identity != first.identity
    bpy.ops.ed.undo_push(message="something")
    artist.choose(image)
    assert sources.choose(bpy.context).image == image
    bpy.ops.trellis.render_selection(view="CAMERA")
    assert sources.choose(bpy.context).image is None
    bpy.ops.trellis.drop_capture()
    assert sources.choose(bpy.context).image == image
    bpy.ops.trellis.render_selection(view="CAMERA")
    other = bpy.data.scenes.new("other scene")
    with bpy.context.temp_override(scene=other):
        assert sources.choose(bpy.context).capture is None, "it was taken of another scene"
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not sources.choose(bpy.context).is_there


def said(**options: str) -> str:
    with pytest.raises(RuntimeError) as refused:
        bpy.ops.trellis.render_selection(**options)
    return str(refused.value)


def test_failures_are_said_and_change_nothing(artist: Artist, stage: bpy.types.Scene) -> None:
    before = snapshot.take()
    stage.objects["red"].select_set(False)
    assert not bpy.ops.trellis.render_selection.poll()
    stage.objects["lamp"].select_set(True)
    assert not bpy.ops.trellis.render_selection.poll(), "a light alone shows nothing"
    stage.objects["lamp"].select_set(False)
    stage.objects["red"].select_set(True)
    camera, stage.camera = stage.camera, None
    assert "no camera" in said(view="CAMERA")
    stage.camera = camera
    camera.data.type = "PANO"
    assert "panoramic" in said(view="CAMERA")
    camera.data.type = "PERSP"
    red = stage.objects["red"].location.copy()
    stage.objects["red"].location = camera.location
    bpy.context.view_layer.update()
    assert "behind" in said(view="CAMERA")
    stage.objects["red"].location = red
    bpy.context.view_layer.update()
    assert snapshot.changes_since(before) == []
    assert not module("blender.sources").choose(bpy.context).is_there
    assert not bpy.data.scenes.get("TRELLIS Selection")


def test_engine_that_fails_is_said(artist: Artist, stage: bpy.types.Scene) -> None:
    class Broken(bpy.types.RenderEngine):
        bl_idname, bl_label = "TRELLIS_TEST_BROKEN", "Broken"

        def render(self, depsgraph: bpy.types.Depsgraph) -> None:
            self.report({"ERROR"}, "The lamp oil ran out")

    bpy.utils.register_class(Broken)
    try:
        stage.render.engine = Broken.bl_idname
        before = snapshot.take()
        assert "lamp oil ran out" in said(view="CAMERA")
        assert snapshot.changes_since(before) == []
    finally:
        stage.render.engine = "CYCLES"
        bpy.utils.unregister_class(Broken)


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


def test_view_capture_needs_a_window(artist: Artist) -> None:
    with pytest.raises(RuntimeError, match="with a window and a 3D Viewport only"):
        bpy.ops.trellis.capture_view()
    assert not module("blender.sources").choose(bpy.context).is_there


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_current_view(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, kind: str) -> None:
    """The same picture as a camera takes that stands where the viewport looks from."""
    area = next(item for item in bpy.context.window.screen.areas if item.type == "VIEW_3D")
    region = area.spaces.active.region_3d
    region.view_perspective = kind
    camera = stage.camera
    camera.data.type = kind
    camera.matrix_world = region.view_matrix.inverted()
    bpy.context.view_layer.update()
    stage.camera = None
    with bpy.context.temp_override(area=area):
        before = snapshot.take()
        assert bpy.ops.trellis.render_selection(view="VIEW") == {"FINISHED"}
        assert snapshot.changes_since(before) == []
    got = seen.received(artist, tmp_path)
    stage.camera = camera
    assert close(got, by_hand(stage, tmp_path, {"red"}, stage.view_settings.view_transform))
