# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture was taken of the scene, and then something else was chosen: the last choice is what is shown and sent."""

from pathlib import Path

import bpy
import buttons
import layouts
import numpy as np
import pictures
import pytest
import seen
import staged
from artist import Artist, module
from seen import chosen
from test_sources_canvas import image_empty


def take() -> None:
    """Have taken a picture of the scene, red all over."""
    red = np.zeros((32, 32, 4), np.uint8)
    red[4:28, 4:28] = (200, 0, 0, 255)
    module("blender.sources").keep("taken", red, bpy.context.scene)


def read(artist: Artist) -> str:
    """Give all that is written in the panel's source."""
    made = layouts.layout()
    module("blender.panels.source").draw(made, bpy.context, artist.settings)
    return " ".join(layouts.texts(made))


def test_an_image_editor_means_what_it_shows(artist: Artist, tmp_path: Path) -> None:
    """Its menu showed no picture, and paid for one that was taken in a viewport earlier."""
    expected = pictures.mushroom()
    cup = pictures.put("cup", expected)
    with layouts.editor("IMAGE_EDITOR") as area:
        area.spaces.active.image = cup
        take()
        assert chosen().image == cup and chosen().capture is None
        assert "cup" in read(artist) and "taken" not in read(artist)
        assert pictures.same(seen.received(artist, tmp_path), expected)
        artist.session = artist.new_session()
        assert bpy.ops.trellis.generate() == {"FINISHED"}
        assert "cup" in bpy.context.scene.objects
        area.spaces.active.image = None
        assert chosen().missing == "Open an image in this editor"
        assert not buttons.generate()
    with layouts.editor():
        assert chosen().name == "taken", "and a viewport what was taken there"


def test_an_image_editor_takes_no_picture_that_it_would_not_show(artist: Artist) -> None:
    with layouts.editor("IMAGE_EDITOR"):
        assert "Render Selection" not in read(artist) and "Capture View" not in read(artist)
        for take_it in (bpy.ops.trellis.render_selection, bpy.ops.trellis.capture_view):
            with pytest.raises(RuntimeError, match="In an Image Editor its own image is the source"):
                take_it()
    with layouts.editor():
        assert "Render Selection" in read(artist) and "Capture View" in read(artist)


def test_image_that_an_editor_is_given_after_a_picture_was_taken(artist: Artist) -> None:
    first, second = (pictures.put(name, pictures.mushroom(8, 8)) for name in ("first", "second"))
    space = seen.show().spaces.active
    space.image = first
    assert chosen().image == first
    take()
    assert chosen().name == "taken", "the editor showed it before"
    space.image = None
    assert chosen().name == "taken", "nothing was chosen"
    space.image = second
    assert chosen().image == second
    space.image = first
    assert chosen().image == first, "that was chosen now"
    take()
    assert chosen().name == "taken", "the last click is to take one more"


def test_image_that_blender_gives_an_editor_is_nobodys_choice(artist: Artist) -> None:
    """In Edit Mode a UV Editor shows the texture of whatever is selected."""
    area = seen.show()
    area.ui_type = "UV"
    try:
        area.spaces.active.image = pictures.put("first", pictures.mushroom(8, 8))
        take()
        area.spaces.active.image = pictures.put("second", pictures.mushroom(8, 8))
        assert chosen().name == "taken"
    finally:
        area.ui_type = "IMAGE_EDITOR"


def test_canvas_that_is_selected_after_a_picture_was_taken(artist: Artist) -> None:
    sketch = image_empty(pictures.put("sketch", pictures.mushroom(8, 8)), "Sketch")
    photo = image_empty(pictures.put("photo", pictures.mushroom(8, 8)), "Photo")
    staged.select(sketch)
    with layouts.editor():
        take()
        assert chosen().name == "taken", "it was selected before"
        assert "The picture on Sketch is selected, but another one is sent." in read(artist)
        assert "Use Selected Picture" in read(artist)
        staged.select(photo)
        assert chosen().name == "photo" and "but another one is sent" not in read(artist)
        photo.select_set(False)
        assert chosen().name == "taken", "the picture was not lost by a click"
        staged.select(sketch)
        assert chosen().name == "sketch", "selected once more"
        take()
        assert chosen().name == "taken"
        bpy.ops.trellis.drop_capture()  # which is what the button does
        assert chosen().name == "sketch"


def test_canvas_that_is_given_another_picture_after_one_was_taken(artist: Artist) -> None:
    first, second = (pictures.put(name, pictures.mushroom(8, 8)) for name in ("first", "second"))
    sketch = image_empty(first, "Sketch")
    take()
    assert chosen().name == "taken"
    sketch.data = second
    assert chosen().name == "second"
    sketch.data = first
    assert chosen().name == "first", "that was chosen now"
    take()
    assert chosen().name == "taken"


@pytest.mark.parametrize("source", ["AUTO", "RENDER"])
def test_render_that_is_finished_after_a_picture_was_taken(artist: Artist, source: str) -> None:
    scene = staged.scene()
    artist.settings.source = source
    bpy.ops.render.render()
    assert chosen().is_render
    bpy.ops.trellis.render_selection(view="CAMERA")
    assert chosen().name == "red", "the render was before, and that of the selection is none of the scene's"
    bpy.ops.render.render()
    assert chosen().is_render
    bpy.ops.trellis.render_selection(view="CAMERA")
    bpy.ops.ed.undo_push(message="something")
    scene.frame_set(8)
    assert chosen().name == "red"


def test_source_that_was_picked_before_stays_aside(artist: Artist) -> None:
    """Else a click in an Image Editor would bring back neither: an image that was picked in the panel long ago."""
    old, new = (pictures.put(name, pictures.mushroom(8, 8)) for name in ("old", "new"))
    artist.choose(old)
    take()
    seen.show().spaces.active.image = new
    assert chosen().name == "taken"
    with layouts.editor():
        staged.select(image_empty(new, "Reference"))
        assert chosen().name == "taken"
        assert "The picture on Reference is selected, but another one is sent." in read(artist)
        artist.settings.source = "AUTO"  # what the button does then
        assert chosen().name == "new"
    take()
    artist.settings.source_image = old
    artist.settings.source = "IMAGE"
    take()
    artist.settings.source_image = new
    assert chosen().name == "new", "picking another image is a choice, too"
