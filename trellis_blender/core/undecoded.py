# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's own PNG, JPEG or WebP -> its pixels as Blender would read them. For workers; imports no bpy.

What Blender would read otherwise, or only it can, is left to it: other than 8 bits a channel, and a PNG that names a
colour space by cICP. All else that a file says of its colours (gAMA, cHRM, iCCP) Blender passes over, and so do we.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from . import decoder, png_chunks, png_pixels
from .errors import SourceError
from .image import PictureFile

HEAD_BYTES: Final = 2**18
"""So much of a file is looked at to know whether it is for us."""
_LARGEST_PIXELS: Final = 16384
_LARGEST_PIXELS_BY_DIAGONALS: Final = 4096
"""Longer sides without a decoder would take many seconds."""
_MOST_BITS: Final = 8
_ANIMATED: Final = 0x02
_log = logging.getLogger(__name__)
_faulty: set[tuple[str, int, int]] = set()
"""Marks of files that were not what their beginning said: Blender itself is asked, and says it its own way."""


def is_readable(head: bytes) -> bool:
    """Whether :func:`read` is for a file, told by its beginning. Looks for a decoder on disk: not for drawing."""
    if head.startswith(png_chunks.SIGNATURE):
        bits, kinds = png_chunks.opening(head)
        if not 0 < bits <= _MOST_BITS or b"cICP" in kinds:
            return False
    elif head[12:16] == b"VP8X" and head[20] & _ANIMATED:
        return False
    return decoder.is_readable(head, _LARGEST_PIXELS) or _is_by_diagonals(head)


def is_faulty(mark: tuple[str, int, int]) -> bool:
    """Whether a file with this mark could not be read, though it began like one that can."""
    return mark in _faulty


def content(file: PictureFile) -> bytes:
    """Give a file as it was when it was captured. Raises :class:`SourceError` when it is gone or another one by now."""
    if file.content is not None:
        return file.content
    name = file.name
    try:
        with Path(file.mark[0]).open("rb") as stream:
            found = os.fstat(stream.fileno())
            read = stream.read()
    except OSError as error:
        raise SourceError(
            f"The image {name} cannot be read. Check that its file is there, or pick another one."
        ) from error
    if (found.st_mtime_ns, found.st_size) != file.mark[1:]:
        raise changed(name)
    return read


def changed(name: str) -> SourceError:
    """Say that a file is another one than that which was looked at."""
    return SourceError(
        f"The file of the image {name} was just changed. Look at the preview, then press Generate again."
    )


def read(file: PictureFile) -> npt.NDArray[np.uint8]:
    """Give the pixels, (height, width, 1 to 4), top row first. Raises :class:`SourceError`."""
    encoded, name = content(file), file.name
    if decoder.is_readable(encoded, _LARGEST_PIXELS):
        try:
            return decoder.read(encoded, _LARGEST_PIXELS)
        except ValueError as error:
            _log.info("The image %s is read another way: %s", name, error)
    try:
        if not _is_by_diagonals(encoded) or not png_chunks.is_sound(encoded):
            raise ValueError("a damaged picture")
        return png_pixels.read(encoded)
    except ValueError as error:
        _faulty.add(file.mark)
        raise SourceError(
            f"The image {name} cannot be read. Check that its file is there, or pick another one."
        ) from error


def _is_by_diagonals(head: bytes) -> bool:
    if not png_pixels.is_readable(head, _LARGEST_PIXELS_BY_DIAGONALS):
        return False
    return b"tRNS" not in png_chunks.opening(head)[1]
