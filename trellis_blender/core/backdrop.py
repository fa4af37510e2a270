# SPDX-License-Identifier: GPL-3.0-or-later
"""What the background of an opaque picture looks like, as a smooth surface of colour. Pure numpy; imports no bpy.

The frame's edge tells a first, tilted plane. From there the surface is followed inwards, on a coarse
picture: what it describes so far is fitted again, bent a little more, and so leads on to what is next to
it. A vignette is found so, while a subject's outline is a step that no smooth surface climbs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from . import coarse
from .components import Mask
from .image import Rgba
from .pixels import strips

EVEN_SHARE: Final = 0.75
"""Share of the frame's edge that has to be of one colour for a background to be even; the rest may be subject."""
_FITS: Final = (4, 2, 2)
"""How many times the tolerance a pixel may be off to be counted, in each of the rounds that fit the plane."""
_FOLLOWED_SHARE: Final = 0.4
"""Share of the frame's edge that the plane has to describe for its bends to be looked for: less is a photo."""
_DEGREES: Final = (2, 4)
"""How bent the surface may be, one after the other, each as long as it leads on."""
_MOST_ROUNDS: Final = 12
_TRUSTED: Final = 4.0
"""Difference, 0–255, at which a coarse pixel has half its say: so a shadow or a soft outline does not bend the fit."""
_VISIBLE: Final = 4.0
"""Difference, 0–255, between the bent surface and the plane up to which there is no bend: it would only be a guess."""
_STIFFNESS: Final = 1e-6
_LEAST_PIXELS: Final = 64
"""Coarse pixels of background that a bent surface needs to be told from."""
_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Backdrop:
    """The background's colour (0–255): ``surface[c, i, j]`` goes with y^i and x^j, both from -1 to 1, of channel c.

    ``share`` is the part of the frame's edge that it describes.
    """

    surface: _Floats
    share: float

    @property
    def is_even(self) -> bool:
        """Whether it can be told from a subject by its colour."""
        return self.share >= EVEN_SHARE

    def colours(self, rows: _Ints, columns: _Ints, shape: tuple[int, ...]) -> _Floats:
        """Give the background's colour where these rows and columns cross, in a picture of this shape; channels first.

        Channels first, as this is by far the quickest for a whole picture; and no matrices are multiplied, as so thin
        ones are handed out to threads that mostly wait for each other.
        """
        down = _powers(rows, shape[0], self.surface.shape[1])[:, :, None]
        across = np.einsum("cij,jx->cix", self.surface, _powers(columns, shape[1], self.surface.shape[2]))
        result = np.empty((len(self.surface), rows.size, columns.size), np.float32)
        term = np.empty(result.shape[1:], np.float32)
        for channel, terms in zip(result, across, strict=True):
            channel[:] = terms[0]
            for power, factor in zip(down[1:], terms[1:], strict=True):
                channel += np.multiply(power, factor, out=term)
        return result

    def colours_at(self, rows: _Ints, columns: _Ints, shape: tuple[int, ...]) -> _Floats:
        """Give the background's colour at single pixels of a picture of this shape; shape (…, 3)."""
        y = _powers(rows, shape[0], self.surface.shape[1])
        x = _powers(columns, shape[1], self.surface.shape[2])
        return np.stack([((channel @ x) * y).sum(axis=0) for channel in self.surface], axis=1).astype(np.float32)


def backdrop(rgba: Rgba, tolerance: float) -> Backdrop:
    """Look at the picture; ``tolerance`` is the share of the full range by which a channel may differ."""
    flat = plane(rgba, tolerance)
    if flat.share < _FOLLOWED_SHARE:
        return flat
    bent = _followed(rgba, flat, tolerance)
    if bent is None:
        return flat
    share = _share(rgba, bent, tolerance)
    return Backdrop(bent.surface, share) if share >= flat.share else flat


def difference(rgba: Rgba, behind: Backdrop) -> npt.NDArray[np.uint8]:
    """Give by how much the most different channel of every pixel differs from the background, 0–255."""
    height, width = rgba.shape[:2]
    result = np.empty((height, width), np.uint8)
    for rows in strips(height, width):
        expected = behind.colours(np.arange(rows.start, rows.stop), np.arange(width), rgba.shape)
        most = np.abs(rgba[rows, :, 0] - expected[0])
        for channel in (1, 2):
            np.maximum(most, np.abs(rgba[rows, :, channel] - expected[channel]), out=most)
        result[rows] = np.minimum(most, 255)
    return result


def seen_difference(rgba: Rgba | _Floats, behind: Backdrop) -> _Floats:
    """Give by how much every pixel differs from the background, in lightness or in colour, whichever is more."""
    there = behind.colours(np.arange(rgba.shape[0]), np.arange(rgba.shape[1]), rgba.shape)
    apart = np.moveaxis(rgba[..., :3], 2, 0) - there
    most, least = apart.max(axis=0), apart.min(axis=0)
    return np.asarray(np.maximum(np.maximum(most, -least), most - least), np.float32)


def plane(rgba: Rgba, tolerance: float) -> Backdrop:
    """Give the plane that the frame's edge is described by, which no subject bends."""
    height, width = rgba.shape[:2]
    rows, columns = _frame(height, width)
    seen = rgba[rows, columns, :3].astype(np.float32)
    middle = np.median(seen, axis=0)
    grid = np.stack([np.ones(rows.size), _centred(columns, width), _centred(rows, height)], axis=1)
    plane = np.array([middle, np.zeros(3), np.zeros(3)], np.float32)
    for reach in _FITS:
        close = np.abs(seen - grid @ plane).max(axis=1) <= 255 * max(reach * tolerance, reach / 20)
        if close.sum() <= rows.size // 2:  # a subject at the edge, or a photo: it tells nothing of the course
            break
        plane = np.linalg.lstsq(grid[close], seen[close], rcond=None)[0].astype(np.float32)
    surface = np.zeros((3, 2, 2), np.float32)
    surface[:, 0, 0], surface[:, 0, 1], surface[:, 1, 0] = plane
    share = float((np.abs(seen - grid @ plane).max(axis=1) <= 255 * tolerance).mean())
    return Backdrop(surface, share)


def _followed(rgba: Rgba, flat: Backdrop, tolerance: float) -> Backdrop | None:
    """Give the bent surface that the background leads along; nothing where it leads nowhere."""
    seen = coarse.means(rgba)[..., :3]
    even = coarse.smooth(seen)
    behind, found = flat, _reached(seen, even, flat, tolerance)
    for degree in _DEGREES:
        for _round in range(_MOST_ROUNDS):
            bent = _fitted(seen, found, behind, degree)
            if bent is None:
                break
            further = _reached(seen, even, bent, tolerance)
            has_shrunk = np.count_nonzero(further) < 0.98 * np.count_nonzero(found)
            if has_shrunk or not _is_gentle(bent, further):
                break
            has_grown = np.count_nonzero(further & ~found) > 0.001 * found.size
            behind, found = bent, further
            if not has_grown:
                break
    rows, columns = np.nonzero(found)
    bend = np.abs(behind.colours_at(rows, columns, seen.shape) - flat.colours_at(rows, columns, seen.shape))
    return behind if bend.max(initial=0) > _VISIBLE else None


def _reached(seen: _Floats, even: Mask, behind: Backdrop, tolerance: float) -> Mask:
    """Give the coarse pixels that are background, as far as it is described; a step of colour is never crossed."""
    return coarse.connected(even & (apart(seen, behind) <= 255 * tolerance))


def apart(seen: _Floats, behind: Backdrop) -> _Floats:
    """Give by how much the pixels of a coarse picture differ from the background, 0–255."""
    height, width = seen.shape[:2]
    there = behind.colours(np.arange(height), np.arange(width), seen.shape)
    return np.asarray(np.abs(np.moveaxis(seen, 2, 0) - there).max(axis=0), np.float32)


def _fitted(seen: _Floats, found: Mask, behind: Backdrop, degree: int) -> Backdrop | None:
    """Fit a surface of this degree to the background found so far; what is off hardly counts."""
    rows, columns = np.nonzero(found)
    if rows.size < _LEAST_PIXELS:
        return None
    y, x = (_powers(index, size, degree + 1) for index, size in zip((rows, columns), seen.shape, strict=False))
    terms = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    grid = np.stack([y[i] * x[j] for i, j in terms], axis=1)
    colour = seen[rows, columns]
    for _pass in range(3):
        off = np.abs(colour - behind.colours_at(rows, columns, seen.shape)).max(axis=1, keepdims=True)
        say = 1 / (1 + (off / _TRUSTED) ** 2)
        weighted = grid * say
        # A trace of stiffness: where the background tells nothing of a bend, there is none.
        square = (weighted.T @ grid).astype(np.float64) + np.diag([0.0] + [_STIFFNESS * rows.size] * (len(terms) - 1))
        solved = np.linalg.solve(square, (weighted.T @ colour).astype(np.float64))
        surface = np.zeros((3, degree + 1, degree + 1), np.float32)
        for (i, j), value in zip(terms, solved, strict=True):
            surface[:, i, j] = value
        behind = Backdrop(surface, 0.0)
    return behind


def _is_gentle(behind: Backdrop, found: Mask) -> bool:
    """Whether the surface changes as slowly as light does, wherever it is background."""
    height, width = found.shape
    there = behind.colours(np.arange(height), np.arange(width), found.shape)
    along, down = np.abs(np.diff(there, axis=2)).max(axis=0), np.abs(np.diff(there, axis=1)).max(axis=0)
    is_along = along[found[:, 1:] & found[:, :-1]].max(initial=0) <= coarse.steepest(width)
    return bool(is_along and down[found[1:] & found[:-1]].max(initial=0) <= coarse.steepest(height))


def _share(rgba: Rgba, behind: Backdrop, tolerance: float) -> float:
    """Give the share of the frame's edge that is described."""
    rows, columns = _frame(*rgba.shape[:2])
    seen = rgba[rows, columns, :3].astype(np.float32)
    apart = np.abs(seen - behind.colours_at(rows, columns, rgba.shape)).max(axis=1)
    return float((apart <= 255 * tolerance).mean())


def _frame(height: int, width: int) -> tuple[_Ints, _Ints]:
    """Give rows and columns of the pixels at the frame's edge."""
    rows, columns = np.arange(height), np.arange(width)
    return (
        np.concatenate([np.zeros_like(columns), np.full_like(columns, height - 1), rows, rows]),
        np.concatenate([columns, columns, np.zeros_like(rows), np.full_like(rows, width - 1)]),
    )


def _powers(index: _Ints, size: int, count: int) -> _Floats:
    """Give the powers of the centred place, from 0; shape (count, …)."""
    place = _centred(index, size)
    return np.stack([place**power for power in range(count)]).astype(np.float32)


def _centred(index: _Ints, size: int) -> _Floats:
    return np.asarray((2 * index + 1) / size - 1, np.float32)
