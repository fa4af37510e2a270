# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture was taken of the scene, and then something else was chosen: the last choice is what is shown and sent."""

from pathlib import Path

import bpy
import layouts
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module
from seen import chosen


def take() -> None:
    """Have taken a picture of the scene, red all over."""
    red = np.zeros((32, 32, 4), np.uint8)
    red[4:28, 4:28] = (200, 0, 0, 255)
    module("blender.captures").keep("taken", red, bpy.context.scene)


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
        assert not bpy.ops.trellis.generate.poll()
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
