# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures were taken of several scenes of one file: what is done in one of them changes no other's source."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
import staged
from artist import Artist, module
from seen import chosen

RED, BLUE = (200, 0, 0, 255), (0, 0, 200, 255)


@pytest.fixture
def scenes() -> Iterator[tuple[bpy.types.Scene, bpy.types.Scene]]:
    """Two scenes, of which the window shows the first."""
    first = bpy.context.scene
    yield first, bpy.data.scenes.new("second")
    bpy.context.window.scene = next(iter(bpy.data.scenes))


def go_to(scene: bpy.types.Scene) -> None:
    """Show a scene in the window."""
    bpy.context.window.scene = scene
    assert bpy.context.scene == scene


def square(colour: tuple[int, int, int, int]) -> np.ndarray:
    """Give a picture of a square."""
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[4:28, 4:28] = colour
    return rgba


def take(name: str, colour: tuple[int, int, int, int] = RED) -> weakref.ref:
    """Have taken a picture of the scene that is shown; tells whether it is in memory still."""
    module("blender.sources").keep(name, square(colour), bpy.context.scene)
    return weakref.ref(module("blender.captures").of(bpy.context.scene))


def is_in_memory(taken: weakref.ref) -> bool:
    gc.collect()
    return taken() is not None


def test_selection_rendered_in_another_scene(
    artist: Artist, tmp_path: Path, scenes: tuple[bpy.types.Scene, bpy.types.Scene]
) -> None:
    """It dropped the first scene's picture, and there an image that was picked long ago would have been paid for."""
    first, second = scenes
    staged.scene()
    artist.choose(pictures.put("earlier", pictures.mushroom(8, 8)))
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    red, expected = chosen().identity, seen.received(artist, tmp_path)
    go_to(second)
    assert not chosen().is_there, "it was taken of another scene"
    staged.scene()
    staged.select(next(item for item in second.objects if item.name.startswith("blue")))
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    blue = chosen().identity
    go_to(first)
    assert (chosen().name, chosen().identity) == ("red", red)
    assert pictures.same(seen.received(artist, tmp_path), expected)
    go_to(second)
    assert chosen().identity == blue


def test_picture_of_another_scene_is_sent_as_it_was(
    artist: Artist, tmp_path: Path, scenes: tuple[bpy.types.Scene, bpy.types.Scene]
) -> None:
    for scene, name, colour in zip(scenes, ("red", "blue"), (RED, BLUE), strict=True):
        go_to(scene)
        take(name, colour)
    for scene, name, colour in zip(scenes, ("red", "blue"), (RED, BLUE), strict=True):
        go_to(scene)
        assert chosen().name == name
        assert pictures.same(seen.received(artist, tmp_path), square(colour))


def test_source_picked_in_another_scene(
    artist: Artist, tmp_path: Path, scenes: tuple[bpy.types.Scene, bpy.types.Scene]
) -> None:
    """By the panel, by opening a file, by putting a picture aside, by a script from elsewhere."""
    first, second = scenes
    picture = pictures.put("picked", pictures.mushroom(8, 8))
    path = tmp_path / "opened.png"
    picture.filepath_raw, picture.file_format = str(path), "PNG"
    picture.save()
    take("red")
    go_to(second)
    take("blue")
    artist.settings.source_image = picture
    artist.settings.source = "IMAGE"
    assert chosen().image == picture
    take("blue")
    assert bpy.ops.trellis.open_picture(filepath=str(path)) == {"FINISHED"}
    assert chosen().capture is None
    take("blue")
    assert bpy.ops.trellis.drop_capture() == {"FINISHED"}
    assert chosen().capture is None
    take("blue")
    go_to(first)
    assert chosen().name == "red"
    second.trellis.source = "URL"
    assert chosen().name == "red", "the other scene's source was picked"
    take("red")
    go_to(second)
    assert chosen().capture is None, "its source was picked while the window showed another scene"
    first.trellis.source = "URL"
    go_to(first)
    assert chosen().capture is None


def test_render_of_another_scene(artist: Artist, scenes: tuple[bpy.types.Scene, bpy.types.Scene]) -> None:
    """It is nothing that was chosen here; there it is."""
    first, second = scenes
    take("red")
    go_to(second)
    staged.scene()
    take("blue")
    bpy.ops.render.render()
    assert chosen().is_render
    go_to(first)
    assert chosen().name == "red"
    staged.scene()
    bpy.ops.render.render()
    assert chosen().is_render
    go_to(second)
    assert chosen().is_render


def test_one_picture_a_scene_is_in_memory(artist: Artist, scenes: tuple[bpy.types.Scene, bpy.types.Scene]) -> None:
    first, second = scenes
    former = take("red")
    last = take("red")
    assert is_in_memory(last) and not is_in_memory(former)
    go_to(second)
    gone = take("blue")
    go_to(first)
    bpy.data.scenes.remove(second)
    newest = take("red")
    assert is_in_memory(newest) and not is_in_memory(last)
    assert not is_in_memory(gone), "its scene is"
    third = bpy.data.scenes.new("third")
    go_to(third)
    take("blue")
    assert is_in_memory(newest)
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not is_in_memory(newest)
    assert not chosen().is_there


def test_scene_that_undo_brings_back_has_its_picture(
    artist: Artist, scenes: tuple[bpy.types.Scene, bpy.types.Scene]
) -> None:
    first, second = scenes
    names = first.name, second.name
    bpy.ops.ed.undo_push(message="before")
    take("red")
    go_to(second)
    take("blue")
    bpy.ops.ed.undo_push(message="in the second scene")
    assert bpy.ops.scene.delete() == {"FINISHED"}
    assert [scene.name for scene in bpy.data.scenes] == [names[0]]
    bpy.ops.ed.undo_push(message="gone")
    assert chosen().name == "red"
    bpy.ops.ed.undo()
    go_to(bpy.data.scenes[names[1]])
    assert chosen().name == "blue"
    go_to(bpy.data.scenes[names[0]])
    assert chosen().name == "red"


@pytest.mark.parametrize("kind", ["LINK_COPY", "FULL_COPY", "EMPTY", "NEW"])
def test_scene_made_of_another(artist: Artist, kind: str) -> None:
    """What was taken is a picture of the one scene only, and stays that one's."""
    first = bpy.context.scene
    taken = take("red")
    assert bpy.ops.scene.new(type=kind) == {"FINISHED"}
    made = bpy.context.scene
    assert made != first and chosen().capture is None
    take("blue")
    assert bpy.ops.scene.delete() == {"FINISHED"}
    assert bpy.context.scene == first
    assert chosen().capture is not None and chosen().capture is taken()


def test_saved_file_holds_none(artist: Artist, tmp_path: Path, scenes: tuple[bpy.types.Scene, bpy.types.Scene]) -> None:
    for scene in scenes:
        go_to(scene)
        take("red")
    images = len(bpy.data.images)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    assert [chosen().name, len(bpy.data.images)] == ["red", images], "saving keeps it"
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    for scene in bpy.data.scenes:
        go_to(scene)
        assert chosen().capture is None
    assert len(bpy.data.images) == images
