# SPDX-License-Identifier: GPL-3.0-or-later
"""Large pictures go through the view in a worker: what is sent is near enough to what Blender itself saves."""

import tempfile
from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module

WIDTH, HEIGHT = 1024, 1024
MEAN, NEAR, BEYOND, MOST = 0.5, 3, 0.001, 10
"""Of 255: the mean difference; what only that share of the colours may differ by more than; and what none may."""

VIEWS = {
    "AgX": ("AgX", "None", 0.0, 1.0),
    "AgX brighter, steeper": ("AgX", "Medium High Contrast", 0.7, 1.2),
    "AgX darker": ("AgX", "Punchy", -2.0, 1.0),
    "Filmic": ("Filmic", "None", 0.0, 1.0),
    "Filmic steep": ("Filmic", "Very High Contrast", 0.5, 0.9),
    "Standard": ("Standard", "None", 0.0, 1.0),
    "Standard brighter": ("Standard", "None", 1.5, 0.8),
    "Standard steep": ("Standard", "High Contrast", 0.0, 1.0),
}


def colours(*, is_float: bool) -> np.ndarray:
    """Give rows of colours as a picture may have them: dark to bright, grey to strong, some of them half there."""
    random = np.random.default_rng(3)
    rows = np.ones((HEIGHT, WIDTH, 4), np.float32)
    if not is_float:
        rows[...] = random.random((HEIGHT, WIDTH, 4))
        return rows
    brightness = np.exp2(random.uniform(-8.0, 4.0, (HEIGHT, WIDTH, 1)))
    rows[..., :3] = brightness * random.dirichlet([0.8] * 3, (HEIGHT, WIDTH)) * 3.0
    rows[: HEIGHT // 4, :, 3] = random.random((HEIGHT // 4, WIDTH))
    return rows


def look(scene: bpy.types.Scene, name: str) -> None:
    transform, contrast, exposure, gamma = VIEWS[name]
    settings = scene.view_settings
    settings.view_transform = transform
    looks = [item.identifier for item in settings.bl_rna.properties["look"].enum_items] + [f"AgX - {contrast}"]
    for found in (f"{transform} - {contrast}", contrast):
        try:
            settings.look = found
        except TypeError:
            continue
        break
    assert settings.look.endswith(contrast), looks
    settings.exposure, settings.gamma = exposure, gamma


def captured(image: bpy.types.Image) -> tuple[object, np.ndarray]:
    source = module("blender.sources.images").capture(image, None, bpy.context.scene)
    return source, module("core.pixels").read(source)


def assert_near(got: np.ndarray, expected: np.ndarray) -> None:
    assert np.abs(got[..., 3].astype(int) - expected[..., 3]).max() <= 1
    difference = np.abs(got.astype(int) - expected.astype(int))[expected[..., 3] > 0][:, :3]
    assert difference.mean() <= MEAN
    assert (difference > NEAR).mean() <= BEYOND
    assert difference.max() <= MOST


@pytest.fixture(autouse=True)
def nothing_stays() -> object:
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    yield
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before
    assert not [image.name for image in bpy.data.images if image.name.startswith("TRELLIS")]


@pytest.mark.parametrize(
    ("name", "is_float"), [*((name, True) for name in VIEWS), ("AgX", False), ("Filmic steep", False)]
)
def test_the_scenes_view(artist: Artist, tmp_path: Path, name: str, is_float: bool) -> None:
    scene = bpy.context.scene
    look(scene, name)
    image = seen.make("shown", colours(is_float=is_float), is_float=is_float, premultiply=is_float)
    image.use_view_as_render = True
    before = seen.settings_of(scene)
    source, got = captured(image)
    assert seen.settings_of(scene) == before
    assert isinstance(source, module("core.image").Pixels), "copied, and shown by a worker"
    assert_near(got, seen.saved(image, tmp_path, like=scene))


def test_the_view_is_asked_for_once_until_it_changes(artist: Artist, tmp_path: Path) -> None:
    scene, views = bpy.context.scene, module("blender.sources.views")
    look(scene, "AgX")
    image = seen.make("shown", colours(is_float=True), is_float=True, premultiply=True)
    image.use_view_as_render = True
    first = captured(image)[0].view
    assert captured(image)[0].view is first
    assert views._known
    look(scene, "AgX darker")
    source, got = captured(image)
    assert source.view is not first
    assert_near(got, seen.saved(image, tmp_path, like=scene))


def test_curves(artist: Artist, tmp_path: Path) -> None:
    """They bend the colour before it is divided by alpha, so the table is not right for all of it."""
    scene = bpy.context.scene
    look(scene, "AgX")
    scene.view_settings.use_curve_mapping = True
    mapping = scene.view_settings.curve_mapping
    mapping.curves[3].points.new(0.3, 0.6)
    mapping.update()
    for is_float in (False, True):
        image = seen.make("shown", colours(is_float=is_float), is_float=is_float, premultiply=is_float)
        image.use_view_as_render = True
        assert_near(captured(image)[1], seen.saved(image, tmp_path, like=scene))
        views = module("blender.sources.views")
        told = views.settings_of(scene)
        mapping.curves[3].points[1].location = (0.3, 0.2 + 0.1 * is_float)
        mapping.update()
        assert views.settings_of(scene) != told
        assert_near(captured(image)[1], seen.saved(image, tmp_path, like=scene))


@pytest.mark.parametrize("transform", ["False Color", "Filmic Log"])
def test_what_no_table_can_say_is_left_to_blender(artist: Artist, tmp_path: Path, transform: str) -> None:
    scene = bpy.context.scene
    scene.view_settings.view_transform = transform
    image = seen.make("shown", colours(is_float=True), is_float=True, premultiply=True)
    image.use_view_as_render = True
    source, got = captured(image)
    assert isinstance(source, module("core.image").TargaFile)
    assert pictures.same(got, seen.saved(image, tmp_path, like=scene), tolerance=seen.TOLERANCE)


def test_colours_darker_than_black_are_left_to_blender(artist: Artist, tmp_path: Path) -> None:
    """As those of a wider space are; AgX shows them, and no table has them."""
    scene = bpy.context.scene
    look(scene, "AgX")
    rows = colours(is_float=True)
    rows[7, 7, 0] = -0.2
    image = seen.make("wide", rows, is_float=True, premultiply=True)
    image.use_view_as_render = True
    source, got = captured(image)
    assert isinstance(source, module("core.image").TargaFile)
    assert pictures.same(got, seen.saved(image, tmp_path, like=scene), tolerance=seen.TOLERANCE)


@pytest.mark.parametrize("space", ["Linear Rec.709", "Filmic sRGB", "Display P3"])
def test_another_colour_space_of_bytes(artist: Artist, tmp_path: Path, space: str) -> None:
    image = seen.make("other", colours(is_float=False))
    image.colorspace_settings.name = space
    assert_near(captured(image)[1], seen.saved(image, tmp_path))


@pytest.mark.parametrize("name", ["AgX", "Standard"])
def test_large_render(artist: Artist, tmp_path: Path, name: str) -> None:
    """Blender writes the numbers, which is copying; the worker shows them."""
    scene = bpy.context.scene
    rows = colours(is_float=True)
    rows[..., :3] *= rows[..., 3:]
    image = seen.make("backdrop", rows, is_float=True)
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = WIDTH, HEIGHT, 100
    scene.render.film_transparent = scene.render.use_compositing = True
    render_image(scene, image)
    look(scene, name)
    result = bpy.data.images["Render Result"]
    before = seen.settings_of(scene)
    source = module("blender.sources.images").render(result, None, scene)
    assert seen.settings_of(scene) == before
    assert isinstance(source, module("core.image").ExrFile)
    got = module("core.pixels").read(source)
    expected = seen.saved(result, tmp_path, like=scene)
    assert np.ptp(expected[..., :3]) == 255, "the picture is not empty"
    assert_near(got, expected)


def render_image(scene: bpy.types.Scene, image: bpy.types.Image) -> None:
    """Have the compositor give an image as the render."""
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.cycles.use_denoising = False
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new("composite", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group, output = tree, tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        output = tree.nodes.new("CompositorNodeComposite")
    shown = tree.nodes.new("CompositorNodeImage")
    shown.image = image
    tree.links.new(shown.outputs[0], output.inputs[0])
    bpy.ops.render.render()
