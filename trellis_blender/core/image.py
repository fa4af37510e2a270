# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels -> checked -> the PNG that is sent. Pure numpy and zlib, for a worker thread; imports no bpy."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from .errors import SourceError

OPAQUE_ABOVE: Final = 0.8 * 255
"""Alpha, 0–255, above which the server takes a pixel for the subject [model]."""
MODEL_SIDE_PIXELS: Final = 1024
"""The server shrinks a picture to this long side [model]."""
LONGEST_SIDE_PIXELS: Final = 2 * MODEL_SIDE_PIXELS
"""What is larger is halved, thirded … here, since the server would shrink it anyway [model]."""
_TGA_HEADER: Final = struct.Struct("<BBBHHBHHHHBB")
_TGA_TOP_DOWN: Final = 0x20

Rgba = npt.NDArray[np.uint8]
"""Shape (height, width, 4), rows from the top, sRGB, straight alpha."""


@dataclass(frozen=True, eq=False)
class Pixels:
    """An image as Blender's ``Image.pixels`` gives it.

    ``values`` is a flat float32 array of ``height * width * channels``, rows from the bottom.
    ``is_linear``: scene-linear with premultiplied alpha, as float images are; otherwise the stored
    values of a byte image, straight alpha.
    """

    width: int
    height: int
    channels: int
    values: npt.NDArray[np.float32]
    is_linear: bool = False


@dataclass(frozen=True)
class TargaFile:
    """An uncompressed 8-bit Targa on disk, as Blender writes the Render Result; removed after reading."""

    path: Path


Source = Pixels | TargaFile


@dataclass(frozen=True)
class Picture:
    """What is sent: an encoded image. ``sha256`` is of ``content``, in hexadecimal."""

    content: bytes
    media_type: str
    width: int
    height: int
    sha256: str

    def data_uri(self) -> str:
        """Give the picture as the API's ``image`` parameter takes it."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode('ascii')}"


def prepare(source: Source) -> Picture:
    """Turn a source into the picture that is sent. Raises :class:`SourceError`; slow, for a worker."""
    rgba = read_targa(source) if isinstance(source, TargaFile) else to_rgba(source)
    rgba = reduce(rgba)
    check_opaque(rgba)
    content = encode_png(rgba)
    height, width = rgba.shape[:2]
    return Picture(content, "image/png", width, height, hashlib.sha256(content).hexdigest())


def picture_of(content: bytes) -> Picture:
    """Give the picture that :func:`encode_png` wrote, from its bytes."""
    width, height = struct.unpack_from(">II", content, 16)
    return Picture(content, "image/png", width, height, hashlib.sha256(content).hexdigest())


def discard(source: Source) -> None:
    """Remove the temporary file of a source that will not be sent."""
    if isinstance(source, TargaFile):
        source.path.unlink(missing_ok=True)


def to_rgba(pixels: Pixels) -> Rgba:
    """Convert Blender's floats to 8-bit sRGB with straight alpha, rows from the top."""
    expected = pixels.width * pixels.height * pixels.channels
    if expected == 0 or pixels.values.size != expected:
        raise SourceError("The image has no pixels. Load or paint it first.")
    values = pixels.values.reshape(pixels.height, pixels.width, pixels.channels)[::-1]
    colour, alpha = _split(np.nan_to_num(values, posinf=1.0, neginf=0.0))
    if pixels.is_linear:
        solid = np.where(alpha > 0.0, alpha, 1.0)
        colour = _srgb((colour / solid).astype(np.float32))
    joined = np.concatenate([np.broadcast_to(colour, (*colour.shape[:2], 3)), alpha], axis=2)
    return np.asarray(np.clip(joined * 255.0 + 0.5, 0.0, 255.0), dtype=np.uint8)


def read_targa(file: TargaFile) -> Rgba:
    """Read and remove an uncompressed 24- or 32-bit Targa. Raises :class:`SourceError`."""
    try:
        content = file.path.read_bytes()
        file.path.unlink()
    except OSError as error:
        raise SourceError(f"The rendered picture cannot be read ({error.strerror}). Render it again.") from error
    if len(content) < _TGA_HEADER.size:
        raise SourceError("The rendered picture is empty. Render it again.")
    skip, _map, kind, _first, _length, _bits, _x, _y, width, height, depth, flags = _TGA_HEADER.unpack_from(content)
    channels = depth // 8
    start = _TGA_HEADER.size + skip
    if kind != 2 or channels not in (3, 4) or len(content) < start + width * height * channels or not width * height:
        raise SourceError("The rendered picture cannot be read. Render it again.")
    flat = np.frombuffer(content, np.uint8, width * height * channels, start)
    rows = flat.reshape(height, width, channels)
    if not flags & _TGA_TOP_DOWN:
        rows = rows[::-1]
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :3] = rows[..., 2::-1]
    if channels == 4:
        rgba[..., 3] = rows[..., 3]
    return rgba


def reduce(rgba: Rgba) -> Rgba:
    """Shrink by a whole factor until the long side is at most ``LONGEST_SIDE_PIXELS``; averages, alpha-weighted."""
    factor = -(-max(rgba.shape[:2]) // LONGEST_SIDE_PIXELS)
    if factor <= 1:
        return rgba
    height, width = rgba.shape[:2]
    rgba = np.pad(rgba, ((0, -height % factor), (0, -width % factor), (0, 0)), mode="edge")
    blocks = rgba.reshape(rgba.shape[0] // factor, factor, rgba.shape[1] // factor, factor, 4)
    alpha = blocks[..., 3:].astype(np.float32)
    weight = alpha.sum(axis=(1, 3))
    colour = (blocks[..., :3] * alpha).sum(axis=(1, 3)) / np.where(weight > 0, weight, 1.0)
    small = np.concatenate([colour, weight / factor**2], axis=2)
    return np.asarray(small + 0.5, dtype=np.uint8)


def check_opaque(rgba: Rgba) -> None:
    """Raise :class:`SourceError` for a picture on which the server would fail after billing it [model]."""
    if not (rgba[..., 3] > OPAQUE_ABOVE).any():
        raise SourceError("The picture has nothing opaque in it, so there is no subject. Check its alpha channel.")


def encode_png(rgba: Rgba) -> bytes:
    """Encode as PNG without metadata; without alpha when all of it is opaque."""
    height, width = rgba.shape[:2]
    has_alpha = bool((rgba[..., 3] < 255).any())
    rows = np.ascontiguousarray(rgba if has_alpha else rgba[..., :3]).reshape(height, -1)
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = 2  # filter "Up": each row as its difference to the one above
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if has_alpha else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.data, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _split(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Give colour and alpha; grey images have one or two channels."""
    channels = values.shape[2]
    if channels in (2, 4):
        return values[..., :-1], values[..., -1:]
    return values, np.ones((*values.shape[:2], 1), np.float32)


def _srgb(linear: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    linear = np.clip(linear, 0.0, 1.0)
    curve = 1.055 * np.power(linear, 1.0 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, curve), dtype=np.float32)
