# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to choose a picture, for every kind of file: what reaches the server is what Blender itself saves of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bpy
import layouts
import pictures
import pytest
import seen
from artist import Artist, module
from test_sources_canvas import image_empty, plane

pytestmark = pytest.mark.any_blender

KINDS = {
    "8 bit RGBA": ("a.png", "PNG", "RGBA", "8"),
    "8 bit grey": ("a.png", "PNG", "BW", "8"),
    "16 bit RGB": ("a.png", "PNG", "RGB", "16"),
    "16 bit RGBA": ("a.tif", "TIFF", "RGBA", "16"),
    "float RGBA": ("a.exr", "OPEN_EXR", "RGBA", "32"),
    "jpeg": ("a.jpg", "JPEG", "RGB", "8"),
}


def written(folder: Path, kind: str) -> Path:
    name, file_format, mode, depth = KINDS[kind]
    return seen.write(folder, name, seen.gradient(), file_format, mode=mode, depth=depth, is_float=depth != "8")


@contextmanager
def chosen_by(way: str, path: Path) -> Iterator[bpy.types.Image]:
    """Choose a file as an artist does, and stand where its panel is."""
    with ExitStack() as stack:
        if way == "open":
            bpy.ops.trellis.open_picture(filepath=str(path))
            image = bpy.data.images[path.name]
        else:
            image = bpy.data.images.load(str(path))
        if way == "image empty":
            image_empty(image)
        elif way == "image plane":
            plane([image], linked=0)
        elif way == "drop":
            image_empty(image)
            module("blender.dropped").take(bpy.context.scene, image)
        elif way == "Image Editor":
            area = stack.enter_context(layouts.editor("IMAGE_EDITOR"))
            area.spaces.active.image = image
        assert seen.chosen().image == image
        yield image


@pytest.mark.parametrize("way", ["open", "drop", "image empty", "image plane", "Image Editor"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_by_every_way(artist: Artist, tmp_path: Path, kind: str, way: str) -> None:
    with chosen_by(way, written(tmp_path, kind)) as image:
        got = seen.as_rgba(seen.received(artist, tmp_path))
        assert pictures.same(got, seen.saved(image, tmp_path), tolerance=seen.TOLERANCE)
    assert got[..., 0].max() > 200 and got[..., 0].min() < 20, "the picture is not empty"


@pytest.mark.parametrize("way", ["image empty", "image plane", "Image Editor"])
def test_a_file_that_is_missing_by_every_way(artist: Artist, tmp_path: Path, way: str) -> None:
    path = written(tmp_path, "8 bit RGBA")
    with chosen_by(way, path) as image:
        path.unlink()
        image.reload()
        with pytest.raises(module("core.errors").SourceError, match=r"a\.png cannot be read"):
            artist.order()
    assert artist.simulator.accepted() == 0


@pytest.mark.parametrize("way", ["image empty", "image plane", "Image Editor"])
@pytest.mark.parametrize("is_float", [False, True], ids=["bytes", "float"])
def test_an_unsaved_image_by_every_way(artist: Artist, tmp_path: Path, way: str, is_float: bool) -> None:
    path = written(tmp_path, "8 bit RGBA")
    with chosen_by(way, path) as image:
        unsaved = seen.make("painted", seen.gradient(32, 24), is_float=is_float, premultiply=is_float)
        image.user_remap(unsaved)
        assert seen.chosen().image == unsaved and unsaved.source == "GENERATED"
        got = seen.as_rgba(seen.received(artist, tmp_path))
        assert pictures.same(got, seen.saved(unsaved, tmp_path), tolerance=seen.TOLERANCE)
