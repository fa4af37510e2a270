# SPDX-License-Identifier: GPL-3.0-or-later
"""What reaches the server is what the image shows: size, colours, alpha, the right way up; wherever its pixels live."""

import tempfile
from pathlib import Path

import bpy
import buttons
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names, look


def received(artist: Artist, tmp_path: Path) -> np.ndarray:
    """Send the picture and give what the server got."""
    job = artist.order()
    artist.wait_for_state(job, "accepted", "processing", "completed", "downloading", "downloaded", "refused")
    assert not artist.session.jobs[job.id].error
    before = all_names()
    picture = pictures.decode(artist.simulator.control.image(artist.simulator.newest()["id"]), tmp_path)
    assert all_names() == before
    artist.session.close()
    return picture


def refusal(artist: Artist) -> str:
    """Try to send the picture and give the sentence why it was not sent."""
    with pytest.raises(module("core.errors").TrellisError) as refused:
        artist.order()
    assert artist.simulator.accepted() == 0
    return str(refused.value)


@pytest.fixture
def expected() -> np.ndarray:
    return pictures.mushroom()


def test_generated_in_memory_and_never_saved(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    image = pictures.put("mushroom", expected)
    artist.choose(image)
    assert pictures.same(received(artist, tmp_path), expected)
    assert (image.source, image.filepath, image.is_dirty) == ("GENERATED", "", True)


def test_on_disk_and_not_loaded_yet(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    path = tmp_path / "mushroom.png"
    path.write_bytes(pictures.encode_png(expected))
    image = bpy.data.images.load(str(path))
    assert not image.has_data
    artist.choose(image)
    assert pictures.same(received(artist, tmp_path), expected)


def test_packed_and_its_file_gone(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    path = tmp_path / "mushroom.png"
    path.write_bytes(pictures.encode_png(expected))
    image = bpy.data.images.load(str(path))
    image.pack()
    path.unlink()
    artist.choose(image)
    assert pictures.same(received(artist, tmp_path), expected)


def test_painted_over_after_loading(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    path = tmp_path / "mushroom.png"
    path.write_bytes(pictures.encode_png(expected))
    image = bpy.data.images.load(str(path))
    painted = expected.copy()
    painted[20:30, 10:30] = (255, 0, 255, 255)
    image.pixels.foreach_set((painted[::-1].astype(np.float32) / 255).ravel())
    image.update()
    artist.choose(image)
    assert pictures.same(received(artist, tmp_path), painted)
    assert image.is_dirty, "the artist's paint must still be theirs to save"


def test_floating_point_image_is_sent_as_it_is_shown(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    artist.choose(pictures.put("hdr", expected, is_float=True))
    assert pictures.same(received(artist, tmp_path), expected, tolerance=1)


def test_open_exr_file(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    # By save_render: Image.save makes a file image with sRGB values of it.
    output = bpy.context.scene.render.image_settings
    output.file_format, output.color_mode = "OPEN_EXR", "RGBA"
    pictures.put("linear", expected, is_float=True).save_render(str(tmp_path / "linear.exr"))
    artist.choose(bpy.data.images.load(str(tmp_path / "linear.exr")))
    assert pictures.same(received(artist, tmp_path), expected, tolerance=1)


@pytest.mark.parametrize("mode", ["NONE", "CHANNEL_PACKED"])
def test_alpha_that_is_no_transparency_is_not_sent(
    artist: Artist, tmp_path: Path, expected: np.ndarray, mode: str
) -> None:
    image = pictures.put("packed channels", expected)
    image.alpha_mode = mode
    artist.choose(image)
    assert (received(artist, tmp_path)[..., 3] == 255).all()


def test_without_alpha(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    image = bpy.data.images.new("opaque", 48, 40, alpha=False)
    opaque = expected.copy()
    opaque[..., 3] = 255
    image.pixels.foreach_set((opaque[::-1].astype(np.float32) / 255).ravel())
    artist.choose(image)
    assert pictures.same(received(artist, tmp_path), opaque)


def test_grey(artist: Artist, tmp_path: Path) -> None:
    grey = pictures.mushroom()
    grey[..., :3] = grey[..., 1:2]
    grey[..., 3] = 255
    made = pictures.put("grey", grey)
    made.filepath_raw, made.file_format = str(tmp_path / "grey.png"), "PNG"
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.color_mode = "PNG", "BW"
    made.save_render(str(tmp_path / "grey.png"))
    artist.choose(bpy.data.images.load(str(tmp_path / "grey.png")))
    sent = received(artist, tmp_path)
    assert sent.shape[:2] == (40, 48) and (sent[..., 0] == sent[..., 2]).all()


def test_missing_file_is_said(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    path = tmp_path / "mushroom.png"
    path.write_bytes(pictures.encode_png(expected))
    image = bpy.data.images.load(str(path))
    path.unlink()
    artist.choose(image)
    assert "mushroom.png cannot be read" in refusal(artist)


def test_nothing_opaque_is_refused_before_it_costs(artist: Artist, expected: np.ndarray) -> None:
    expected[..., 3] = 0
    artist.choose(pictures.put("ghost", expected))
    job = artist.wait(artist.order())[0]
    assert job.state.value == "refused" and "nothing opaque" in job.error
    assert artist.simulator.accepted() == 0


@pytest.mark.parametrize(
    ("name", "expected_name"),
    [("cup.png", "cup"), ("cup", "cup"), (".png", ".png"), ("v1.2", "v1.2"), ("a.b.JPEG", "a.b"), ("猫.webp", "猫")],
)
def test_job_is_named_after_the_image(artist: Artist, name: str, expected_name: str) -> None:
    artist.choose(pictures.put(name, pictures.mushroom()))
    assert module("blender.sources").choose(bpy.context).name == expected_name


def render(scene: bpy.types.Scene, expected: np.ndarray) -> None:
    """Render a plane that fills the frame and shows ``expected``, as it is."""
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BOX", 0.01
    scene.render.resolution_x, scene.render.resolution_y = expected.shape[1], expected.shape[0]
    scene.render.film_transparent = True
    scene.render.dither_intensity = 0.0
    scene.view_settings.view_transform = "Standard"
    material = bpy.data.materials.new("picture")
    if material.node_tree is None:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture, light = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeEmission")
    clear, mix, out = (
        nodes.new("ShaderNodeBsdfTransparent"),
        nodes.new("ShaderNodeMixShader"),
        nodes.new("ShaderNodeOutputMaterial"),
    )
    texture.image, texture.interpolation = pictures.put("texture", expected), "Closest"
    links.new(texture.outputs["Color"], light.inputs["Color"])
    links.new(texture.outputs["Alpha"], mix.inputs["Fac"] if "Fac" in mix.inputs else mix.inputs[0])
    links.new(clear.outputs[0], mix.inputs[1])
    links.new(light.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], out.inputs["Surface"])
    width, height = expected.shape[1] / 48, expected.shape[0] / 48
    mesh = bpy.data.meshes.new("plane")
    mesh.from_pydata([(-width / 2, -height / 2, 0), (width / 2, -height / 2, 0), (width / 2, height / 2, 0),
                      (-width / 2, height / 2, 0)], [], [(0, 1, 2, 3)])  # fmt: skip
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", np.array([0, 0, 1, 0, 1, 1, 0, 1], np.float32))
    mesh.materials.append(material)
    scene.collection.objects.link(bpy.data.objects.new("plane", mesh))
    camera = bpy.data.cameras.new("camera")
    camera.type, camera.ortho_scale = "ORTHO", max(width, height)
    viewer = bpy.data.objects.new("camera", camera)
    viewer.location.z = 2
    scene.collection.objects.link(viewer)
    scene.camera = viewer
    bpy.ops.render.render(scene=scene.name)


def test_render_result(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    expected[0:2, 0:6, 3] = 0  # one sample a pixel: no soft alpha
    render(bpy.context.scene, expected)
    artist.settings.source = "RENDER"
    before = set(Path(tempfile.gettempdir()).iterdir())
    assert module("blender.sources").choose(bpy.context).name == "Render"
    assert pictures.same(received(artist, tmp_path), expected, tolerance=3)
    assert set(Path(tempfile.gettempdir()).iterdir()) == before


def test_render_result_while_the_output_is_a_movie(artist: Artist, tmp_path: Path, expected: np.ndarray) -> None:
    expected[0:2, 0:6, 3] = 0
    scene = bpy.context.scene
    render(scene, expected)
    output = scene.render.image_settings
    if hasattr(output, "media_type"):
        output.media_type = "VIDEO"
    output.file_format, output.color_mode = "FFMPEG", "RGB"
    output.color_management = "OVERRIDE"
    artist.settings.source = "RENDER"
    before = look(scene, bpy.context.view_layer)
    assert pictures.same(received(artist, tmp_path), expected, tolerance=3)
    assert look(scene, bpy.context.view_layer) == before


def test_render_result_before_any_render(artist: Artist) -> None:
    artist.settings.source = "RENDER"
    assert module("blender.sources").choose(bpy.context).image is None
    assert not buttons.generate()
    bpy.data.images.new("Render Result", 4, 4)
    assert module("blender.sources").choose(bpy.context).image is None, "an image of that name is no render"


def test_render_result_that_holds_nothing(artist: Artist, expected: np.ndarray) -> None:
    """The datablock stays in a saved file; the render it showed does not."""
    render(bpy.context.scene, expected)
    path = Path(tempfile.mkdtemp()) / "rendered.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    artist.settings.source = "RENDER"
    temporary = set(Path(tempfile.gettempdir()).iterdir())
    assert "render" in refusal(artist)
    assert set(Path(tempfile.gettempdir()).iterdir()) == temporary


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_render_result_that_is_never_sent_leaves_no_file(artist: Artist, expected: np.ndarray, how: str) -> None:
    render(bpy.context.scene, expected)
    artist.settings.source = "RENDER"
    before = set(Path(tempfile.gettempdir()).iterdir())
    jobs = [artist.order() for _ in range(3)]
    if how == "cancel":
        for job in jobs:
            artist.session.cancel(job.id)
        artist.wait(*jobs)
    else:
        artist.session.close()
    assert set(Path(tempfile.gettempdir()).iterdir()) == before


@pytest.fixture
def editor() -> bpy.types.Area:
    """An Image Editor in the window."""
    area = bpy.context.window.screen.areas[0]
    area.type = "IMAGE_EDITOR"
    return area


def test_the_image_open_in_an_image_editor(artist: Artist, editor: bpy.types.Area) -> None:
    sources = module("blender.sources")
    shown, picked = pictures.put("shown", pictures.mushroom()), pictures.put("picked", pictures.mushroom())
    editor.spaces.active.image = shown
    artist.settings.source = "AUTO"
    assert sources.choose(bpy.context).image == shown
    artist.choose(picked)
    assert sources.choose(bpy.context).image == picked
    with module("blender.footing").at(area=editor):
        assert sources.choose(bpy.context).image == shown, "in the editor it is what the editor shows"
        editor.spaces.active.image = None
        assert not sources.choose(bpy.context).image and "Open an image" in sources.choose(bpy.context).missing
    artist.settings.source = "AUTO"
    assert sources.choose(bpy.context).image is None
    assert not buttons.generate()


def test_generated_from_the_image_editor(artist: Artist, editor: bpy.types.Area) -> None:
    editor.spaces.active.image = pictures.put("shown", pictures.mushroom())
    artist.settings.source = "RENDER"
    with module("blender.footing").at(area=editor):
        assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert "shown" in bpy.context.scene.objects


def test_the_chosen_image_was_removed(artist: Artist, expected: np.ndarray) -> None:
    image = pictures.put("mushroom", expected)
    artist.choose(image)
    bpy.data.images.remove(image)
    assert not buttons.generate()
