# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of image: the bytes that reached the server are what Blender itself saves of what it shows."""

import tempfile
from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module


@pytest.fixture(autouse=True)
def no_temporary_files() -> object:
    """Nothing may stay in the temporary folder."""
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    yield
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


KINDS = {
    "png 8 bit RGBA": ("a.png", "PNG", "RGBA", "8", False),
    "png 8 bit RGB": ("a.png", "PNG", "RGB", "8", False),
    "png 8 bit grey": ("a.png", "PNG", "BW", "8", False),
    "png 16 bit RGBA": ("a.png", "PNG", "RGBA", "16", True),
    "png 16 bit RGB": ("a.png", "PNG", "RGB", "16", True),
    "png 16 bit grey": ("a.png", "PNG", "BW", "16", True),
    "jpeg": ("a.jpg", "JPEG", "RGB", "8", False),
    "tiff 8 bit": ("a.tif", "TIFF", "RGBA", "8", False),
    "tiff 16 bit": ("a.tif", "TIFF", "RGBA", "16", True),
    "targa": ("a.tga", "TARGA", "RGBA", "8", False),
    "bmp": ("a.bmp", "BMP", "RGB", "8", False),
    "webp": ("a.webp", "WEBP", "RGBA", "8", False),
    "exr half RGBA": ("a.exr", "OPEN_EXR", "RGBA", "16", True),
    "exr float RGBA": ("a.exr", "OPEN_EXR", "RGBA", "32", True),
    "exr float RGB": ("a.exr", "OPEN_EXR", "RGB", "32", True),
    "hdr": ("a.hdr", "HDR", "RGB", "32", True),
}


@pytest.mark.parametrize("packed", [False, True], ids=["on disk", "packed"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_every_kind(artist: Artist, tmp_path: Path, kind: str, packed: bool) -> None:
    name, file_format, mode, depth, is_float = KINDS[kind]
    path = seen.write(tmp_path, name, seen.gradient(), file_format, mode=mode, depth=depth, is_float=is_float)
    image = bpy.data.images.load(str(path))
    if packed:
        image.pack()
        path.unlink()
    else:
        assert not image.has_data, "never shown, so never decoded"
    artist.choose(image)
    got = seen.as_rgba(seen.received(artist, tmp_path))
    assert pictures.same(got, seen.saved(image, tmp_path), tolerance=seen.TOLERANCE)
    assert got[..., 0].max() > 200 and got[..., 0].min() < 20, "the picture is not empty"


@pytest.mark.parametrize("is_float", [False, True], ids=["bytes", "float"])
@pytest.mark.parametrize(
    "space", ["Non-Color", "Linear Rec.709", "Display P3", "Filmic sRGB", "ACEScg", "AgX Base sRGB"]
)
def test_another_colour_space(artist: Artist, tmp_path: Path, space: str, is_float: bool) -> None:
    kind, depth = ("OPEN_EXR", "32") if is_float else ("PNG", "8")
    path = seen.write(tmp_path, "a.file", seen.gradient(alpha=is_float), kind, depth=depth, is_float=is_float)
    image = bpy.data.images.load(str(path))
    plain = seen.saved(image, tmp_path)
    image.colorspace_settings.name = space
    artist.choose(image)
    expected = seen.saved(image, tmp_path)
    if (is_float, space) not in ((True, "Linear Rec.709"), (False, "Non-Color")):
        assert not pictures.same(plain, expected, tolerance=8), "the space shows"
    before = seen.settings_of(bpy.context.scene)
    assert pictures.same(seen.as_rgba(seen.received(artist, tmp_path)), expected, tolerance=2)
    assert seen.settings_of(bpy.context.scene) == before


@pytest.mark.parametrize("transform", ["AgX", "Filmic", "Standard"])
@pytest.mark.parametrize("is_float", [False, True], ids=["bytes", "float"])
def test_viewed_as_a_render(artist: Artist, tmp_path: Path, transform: str, is_float: bool) -> None:
    scene = bpy.context.scene
    scene.view_settings.view_transform = transform
    scene.view_settings.exposure, scene.view_settings.gamma = 0.7, 1.2
    image = seen.make("shown", seen.gradient(brightest=3.0 if is_float else 1.0), is_float=is_float,
                      premultiply=is_float)  # fmt: skip
    artist.choose(image)
    plain = seen.saved(image, tmp_path)
    before = seen.settings_of(scene)
    image.use_view_as_render = True
    expected = seen.saved(image, tmp_path, like=scene)
    assert not pictures.same(plain, expected, tolerance=8), "the view shows"
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
    assert seen.settings_of(scene) == before


@pytest.mark.parametrize("transform", ["AgX", "Filmic"])
@pytest.mark.parametrize("is_float", [False, True], ids=["bytes", "float"])
def test_not_viewed_as_a_render_the_scenes_view_does_not_count(
    artist: Artist, tmp_path: Path, transform: str, is_float: bool
) -> None:
    bpy.context.scene.view_settings.view_transform = transform
    bpy.context.scene.view_settings.exposure = 2.0
    image = seen.make("shown", seen.gradient(), is_float=is_float, premultiply=is_float)
    artist.choose(image)
    assert pictures.same(seen.received(artist, tmp_path), seen.saved(image, tmp_path), tolerance=seen.TOLERANCE)


@pytest.mark.parametrize("as_render", [False, True], ids=["plain", "as render"])
@pytest.mark.parametrize("alpha_mode", ["STRAIGHT", "PREMUL", "CHANNEL_PACKED", "NONE"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "OPEN_EXR"])
def test_every_alpha_mode_of_a_file(
    artist: Artist, tmp_path: Path, kind: str, alpha_mode: str, as_render: bool
) -> None:
    is_float = kind == "OPEN_EXR"
    path = seen.write(tmp_path, "a.file", seen.gradient(), kind, depth="32" if is_float else "8", is_float=is_float)
    image = bpy.data.images.load(str(path))
    image.alpha_mode = alpha_mode
    image.use_view_as_render = as_render
    is_opaque = alpha_mode in ("CHANNEL_PACKED", "NONE")
    artist.choose(image)
    expected = seen.saved(image, tmp_path, like=bpy.context.scene if as_render else None)
    if is_opaque:  # not saved without alpha: Blender then puts the picture on black
        expected[..., 3] = 255
    assert pictures.same(seen.as_rgba(seen.received(artist, tmp_path)), expected, tolerance=seen.TOLERANCE)


def test_multilayer_exr(artist: Artist, tmp_path: Path) -> None:
    """Blender gives no numbers of such a file, yet it shows and saves it."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 48, 40, 100
    scene.world = bpy.data.worlds.new("sky")
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.view_layers[0].use_pass_normal = True
    output = scene.render.image_settings
    if hasattr(output, "media_type"):
        output.media_type = "MULTI_LAYER_IMAGE"
    output.file_format = "OPEN_EXR_MULTILAYER"
    scene.render.filepath, scene.render.use_file_extension = str(tmp_path / "layers.exr"), False
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(tmp_path / "layers.exr"))
    artist.choose(image)
    got = seen.as_rgba(seen.received(artist, tmp_path))
    assert got.shape == (40, 48, 4) and got[..., :3].max() > 20
    assert pictures.same(got, seen.saved(image, tmp_path), tolerance=2)


def test_one_pixel(artist: Artist, tmp_path: Path) -> None:
    image = seen.make("dot", np.array([[[1.0, 0.5, 0.0, 1.0]]], np.float32))
    artist.choose(image)
    assert pictures.same(seen.as_rgba(seen.received(artist, tmp_path)), seen.saved(image, tmp_path))


@pytest.mark.any_blender
def test_largest(artist: Artist, tmp_path: Path) -> None:
    """8192²: sent smaller, since the service would shrink it; each block the mean of what it stands for."""
    side, small = 8192, 1024
    image = bpy.data.images.new("large", side, side, alpha=False)
    image.generated_type = "COLOR_GRID"
    artist.choose(image)
    got = seen.as_rgba(seen.received(artist, tmp_path)).astype(float)
    full = np.empty(side * side * 4, np.float32)
    image.pixels.foreach_get(full)
    blocks = full.reshape(128, side // 128, 128, side // 128, 4)[..., :3]
    expected = 255 * blocks.mean(axis=(1, 3), dtype=np.float32)[::-1]
    assert got.shape == (small, small, 4)
    means = got.reshape(128, small // 128, 128, small // 128, 4)[..., :3].mean(axis=(1, 3))
    assert np.abs(means - expected).max() <= 4 and expected.std() > 10


def test_panorama(artist: Artist, tmp_path: Path) -> None:
    image = seen.make("panorama", seen.gradient(2048, 100, alpha=False))
    artist.choose(image)
    got = seen.as_rgba(seen.received(artist, tmp_path)).astype(float)
    assert got.shape == (50, 1024, 4)
    halved = seen.saved(image, tmp_path).reshape(50, 2, 1024, 2, 4).mean(axis=(1, 3))
    assert np.abs(got - halved).max() <= 2


@pytest.fixture
def sequence(tmp_path: Path) -> bpy.types.Image:
    """Three numbered files; the second is green, and there is none after the third."""
    folder = tmp_path / "frames"
    folder.mkdir()
    for number, colour in ((8, (1, 0, 0)), (9, (0, 1, 0)), (10, (0, 0, 1))):
        rows = seen.gradient(8, 6, alpha=False)
        rows[..., :3] = colour
        seen.write(folder, f"shot2_{number:04}_final.png", rows, "PNG")
    image = bpy.data.images.load(str(folder / "shot2_0008_final.png"))
    image.source = "SEQUENCE"
    return image


COLOURS = {8: (255, 0, 0), 9: (0, 255, 0), 10: (0, 0, 255)}


@pytest.mark.parametrize("frame", [8, 9, 10])
def test_sequence_by_the_scenes_frame(artist: Artist, tmp_path: Path, sequence: bpy.types.Image, frame: int) -> None:
    bpy.context.scene.frame_current = frame
    artist.choose(sequence)
    got = seen.received(artist, tmp_path)
    assert got.shape[:2] == (6, 8) and (got[..., :3] == COLOURS[frame]).all()


@pytest.mark.parametrize(("current", "start", "offset", "cyclic", "frame"), [
    (1, 1, 7, False, 8), (2, 1, 7, False, 9), (12, 10, 7, False, 10), (50, 1, 7, False, 10), (5, 1, 7, True, 9),
])  # fmt: skip
def test_sequence_as_the_editor_shows_it(
    artist: Artist, tmp_path: Path, sequence: bpy.types.Image, editor: bpy.types.Area,
    current: int, start: int, offset: int, cyclic: bool, frame: int,
) -> None:  # fmt: skip
    space = editor.spaces.active
    space.image = sequence
    user = space.image_user
    user.frame_start, user.frame_offset, user.frame_duration, user.use_cyclic = start, offset, 3, cyclic
    bpy.context.scene.frame_current = current
    artist.choose(sequence)
    assert module("blender.sources").choose(bpy.context).note == "The current frame"
    got = seen.received(artist, tmp_path)
    assert (got[..., :3] == COLOURS[frame]).all()


def test_sequence_without_the_frame(artist: Artist, sequence: bpy.types.Image) -> None:
    bpy.context.scene.frame_current = 11
    artist.choose(sequence)
    names = sorted(bpy.data.images.keys())
    with pytest.raises(module("core.errors").SourceError, match=r"no file shot2_0011_final\.png for the current frame"):
        artist.order()
    assert sorted(bpy.data.images.keys()) == names and artist.simulator.accepted() == 0


def test_sequence_without_a_name(artist: Artist, sequence: bpy.types.Image) -> None:
    """Its sentence had two blanks, where the file's name would stand."""
    sequence.filepath = ""
    artist.choose(sequence)
    with pytest.raises(
        module("core.errors").SourceError,
        match=rf"^The sequence {sequence.name} names no file\. Choose another picture\.$",
    ):
        artist.order()
    assert artist.simulator.accepted() == 0


def test_movie(artist: Artist, tmp_path: Path) -> None:
    image = bpy.data.images.load(str(seen.film(tmp_path)))
    assert image.source == "MOVIE"
    for frame, channel in ((1, 0), (3, 1)):
        bpy.context.scene.frame_current = frame
        artist.choose(image)
        artist.session = artist.new_session()
        got = seen.received(artist, tmp_path)
        others = [index for index in range(3) if index != channel]
        assert got.shape[:2] == (64, 96)
        assert (got[..., channel] > 150).all() and (got[..., others] < 90).all(), "lossy, but the right frame"


def test_first_tile_of_several(artist: Artist, tmp_path: Path) -> None:
    rows = {1002: seen.gradient(32, 32, alpha=False), 1003: seen.gradient(16, 16, alpha=False)}
    for tile, values in rows.items():
        seen.write(tmp_path, f"skin.{tile}.png", values, "PNG")
    image = bpy.data.images.load(str(tmp_path / "skin.1002.png"))
    image.source = "TILED"
    assert [tile.number for tile in image.tiles] == [1002, 1003]
    artist.choose(image)
    choice = module("blender.sources").choose(bpy.context)
    assert choice.note == "Tile 1002 only, of 2"
    expected = (255 * rows[1002][::-1] + 0.5).astype(np.uint8)
    assert pictures.same(seen.as_rgba(seen.received(artist, tmp_path)), expected, tolerance=seen.TOLERANCE)


def test_painted_tile(artist: Artist, tmp_path: Path) -> None:
    image = bpy.data.images.new("skin", 24, 24, tiled=True)
    rows = seen.gradient(24, 24)
    image.pixels.foreach_set(rows.ravel())
    artist.choose(image)
    expected = (255 * rows[::-1] + 0.5).astype(np.uint8)
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n"], ids=["empty", "text", "cut"])
def test_a_file_that_is_no_picture(artist: Artist, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.png").write_bytes(content)
    artist.choose(bpy.data.images.load(str(tmp_path / "odd.png")))
    with pytest.raises(module("core.errors").SourceError, match=r"odd\.png cannot be read"):
        artist.order()
    assert artist.simulator.accepted() == 0


@pytest.fixture
def editor() -> bpy.types.Area:
    """An Image Editor in the window."""
    area = bpy.context.window.screen.areas[0]
    area.type = "IMAGE_EDITOR"
    return area
