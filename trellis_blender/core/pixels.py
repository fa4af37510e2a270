# SPDX-License-Identifier: GPL-3.0-or-later
"""What was captured -> bytes, sRGB, straight alpha, rows from the top. Pure numpy, in strips; imports no bpy.

In strips, since a large array at once takes several times its memory, and since a thread that works
on one for long delays Blender's own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from .errors import SourceError
from .image import Excerpt, Frame, Pixels, Rgba, Source, TargaFile

STRIP_PIXELS: Final = 2**18
_TGA_HEADER: Final = struct.Struct("<BBBHHBHHHHBB")
_TGA_TOP_DOWN: Final = 0x20
_LEVELS: Final = 2**16 - 1
_NO_PIXELS: Final = "The image has no pixels. Load or paint it first."


def read(source: Source) -> Rgba:
    """Give the pixels of a source; removes its temporary file. Raises :class:`SourceError`."""
    if isinstance(source, TargaFile):
        return read_targa(source)
    if isinstance(source, Excerpt):
        return source.cut()
    return read_frame(source) if isinstance(source, Frame) else to_rgba(source)


def strips(height: int, width: int) -> Iterator[slice]:
    """Give the rows of a picture, as many at a time as one should work on at once."""
    rows = max(STRIP_PIXELS // max(width, 1), 1)
    return (slice(top, min(top + rows, height)) for top in range(0, height, rows))


def to_rgba(pixels: Pixels) -> Rgba:
    """Convert Blender's floats to 8-bit sRGB with straight alpha, rows from the top."""
    width, height = pixels.width, pixels.height
    expected = width * height * pixels.channels
    if expected <= 0 or pixels.values.size != expected:
        raise SourceError(_NO_PIXELS)
    is_premultiplied = pixels.is_linear if pixels.is_premultiplied is None else pixels.is_premultiplied
    values = pixels.values.reshape(height, width, pixels.channels)[::-1]
    has_alpha = pixels.channels in (2, 4)
    rgba = np.full((height, width, 4), 255, np.uint8)
    for rows in strips(height, width):
        strip = np.nan_to_num(values[rows], posinf=1.0, neginf=0.0)
        colour = strip[..., :-1] if has_alpha else strip
        if has_alpha:
            alpha = strip[..., -1:]
            rgba[rows, :, 3:] = _to_bytes(alpha)
            if is_premultiplied:
                colour = np.divide(colour, np.where(alpha > 0.0, alpha, np.float32(1.0)), dtype=np.float32)
        rgba[rows, :, :3] = _srgb(colour) if pixels.is_linear else _to_bytes(colour)
    return rgba


def read_frame(frame: Frame) -> Rgba:
    """Turn bytes the right way up, and give them an alpha."""
    values = frame.values
    if values.ndim != 3 or values.shape[2] not in (3, 4) or not values.size:
        raise SourceError(_NO_PIXELS)
    height, width, channels = values.shape
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :channels] = values[::-1] if frame.is_bottom_up else values
    return rgba


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
    for strip in strips(height, width):
        rgba[strip, :, :3] = rows[strip, :, 2::-1]
        if channels == 4:
            rgba[strip, :, 3] = rows[strip, :, 3]
    return rgba


def _to_bytes(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(values * np.float32(255.0) + np.float32(0.5), 0.0, 255.0), dtype=np.uint8)


def _srgb(linear: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Encode by a table: a power for each of 25 million values takes ten times as long."""
    levels = np.clip(linear * np.float32(_LEVELS) + np.float32(0.5), 0.0, _LEVELS).astype(np.uint16)
    return np.asarray(_srgb_table()[levels])


@cache
def _srgb_table() -> npt.NDArray[np.uint8]:
    linear = np.linspace(0.0, 1.0, _LEVELS + 1)
    curve = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1.0 / 2.4) - 0.055)
    return np.asarray(curve * 255.0 + 0.5, dtype=np.uint8)
