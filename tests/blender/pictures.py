# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures whose every pixel is known: made as arrays, put into Blender's images, and read back from encoded bytes."""

import struct
import zlib
from pathlib import Path

import bpy
import numpy as np

Rgba = np.ndarray
"""Shape (height, width, 4), 8 bits, rows from the top, sRGB, straight alpha."""


def mushroom(width: int = 48, height: int = 40) -> Rgba:
    """A subject that differs left from right and top from bottom, with soft and with empty alpha."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    cap = ((x - width * 0.5) / (width * 0.4)) ** 2 + ((y - height * 0.35) / (height * 0.28)) ** 2 < 1
    stem = (abs(x - width * 0.45) < width * 0.12) & (y > height * 0.35) & (y < height * 0.9)
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[..., 0] = 255 * x / (width - 1)
    rgba[..., 1] = 255 * y / (height - 1)
    rgba[..., 2] = 90
    rgba[..., 3] = np.where(cap | stem, 255, 0)
    rgba[0:2, 0:6, 3] = 128  # soft alpha, in one corner only
    return rgba


def put(name: str, rgba: Rgba, *, is_float: bool = False) -> bpy.types.Image:
    """Make an image in memory that shows ``rgba``."""
    height, width = rgba.shape[:2]
    image = bpy.data.images.new(name, width, height, alpha=True, float_buffer=is_float)
    values = rgba[::-1].astype(np.float32) / 255.0
    if is_float:  # scene-linear, premultiplied
        colour = values[..., :3]
        linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        values = np.concatenate([linear * values[..., 3:], values[..., 3:]], axis=2)
    image.pixels.foreach_set(np.ascontiguousarray(values, np.float32).ravel())
    image.update()
    return image


def encode_png(rgba: Rgba) -> bytes:
    """Write a PNG without any help from the extension."""
    height, width = rgba.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(rgba, np.uint8))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def decode(data: bytes, folder: Path) -> Rgba:
    """Read an encoded picture with Blender's own reader, and leave no image behind."""
    path = folder / "received.png"
    path.write_bytes(data)
    image = bpy.data.images.load(str(path))
    try:
        width, height = image.size
        values = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(values)
        rows = values.reshape(height, width, image.channels)[::-1]
        return np.asarray(np.round(rows * 255.0), np.uint8)
    finally:
        bpy.data.images.remove(image)
        path.unlink()


def cropped(rgba: Rgba, margin: float = 0.02) -> Rgba:
    """Give the square around what is opaque, as it is sent when it is not larger than 1024 pixels."""
    rows, columns = np.nonzero(rgba[..., 3] > 204)
    if rows.size in (0, rgba[..., 3].size):
        return rgba
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    long = max(bottom - top, right - left)
    side = long + 2 * max(round(long * margin), 1)
    padded = np.pad(rgba, ((side, side), (side, side), (0, 0)))
    y, x = top - (side - (bottom - top)) // 2 + side, left - (side - (right - left)) // 2 + side
    return padded[y : y + side, x : x + side]


def same(received: Rgba, expected: Rgba, *, tolerance: int = 0) -> bool:
    """Whether two pictures have one size and look the same; colour counts only where there is alpha.

    A picture of another size has to be what is left of the expected one when it is cropped to its subject.
    """
    if received.shape != expected.shape:
        expected = cropped(expected)
    if received.shape != expected.shape:
        return False
    solid = expected[..., 3:] > 0
    difference = np.abs(received.astype(int) - expected.astype(int))
    return bool((difference[..., 3] <= tolerance).all() and (np.where(solid, difference, 0) <= tolerance).all())
