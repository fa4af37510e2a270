# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels as Blender has them become bytes, sRGB, with straight alpha and rows from the top."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from trellis_blender.core import pixels, prepared
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame, Pixels, Source, TargaFile, discard
from trellis_blender.core.pixels import read_targa, to_rgba

Rgba = npt.NDArray[np.uint8]


def noise(height: int, width: int, channels: int = 4, seed: int = 1) -> Rgba:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def as_blender_has_it(image: Rgba) -> Pixels:
    height, width, channels = image.shape
    return Pixels(width, height, channels, (image[::-1] / np.float32(255)).astype(np.float32).ravel())


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (7, 1), (3, 5), (64, 48)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_bytes_come_back_as_they_were(height: int, width: int, channels: int) -> None:
    image = noise(height, width, channels)
    rgba = to_rgba(as_blender_has_it(image))
    colour = image[..., :-1] if channels in (2, 4) else image
    assert np.array_equal(rgba[..., :3], np.broadcast_to(colour, (height, width, 3)))
    alpha = image[..., -1] if channels in (2, 4) else np.full((height, width), 255)
    assert np.array_equal(rgba[..., 3], alpha)


def test_linear_pixels_are_made_straight_and_encoded() -> None:
    """Float images are scene-linear, with the colour multiplied by alpha."""
    linear = [(0.0, 0.0, 0.0, 0.0), (0.5, 0.5, 0.5, 1.0), (0.25, 0.25, 0.25, 0.5), (9.0, -1.0, 0.0031308, 1.0)]
    rgba = to_rgba(Pixels(4, 1, 4, np.array(linear, np.float32).ravel(), is_linear=True))
    assert rgba.tolist() == [[[0, 0, 0, 0], [188, 188, 188, 255], [188, 188, 188, 128], [255, 0, 10, 255]]]


def reference(linear: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    curve = 1.055 * np.power(np.maximum(linear, 1e-9).astype(np.float64), 1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curve) * 255


def test_the_table_is_as_exact_as_bytes_are() -> None:
    linear = np.random.default_rng(1).random((200, 100, 3), np.float32) ** 3
    rgba = to_rgba(Pixels(100, 200, 3, linear.ravel(), is_linear=True))
    assert np.abs(rgba[::-1, :, :3] - reference(linear)).max() < 0.53  # 0.5 is what rounding to bytes costs


@pytest.mark.parametrize(
    ("is_linear", "is_premultiplied", "expected"),
    [
        (True, False, 137),
        (True, True, 188),
        (True, None, 188),
        (False, None, 64),
        (False, False, 64),
        (False, True, 128),
    ],
)
def test_alpha_is_made_straight_where_it_is_not(is_linear: bool, is_premultiplied: bool | None, expected: int) -> None:
    values = np.array([0.25, 0.25, 0.25, 0.5], np.float32)
    assert to_rgba(Pixels(1, 1, 4, values, is_linear, is_premultiplied)).tolist() == [[[expected] * 3 + [128]]]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_strips_join(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(50, 40, channels)
    whole = to_rgba(as_blender_has_it(image))
    monkeypatch.setattr(pixels, "STRIP_PIXELS", 120)
    assert np.array_equal(to_rgba(as_blender_has_it(image)), whole)
    monkeypatch.setattr(pixels, "STRIP_PIXELS", 1)
    assert np.array_equal(to_rgba(as_blender_has_it(image)), whole)


@pytest.mark.parametrize("is_bottom_up", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
def test_frame_of_bytes(channels: int, is_bottom_up: bool) -> None:
    image = noise(5, 7, channels)
    rgba = pixels.read(Frame(image[::-1] if is_bottom_up else image, is_bottom_up))
    assert np.array_equal(rgba[..., :channels], image)
    assert channels == 4 or (rgba[..., 3] == 255).all()
    assert rgba is not image


@pytest.mark.parametrize("shape", [(0, 7, 4), (3, 0, 3), (4, 4, 2), (4, 4)])
def test_frame_without_pixels(shape: tuple[int, ...]) -> None:
    with pytest.raises(SourceError, match="no pixels"):
        pixels.read(Frame(np.zeros(shape, np.uint8)))


def test_every_kind_of_source_gives_the_same(tmp_path: Path) -> None:
    image = noise(6, 9)
    path = tmp_path / "render.tga"
    path.write_bytes(targa(image, top_down=False))
    sources: list[Source] = [as_blender_has_it(image), Frame(image, is_bottom_up=False), TargaFile(path)]
    for source in sources:
        assert np.array_equal(pixels.read(source), image)


def test_numbers_that_are_none_are_replaced() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1.0], np.float32)
    for is_linear in (False, True):
        assert to_rgba(Pixels(1, 1, 4, values, is_linear)).tolist() == [[[0, 255, 0, 255]]]


@pytest.mark.parametrize(
    ("width", "height", "channels", "size"), [(0, 0, 4, 0), (2, 2, 4, 15), (2, 2, 4, 0), (4, 0, 4, 0)]
)
def test_image_without_pixels(width: int, height: int, channels: int, size: int) -> None:
    with pytest.raises(SourceError, match="no pixels"):
        to_rgba(Pixels(width, height, channels, np.zeros(size, np.float32)))


def targa(image: Rgba, *, top_down: bool, kind: int = 2, comment: bytes = b"") -> bytes:
    height, width, channels = image.shape
    flags = (0x20 if top_down else 0) | (8 if channels == 4 else 0)
    header = struct.pack("<BBBHHBHHHHBB", len(comment), 0, kind, 0, 0, 0, 0, 0, width, height, channels * 8, flags)
    order = [2, 1, 0, 3][:channels]
    rows = image if top_down else image[::-1]
    return header + comment + np.ascontiguousarray(rows[..., order]).tobytes()


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("comment", [b"", b"Blender"])
def test_targa(tmp_path: Path, channels: int, top_down: bool, comment: bytes) -> None:
    image = noise(5, 7, channels)
    path = tmp_path / "render.tga"
    path.write_bytes(targa(image, top_down=top_down, comment=comment))
    rgba = read_targa(TargaFile(path))
    assert np.array_equal(rgba[..., :channels], image)
    assert channels == 4 or (rgba[..., 3] == 255).all()
    assert not path.exists()


def test_targa_as_pillow_writes_it(tmp_path: Path) -> None:
    image = noise(6, 4)
    path = tmp_path / "render.tga"
    Image.fromarray(image, "RGBA").save(path)
    assert np.array_equal(read_targa(TargaFile(path)), image)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x" * 17,
        targa(noise(5, 7), top_down=False)[:-1],
        targa(noise(5, 7), top_down=False, kind=10),
        targa(noise(0, 7), top_down=False),
        targa(noise(2, 2), top_down=False).replace(b"\x20", b"\x10", 1),
    ],
)
def test_targa_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "render.tga"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="Render it again"):
        read_targa(TargaFile(path))
    assert not path.exists()
    with pytest.raises(SourceError, match="Render it again"):
        prepared.prepare(TargaFile(path))


def test_discarded_source_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "render.tga"
    path.write_bytes(b"x")
    discard(TargaFile(path))
    discard(TargaFile(path))
    assert not path.exists()
    discard(as_blender_has_it(noise(1, 1)))
