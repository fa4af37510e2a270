# SPDX-License-Identifier: GPL-3.0-or-later
"""The Render Result: the view, the slot, the layer and the eye that the editor shows are what is sent."""

import ctypes
import tempfile
from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module
from seen import chosen, show
from test_sources import render


@pytest.mark.parametrize("transform", ["AgX", "Filmic", "Standard"])
def test_render_through_the_scenes_view(artist: Artist, tmp_path: Path, transform: str) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    scene.view_settings.view_transform = transform
    scene.view_settings.exposure, scene.view_settings.gamma = 0.4, 1.1
    artist.settings.source = "RENDER"
    before = seen.settings_of(scene)
    expected = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
    assert seen.settings_of(scene) == before


def test_render_on_another_display_is_sent_for_an_srgb_one(artist: Artist, tmp_path: Path) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    expected = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    scene.display_settings.display_device = "Display P3"
    other = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    assert not pictures.same(other, expected, tolerance=3)
    artist.settings.source = "RENDER"
    before = seen.settings_of(scene)
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
    assert seen.settings_of(scene) == before


def test_the_chosen_slot(artist: Artist, tmp_path: Path) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    result = bpy.data.images["Render Result"]
    result.render_slots.active_index = 1
    scene.render.resolution_x = 24
    bpy.ops.render.render()
    artist.settings.source = "RENDER"
    widths = []
    for slot in (0, 1):
        result.render_slots.active_index = slot
        artist.session = artist.new_session()
        widths.append(seen.received(artist, tmp_path).shape[1])
    assert widths == [48, 24]
    result.render_slots.active_index = 5
    with pytest.raises(module("core.errors").SourceError, match="no finished render"):
        artist.order()


def test_looking_at_the_render_fills_no_console(artist: Artist, capfd: pytest.CaptureFixture[str]) -> None:
    """Blender 5.2 prints a warning for each question after its colour space, which the panel asked in each draw."""
    render(bpy.context.scene, pictures.mushroom())
    artist.settings.source = "RENDER"
    capfd.readouterr()
    choice = module("blender.sources").choose(bpy.context)
    assert choice.is_render and module("blender.sight").token(choice, bpy.context.scene)
    assert "".join(capfd.readouterr()) == ""


def test_the_render_is_left_as_it_was(artist: Artist, tmp_path: Path) -> None:
    """Each slot has its picture still, and nothing more is in memory when nobody looks at it."""
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    result = bpy.data.images["Render Result"]
    artist.settings.source = "RENDER"
    result.buffers_free()
    assert not result.has_data
    for _round in range(2):
        artist.session = artist.new_session()
        assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom(), tolerance=1)
        assert not result.has_data
    seen.saved(result, tmp_path, like=scene)
    assert result.has_data, "Blender has made it to write it"
    artist.session = artist.new_session()
    seen.received(artist, tmp_path)
    assert result.has_data, "what was there stays"


@pytest.mark.parametrize("views_format", ["INDIVIDUAL", "STEREO_3D"])
def test_stereo_render_sends_the_left_view(artist: Artist, tmp_path: Path, views_format: str) -> None:
    """Blender writes a file for each eye, or both eyes in one: neither is the picture."""
    scene = bpy.context.scene
    box = render_scene(scene)
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = views_format
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    bpy.ops.render.render()
    artist.settings.source = "RENDER"
    got = seen.received(artist, tmp_path)
    red = got[(got[..., 3] > 200)][:, :3].mean(axis=0)
    assert got.shape == (64, 96, 4) and red[0] > 200 and red[1] < 20, "no colours of an anaglyph"
    _, columns = np.nonzero(got[..., 3] > 200)
    assert columns.mean() > 47.5, "from the left eye it stands to the right"
    assert scene.render.image_settings.views_format == views_format
    box.select_set(True)
    bpy.context.view_layer.objects.active = box
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


def render_scene(scene: bpy.types.Scene) -> bpy.types.Object:
    """Set up a red square, far behind where the eyes' views meet, before a camera on nothing."""
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 96, 64, 100
    scene.render.film_transparent, scene.view_settings.view_transform = True, "Standard"
    mesh = bpy.data.meshes.new("red")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("red")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    light.inputs["Color"].default_value = (1.0, 0.0, 0.0, 1.0)
    material.node_tree.links.new(light.outputs[0], out.inputs["Surface"])
    mesh.materials.append(material)
    box = bpy.data.objects.new("red", mesh)
    scene.collection.objects.link(box)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location.z = 5.0
    camera.data.stereo.interocular_distance, camera.data.stereo.convergence_distance = 1.0, 500.0
    camera.data.stereo.pivot = "CENTER"
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.context.view_layer.update()
    return box


def red_green_blue(scene: bpy.types.Scene) -> bpy.types.Object:
    """Set up three layers, of which the first shows the square red, the next ones green and blue."""
    box = render_scene(scene)
    scene.view_layers[0].name = "Red"
    for name, colour in (("Green", (0.0, 1.0, 0.0, 1.0)), ("Blue", (0.0, 0.0, 1.0, 1.0))):
        material = box.data.materials[0].copy()
        next(node for node in material.node_tree.nodes if node.type == "EMISSION").inputs[0].default_value = colour
        scene.view_layers.new(name).material_override = material
    return box


def middle(picture: np.ndarray) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[picture.shape[0] // 2, picture.shape[1] // 2])


LAYERS = [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)]


@pytest.mark.parametrize("composited", [False, True])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_chosen_layer_of_a_render(artist: Artist, tmp_path: Path, layer: int, composited: bool) -> None:
    """The pass is always *Combined*; the first of the layers is the composite, when there is one."""
    scene = bpy.context.scene
    red_green_blue(scene)
    if composited:
        composite_inverted(scene)
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    set_layer(space.image_user, layer)
    artist.settings.source = "RENDER"
    before = seen.settings_of(scene)
    expected = [(0, 255, 255, 255), *LAYERS][layer] if composited else LAYERS[layer]
    assert middle(seen.received(artist, tmp_path)) == expected
    assert seen.settings_of(scene) == before


def composite_inverted(scene: bpy.types.Scene) -> None:
    """Have the compositor turn the colours of the first layer around."""
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new("composite", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group, output = tree, tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        output = tree.nodes.new("CompositorNodeComposite")
    rendered, inverted = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("CompositorNodeInvert")
    tree.links.new(rendered.outputs[0], inverted.inputs["Color"])
    tree.links.new(inverted.outputs[0], output.inputs[0])


def test_a_layer_that_was_renamed_since_is_not_taken_for_another(artist: Artist) -> None:
    scene = bpy.context.scene
    red_green_blue(scene)
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    set_layer(space.image_user, 1)
    scene.view_layers["Green"].name = "Leaves"
    artist.settings.source = "RENDER"
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    with pytest.raises(module("core.errors").SourceError, match="Which layer of Render Result the editor shows"):
        artist.order()
    assert artist.simulator.accepted() == 0
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


@pytest.mark.parametrize("packed", [False, True], ids=["on disk", "packed"])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_the_chosen_layer_of_a_file(artist: Artist, tmp_path: Path, layer: int, packed: bool) -> None:
    """In the file's own order: Blender writes one part with the layers by name, or a part for each as they were."""
    scene = bpy.context.scene
    red_green_blue(scene)
    output = scene.render.image_settings
    if hasattr(output, "media_type"):
        output.media_type = "MULTI_LAYER_IMAGE"
    output.file_format = "OPEN_EXR_MULTILAYER"
    is_parted = hasattr(output, "use_exr_interleave")
    scene.render.filepath, scene.render.use_file_extension = str(tmp_path / "layers.exr"), False
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(tmp_path / "layers.exr"))
    assert tuple(image.size) == (0, 0) and image.type == "MULTILAYER"
    if packed:
        image.pack()
        (tmp_path / "layers.exr").unlink()
    space = show().spaces.active
    space.image = image
    set_layer(space.image_user, layer)
    artist.choose(image)
    order = LAYERS if is_parted else [LAYERS[2], LAYERS[1], LAYERS[0]]
    assert middle(seen.received(artist, tmp_path)) == order[layer]


@pytest.mark.parametrize("view", [0, 1])
def test_the_eye_that_the_editor_shows(artist: Artist, tmp_path: Path, view: int) -> None:
    scene = bpy.context.scene
    render_scene(scene)
    scene.render.use_multiview = True
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    set_layer(space.image_user, 0, view=view)
    artist.settings.source = "RENDER"
    assert chosen().note == ["", "The view in the editor"][view]
    _, columns = np.nonzero(seen.received(artist, tmp_path)[..., 3] > 200)
    assert (columns.mean() > 47.5) == (view == 0), "from the left eye it stands to the right"


@pytest.mark.parametrize(("layer", "number", "note"), [
    (0, 0, ""),
    (0, 1, "The editor shows another pass; Combined is sent"),
    (1, 0, "Combined of the layer in the editor"),
])  # fmt: skip
@pytest.mark.parametrize("source", ["AUTO", "RENDER"])
def test_another_layer_in_the_editor_is_said(artist: Artist, source: str, layer: int, number: int, note: str) -> None:
    scene = bpy.context.scene
    render_scene(scene)
    scene.view_layers.new("Second")
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    set_layer(space.image_user, layer, number)
    artist.settings.source = source
    assert chosen().is_render and chosen().note == note
    token = module("blender.sight").token
    told = token(chosen(), scene)
    set_layer(space.image_user, 2, number)
    assert token(chosen(), scene) != told, "a preview of one layer is none of another"
    artist.settings.source = "AUTO"
    space.image = pictures.put("plain", pictures.mushroom(8, 8))
    set_layer(space.image_user, layer, number)
    assert chosen().image == space.image and chosen().note == "", "an image without layers"


def set_layer(user: bpy.types.ImageUser, layer: int, number: int = 0, view: int = 0) -> None:
    """Choose layer, pass and eye, as the editor's menus do: no script may, so it is written where Blender keeps it."""
    for place, value in ((26, number), (34, view), (36, layer)):
        ctypes.c_short.from_address(user.as_pointer() + place).value = value
    assert (user.multilayer_layer, user.multilayer_pass, user.multilayer_view) == (layer, number, view)
