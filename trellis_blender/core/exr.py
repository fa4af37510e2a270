# SPDX-License-Identifier: GPL-3.0-or-later
"""The one kind of OpenEXR that Blender writes for us: uncompressed scan lines of 32-bit floats. Imports no bpy."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from .errors import SourceError

_MAGIC: Final = 20000630
_LONG_NAMES: Final = 0x400
_PARTS: Final = 0x1000
_UNCOMPRESSED: Final = b"\0"
_FROM_THE_TOP: Final = b"\0"
_VERSION: Final = 2
_FLOAT: Final = 2
_END: Final = (b"", b"\0")
_LONGEST_NAME: Final = 255
_LINE_HEADER: Final = 8
_UNREADABLE: Final = (
    "The rendered picture cannot be read. The temporary folder may be full; free some space, then try again."
)


@dataclass(frozen=True)
class Lines:
    """Where the numbers of a file are; they stay on disk until they are asked for."""

    path: Path
    start: int
    width: int
    height: int
    channels: tuple[str, ...]

    def rows(self, wanted: slice) -> npt.NDArray[np.float32]:
        """Read some lines, counted from the top: shape (lines, channels, width). Raises :class:`SourceError`."""
        top, bottom, _step = wanted.indices(self.height)
        stride = _LINE_HEADER + 4 * self.width * len(self.channels)
        shape = (bottom - top, stride)
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.start + top * stride)
                body = np.fromfile(stream, np.uint8, shape[0] * stride).reshape(shape)
        except (OSError, ValueError) as error:
            raise SourceError(_UNREADABLE) from error
        floats = np.ascontiguousarray(body[:, _LINE_HEADER:]).view("<f4")
        return np.asarray(floats.reshape(-1, len(self.channels), self.width))

    @property
    def layers(self) -> tuple[str, ...]:
        """Give the layers that have a pass *Combined*, in the order in which the file has them."""
        found = (name.removesuffix(".Combined.R") for name in self.channels if name.endswith(".Combined.R"))
        return tuple(dict.fromkeys(found))

    def colour(self, layer: str) -> tuple[list[int], int | None]:
        """Give where red, green and blue are, and alpha if it is there; raises :class:`SourceError`."""
        prefix = f"{layer}.Combined." if layer else ""
        places = {name: place for place, name in enumerate(self.channels)}
        if not {prefix + "R", prefix + "G", prefix + "B"} <= places.keys():
            raise SourceError(_UNREADABLE)
        return [places[prefix + channel] for channel in "RGB"], places.get(prefix + "A")


def lines(path: Path) -> Lines:
    """Look at a file, and read its header only. Raises :class:`SourceError` when it is of another kind."""
    try:
        with path.open("rb") as stream:
            found = _lines(path, stream)
        is_whole = path.stat().st_size == found.start + found.height * (
            _LINE_HEADER + 4 * found.width * len(found.channels)
        )
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise SourceError(_UNREADABLE) from error
    if not is_whole:
        raise SourceError(_UNREADABLE)
    return found


def layer_order(stream: BinaryIO) -> list[str]:
    """Give the layers of a file in Blender's order, which is that of its parts, and of the names in each.

    Raises :class:`SourceError` for channels that are in no layer and pass, of which Blender makes what it thinks best.
    """
    try:
        magic, version = _unpack("<II", stream)
        if magic != _MAGIC:
            raise ValueError("another kind of file")
        names: list[str] = []
        while attributes := dict(_attributes(stream)):
            names += [name for name, _kind in _channel_list(attributes["channels"])]
            if not version & _PARTS:
                break
        return list(dict.fromkeys(layer for layer, _pass, _channel in (name.rsplit(".", 2) for name in names)))
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise SourceError(_UNREADABLE) from error


def _lines(path: Path, stream: BinaryIO) -> Lines:
    magic, version = _unpack("<II", stream)
    if magic != _MAGIC or version & ~_LONG_NAMES != _VERSION:  # neither tiles, nor several parts, nor depth in pixels
        raise ValueError("another kind of file")
    attributes = dict(_attributes(stream))
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    channels = _channels(attributes["channels"])
    is_ours = (attributes["compression"], attributes["lineOrder"]) == (_UNCOMPRESSED, _FROM_THE_TOP)
    if not is_ours or attributes["dataWindow"] != attributes["displayWindow"] or min(width, height, len(channels)) < 1:
        raise ValueError("another kind of file")
    return Lines(path, stream.tell() + 8 * height, width, height, channels)


def _attributes(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    while name := _text(stream):
        _text(stream)  # its kind
        (size,) = _unpack("<I", stream)
        yield name, stream.read(size)


def _unpack(layout: str, stream: BinaryIO) -> tuple[int, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))


def _text(stream: BinaryIO) -> str:
    text = bytearray()
    while (letter := stream.read(1)) not in _END:
        text += letter
        if len(text) > _LONGEST_NAME:
            raise ValueError("no name")
    return text.decode("utf-8")


def _channels(listed: bytes) -> tuple[str, ...]:
    found = list(_channel_list(listed))
    if any(kind != (_FLOAT, 1, 1) for _name, kind in found):
        raise ValueError("another kind of channel")
    return tuple(name for name, _kind in found)


def _channel_list(listed: bytes) -> Iterator[tuple[str, tuple[int, int, int]]]:
    while listed and listed != b"\0":
        name, _end, rest = listed.partition(b"\0")
        kind, _linear, x, y = struct.unpack_from("<iB3xii", rest)
        yield name.decode("utf-8"), (kind, x, y)
        listed = rest[16:]
