# SPDX-License-Identifier: GPL-3.0-or-later
"""One channel of an image as WebP keeps one without loss [RFC 9649, 3]. Imports nothing of ours.

Read is what encoders make of an alpha plane: it lies in green, and there are no other colours. No bpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

_LITERALS: Final = 256
_LENGTHS: Final = 24
_DISTANCES: Final = 40
_ORDER: Final = (17, 18, 0, 1, 2, 3, 4, 5, 16, *range(6, 16))
"""In which order the lengths of the codes that code lengths come."""
_REPEATS: Final = {16: (2, 3), 17: (3, 3), 18: (7, 11)}
"""Symbols that repeat a length: bits of how often, and the least."""
_NEAR: Final = sorted(
    ((x, y) for y in range(8) for x in range(-7, 9) if y or x > 0),
    key=lambda at: (at[0] ** 2 + at[1] ** 2, abs(at[0]), at[0] < 0),
)
"""Pixels that are so often copied from that they have codes of their own: to the left and up, the nearest first."""
_HASH: Final = 0x1E35A7BD
_RUN_BITS: Final = 16
_MOST_ENTRIES: Final = 1 << 20
"""So large may the tables become that codes are looked up in: 8 MiB."""


class OddImageError(ValueError):
    """Only a whole decoder can tell what the image is, or it is damaged."""


class Bits:
    """Bits of ``content``, the lowest of each byte first. :class:`IndexError` when far beyond its end."""

    def __init__(self, content: bytes) -> None:
        padded = content + bytes(8)
        words = np.ndarray(len(padded) - 3, "<u4", padded, strides=(1,))
        self.words: Any = words.astype(np.uint32).data
        self.position = 0
        self._end = 8 * len(content)

    def read(self, count: int) -> int:
        """Give the next ``count`` bits, 25 at the most."""
        found: int = self.words[self.position >> 3] >> (self.position & 7) & ((1 << count) - 1)
        self.position += count
        return found

    def symbol(self, table: list[int]) -> int:
        """Give the next symbol of a code."""
        entry: int = table[self.words[self.position >> 3] >> (self.position & 7) & (len(table) - 1)]
        self.position += entry & 15
        return entry >> 4

    def number(self, prefix: int) -> int:
        """Give a length or a distance, 1 at the least, whose prefix was read."""
        if prefix < 4:
            return prefix + 1
        extra = (prefix - 2) >> 1
        return ((2 + (prefix & 1)) << extra) + self.read(extra) + 1

    def is_spent(self) -> bool:
        """Whether more was read than there is."""
        return self.position > self._end


@dataclass(frozen=True)
class _Codes:
    """Tables: green, which is a length or a kept colour as well, alpha, and distances."""

    green: list[int]
    alpha: list[int]
    distance: list[int]
    runs: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    """Colours that so many bits begin with, and how many of the bits that are: as they were met."""


def read_green(bits: Bits, width: int, height: int, *, is_main: bool) -> bytearray:
    """Give the green channel, row after row. Raises :class:`OddImageError`."""
    kept = bits.read(4) if bits.read(1) else 0
    block, kinds = 0, bytearray(1)
    if is_main and bits.read(1):
        block = bits.read(3) + 2
        kinds = read_green(bits, blocks(width, block), blocks(height, block), is_main=False)
    codes = []
    for _kind in range(max(kinds) + 1):
        codes.append(_read_codes(bits, kept))
        if sum(len(one.green) for one in codes) > _MOST_ENTRIES:
            raise OddImageError  # too many codes
    pixels, total, memory = bytearray(), width * height, _Memory(kept, codes)
    while len(pixels) < total:
        row, column = divmod(len(pixels), width)
        if block:
            chosen = codes[kinds[(row >> block) * blocks(width, block) + (column >> block)]]
            until = row * width + min((column >> block) + 1 << block, width)
        else:
            chosen, until = codes[0], total
        symbol = _literals(bits, chosen, pixels, until)
        if symbol is None:
            continue
        if symbol >= _LITERALS + _LENGTHS:
            pixels.append(memory.colour(pixels, symbol - _LITERALS - _LENGTHS))
        else:
            length = bits.number(symbol - _LITERALS)
            _copy(pixels, length, _distance(bits, chosen.distance, width), total)
    return pixels


def blocks(size: int, bits: int) -> int:
    """Give how many blocks of ``1 << bits`` cover a size."""
    return size + (1 << bits) - 1 >> bits


def _literals(bits: Bits, codes: _Codes, pixels: bytearray, until: int) -> int | None:
    """Read colours ``until`` so many pixels are there, then give None; or give the first symbol that is none."""
    if len(codes.alpha) == 1:
        _runs(bits, codes, pixels, until)
    for _pixel in range(until - len(pixels)):
        symbol = bits.symbol(codes.green)
        if symbol >= _LITERALS:
            return symbol
        pixels.append(symbol)
        bits.symbol(codes.alpha)
    return None


def _runs(bits: Bits, codes: _Codes, pixels: bytearray, until: int) -> None:
    """Read colours, as many at once as some bits tell; a few may be left before ``until``, and what is none."""
    words, runs, position = bits.words, codes.runs, bits.position
    if len(codes.green) == 1 and codes.green[0] < _LITERALS << 4:
        pixels += bytes([codes.green[0] >> 4]) * (until - len(pixels))
    while len(pixels) + _RUN_BITS <= until:
        key = words[position >> 3] >> (position & 7) & ((1 << _RUN_BITS) - 1)
        colours, length = runs.get(key) or _run(codes, key)
        if not length:
            break
        pixels += colours
        position += length
    bits.position = position


def _run(codes: _Codes, key: int) -> tuple[bytes, int]:
    colours, position = bytearray(), 0
    while position < _RUN_BITS:
        entry = codes.green[key >> position & (len(codes.green) - 1)]
        if entry >= _LITERALS << 4 or position + (entry & 15) > _RUN_BITS:
            break
        colours.append(entry >> 4)
        position += entry & 15
    codes.runs[key] = bytes(colours), position
    return codes.runs[key]


def _distance(bits: Bits, table: list[int], width: int) -> int:
    number = bits.number(bits.symbol(table))
    if number > len(_NEAR):
        return number - len(_NEAR)
    left, up = _NEAR[number - 1]
    return max(left + up * width, 1)


def _copy(pixels: bytearray, length: int, distance: int, total: int) -> None:
    start = len(pixels) - distance
    if start < 0 or len(pixels) + length > total:
        raise OddImageError  # a copy of what is not there
    source = pixels[start : start + length]
    pixels += (source * -(-length // len(source)))[:length]


class _Memory:
    """The colours that came last, each where its bits say."""

    def __init__(self, bits: int, codes: list[_Codes]) -> None:
        alpha = {tuple(one.alpha) for one in codes}
        if bits and (bits > 11 or len(alpha) > 1 or len(codes[0].alpha) > 1):
            raise OddImageError  # colours of which not all is known
        opacity = codes[0].alpha[0] >> 4 << 24
        self._colours = bytearray(1 << bits)
        self._keys = [((opacity | green << 8) * _HASH & 0xFFFFFFFF) >> 32 - bits for green in range(256)]
        self._known = 0

    def colour(self, pixels: bytearray, key: int) -> int:
        """Give a colour that was seen before; what came since the last time is kept only now."""
        new = pixels[self._known :]
        for value in sorted(set(new), key=new.rfind):
            self._colours[self._keys[value]] = value
        self._known = len(pixels)
        return self._colours[key]


def _read_codes(bits: Bits, kept: int) -> _Codes:
    sizes = (_LITERALS + _LENGTHS + (1 << kept if kept else 0), 256, 256, 256, _DISTANCES)
    green, red, blue, alpha, distance = (_table(_read_lengths(bits, size)) for size in sizes)
    if red != [0] or blue != [0]:
        raise OddImageError  # a picture in colours
    return _Codes(green, alpha, distance)


def _read_lengths(bits: Bits, size: int) -> list[int]:
    lengths = [0] * size
    if bits.read(1):
        count = bits.read(1) + 1
        lengths[bits.read(8 if bits.read(1) else 1)] = 1
        if count == 2:
            lengths[bits.read(8)] = 1
        return lengths
    first = [0] * 19
    for symbol in _ORDER[: 4 + bits.read(4)]:
        first[symbol] = bits.read(3)
    table, last, position = _table(first), 8, 0
    left = 2 + bits.read(2 + 2 * bits.read(3)) if bits.read(1) else size
    while position < size and left:
        left -= 1
        symbol = bits.symbol(table)
        count = 1
        if symbol in _REPEATS:
            width, least = _REPEATS[symbol]
            count = least + bits.read(width)
        elif symbol:
            last = symbol
        if position + count > size:
            raise OddImageError  # lengths of too many codes
        lengths[position : position + count] = [last if symbol == 16 else symbol if symbol < 16 else 0] * count
        position += count
    return lengths


def _table(lengths: list[int]) -> list[int]:
    """Give what bits mean: each entry is a symbol, and in its lowest four bits how long its code is."""
    used = sorted((length, symbol) for symbol, length in enumerate(lengths) if length)
    if len(used) == 1:
        return [used[0][1] << 4]
    longest = used[-1][0] if used else 0
    if sum(1 << longest - length for length, _symbol in used) != 1 << longest:
        raise OddImageError  # codes that leave gaps
    table, code = [0] * (1 << longest), 0
    for length, symbol in used:
        start = int(f"{code:0{longest}b}"[::-1], 2)
        table[start :: 1 << length] = [symbol << 4 | length] * (1 << longest - length)
        code += 1 << longest - length
    return table
