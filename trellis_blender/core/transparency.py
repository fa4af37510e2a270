# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a surface can be seen through: the model's server calls objects transparent for a few stray texels.

Looks where the UVs lie, at a sample of the faces; what else is in a texture does not matter. No bpy.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from . import decoder, png_alpha, webp_alpha
from .png_alpha import Alpha
from .weld import Floats

OPAQUE: Final = 250
"""Alpha, of 255, from which the model's own server takes a texel for opaque [microsoft/TRELLIS.2]."""
_LARGEST_PIXELS: Final = 16384
_FEW_BYTES: Final = 1 << 15
"""Where there is a decoder, what takes more than these in a WebP is for that: we go symbol by symbol."""
_FACES: Final = 1 << 16
_WITHIN: Final = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4]], np.float32)
"""Where in a triangle it is looked: weights of its corners."""
_PLACES: Final = 1 << 12
"""At least so many places are looked at: where there are few faces, at more of each."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Probes:
    """Places on a texture, ``uvs`` (n, 2), V up, and for how much of its used part each stands, ``weights`` (n,)."""

    uvs: Floats
    weights: Any


def probes(uvs: Floats) -> Probes:
    """Choose places, from the UVs of all corners (3 * faces, 2)."""
    faces = uvs.reshape(-1, 3, 2)
    faces = faces[:: max(-(-len(faces) // _FACES), 1)]
    one, other = faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]
    areas = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).astype(np.float64)
    if not areas.sum() > 0.0:
        areas[:] = 1.0
    within = _WITHIN if len(_WITHIN) * len(faces) >= _PLACES else _grid(math.ceil(math.sqrt(_PLACES / len(faces))))
    within = within / within.sum(axis=1, keepdims=True)
    places = np.einsum("pc,fcx->fpx", within, faces).reshape(-1, 2)
    return Probes(places, np.repeat(areas / areas.sum(), len(within)) / len(within))


def _grid(steps: int) -> Floats:
    """Give the middles of the ``steps`` ** 2 triangles that a triangle is cut into, all alike."""
    up = [(a, b) for a in range(steps) for b in range(steps - a)]
    down = [(a, b) for a in range(steps - 1) for b in range(steps - 1 - a)]
    corners = [(3 * a + 1, 3 * b + 1) for a, b in up] + [(3 * a + 2, 3 * b + 2) for a, b in down]
    return np.array([(3 * steps - a - b, a, b) for a, b in corners], np.float32)


def share(alpha: Any, places: Probes, opaque: float = OPAQUE) -> float:
    """Give the share of the used texture with less alpha than ``opaque``; ``alpha`` (h, w), bottom row first."""
    height, width = alpha.shape
    columns = (places.uvs[:, 0] % 1.0 * width).astype(np.int64) % width
    rows = (places.uvs[:, 1] % 1.0 * height).astype(np.int64) % height
    return float(places.weights[alpha[rows, columns] < opaque].sum())


def share_of_file(content: bytes, suffix: str, places: Probes) -> float | None:
    """As :func:`share`, for an image as the file has it; None where only Blender can decode it."""
    if suffix == ".jpg":
        return 0.0
    alpha = _alpha(content, suffix)
    return None if alpha is None else share(alpha[::-1], places)


def _alpha(content: bytes, suffix: str) -> Alpha | None:
    """Give the alpha, (height, width), top row first; by ourselves where that is quick, since it takes less memory."""
    has_decoder = decoder.is_readable(content, _LARGEST_PIXELS)
    alpha = None
    if suffix == ".png":
        alpha = png_alpha.read_alpha(content)
    elif suffix == ".webp":
        alpha = webp_alpha.read_alpha(content, _FEW_BYTES if has_decoder else webp_alpha.MOST_BYTES)
    if alpha is not None or not has_decoder:
        return alpha
    try:
        return decoder.read(content, _LARGEST_PIXELS, only_alpha=True)[..., 0]
    except ValueError as error:
        _log.info("How much of a texture is seen through is left to Blender: %s", error)
        return None
