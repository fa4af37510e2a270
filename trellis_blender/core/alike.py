# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of numbers that are the same, found without sorting them. Pure numpy, for a worker; no bpy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

_MIXERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xFF51AFD7ED558CCD)
"""Odd constants. Each round of looking begins with another one, so that no two rows share a slot again and again."""
_SLOTS_A_ROW: Final = 2
"""At least; the more, the fewer different rows share one, and the less of the table is in the processor's cache."""


def firsts_alike(columns: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.int32]:
    """Give for each row the first row that is the same; a row is a number from each column.

    Rows are put into a table by what they hash to. Those that are not what is found in their slot go once more.
    """
    count = len(columns[0])
    found = np.arange(count, dtype=np.int32)
    left, of_left = found, columns
    for attempt in range(len(_MIXERS)):
        if not len(left):
            return found
        slots, size = _slots(of_left, attempt)
        table = np.empty(size, np.int32)
        table[slots[::-1]] = np.arange(len(left) - 1, -1, -1, dtype=np.int32)  # the first comes last, and stays
        in_slot = table[slots]
        if (in_slot > np.arange(len(left), dtype=np.int32)).any():
            break  # numpy promises no order of writing
        again = np.flatnonzero(in_slot != np.arange(len(left), dtype=np.int32))
        mates = in_slot[again]
        is_same = np.ones(len(again), bool)
        for column in of_left:
            is_same &= column[again] == column[mates]
        found[left[again[is_same]]] = left[mates[is_same]]
        rest = again[~is_same]
        left, of_left = left[rest], [column[rest] for column in of_left]
    if len(left):  # different rows share a slot again and again: rare beyond hope, and then slow is good enough
        _rows, first, number = np.unique(np.stack(of_left, 1), axis=0, return_index=True, return_inverse=True)
        found[left] = left[first[number.ravel()]]
    return found


def _slots(columns: list[npt.NDArray[np.uint64]], attempt: int) -> tuple[Any, int]:
    """Give where each row belongs in a table, and how large that is."""
    mixed = columns[0] * np.uint64(_MIXERS[attempt])
    for column in columns[1:]:
        mixed ^= mixed >> np.uint64(29)
        mixed += column
        mixed *= np.uint64(_MIXERS[attempt])
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(_MIXERS[attempt - 1])
    bits = (_SLOTS_A_ROW * len(mixed)).bit_length()
    mixed >>= np.uint64(64 - bits)
    return mixed.view(np.int64), 1 << bits
