# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that hold several pictures: the tile and the eye that are sent, in every way that they can be shown."""

from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module
from seen import chosen, show
from test_sources_render import set_layer


@pytest.mark.parametrize("is_float", [False, True], ids=["bytes", "floats"])
@pytest.mark.parametrize("space", ["sRGB", "Linear Rec.709"])
@pytest.mark.parametrize("is_viewed", [False, True], ids=["plain", "view as render"])
def test_tile_of_another_colour(
    artist: Artist, tmp_path: Path, is_float: bool, space: str, is_viewed: bool
) -> None:  # fmt: skip
    """Of tiled images Blender writes all tiles or none, so the first one is written by itself."""
    suffix, kind = (".exr", "OPEN_EXR") if is_float else (".png", "PNG")
    for tile in (1001, 1002):
        rows = seen.gradient(32, 32 * (tile - 1000))
        seen.write(tmp_path, f"skin.{tile}{suffix}", rows, kind, depth="16" if is_float else "8", is_float=is_float)
    alone, image = (
        bpy.data.images.load(str(tmp_path / f"skin.1001{suffix}"), check_existing=False) for _ in range(2)
    )  # fmt: skip
    image.source = "TILED"
    for each in (alone, image):
        each.colorspace_settings.name, each.use_view_as_render = space, is_viewed
    bpy.context.scene.view_settings.view_transform = "AgX"
    expected = seen.saved(alone, tmp_path, like=bpy.context.scene if is_viewed else None)
    artist.choose(image)
    assert len(image.tiles) == 2
    assert pictures.same(seen.as_rgba(seen.received(artist, tmp_path)), expected, tolerance=seen.TOLERANCE)


@pytest.mark.parametrize("display", ["SIDEBYSIDE", "TOPBOTTOM"])
@pytest.mark.parametrize("is_viewed", [False, True], ids=["plain", "view as render"])
def test_eye_of_a_stereo_file(
    artist: Artist, tmp_path: Path, display: str, is_viewed: bool
) -> None:  # fmt: skip
    eyes = seen.gradient(64, 32), seen.gradient(64, 32)
    eyes[0][..., 2], eyes[1][..., 2] = 0.0, 1.0
    both = np.concatenate(eyes, axis=1) if display == "SIDEBYSIDE" else np.concatenate(eyes[::-1], axis=0)
    image = bpy.data.images.load(str(seen.write(tmp_path, "eyes.png", both, "PNG")))
    bpy.context.scene.render.use_multiview = True
    bpy.context.scene.view_settings.view_transform = "Standard"
    image.use_multiview, image.views_format, image.stereo_3d_format.display_mode = True, "STEREO_3D", display
    image.reload()
    image.use_view_as_render = is_viewed
    artist.choose(image)
    space = show().spaces.active
    space.image = image
    tokens = set()
    for eye, note in enumerate(("The left view", "The view in the editor")):
        set_layer(space.image_user, 0, view=eye)
        artist.session = artist.new_session()
        expected = (255 * eyes[eye][::-1] + 0.5).astype(np.uint8)
        assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
        assert chosen().note == note
        tokens.add(module("blender.sight").token(chosen(), bpy.context.scene))
    assert len(tokens) == 2
