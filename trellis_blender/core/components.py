# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask -> its separate parts, and which of them belong together. Pure numpy; knows no picture, imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
"""Shape (height, width)."""
Labels = npt.NDArray[np.int32]
"""Shape (height, width): the number of the part that each pixel belongs to, from 1; 0 for none."""

COARSE_SIDE: Final = 512
"""Long side in pixels of the mask on which parts are told apart: gaps of a pixel or two are none."""
LOOSE_SHARE: Final = 0.15
"""A part whose area is at most this share of the largest one's is a loose part of what it is next to."""
SPECK_SHARE: Final = 0.0002
"""A part whose area is at most this share of the largest one's is dirt."""
_Ints = npt.NDArray[np.int64]


class Box(NamedTuple):
    """A rectangle in pixels from the top left; ``right`` and ``bottom`` are the first outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Give the width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Give the height in pixels."""
        return self.bottom - self.top

    @property
    def long_side(self) -> int:
        """Give the longer of both."""
        return max(self.width, self.height)

    def scaled(self, factor: int, width: int, height: int) -> Box:
        """Give the box in a picture of this size, ``factor`` times as fine."""
        left, top, right, bottom = (side * factor for side in self)
        return Box(left, top, min(right, width), min(bottom, height))

    def joined(self, other: Box) -> Box:
        """Give the smallest box around both."""
        return Box(
            min(self.left, other.left), min(self.top, other.top),
            max(self.right, other.right), max(self.bottom, other.bottom),
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One connected part of a mask: its number in the labels, its box, and its area in pixels."""

    label: int
    box: Box
    area: int


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a mask, largest first. ``labels`` is ``factor`` times as coarse as the picture, and so are boxes."""

    labels: Labels
    parts: tuple[Part, ...]
    factor: int = 1


def coarse(mask: Mask, side: int = COARSE_SIDE) -> tuple[Mask, int]:
    """Give a mask whose long side is at most ``side``, and how many times as coarse: set where any pixel is."""
    factor = -(-max(mask.shape) // side)
    if factor <= 1:
        return mask, 1
    height, width = mask.shape
    rows = np.logical_or.reduceat(mask, np.arange(0, height, factor), axis=0)
    return np.logical_or.reduceat(rows, np.arange(0, width, factor), axis=1), factor


def find(mask: Mask, side: int = COARSE_SIDE) -> Parts:
    """Give the separate parts of a mask of any size, told apart on a coarse one."""
    small, factor = coarse(mask, side)
    labels, parts = label(small)
    return Parts(labels, parts, factor)


def label(mask: Mask, *, corners: bool = True) -> tuple[Labels, tuple[Part, ...]]:
    """Number the connected parts of a mask, largest first; ``corners``: pixels that touch there only are connected."""
    labels = np.zeros(mask.shape, np.int32)
    rows, starts, ends = _runs(mask)
    if not rows.size:
        return labels, ()
    roots = _united(rows.size, *_touching(rows, starts, ends, mask.shape[1], corners=corners))
    found, group = np.unique(roots, return_inverse=True)
    group = group.reshape(-1)
    areas = np.bincount(group, weights=ends - starts).astype(np.int64)
    by_size = np.argsort(-areas, kind="stable")
    number = np.empty(found.size, np.int32)
    number[by_size] = np.arange(1, found.size + 1)
    labels[mask] = np.repeat(number[group], ends - starts)
    in_order = np.argsort(number[group], kind="stable")
    first = np.searchsorted(number[group][in_order], np.arange(1, found.size + 1))
    sides = (
        np.minimum.reduceat(starts[in_order], first), np.minimum.reduceat(rows[in_order], first),
        np.maximum.reduceat(ends[in_order], first), np.maximum.reduceat(rows[in_order], first) + 1,
    )  # fmt: skip
    boxes = np.stack(sides, axis=1).tolist()
    sizes = areas[by_size].tolist()
    return labels, tuple(Part(n + 1, Box(*box), size) for n, (box, size) in enumerate(zip(boxes, sizes, strict=True)))


def gather(parts: Parts) -> tuple[tuple[Part, ...], ...]:
    """Join loose parts to the large part they are nearest to; give these groups, largest first, without dirt.

    Of each group the large part stands first.
    """
    if not parts.parts:
        return ()
    largest = parts.parts[0].area
    main = [part for part in parts.parts if part.area > LOOSE_SHARE * largest]
    loose = [part for part in parts.parts[len(main) :] if part.area > SPECK_SHARE * largest]
    groups = {part.label: [part] for part in main}
    owners = _owners(parts.labels, len(main)) if loose and len(main) > 1 else {}
    for part in loose:
        groups[owners.get(part.label, main[0].label)].append(part)
    return tuple(tuple(group) for group in groups.values())


def nearest(labels: Labels, count: int) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Give for every pixel which of the parts 1 to ``count`` is nearest, and the distance to it in pixels, squared.

    Jump flooding: every pixel asks others at halving distances what they know.
    """
    height, width = labels.shape
    grid = np.indices(labels.shape).astype(np.float32)
    y, x = grid[0], grid[1]
    known = (labels > 0) & (labels <= count)
    owner = np.where(known, labels, 0)
    distance = np.full(labels.shape, np.inf, np.float32)
    distance[known] = 0
    seed_y, seed_x = y.copy(), x.copy()
    step = 1 << max(max(height, width) - 1, 1).bit_length() - 1
    while step:
        for dy in (-step, 0, step):
            for dx in (-step, 0, step):
                here = np.s_[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]
                there = np.s_[max(dy, 0) : height - max(-dy, 0), max(dx, 0) : width - max(-dx, 0)]
                if not (dy or dx) or abs(dy) >= height or abs(dx) >= width:
                    continue
                far = (seed_y[there] - y[here]) ** 2 + (seed_x[there] - x[here]) ** 2
                better = (owner[there] > 0) & (far < distance[here])
                for values in (owner, seed_y, seed_x):
                    values[here][better] = values[there][better]
                distance[here][better] = far[better]
        step //= 2
    return owner, distance


def _owners(labels: Labels, count: int) -> dict[int, int]:
    """Give for the label of every other part that of the one of the first ``count`` that it is nearest to."""
    owner, distance = nearest(labels, count)
    loose = labels > count
    by_distance = np.argsort(distance[loose], kind="stable")
    found, first = np.unique(labels[loose][by_distance], return_index=True)
    return dict(zip(found.tolist(), owner[loose][by_distance][first].tolist(), strict=True))


def _runs(mask: Mask) -> tuple[_Ints, _Ints, _Ints]:
    """Give row, first column and first column after it of every horizontal run, in order."""
    height, width = mask.shape
    edges = np.zeros((height, width + 2), np.int8)
    edges[:, 1:-1] = mask
    rows, starts = np.nonzero(edges[:, 1:] > edges[:, :-1])
    _rows, ends = np.nonzero(edges[:, 1:] < edges[:, :-1])
    return rows, starts, ends


def _touching(rows: _Ints, starts: _Ints, ends: _Ints, width: int, *, corners: bool) -> tuple[_Ints, _Ints]:
    """Give the pairs of runs that touch: each with those of the row above that it meets."""
    stride = width + 2
    first = np.searchsorted(rows * stride + ends, (rows - 1) * stride + starts, side="left" if corners else "right")
    last = np.searchsorted(rows * stride + starts, (rows - 1) * stride + ends, side="right" if corners else "left")
    count = np.maximum(last - first, 0)
    below = np.repeat(np.arange(rows.size), count)
    within = np.arange(below.size) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + within, below


def _united(count: int, one: _Ints, other: _Ints) -> _Ints:
    """Give for each of ``count`` things the smallest one that the pairs connect it with."""
    parent = np.arange(count)
    while True:
        a, b = parent[one], parent[other]
        low, high = np.minimum(a, b), np.maximum(a, b)
        apart = low != high
        if not apart.any():
            return parent
        np.minimum.at(parent, high[apart], low[apart])
        while True:
            grand = parent[parent]
            if np.array_equal(grand, parent):
                break
            parent = grand
        one, other = one[apart], other[apart]
