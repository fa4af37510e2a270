# SPDX-License-Identifier: GPL-3.0-or-later
"""Rooms behind an outline that has a gap: what a flood takes from a drawing on paper. Pure numpy; imports no bpy.

A square that rolls along the outside does not get through a gap that is narrower than itself. What it does not reach
and is far wider than the square is a room, if what is around it are lines, with nothing solid behind: a bay of a
solid subject is none, nor is a wedge between two whiskers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .components import Mask, coarse, label
from .fineness import opened
from .flood import grown

_SIDE_CELLS: Final = 512
"""Long side of the coarse mask on which rooms are looked for."""
_ROOM_SHARE: Final = 0.25
"""Share of a room that is so wide; the rest are its corners and limbs."""
_LEAST_CELLS: Final = 100
_LEAST_PART_CELLS: Final = 4
"""What is as short as this is dirt, or grain of the paper, and stops no square."""
_LINE_SHARE: Final = 0.08
"""Share of a room's length that a line around it may be wide."""
_LEAST_LINE_CELLS: Final = 3
_PEN_SHARE: Final = 0.025
"""Share of a drawing's length that its lines are wide."""
_THICK_SHARE: Final = 0.02
"""Share of a drawing of lines that is wider all the same: where they meet."""
_LONG_SHARE: Final = 0.25
_LEAST_SIDE_CELLS: Final = 160
"""What is long and thin, or so small, may be of lines by itself."""
HOLLOW_SHARE: Final = 0.12
"""Share of a subject, with its rooms, that lies open, from which on it is worth a word."""


@dataclass(frozen=True)
class _Search:
    """What rooms are looked for. ``reaches``: half sides, in cells, of the squares that roll, one after the other.

    ``times`` as wide as its gap a room is: what is narrower may be a bay between an arm and a body. ``lined`` is the
    share of what is around it that are lines.
    """

    reaches: tuple[int, ...]
    times: float
    lined: float


_CLOSED: Final = (_Search((0, 1, 2, 3, 4, 6, 8, 11, 15), 3.0, 0.7), _Search((0, 2, 4, 8, 15), 6.0, 0.5))
"""The second: beside something coloured a room has fewer lines, and is to be the wider."""
_HOLLOW: Final = _Search((0, 4, 15, 26, 45, 65, 90), 1.6, 0.7)


@dataclass(frozen=True, eq=False)
class _Grid:
    """A mask as cells of ``factor`` pixels, with room around it for a square to roll: ``rim`` cells on each side."""

    cells: Mask
    factor: int
    rim: int
    top: int
    left: int


def within(kept: Mask) -> Mask | None:
    """Give what lies within an outline with small gaps and was not kept; None where there is nothing of it.

    ``kept`` is what a flood from the frame's edge has not reached.
    """
    grid = _grid(kept, max(_CLOSED[0].reaches))
    if grid is None:
        return None
    found = grid.cells
    for search in _CLOSED:
        for room in _rooms(found, search):
            found = found | room
    rooms = found & ~grid.cells
    return _fine(kept, grid, rooms) if rooms.any() else None


def is_hollow(alpha: npt.NDArray[np.uint8]) -> bool:
    """Whether enough of a subject that was cut is missing within its lines, as its outline has a large gap."""
    return hollow(alpha > 0) > HOLLOW_SHARE


def hollow(kept: Mask) -> float:
    """Give the share of a subject that is missing so; all of it where there are lines only, with nothing inside."""
    grid = _grid(kept, max(_HOLLOW.reaches))
    if grid is None:
        return 0.0
    if _is_all_lines(grid):
        return 1.0
    found = grid.cells.copy()
    for room in _rooms(grid.cells, _HOLLOW):
        found |= room
    before, after = (int(np.count_nonzero(cells)) for cells in (grid.cells, found))
    return (after - before) / max(after, 1)


def _is_all_lines(grid: _Grid) -> bool:
    height, width = (size - 2 * grid.rim for size in grid.cells.shape)
    longest = max(height, width)
    if min(height, width) < _LONG_SHARE * longest or longest < _LEAST_SIDE_CELLS:
        return False
    thick = opened(grid.cells, round(_PEN_SHARE * longest))
    return bool(np.count_nonzero(thick) <= _THICK_SHARE * np.count_nonzero(grid.cells))


def _grid(kept: Mask, rim: int) -> _Grid | None:
    rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
    if not rows.size:
        return None
    top, left = int(rows[0]), int(columns[0])
    cells, factor = coarse(kept[top : rows[-1] + 1, left : columns[-1] + 1], _SIDE_CELLS)
    labels, parts = label(cells)
    is_wanted = np.array([False, *(part.box.long_side > _LEAST_PART_CELLS for part in parts)])
    return _Grid(np.pad(is_wanted[labels], rim + 1), factor, rim + 1, top, left)


def _rooms(cells: Mask, search: _Search) -> Iterator[Mask]:
    """Give the rooms behind the gaps that a square of each of these sizes does not pass, those found before aside."""
    solid = cells
    if not any(True for _room in _lined(solid, _unreached(solid, max(search.reaches)), 1, search.lined)):
        return  # mostly so, and quickly told
    for reach in search.reaches:
        side = max(round(search.times * (2 * reach + 1)), _LEAST_LINE_CELLS + 1)
        for room in list(_lined(solid, _unreached(solid, reach), side, search.lined)):
            solid = solid | room
            yield room


def _unreached(solid: Mask, reach: int) -> Mask:
    """Give what is free, and not reached from outside by a square."""
    labels, _parts = label(~grown(solid, reach), corners=False)
    return np.asarray(~(grown(labels == labels[0, 0], reach) | solid))


def _lined(solid: Mask, free: Mask, side: int, least: float) -> Iterator[Mask]:
    """Give the parts of what is free that have lines around them, mostly, and that squares of this side fit into."""
    labels, parts = label(free, corners=False)
    for part in parts:
        if part.area < _LEAST_CELLS:
            return
        if part.box.long_side < side:
            continue
        width = max(round(_LINE_SHARE * part.box.long_side), _LEAST_LINE_CELLS)
        near = width + 2
        here = np.s_[
            max(part.box.top - near, 0) : part.box.bottom + near, max(part.box.left - near, 0) : part.box.right + near
        ]
        room, around = labels[here] == part.label, solid[here]
        whole = _filled(room)
        shore = grown(whole, 1) & around & ~whole
        lines = shore & ~opened(around, width + 1)
        if np.count_nonzero(lines) < least * np.count_nonzero(shore):
            continue
        if np.count_nonzero(opened(whole, side)) < _ROOM_SHARE * np.count_nonzero(whole):
            continue
        found = np.zeros_like(solid)
        found[here] = room
        yield found


def _filled(room: Mask) -> Mask:
    """Give it with what it is all around of."""
    labels = label(np.pad(~room, 1, constant_values=True))[0][1:-1, 1:-1]
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray(room | ~np.isin(labels, [0, *np.unique(edges)]))


def _fine(kept: Mask, grid: _Grid, rooms: Mask) -> Mask:
    """Give the rooms in pixels: both sides grow towards each other within the cells that lines lie in."""
    height, width = (size - 2 * grid.rim for size in grid.cells.shape)
    inner = np.s_[grid.rim : grid.rim + height, grid.rim : grid.rim + width]
    filled = grid.cells | rooms
    outer = grown(~filled, 1)
    own, labels = np.zeros_like(rooms), label(filled)[0]
    own[np.isin(labels, np.unique(labels[rooms])) & ~outer] = True
    here = np.s_[
        grid.top : min(grid.top + height * grid.factor, kept.shape[0]),
        grid.left : min(grid.left + width * grid.factor, kept.shape[1]),
    ]
    free = ~kept[here]

    def spread(cells: Mask) -> Mask:
        fine = cells[inner].repeat(grid.factor, axis=0).repeat(grid.factor, axis=1)
        return np.asarray(fine[: free.shape[0], : free.shape[1]] & free)

    inside, outside = spread(rooms | own), spread(~filled)
    for _step in range(2 * grid.factor):
        reached = _beside(inside) & free & ~outside
        outside |= _beside(outside) & free & ~inside
        inside |= reached & ~outside
    result = np.zeros_like(kept)
    result[here] = inside
    return result


def _beside(mask: Mask) -> Mask:
    wider = mask.copy()
    wider[1:] |= mask[:-1]
    wider[:-1] |= mask[1:]
    wider[:, 1:] |= mask[:, :-1]
    wider[:, :-1] |= mask[:, 1:]
    return wider
