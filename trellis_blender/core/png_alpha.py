# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a PNG, and nothing else of it: a channel is filtered apart from the others. numpy and zlib; no bpy."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Alpha = npt.NDArray[np.uint8]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_DEPTHS: Final = {4: 2, 6: 4}
"""Bytes of a pixel, by the kinds of colour that have alpha."""
_WITHOUT_ALPHA: Final = (0, 2)
_STRIP_BYTES: Final = 1 << 20
_SLOW_PIXELS: Final = 1 << 22
"""More than these are not worked out one by one: it would take more than a second."""
_SUB, _UP, _AVERAGE, _PAETH = 1, 2, 3, 4


def read_alpha(png: bytes) -> Alpha | None:
    """Give the alpha, (height, width), top row first; None where only a whole decoder can tell."""
    chunks = dict.fromkeys((b"IHDR", b"tRNS"), b"")
    packed = []
    for kind, data in _chunks(png):
        if kind == b"IDAT":
            packed.append(data)
        elif kind in chunks:
            chunks[kind] = data
    if len(chunks[b"IHDR"]) != 13:
        return None
    width, height, bits, kind, _compression, _filter, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if kind in _WITHOUT_ALPHA and not chunks[b"tRNS"]:
        return np.full((1, 1), 255, np.uint8)
    if kind not in _DEPTHS or bits != 8 or interlace or not width or not height:
        return None
    return _unpacked(packed, width, height, _DEPTHS[kind])


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_SIGNATURE)
    while png.startswith(_SIGNATURE) and position + 12 <= len(png):
        (size,) = struct.unpack_from(">I", png, position)
        yield png[position + 4 : position + 8], png[position + 8 : position + 8 + size]
        position += 12 + size


def _unpacked(packed: list[bytes], width: int, height: int, depth: int) -> Alpha | None:
    """Unpack in strips, of which only the filters and the alpha are kept."""
    line = 1 + width * depth
    rows = max(_STRIP_BYTES // line, 1)
    filters, alpha = np.empty(height, np.uint8), np.empty((height, width), np.uint8)
    unpacker, waiting = zlib.decompressobj(), b"".join(packed)
    done = 0
    while done < height:
        count = min(rows, height - done)
        try:
            strip = unpacker.decompress(waiting, count * line)
        except zlib.error:
            return None
        waiting = unpacker.unconsumed_tail
        if len(strip) < count * line:
            return None
        lines = np.frombuffer(strip, np.uint8).reshape(count, line)
        filters[done : done + count] = lines[:, 0]
        alpha[done : done + count] = lines[:, depth::depth]
        done += count
    return alpha if _unfilter(alpha, filters) else None


def _unfilter(alpha: Alpha, filters: Any) -> bool:
    """Undo the filters [PNG, 9.2] in place, row after row; False for too much work, or filters that do not exist."""
    above = np.zeros(alpha.shape[1], np.uint8)
    slow = 0
    for row, kind in zip(alpha, filters.tolist(), strict=True):
        if kind == _SUB:
            np.cumsum(row, dtype=np.uint8, out=row)
        elif kind == _UP:
            row += above
        elif kind in (_AVERAGE, _PAETH):
            if not _is_even(row, above, kind):
                slow += len(row)
                row[:] = _one_by_one(row.tolist(), above.tolist(), kind)
        elif kind:
            return False
        if slow > _SLOW_PIXELS:
            return False
        above = row
    return True


def _is_even(row: Alpha, above: Alpha, kind: int) -> bool:
    """Undo the filter of a row that is as even as the one above it, as nearly all of an opaque image are."""
    value = int(above[0])
    first = (int(row[0]) + (value // 2 if kind == _AVERAGE else value)) % 256
    if first != value or row[1:].any() or (above != value).any():
        return False
    row[:] = value
    return True


def _one_by_one(row: list[int], above: list[int], kind: int) -> list[int]:
    left = corner = 0
    for position, up in enumerate(above):
        if kind == _AVERAGE:
            guess = (left + up) // 2
        else:
            far_left, far_up, far_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if far_left <= far_up and far_left <= far_corner else up if far_up <= far_corner else corner
        left = row[position] = (row[position] + guess) & 255
        corner = up
    return row
