# SPDX-License-Identifier: GPL-3.0-or-later
"""The alpha of a WebP image, and nothing else of it: with lossy colours it is kept apart from them. Imports no bpy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .gltf_images import image_size
from .png_alpha import Alpha, spacious, unfilter_by_diagonals
from .webp_lossless import Bits, OddImageError, blocks, read_green

_ALPHA, _ANIMATION = 0x10, 0x02
_RAW, _PACKED = 0, 1
_ACROSS, _GRADIENT = 1, 3
"""Filters of a plane; 0 is none, 2 goes down."""
_PALETTE: Final = 3
MOST_BYTES: Final = 8 << 20
"""More than these are not unpacked, symbol by symbol: grain all over 4096² takes less, and a worker five seconds.

A Blender that has no decoder would stand still for nearly as long.
"""
_MOST_PIXELS: Final = 1 << 26
_OPAQUE: Final = np.full((1, 1), 255, np.uint8)


def read_alpha(webp: bytes, most_bytes: int = MOST_BYTES) -> Alpha | None:
    """Give the alpha, (height, width), top row first; None where only a whole decoder can tell.

    More than ``most_bytes`` of it are left to one, too.
    """
    kind, size = webp[12:16], image_size(webp[:30])
    if size is None or not webp.startswith(b"RIFF"):
        return None
    if kind == b"VP8 " or (kind == b"VP8X" and not webp[20] & (_ALPHA | _ANIMATION)):
        return _OPAQUE
    plane = _chunk(webp, b"ALPH") if kind == b"VP8X" and not webp[20] & _ANIMATION else b""
    if not plane or len(plane) > most_bytes:
        return None
    width, height = size
    if width * height > _MOST_PIXELS:
        return None
    if plane[0] & 3 == _RAW:
        whole = np.frombuffer(plane, np.uint8, offset=1)
        if len(whole) < width * height:
            return None
        return _unfiltered(whole[: width * height].reshape(height, width), plane[0] >> 2 & 3)
    if plane[0] & 3 != _PACKED:
        return None
    try:
        return _unfiltered(_unpacked(Bits(plane[1:]), width, height), plane[0] >> 2 & 3)
    except (OddImageError, IndexError):
        return None


def _chunk(webp: bytes, wanted: bytes) -> bytes:
    position = 12
    while position + 8 <= len(webp):
        size = int.from_bytes(webp[position + 4 : position + 8], "little")
        if webp[position : position + 4] == wanted:
            return webp[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    return b""


def _unfiltered(plane: Alpha, kind: int) -> Alpha:
    """Undo the filter of a whole plane [RFC 9649, 2.7.1.2]: nobody is guessed from outside of it."""
    if not kind:
        return plane
    alpha = spacious(*plane.shape)
    within = alpha[:, : plane.shape[1]]
    within[:] = plane
    if kind == _GRADIENT:
        unfilter_by_diagonals(alpha, np.zeros(plane.shape[1], np.uint8), _gradient)
        return within
    border = within[:, 0] if kind == _ACROSS else within[0]
    np.cumsum(border, dtype=np.uint8, out=border)
    np.cumsum(within, axis=1 if kind == _ACROSS else 0, dtype=np.uint8, out=within)
    return within


def _gradient(left: Any, above: Any, corner: Any, _first: int, _end: int) -> Any:
    return np.clip(left + above - corner, 0, 255)


def _unpacked(bits: Bits, width: int, height: int) -> Alpha:
    colours = None
    if bits.read(1):
        if bits.read(2) != _PALETTE:  # what encoders do to what is soft
            raise OddImageError  # pixels that are told by their neighbours
        count = bits.read(8) + 1
        colours = np.zeros(256, np.uint8)
        steps = np.frombuffer(read_green(bits, count, 1, is_main=False), np.uint8)
        colours[:count] = np.cumsum(steps, dtype=np.uint8)
        shared = 3 if count <= 2 else 2 if count <= 4 else 1 if count <= 16 else 0
        if bits.read(1):
            raise OddImageError  # more than one transform
    across = width if colours is None else blocks(width, shared)
    plane = np.frombuffer(read_green(bits, across, height, is_main=True), np.uint8).reshape(height, across)
    if bits.is_spent():
        raise OddImageError  # it ends too early
    if colours is None:
        return plane
    if shared:
        deep = 8 >> shared
        alpha = np.empty((height, across << shared), np.uint8)
        for place in range(1 << shared):
            alpha[:, place :: 1 << shared] = colours[plane >> place * deep & (1 << deep) - 1]
        return alpha[:, :width]
    return colours[plane]
