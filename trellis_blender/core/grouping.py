# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a mask -> the subjects they make up: what stands alone, what belongs to its neighbour. Imports no bpy.

A part belongs to a larger one by size and distance together: the smaller it is, the further away it may be. What is
nearly as large never does, however near; nor what is large enough to be seen by itself and further away than it is
long, nor what looks like another part that stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .components import SPECK_SHARE, Box, Labels, Mask, Part, Parts, nearest

LARGEST_COUNT: Final = 400
"""Parts that are looked at one by one; what is smaller goes with the nearest of these."""
LOOSE_SHARE: Final = 0.15
"""From this share of its neighbour's area on a part stands alone."""
_SMALL_SHARE: Final = 0.005
"""Up to this share a part belongs to something, even when subjects stand closely."""
_REACH: Final = 0.0055
_REACH_FALL: Final = 0.7
"""A part of a hundredth of its neighbour's area may be 14 % of that one's size away, one of a tenth 3 %."""
_LONGEST_REACH: Final = 0.5
_REACH_WITHIN: Final = 2.0
"""How much further a part may be that lies in its neighbour's box: a flag between two masts."""
_WITHIN_SHARE: Final = 0.6
_SHARE_OF_GAP: Final = 0.7
"""A part that is as far away as subjects are from each other is one of them."""
DIRT_PIXELS: Final = 24
"""Long side from which on nothing is small, however large its neighbours are."""
_NEAR_PIXELS: Final = 48
"""What is so large belongs to nothing that is further away than its own length, and so far what is a little smaller."""
_ALIKE_AREA: Final = 0.7
_ALIKE_SIDES: Final = 0.2
"""Parts whose areas and sides differ by no more, and a cell, look alike: five coins in a row."""
_CONTACT_SHARE: Final = 0.2
"""Parts joined by translucent pixels along this share of the smaller one's size are one: a glass on its foot."""


@dataclass(frozen=True)
class _Border:
    """Where two parts are neighbours: their labels, the gap between them and the length of contact, in cells."""

    one: int
    other: int
    gap: float
    contact: float


@dataclass(frozen=True)
class Group:
    """Parts that make up one subject: their labels, largest first; box and area in cells of the labels."""

    labels: tuple[int, ...]
    box: Box
    area: int

    @property
    def scale(self) -> float:
        """Give its size in cells, between its long side and that of a square of its area."""
        return math.sqrt(self.box.long_side * math.sqrt(self.area))

    def joined(self, other: Group) -> Group:
        """Give both as one."""
        return Group(
            tuple(sorted((*self.labels, *other.labels))), self.box.joined(other.box), self.area + other.area
        )  # fmt: skip


def territories(parts: Parts) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Give for every cell the part it belongs to, and its distance to it in cells, squared."""
    if len(parts.parts) == 1:  # as most pictures are
        return np.ones_like(parts.labels), np.zeros(parts.labels.shape, np.float32)
    return nearest(parts.labels, min(len(parts.parts), LARGEST_COUNT))


def group(parts: Parts, owner: Labels, distance: npt.NDArray[np.float32], translucent: Mask) -> tuple[Group, ...]:
    """Give the subjects that the parts make up, largest first, and after them the dirt that belongs to none.

    ``owner`` and ``distance`` are what :func:`territories` gave; ``translucent`` tells the cells that may join parts.
    """
    borders = sorted(_borders(owner, distance, translucent), key=lambda border: border.gap)
    groups = _grouped(parts, borders, frozenset())
    apart = _like_those_alone(parts, groups)
    return _grouped(parts, borders, apart) if apart else groups


def _grouped(parts: Parts, borders: Sequence[_Border], apart: frozenset[int]) -> tuple[Group, ...]:
    """Join parts as often as any belong together; those in ``apart`` to nothing larger."""
    seen = parts.parts[:LARGEST_COUNT]
    groups = {part.label: Group((part.label,), part.box, part.area) for part in seen}
    for border in borders:
        _join_touching(groups, border)
    room = _room(groups, borders, seen)
    dirt = frozenset(part.label for part in seen if part.box.long_side * parts.factor < DIRT_PIXELS)
    while sum(_join_loose(groups, border, room, apart, dirt, parts.factor) for border in borders):
        pass  # what joined may reach further
    return tuple(sorted({id(one): one for one in groups.values()}.values(), key=lambda one: -one.area))


def _like_those_alone(parts: Parts, groups: Sequence[Group]) -> frozenset[int]:
    """Give the parts that were joined to something, and look like a part that was not."""
    least = DIRT_PIXELS / parts.factor
    known = [part for part in parts.parts[:LARGEST_COUNT] if part.box.long_side >= least]
    alone = {one.labels[0] for one in groups if len(one.labels) == 1}
    largest = {one.labels[0] for one in groups}
    peers = [part for part in known if part.label in alone]
    return frozenset(
        part.label for part in known if part.label not in largest and any(_are_alike(part, peer) for peer in peers)
    )


def _are_alike(one: Part, other: Part) -> bool:
    if min(one.area, other.area) < _ALIKE_AREA * max(one.area, other.area):
        return False
    sides = ((one.box.width, other.box.width), (one.box.height, other.box.height))
    return all(abs(a - b) <= max(_ALIKE_SIDES * max(a, b), 1) for a, b in sides)


def _join(groups: dict[int, Group], one: Group, other: Group) -> None:
    joined = one.joined(other)
    for label in joined.labels:
        groups[label] = joined


def _join_touching(groups: dict[int, Group], border: _Border) -> None:
    one, other = groups[border.one], groups[border.other]
    if one is not other and border.contact >= max(_CONTACT_SHARE * math.sqrt(min(one.area, other.area)), 1.0):
        _join(groups, one, other)


def _join_loose(
    groups: dict[int, Group], border: _Border, room: float, apart: frozenset[int], dirt: frozenset[int], factor: int
) -> bool:
    """Join a part to its neighbour if it belongs to it; give whether it did. Dirt alone is reached by way of dirt."""
    small, large = sorted((groups[border.one], groups[border.other]), key=lambda one: one.area)
    if small is large or border.gap > _reach(small, large, room, factor) or not apart.isdisjoint(small.labels):
        return False
    reached = border.other if border.one in small.labels else border.one
    if reached in dirt and not dirt.issuperset(small.labels):
        return False
    _join(groups, small, large)
    return True


def _reach(small: Group, large: Group, room: float, factor: int) -> float:
    """Give how far from the larger one the smaller one may be to belong to it, in cells; negative for never."""
    share = small.area / large.area
    if share >= LOOSE_SHARE:
        return -1.0
    reach = large.scale * min(_REACH / math.pow(share, _REACH_FALL), _LONGEST_REACH)
    if share > SPECK_SHARE and small.box.long_side * factor >= DIRT_PIXELS:
        reach = min(reach, max(small.box.long_side, _NEAR_PIXELS / factor))
    if _overlap(small.box, large.box) >= _WITHIN_SHARE * small.box.width * small.box.height:
        reach *= _REACH_WITHIN
    return reach if share <= _SMALL_SHARE else min(reach, _SHARE_OF_GAP * room)


def _room(groups: dict[int, Group], borders: Iterable[_Border], parts: tuple[Part, ...]) -> float:
    """Give the smallest gap between two that certainly stand alone; infinite when there is at most one."""
    largest = max((groups[part.label].area for part in parts), default=0)
    return min(
        (
            border.gap
            for border in borders
            if groups[border.one] is not groups[border.other]
            and min(groups[border.one].area, groups[border.other].area) >= LOOSE_SHARE * largest
        ),
        default=math.inf,
    )


def _overlap(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0) * max(height, 0)


def _borders(owner: Labels, distance: npt.NDArray[np.float32], translucent: Mask) -> Iterator[_Border]:
    """Give every pair of parts whose territories meet, with the least gap along where they do."""
    away = np.sqrt(distance)
    ones, others, gaps, contacts = [], [], [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        meets = (owner[here] != owner[there]) & (owner[here] > 0) & (owner[there] > 0)
        ones.append(owner[here][meets])
        others.append(owner[there][meets])
        gaps.append(away[here][meets] + away[there][meets])
        contacts.append((translucent[here] & translucent[there])[meets])
    one, other = np.concatenate(ones).astype(np.int64), np.concatenate(others).astype(np.int64)
    if not one.size:
        return
    key = np.minimum(one, other) * (LARGEST_COUNT + 1) + np.maximum(one, other)
    order = np.argsort(key, kind="stable")
    pairs, first = np.unique(key[order], return_index=True)
    gap = np.minimum.reduceat(np.concatenate(gaps)[order], first)
    contact = np.add.reduceat(np.concatenate(contacts)[order].astype(np.int64), first)
    for pair, apart, length in zip(pairs.tolist(), gap.tolist(), contact.tolist(), strict=True):
        yield _Border(pair // (LARGEST_COUNT + 1), pair % (LARGEST_COUNT + 1), apart, length)
