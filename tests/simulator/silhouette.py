# SPDX-License-Identifier: GPL-3.0-or-later
"""The outline of a subject and how thick it is at each point; knows rasters only.

Thickness is the square root of the membrane that hangs in the outline (Poisson's equation with a
constant load), which is exactly round for a strip and has no creases, unlike the bare distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage
from scipy.special import ndtri

RASTER_PIXELS = 512
"""Side of the raster that carries the unit square."""
PADDING_PIXELS = 8
"""Empty frame around it, so that an outline that touches the picture's edge closes."""
EASE_PIXELS = 16.0
"""How far the wall at the rim is made to lean."""
RIM_PIXELS = 4.0
"""Where the raster's steps are replaced by the smooth outline."""

Raster = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Silhouette:
    """``level`` is positive inside, ``load`` the membrane, ``around`` the same, blurred.

    All (n, n) with the top row first, in units of the unit square like ``pixel``, the spacing; ``padding`` in pixels.
    """

    level: Raster
    load: Raster
    around: Raster
    pixel: float
    padding: int

    def sample(self, raster: Raster, plane: Raster, order: int = 1) -> Raster:
        """Give a raster's values at points (n, 2) of the unit square around the origin, y up."""
        rows = (0.5 - plane[:, 1]) / self.pixel + self.padding - 0.5
        columns = (plane[:, 0] + 0.5) / self.pixel + self.padding - 0.5
        values: Raster = ndimage.map_coordinates(
            raster, np.stack([rows, columns]), order=order, mode="nearest", output=np.float32
        )
        return values


def softened(alpha: npt.NDArray[np.uint8], detail_pixels: float) -> Raster:
    """Give the outline's level from ``alpha`` (side, side), positive inside.

    Details finer than ``detail_pixels`` of the raster are smoothed away; something always stays.
    """
    picture = Image.fromarray(alpha).resize((RASTER_PIXELS, RASTER_PIXELS), Image.Resampling.BOX)
    cover = np.pad(np.asarray(picture, dtype=np.float32) / 255.0, PADDING_PIXELS)
    soft = ndimage.gaussian_filter(cover, max(1.0, detail_pixels))
    if not (soft > 0.5).any():
        soft *= 0.75 / float(soft.max())
    level: Raster = soft - 0.5
    return level


def trace(alpha: npt.NDArray[np.uint8], detail_pixels: float = 1.0) -> Silhouette:
    """Trace ``alpha`` (side, side), smoothed as by :func:`softened`, and find its thickness."""
    level, sigma = softened(alpha, detail_pixels), max(1.0, detail_pixels)
    inside = level > 0
    # Signed distance near the outline, exact for a straight edge blurred by a Gaussian.
    near = sigma * ndtri(np.clip(level + 0.5, 1e-4, 1 - 1e-4)).astype(np.float32)
    far = ndimage.distance_transform_edt(inside).astype(np.float32) - 0.5
    outer = ndimage.distance_transform_edt(~inside).astype(np.float32) - 0.5
    # The blur takes the raster's steps out of the distance; it is right for a straight edge, and thin parts are near.
    even = ndimage.gaussian_filter(np.where(inside, far, -outer), 2.0)
    blend = np.clip(far / (2 * sigma), 0, 1)
    distance = np.where(inside, np.maximum((1 - blend) * near + blend * even, np.minimum(near, sigma)), near)
    load = _rounded(inside, distance, far)
    around = _inside_blur(inside.astype(np.float32), load, EASE_PIXELS)
    return Silhouette(level, load, around, 1.0 / RASTER_PIXELS, PADDING_PIXELS)


def _rounded(inside: npt.NDArray[np.bool_], smooth: Raster, stepped: Raster) -> Raster:
    """Give the membrane in units of the unit square squared, with the raster's steps taken out of its rim."""
    membrane = _membrane(inside) / RASTER_PIXELS**2
    ramp = RIM_PIXELS * -np.expm1(-np.maximum(stepped, 0.25) / RIM_PIXELS)
    slope = _inside_blur(inside.astype(np.float32), membrane / ramp, 2.0)
    load: Raster = (slope * RIM_PIXELS * -np.expm1(-np.maximum(smooth, 0) / RIM_PIXELS)).astype(np.float32)
    return load


def _inside_blur(weight: Raster, values: npt.NDArray[Any], sigma: float) -> Raster:
    """Blur ``values`` by their ``weight``, which is zero for what is not to be let in."""
    total = np.maximum(ndimage.gaussian_filter(weight, sigma), 1e-6)
    blurred: Raster = ndimage.gaussian_filter(np.where(weight > 0, values * weight, 0), sigma) / total
    return blurred


def _membrane(inside: npt.NDArray[np.bool_]) -> Raster:
    """Solve ``-laplace(u) = 1`` with ``u = 0`` outside, in pixels squared, from coarse to fine."""
    side = inside.shape[0]
    sizes = [side]
    while sizes[-1] > 40:
        sizes.append(sizes[-1] // 2)
    solution = np.zeros((sizes[-1], sizes[-1]), np.float32)
    for number, size in enumerate(reversed(sizes)):
        mask = inside.astype(np.float32)
        if size != side:
            mask = np.asarray(Image.fromarray(mask).resize((size, size), Image.Resampling.BOX))
        free = (mask > 0.5).astype(np.float32)
        if number:
            grown = Image.fromarray(solution).resize((size, size), Image.Resampling.BILINEAR)
            solution = np.asarray(grown) * 4 * free
        solution = _relax(solution, free, 300 if number == 0 else 60)
    return solution


def _relax(solution: Raster, free: Raster, rounds: int) -> Raster:
    padded = np.pad(solution, 1)
    core = padded[1:-1, 1:-1]
    quarter = free * np.float32(0.25)
    total = np.empty_like(solution)
    for _ in range(rounds):
        np.add(padded[:-2, 1:-1], padded[2:, 1:-1], out=total)
        total += padded[1:-1, :-2]
        total += padded[1:-1, 2:]
        total += 1
        np.multiply(total, quarter, out=core)
    return core.copy()
