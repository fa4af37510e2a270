# SPDX-License-Identifier: GPL-3.0-or-later
"""How a display shows numbers: a formula, or a table of what Blender showed for some. Pure numpy; imports no bpy."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int32]

PROBES: Final = 4096
NEAR: Final = 3
"""Of 255: what hardly a colour may differ by from what Blender shows. A table is within one, but where views bend."""
MOST_BEYOND: Final = 0.0015
MOST: Final = {"floats": 8, "bytes": 4}
"""Floats have far more colours than a picture is likely to have."""
MOST_MEAN: Final = 0.5
_LEVELS: Final = 2**16 - 1
_ONE: Final = 51
"""The node at which a float is 1.0: views bend there, so it has to be one."""
_ABOVE: Final = 46
_TOE: Final = 2.0**-9
"""Below this a float's nodes lie evenly, above it at equal ratios."""
_STEP: Final = float(np.log2(1.0 + 1.0 / _TOE)) / _ONE


@dataclass(frozen=True)
class Formula:
    """The plain view: linear numbers times two to the ``exposure``, as sRGB encodes them, to the power 1/``gamma``."""

    exposure: float = 0.0
    gamma: float = 1.0

    @property
    def mark(self) -> str:
        """Tell this view from others."""
        return f"{self.exposure} {self.gamma}"

    def shown(self, colour: Floats) -> Bytes:
        """Give what is seen of linear colours, by a table: a power for each of 25 million takes ten times as long."""
        scale = np.float32(_LEVELS * 2.0**self.exposure)
        levels = np.clip(colour * scale + np.float32(0.5), 0.0, _LEVELS).astype(np.uint16)
        return np.asarray(self._encoded[levels])

    @cached_property
    def _encoded(self) -> Bytes:
        linear = np.linspace(0.0, 1.0, _LEVELS + 1)
        curve = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1.0 / 2.4) - 0.055)
        return np.asarray(np.power(curve, 1.0 / self.gamma) * 255.0 + 0.5, dtype=np.uint8)


@dataclass(frozen=True)
class FloatAxis:
    """Where floats lie in a table: from none up to some 300, so much less as ``exposure`` shows all of it brighter."""

    exposure: float = 0.0

    @property
    def nodes(self) -> Floats:
        """Give the numbers that a table holds."""
        steps = np.arange(_ONE + _ABOVE + 1) * _STEP
        return np.asarray(_TOE * (np.exp2(steps) - 1.0) * 2.0**-self.exposure, dtype=np.float32)

    def places(self, values: Floats) -> tuple[Indices, Floats]:
        """Give the node below each number, and the share of the way to the next one."""
        scaled = np.maximum(values, np.float32(0.0)) * np.float32(2.0**self.exposure / _TOE)
        steps = np.log2(scaled + np.float32(1.0)) * np.float32(1.0 / _STEP)
        np.minimum(steps, np.float32(_ONE + _ABOVE), out=steps)
        index = np.minimum(steps.astype(np.int32), _ONE + _ABOVE - 1)
        return index, steps - index


@dataclass(frozen=True)
class ByteAxis:
    """Where bytes, as Blender gives them from 0 to 1, lie in a table: closer in the dark, where a view is steep."""

    @property
    def nodes(self) -> Floats:
        """Give the numbers that a table holds."""
        return np.asarray(self._levels / 255.0, dtype=np.float32)

    @cached_property
    def _levels(self) -> npt.NDArray[np.int64]:
        return np.concatenate([np.arange(16), np.arange(16, 64, 2), np.arange(64, 256, 4), [255]])

    @cached_property
    def _table(self) -> tuple[Indices, Floats]:
        steps = np.interp(np.arange(256), self._levels, np.arange(self._levels.size))
        index = np.minimum(steps.astype(np.int32), self._levels.size - 2)
        return index, np.asarray(steps - index, dtype=np.float32)

    def places(self, values: Floats) -> tuple[Indices, Floats]:
        """Give the node below each number, and the share of the way to the next one."""
        level = np.clip(values * np.float32(255.0) + np.float32(0.5), 0.0, 255.0).astype(np.uint8)
        index, share = self._table
        return index[level], share[level]


@dataclass(frozen=True, eq=False)
class Table:
    """What was seen at the nodes of ``axis`` for each of red, green and blue; between them it is interpolated.

    ``seen`` has four bytes for each node, of which the first three are ``order``; red counts fastest, then green.
    """

    axis: FloatAxis | ByteAxis
    seen: npt.NDArray[np.uint32]
    order: tuple[int, int, int] = (0, 1, 2)

    @cached_property
    def mark(self) -> str:
        """Tell this view from others."""
        return f"{zlib.crc32(self.seen.data):08x}"

    def colours(self) -> Bytes:
        """Give what was seen, shape (nodes³, 3)."""
        return self.seen.view(np.uint8).reshape(-1, 4)[:, self.order]

    def shown(self, colour: Floats) -> Bytes:
        """Give what is seen of colours, of any shape that ends in three channels.

        Along the tetrahedron that the colour lies in: from its cube's first corner to the last one, by the channel
        that is farthest on first. So greys stay on the cube's diagonal, and only four corners are looked up.
        """
        (red, r), (green, g), (blue, b) = (self.axis.places(colour[..., channel]) for channel in range(3))
        side = self.axis.nodes.size
        one, two, three = np.int32(1), np.int32(side), np.int32(side * side)
        first = red + green * two + blue * three
        farthest = np.where(r >= g, np.where(r >= b, one, three), np.where(g >= b, two, three))
        nearest = np.where(r < g, np.where(r < b, one, three), np.where(g < b, two, three))
        most, least = np.maximum(np.maximum(r, g), b), np.minimum(np.minimum(r, g), b)
        middle = r + g + b - most - least
        last = first + (one + two + three)
        corners = ((first, 1.0 - most), (first + farthest, most - middle), (last - nearest, middle - least),
                   (last, least))  # fmt: skip
        total = np.full((*first.shape, 4), np.float32(0.5))
        for node, weight in corners:
            total += self.seen[node].view(np.uint8).reshape(*first.shape, 4) * weight[..., None]
        return total.astype(np.uint8)[..., self.order]


View = Formula | Table
PLAIN: Final = Formula()


def cube(axis: FloatAxis | ByteAxis) -> Floats:
    """Give the opaque colours that a table of this axis holds, shape (nodes³, 4), in its order."""
    nodes = axis.nodes
    side = nodes.size
    colours = np.ones((side, side, side, 4), np.float32)
    colours[..., 0], colours[..., 1], colours[..., 2] = nodes, nodes[:, None], nodes[:, None, None]
    return colours.reshape(-1, 4)


def probes(axis: FloatAxis | ByteAxis) -> Floats:
    """Give colours to try a view with, shape (some, 4), as Blender keeps them: floats are multiplied by alpha."""
    random = np.random.default_rng(1)
    colours = np.ones((PROBES, 4), np.float32)
    if isinstance(axis, ByteAxis):
        colours[:, :3] = random.integers(0, 256, (PROBES, 3)) / 255.0
        return colours
    brightness = np.exp2(random.uniform(-8.0, 3.0, (PROBES, 1)) - axis.exposure)
    colours[:, :3] = brightness * random.dirichlet([0.8] * 3, PROBES) * 3.0
    colours[::8] *= random.uniform(0.1, 0.9, (PROBES // 8, 1))
    return colours


def fits(view: View, colours: Floats, seen: Bytes) -> bool:
    """Whether a view shows colours, as :func:`probes` gives them, as Blender does: near enough for what is sent."""
    difference = np.abs(view.shown(colours[:, :3] / colours[:, 3:]).astype(np.int16) - seen)
    is_near = difference.mean() <= MOST_MEAN and (difference > NEAR).mean() <= MOST_BEYOND
    most = MOST["bytes" if isinstance(view, Table) and isinstance(view.axis, ByteAxis) else "floats"]
    return bool(is_near and difference.max() <= most)
