# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture -> a smaller one, by Lanczos with the colour weighted by alpha. Pure numpy, in bands; imports no bpy.

The server shrinks by Lanczos as well [model], but each channel for itself, which draws the colour of
what is transparent into the edge of the subject.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .image import MODEL_SIDE_PIXELS, Rgba

LOBES: Final = 3
_BAND_ROWS: Final = 64
_Floats = npt.NDArray[np.float32]
_Taps = list[tuple[slice, _Floats]]


def fitted(width: int, height: int, side: int = MODEL_SIDE_PIXELS) -> tuple[int, int]:
    """Give the size at which the long side is at most ``side``; rounded as the server does it, never enlarged."""
    long = max(width, height)
    if long <= side:
        return width, height
    return max(width * side // long, 1), max(height * side // long, 1)


def shrink(rgba: Rgba, side: int = MODEL_SIDE_PIXELS) -> Rgba:
    """Give the picture with a long side of at most ``side``."""
    height, width = rgba.shape[:2]
    wanted = fitted(width, height, side)
    return rgba if wanted == (width, height) else resized(rgba, *wanted)


def resized(rgba: Rgba, width: int, height: int) -> Rgba:
    """Give the picture in a size that is not larger."""
    is_opaque = bool((rgba[..., 3] == 255).all())
    across, down = _taps(rgba.shape[1], width), _taps(rgba.shape[0], height)
    small = np.full((height, width, 4), 255, np.uint8)
    for top in range(0, height, _BAND_ROWS):
        taps = down[top : top + _BAND_ROWS]
        first, last = taps[0][0].start, taps[-1][0].stop
        band = rgba[first:last, :, :3].astype(np.float32) if is_opaque else _premultiplied(rgba[first:last])
        lower = _filtered(band, [(slice(rows.start - first, rows.stop - first), weights) for rows, weights in taps])
        narrow = _filtered(lower.transpose(1, 0, 2), across).transpose(1, 0, 2)
        if is_opaque:
            small[top : top + len(taps), :, :3] = _rounded(narrow)
        else:
            small[top : top + len(taps)] = _straight(narrow)
    return small


def _taps(before: int, after: int) -> _Taps:
    """Give for each new pixel the old ones that it is made of, and their weights."""
    scale = before / after
    taps = []
    for index in range(after):
        centre = (index + 0.5) * scale
        first, last = max(int(centre - LOBES * scale + 0.5), 0), min(int(centre + LOBES * scale + 0.5), before)
        distance = (np.arange(first, last) + 0.5 - centre) / scale
        weights = np.where(np.abs(distance) < LOBES, np.sinc(distance) * np.sinc(distance / LOBES), 0.0)
        taps.append((slice(first, last), (weights / weights.sum()).astype(np.float32)))
    return taps


def _filtered(values: _Floats, taps: _Taps) -> _Floats:
    """Filter along the first axis."""
    flat = np.ascontiguousarray(values).reshape(values.shape[0], -1)
    out = np.empty((len(taps), flat.shape[1]), np.float32)
    for index, (which, weights) in enumerate(taps):
        np.dot(weights, flat[which], out=out[index])
    return out.reshape(len(taps), *values.shape[1:])


def _premultiplied(rgba: Rgba) -> _Floats:
    values = rgba.astype(np.float32)
    values[..., :3] *= values[..., 3:] / np.float32(255.0)
    return values


def _straight(values: _Floats) -> Rgba:
    """Divide the colour by alpha, as it was before it is clipped; there is none where nothing is seen."""
    alpha = _rounded(values[..., 3:])
    solid = np.where(alpha > 0, values[..., 3:], np.inf).astype(np.float32)
    return np.concatenate([_rounded(values[..., :3] * (np.float32(255.0) / solid)), alpha], axis=2)


def _rounded(values: _Floats) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(values + np.float32(0.5), 0.0, 255.0), dtype=np.uint8)
