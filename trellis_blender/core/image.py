# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture is: the pixels that are captured, and the encoded image that is sent. Values only; imports no bpy."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Box
from .view import View

OPAQUE_ABOVE: Final = 204
"""Alpha, 0–255, above which the server takes a pixel for the subject: 0.8 [model]."""
MODEL_SIDE_PIXELS: Final = 1024
"""The server shrinks a picture to this long side [model], so more is never sent."""

Rgba = npt.NDArray[np.uint8]
"""Shape (height, width, 4), rows from the top, sRGB, straight alpha."""


@dataclass(frozen=True, eq=False)
class Pixels:
    """An image as Blender's ``Image.pixels`` gives it.

    ``values`` is a flat float32 array of ``height * width * channels``, rows from the bottom.
    ``is_linear``: scene-linear, as float images are; otherwise values to be shown as they are.
    ``is_premultiplied``: whether the colour is multiplied by alpha, as in float images; None means as ``is_linear``.
    ``view``: how the display shows the numbers, if not linear ones by the plain view.
    """

    width: int
    height: int
    channels: int
    values: npt.NDArray[np.float32]
    is_linear: bool = False
    is_premultiplied: bool | None = None
    view: View | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """Bytes that are already sRGB with straight alpha, shape (height, width, 3 or 4): a fourth of what floats take."""

    values: npt.NDArray[np.uint8]
    is_bottom_up: bool = True


@dataclass(frozen=True)
class TargaFile:
    """An uncompressed 8-bit Targa on disk, as Blender writes the Render Result; removed after reading."""

    path: Path


@dataclass(frozen=True)
class ExrFile:
    """Uncompressed floats on disk, as Blender writes them of renders in a moment; removed after reading.

    ``view`` is how the display shows them. ``layer``: which one, of a file with several.
    """

    path: Path
    view: View
    layer: str = ""
    is_opaque: bool = False


@dataclass(frozen=True, eq=False)
class PictureFile:
    """A picture as it lies on the artist's disk, or packed, for a worker to decode; it is never removed.

    ``mark`` is its path, and the file's time in nanoseconds and bytes when it was captured: later it may be another
    picture. ``is_opaque``: its alpha is no transparency. ``content`` is that of a packed one.
    """

    name: str
    mark: tuple[str, int, int]
    is_opaque: bool = False
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A part of a picture that is in memory already: ``cut`` gives it, and is for a worker to call."""

    cut: Callable[[], Rgba]


Source = Pixels | Frame | TargaFile | ExrFile | PictureFile | Excerpt


@dataclass(frozen=True)
class Sent:
    """A picture that was sent before, by the hash of its bytes; ``instead`` is what it was made of, if it is gone."""

    sha256: str
    name: str
    instead: Source | None = None


Ordered = Source | Sent
"""What a job may be ordered with."""


@dataclass(frozen=True)
class Picture:
    """What is sent: an encoded image. ``sha256`` is of ``content``, in hexadecimal.

    Of where it came from it tells the size, the box that was taken as the subject in that, if any was looked for, and
    the seconds that a worker spent on it; all that is unknown of one that was read from disk.
    """

    content: bytes
    media_type: str
    width: int
    height: int
    sha256: str
    source_width: int = field(default=0, compare=False)
    source_height: int = field(default=0, compare=False)
    subject: Box | None = field(default=None, compare=False)
    seconds: float = field(default=0.0, compare=False)

    def data_uri(self) -> str:
        """Give the picture as the API's ``image`` parameter takes it."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode('ascii')}"


def picture_of(content: bytes) -> Picture:
    """Give the picture that :func:`png.encode` wrote, from its bytes."""
    width, height = struct.unpack_from(">II", content, 16)
    return Picture(content, "image/png", width, height, hashlib.sha256(content).hexdigest())


def discard(source: Ordered) -> None:
    """Remove the temporary file of a source that will not be sent."""
    if isinstance(source, TargaFile | ExrFile):
        source.path.unlink(missing_ok=True)
