# SPDX-License-Identifier: GPL-3.0-or-later
"""What is dropped is what is sent, unless a source was picked. A window shows that a drop is noticed."""

from pathlib import Path

import bpy
import layouts
import numpy as np
import pictures
import pytest
import seen
import staged
from artist import Artist, module
from seen import chosen
from test_sources_canvas import image_empty
from test_sources_last import read


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("cup", "mug"):
        (tmp_path / f"{name}.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    return tmp_path


def drop(path: Path) -> bpy.types.Object:
    """Do what is done with a file that is dropped onto a 3D Viewport: Blender's part, and ours."""
    image = bpy.data.images.load(str(path), check_existing=True)
    canvas = image_empty(image, path.stem)
    module("blender.dropped").take(bpy.context.scene, image)
    return canvas


def drop_broken(path: Path) -> bpy.types.Object:
    """Drop a file that is no picture: of it, too, Blender makes an image empty, and selects that alone."""
    canvas = bpy.data.objects.new(path.stem, None)
    canvas.empty_display_type, canvas.data = "IMAGE", bpy.data.images.load(str(path), check_existing=True)
    for other in bpy.context.selected_objects:
        other.select_set(False)
    bpy.context.scene.collection.objects.link(canvas)
    canvas.select_set(True)
    bpy.context.view_layer.objects.active = canvas
    module("blender.dropped").take(bpy.context.scene, canvas.data)
    bpy.context.view_layer.update()  # what tells of a drop in a window
    return canvas


def broken(files: Path, how: str) -> Path:
    """Give a file that Blender cannot read."""
    path = files / "bad.png"
    path.write_bytes({"text": b"no picture", "half": (files / "cup.png").read_bytes()[:200], "nothing": b""}[how])
    return path


@pytest.mark.parametrize("how", ["text", "half", "nothing"])
def test_what_cannot_be_read_displaces_nothing(
    artist: Artist, files: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """Blender makes an empty of it, selected as a good one is: the picture before it was gone, without a word."""
    good = drop(files / "cup.png")
    bad = drop_broken(broken(files, how))
    assert chosen().name == "cup" and chosen().canvas == good
    assert not bad.select_get() and bpy.context.view_layer.objects.active == good
    assert (artist.settings.source, artist.settings.source_image) == ("AUTO", None)
    assert "bad.png is no picture that Blender can read. Choose another one." in caplog.text
    bad.select_set(True)
    good.select_set(False)
    bpy.context.view_layer.objects.active = bad
    assert chosen().name == "bad", "it can be chosen by whoever means it, and is refused then"
    with pytest.raises(module("core.errors").SourceError, match=r"The image bad\.png cannot be read"):
        artist.order()


@pytest.mark.parametrize("source", ["IMAGE", "RENDER", "URL"])
def test_what_cannot_be_read_changes_no_setting(artist: Artist, files: Path, source: str) -> None:
    bpy.ops.trellis.open_picture(filepath=str(files / "cup.png"))
    artist.settings.source = source
    drop_broken(broken(files, "half"))
    assert (artist.settings.source, artist.settings.source_image.name) == (source, "cup.png")


@pytest.mark.parametrize("beside", ["a canvas", "nothing"])
def test_what_cannot_be_read_leaves_the_picture_that_was_taken(artist: Artist, files: Path, beside: str) -> None:
    if beside == "a canvas":
        drop(files / "cup.png")
    taken = pictures.mushroom(16, 16)
    module("blender.sources").keep("taken", taken, bpy.context.scene)
    drop_broken(broken(files, "text"))
    assert chosen().name == "taken" and (chosen().capture.rgba == taken).all()
    drop(files / "mug.png")
    assert chosen().name == "mug", "which the next one that is good takes the place of"


def test_what_cannot_be_read_onto_the_canvas_itself(artist: Artist, files: Path) -> None:
    """Blender gives the new picture to an empty that is under the mouse."""
    canvas = drop(files / "cup.png")
    canvas.data = bpy.data.images.load(str(broken(files, "half")))
    module("blender.dropped").take(bpy.context.scene, canvas.data)
    assert chosen().name == "cup" and canvas.data.name == "cup.png"


def test_a_file_that_was_a_picture_and_is_broken_for_the_moment(artist: Artist, files: Path, tmp_path: Path) -> None:
    """Blender shows the pixels that it has; the file's are others, so it is not what was dropped."""
    assert drop(files / "cup.png").data.pixels[0] == 0.0, "its pixels are in memory"
    drop(files / "mug.png")
    (files / "cup.png").write_bytes(b"half of it")
    drop_broken(files / "cup.png")
    assert chosen().name == "mug"
    assert bpy.data.images["cup.png"].pixels[0] == 0.0


@pytest.mark.parametrize("source", ["IMAGE", "RENDER", "URL"])
def test_what_was_picked_stays_the_source(artist: Artist, files: Path, source: str) -> None:
    """A reference that was added with *Add > Image* took the place of the picture that was picked, without a word."""
    pick(artist, files, source)
    before = chosen().identity
    drop(files / "mug.png")
    assert chosen().identity == before
    assert artist.settings.source == source
    with layouts.editor():
        text = read(artist)
        assert "The picture on mug is selected, but another one is sent." in text and "Use Selected Picture" in text
    artist.settings.source = "AUTO"  # what the button does
    assert chosen().name == "mug"
    drop(files / "cup.png")
    assert chosen().name == "cup", "then what is dropped is the source again"


def pick(artist: Artist, files: Path, source: str) -> None:
    """Pick a source in the panel."""
    bpy.ops.trellis.open_picture(filepath=str(files / "cup.png"))
    artist.settings.source, artist.settings.source_url = source, "https://example.com/cup.png"
    artist.settings.source = source
    if source == "RENDER":
        staged.scene()
        bpy.ops.render.render()
    assert chosen().is_there


@pytest.mark.parametrize("source", ["IMAGE", "RENDER", "URL"])
def test_where_nothing_was_picked_yet(artist: Artist, files: Path, source: str) -> None:
    """The panel says that a picture is to be picked, and here it comes."""
    artist.settings.source = source
    assert not chosen().is_there
    drop(files / "mug.png")
    assert chosen().name == "mug"
    assert (artist.settings.source, artist.settings.source_image.name) == ("IMAGE", "mug.png"), "and the panel shows it"


def test_after_a_picture_was_taken_beside_what_was_picked(artist: Artist, files: Path) -> None:
    pick(artist, files, "IMAGE")
    module("blender.sources").keep("taken", np.zeros((4, 4, 4), np.uint8), bpy.context.scene)
    drop(files / "mug.png")
    assert chosen().name == "taken"
    with layouts.editor():
        assert "Use Selected Picture" in read(artist)


def test_onto_a_canvas_that_is_not_selected(artist: Artist, files: Path) -> None:
    """Blender changes the picture of an empty that is under the mouse, and selects nothing."""
    canvas = drop(files / "cup.png")
    canvas.select_set(False)
    canvas.data = bpy.data.images.load(str(files / "mug.png"))
    module("blender.dropped").take(bpy.context.scene, canvas.data)
    assert chosen().name == "mug"


@pytest.mark.parametrize("source", ["AUTO", "RENDER"])
def test_of_a_file_that_was_edited_since_it_was_opened(
    artist: Artist, files: Path, tmp_path: Path, source: str
) -> None:  # fmt: skip
    """Blender shows the pixels that it has: what was mended in a paint program was sent as it had been."""
    artist.settings.source = source
    assert drop(files / "cup.png").data.pixels[0] == 0.0, "its pixels are in memory"
    expected = pictures.mushroom()
    expected[expected[..., 3] > 0, :3] = (25, 200, 50)
    (files / "cup.png").write_bytes(pictures.encode_png(expected))
    drop(files / "cup.png")
    assert pictures.same(seen.received(artist, tmp_path), expected)


def test_of_what_was_painted_on(artist: Artist, files: Path) -> None:
    image = drop(files / "cup.png").data
    image.pixels[0] = 1.0
    assert image.is_dirty
    drop(files / "cup.png")
    assert image.pixels[0] == 1.0, "Blender shows the strokes, and so they stay"


def test_after_a_picture_was_taken_of_the_scene(artist: Artist, files: Path) -> None:
    module("blender.sources").keep("taken", np.zeros((4, 4, 4), np.uint8), bpy.context.scene)
    drop(files / "cup.png")
    assert chosen().name == "cup" and chosen().canvas is not None
    assert artist.settings.source == "AUTO", "it is selected, so nothing has to be picked"
    chosen().canvas.select_set(False)
    assert chosen().name == "taken", "the picture was not lost by that"


def test_what_a_script_adds_is_none(artist: Artist, files: Path) -> None:
    """Only what the artist did: a script that makes an image empty picks nothing."""
    bpy.ops.trellis.open_picture(filepath=str(files / "cup.png"))
    image_empty(bpy.data.images.load(str(files / "mug.png")), "mug")
    assert chosen().name == "cup"


def test_blender_has_an_operator_that_is_known(artist: Artist) -> None:
    """By its name a drop is noticed, and by its property which file it was."""
    names = [name.partition("_OT_")[2] for name in module("blender.dropped").BRINGERS]
    found = [name for name in names if name in dir(bpy.ops.object)]
    assert found
    assert all("filepath" in getattr(bpy.ops.object, name).get_rna_type().properties for name in found)
