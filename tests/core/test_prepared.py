# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent: cropped before it is shrunk, its mask kept, nothing hidden in it, and nothing refused sent."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.core.pictures import decoded, disc, framed, on, reaches_the_model, sent, subject, subject_pixels
from trellis_blender.core.components import Box
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Pixels
from trellis_blender.core.preparation import Background, Preparation
from trellis_blender.core.prepared import develop, prepare
from trellis_blender.core.subject import box_of, mask_of

CUT = Preparation(background=Background.CUT)


def test_a_small_subject_keeps_its_detail() -> None:
    """A subject that fills a fifth of a Full HD render reaches the model with three times the pixels."""
    render = disc(1920, 1080, 0.2)
    plain = subject_pixels(sent(render))
    ours = subject_pixels(prepare(framed(render)).content)
    assert plain == pytest.approx(0.2 * 1024 * 576, rel=0.02)
    assert ours == pytest.approx(0.2 * 1920 * 1080, rel=0.02)
    assert ours / plain > 3.4


def test_pixels_that_are_not_shrunk_are_not_touched() -> None:
    render = subject(1920, 1080, Box(700, 300, 1300, 800))
    picture = prepare(framed(render))
    box = box_of(mask_of(decoded(picture)))
    assert box is not None
    assert np.array_equal(decoded(picture)[box.top : box.bottom, box.left : box.right], render[300:800, 700:1300])


def test_a_large_subject_is_sent_as_large_as_the_server_uses() -> None:
    render = subject(1920, 1280, Box(100, 50, 1700, 1100))
    picture = prepare(framed(render))
    assert (picture.width, picture.height) == (1024, 1024)
    box = box_of(mask_of(decoded(picture)))
    assert box is not None
    assert box.width == pytest.approx(1024 / 1.04, abs=2)
    assert reaches_the_model(picture.content).shape[0] == pytest.approx(box.width, abs=2)


def test_the_picture_tells_where_it_comes_from() -> None:
    picture = prepare(framed(subject(400, 300, Box(40, 60, 340, 260))))
    assert (picture.source_width, picture.source_height) == (400, 300)
    assert picture.subject == Box(40, 60, 340, 260)
    assert (picture.width, picture.height) == (312, 312)
    assert picture.seconds > 0
    assert picture.media_type == "image/png"
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()
    head, _, payload = picture.data_uri().partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(payload) == picture.content


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.5])
def test_margin(margin: float) -> None:
    picture = prepare(framed(subject(600, 600, Box(200, 200, 400, 500))), Preparation(margin=margin))
    assert picture.width == 300 + 2 * max(round(300 * margin), 1)


def test_a_subject_that_fills_its_square_still_has_a_mask() -> None:
    """Without a transparent pixel the server would throw the artist's mask away, and guess."""
    for side in (200, 1500):
        picture = prepare(
            framed(subject(side + 80, side + 80, Box(40, 40, side + 40, side + 40))), Preparation(margin=0)
        )
        image = decoded(picture)
        assert (image[0, :, 3] < 255).all()
        assert reaches_the_model(picture.content).shape[0] == pytest.approx(min(side, 1022), abs=6)


def test_crop_can_be_left_out() -> None:
    render = subject(1920, 1080, Box(700, 300, 1300, 800))
    picture = prepare(framed(render), Preparation(crop=False))
    assert (picture.width, picture.height) == (1024, 576)
    assert picture.subject == Box(700, 300, 1300, 800)


def test_nothing_hidden_is_sent() -> None:
    render = subject(300, 300, Box(50, 50, 250, 250))
    assert render[0, 0, :3].any()
    for preparation in (Preparation(), Preparation(crop=False), Preparation(margin=0.4)):
        image = decoded(prepare(framed(render), preparation))
        assert (image[image[..., 3] == 0] == 0).all()


@pytest.mark.parametrize(("size", "expected"), [((1500, 800), (1024, 546)), ((800, 600), (800, 600)), ((1, 1), (1, 1))])
def test_opaque_pictures_are_left_to_the_servers_remover(size: tuple[int, int], expected: tuple[int, int]) -> None:
    image = on(disc(*size, 0.3), (200, 220, 240))
    picture = prepare(framed(image))
    assert (picture.width, picture.height) == expected
    assert Image.open(io.BytesIO(picture.content)).mode == "RGB"
    assert picture.subject is None
    if size == expected:
        assert np.array_equal(decoded(picture), image)


def test_stray_alpha_makes_no_mask() -> None:
    """The server takes any value below 255 for a mask, and would make the whole frame an object."""
    image = on(disc(100, 80, 0.3), (200, 220, 240)).copy()
    image[3, 4, 3] = 254
    picture = prepare(framed(image))
    assert Image.open(io.BytesIO(picture.content)).mode == "RGB"


def test_even_background_is_cut_when_asked() -> None:
    render = disc(1920, 1080, 0.2)
    for colour in ((255, 255, 255), (20, 20, 20), (30, 200, 60)):
        picture = prepare(framed(on(render, colour)), CUT)
        exact = prepare(framed(render))
        assert picture.width == pytest.approx(exact.width, abs=3)
        assert subject_pixels(picture.content) == pytest.approx(subject_pixels(exact.content), rel=0.02)


def test_cutting_leaves_a_mask_as_it_is() -> None:
    render = disc(400, 300, 0.2)
    assert prepare(framed(render), CUT) == prepare(framed(render))


def test_floats_of_blender() -> None:
    render = subject(200, 100, Box(20, 30, 120, 90))
    pixels = Pixels(200, 100, 4, (render[::-1] / np.float32(255)).astype(np.float32).ravel())
    assert prepare(pixels) == prepare(framed(render))


@pytest.mark.parametrize("alpha", [0, 204])
def test_nothing_opaque_is_refused(alpha: int) -> None:
    render = subject(100, 100, Box(20, 20, 80, 80), alpha=alpha)
    with pytest.raises(SourceError, match="nothing opaque"):
        prepare(framed(render))
    prepared = develop(framed(render))
    assert prepared.picture is None
    assert prepared.thumbnail().shape[0] <= 256


def test_a_refused_source_is_not_left_on_disk(tmp_path: Path) -> None:
    from trellis_blender.core.image import TargaFile

    path = tmp_path / "render.tga"
    Image.fromarray(subject(20, 20)).save(path)
    with pytest.raises(SourceError, match="nothing opaque"):
        prepare(TargaFile(path))
    assert not path.exists()


def test_thumbnail_shows_what_is_sent() -> None:
    prepared = develop(framed(subject(1920, 1080, Box(700, 300, 1300, 800))))
    thumbnail = prepared.thumbnail()
    assert thumbnail.shape == (256, 256, 4)
    box = box_of(mask_of(thumbnail))
    assert box is not None
    assert box.width == pytest.approx(256 / 1.04, abs=2)


@pytest.mark.parametrize("shape", [(1, 1), (8192, 3), (2, 5000)])
def test_odd_shapes(shape: tuple[int, int]) -> None:
    height, width = shape
    for alpha in (255, 254):
        rgba = np.full((height, width, 4), alpha, np.uint8)
        picture = prepare(framed(rgba))
        assert max(picture.width, picture.height) <= 1024
        assert min(picture.width, picture.height) >= 1
    rgba = subject(width + 2, height + 2, Box(1, 1, width + 1, height + 1))
    picture = prepare(framed(rgba))
    assert picture.width == picture.height <= 1024
