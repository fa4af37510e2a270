# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PNG's file is made of: its header, its chunks and their packed rows, not yet unfiltered. Imports no bpy."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
DEPTHS: Final = {GREY: 1, COLOUR: 3, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
"""Bytes of a pixel of 8 bits, by the kinds of colour without a palette [PNG, 11.2.2]."""
SUB, UP, AVERAGE, PAETH = 1, 2, 3, 4
"""The filters of a row beside 0, none [PNG, 9.2]."""
_HEADER: Final = struct.Struct(">IIBBBBB")
_ANCILLARY: Final = 0x20
"""In the first letter of a chunk's kind: nobody needs it."""
_PIECE_BYTES: Final = 1 << 16
"""So much is unpacked at once: nothing large is copied while other threads wait."""


@dataclass(frozen=True)
class Picture:
    """A PNG's header, and where its packed rows are."""

    width: int
    height: int
    kind: int
    depth: int
    """Bytes of a pixel; 0 of one that has other than 8 bits a channel, a palette, or rows in another order."""
    bits: int
    """Of a channel, or of a colour's number."""
    is_interlaced: bool
    clear: bytes
    """What tRNS has: the alpha of the palette's first colours, or a colour that is clear [PNG, 11.3.1.1]."""
    packed: list[memoryview] = field(repr=False)


def read(png: bytes) -> Picture | None:
    """Give what a file begins with and where the rest is; None where it is no PNG, or one without pixels."""
    head, clear, packed = memoryview(b""), b"", []
    for kind, data in _chunks(png):
        if kind == b"IDAT":
            packed.append(data)
        elif kind == b"IHDR":
            head = data
        elif kind == b"tRNS":
            clear = bytes(data)
    if len(head) != _HEADER.size:
        return None
    width, height, bits, colour, _compression, _filter, interlace = _HEADER.unpack(head)
    if not width or not height:
        return None
    depth = DEPTHS.get(colour, 0) if bits == 8 and not interlace else 0
    return Picture(width, height, colour, depth, bits, bool(interlace), clear, packed)


def opening(png: bytes) -> tuple[int, frozenset[bytes]]:
    """Give the bits of a channel, and the kinds of the chunks before the pixels; 0 where those are not reached."""
    bits, kinds = 0, set[bytes]()
    for kind, data in _chunks(png):
        if kind == b"IDAT":
            return bits, frozenset(kinds)
        if kind == b"IHDR" and len(data) == _HEADER.size:
            bits = data[8]
        kinds.add(kind)
    return 0, frozenset(kinds)


def is_sound(png: bytes) -> bool:
    """Whether all chunks that the picture needs are as they were written, told by their sums [PNG, 5.3]."""
    position, view = len(SIGNATURE), memoryview(png)
    for kind, data in _chunks(png):
        end = position + 8 + len(data)
        is_needed = not kind[0] & _ANCILLARY
        if is_needed and zlib.crc32(view[position + 4 : end]).to_bytes(4, "big") != png[end : end + 4]:
            return False
        position = end + 4
        if kind == b"IEND":
            return True
    return False


def lines(picture: Picture) -> Iterator[npt.NDArray[np.uint8]]:
    """Unpack, some rows at a time: (rows, 1 + width * depth), the first byte of each its filter.

    Raises ValueError for damaged data, when it is met, and when it ends too early.
    """
    line = 1 + picture.width * picture.depth
    wanted, waiting, size = picture.height * line, list[bytes](), 0
    for piece in _unpacked(picture.packed, wanted):
        waiting.append(piece)
        size += len(piece)
        count = size // line
        if count:
            whole = b"".join(waiting)
            yield np.frombuffer(whole, np.uint8, count * line).reshape(count, line)
            wanted -= count * line
            size -= count * line
            waiting = [whole[count * line :]]
    if wanted:
        raise ValueError("a PNG that ends too early")


def all_lines(picture: Picture) -> npt.NDArray[np.uint8]:
    """Give all of :func:`lines` at once."""
    found, done = np.empty((picture.height, 1 + picture.width * picture.depth), np.uint8), 0
    for some in lines(picture):
        found[done : done + len(some)] = some
        done += len(some)
    return found


def _chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    position, view = len(SIGNATURE), memoryview(png)
    while png.startswith(SIGNATURE) and position + 12 <= len(png):
        (size,) = struct.unpack_from(">I", png, position)
        yield png[position + 4 : position + 8], view[position + 8 : position + 8 + size]
        position += 12 + size


def _unpacked(packed: list[memoryview], wanted: int) -> Iterator[bytes]:
    """Give so many bytes at most, in pieces: what unpacks to more than the picture's size is not held."""
    unpacker: Any = zlib.decompressobj()
    for data in packed:
        for start in range(0, len(data), _PIECE_BYTES):
            if not wanted:
                return
            try:
                piece = unpacker.decompress(data[start : start + _PIECE_BYTES], wanted)
            except zlib.error as error:
                raise ValueError("a damaged PNG") from error
            wanted -= len(piece)
            yield piece
