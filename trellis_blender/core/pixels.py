# SPDX-License-Identifier: GPL-3.0-or-later
"""What was captured -> bytes, sRGB, straight alpha, rows from the top. Pure numpy, in strips; imports no bpy.

In strips, since a large array at once takes several times its memory, and since a thread that works
on one for long delays Blender's own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from . import exr, undecoded
from .errors import SourceError
from .image import Excerpt, ExrFile, Frame, PictureFile, Pixels, Rgba, Source, TargaFile
from .view import PLAIN, View

Floats = npt.NDArray[np.float32]

STRIP_PIXELS: Final = 2**18
_TGA_HEADER: Final = struct.Struct("<BBBHHBHHHHBB")
_TGA_TOP_DOWN: Final = 0x20
_INFINITE: Final = 65504.0
_NO_PIXELS: Final = "The image has no pixels. Load or paint it first."


def read(source: Source) -> Rgba:
    """Give the pixels of a source; removes its temporary file. Raises :class:`SourceError`."""
    if isinstance(source, TargaFile):
        return read_targa(source)
    if isinstance(source, ExrFile):
        return read_exr(source)
    if isinstance(source, Excerpt):
        return source.cut()
    if isinstance(source, PictureFile):
        return read_picture_file(source)
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
    view = PLAIN if pixels.view is None and pixels.is_linear else pixels.view
    values = pixels.values.reshape(height, width, pixels.channels)[::-1]
    has_alpha = pixels.channels in (2, 4)
    rgba = np.full((height, width, 4), 255, np.uint8)
    for rows in strips(height, width):
        strip = np.nan_to_num(values[rows], posinf=_INFINITE, neginf=0.0)
        colour, alpha = (strip[..., :-1], strip[..., -1]) if has_alpha else (strip, None)
        _show(rgba[rows], colour, alpha, view, is_premultiplied=is_premultiplied)
    return rgba


def read_exr(file: ExrFile) -> Rgba:
    """Read and remove what Blender wrote of a render. Raises :class:`SourceError`."""
    try:
        found = exr.lines(file.path)
        colours, opacity = found.colour(file.layer)
        rgba = np.full((found.height, found.width, 4), 255, np.uint8)
        for rows in strips(found.height, found.width):
            strip = np.nan_to_num(found.rows(rows), posinf=_INFINITE, neginf=0.0)
            colour = np.moveaxis(strip[:, colours], 1, -1)
            alpha = strip[:, opacity] if opacity is not None and not file.is_opaque else None
            _show(rgba[rows], colour, alpha, file.view, is_premultiplied=True)
    finally:
        file.path.unlink(missing_ok=True)
    return rgba


def read_picture_file(file: PictureFile) -> Rgba:
    """Read the artist's own file, which stays. Raises :class:`SourceError`."""
    values = undecoded.read(file)
    height, width, channels = values.shape
    rgba = np.full((height, width, 4), 255, np.uint8)
    for rows in strips(height, width):
        rgba[rows, :, :3] = values[rows, :, : 3 if channels > 2 else 1]
        if channels in (2, 4) and not file.is_opaque:
            rgba[rows, :, 3] = values[rows, :, -1]
    return rgba


def _show(rgba: Rgba, colour: Floats, alpha: Floats | None, view: View | None, *, is_premultiplied: bool) -> None:
    """Fill a strip with what the display shows of it; where nothing is to be seen, nothing is worked out."""
    if alpha is not None:
        rgba[..., 3] = _to_bytes(alpha)
        is_seen = alpha > 0.0
        if is_premultiplied:
            colour = np.divide(colour, np.where(is_seen, alpha, np.float32(1.0))[..., None], dtype=np.float32)
        if view is not None and colour.shape[-1] == 3 and not is_seen.all():
            rgba[is_seen, :3] = view.shown(colour[is_seen])
            rgba[~is_seen, :3] = 0
            return
    rgba[..., :3] = _to_bytes(colour) if view is None else view.shown(colour)


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


def _to_bytes(values: Floats) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(values * np.float32(255.0) + np.float32(0.5), 0.0, 255.0), dtype=np.uint8)
