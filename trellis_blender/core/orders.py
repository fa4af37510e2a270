# SPDX-License-Identifier: GPL-3.0-or-later
"""What was ordered last, and what buttons said it costs, so that no click pays twice, or more. Imports no bpy."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DOUBLE_CLICK_SECONDS: Final = 1.0
"""An identical order within this time is taken for the same one."""
CALM_BEATS: Final = 2
"""So many beats of the timer have to pass, too: the second click may wait behind a frame that takes seconds."""
LONGEST_SECONDS: Final = 10.0
"""Where no timer beats, this is long enough."""
Order = tuple[str, ...]
"""What was asked for: it outlives undo and the opening of files, which datablocks do not."""


class Orders:
    """The last order, and when it was made; and the prices on buttons. Times are of the monotonic clock."""

    def __init__(self) -> None:
        """Nothing was ordered yet."""
        self._last: Order | None = None
        self._when = 0.0
        self._beats = 0
        self._tags = set[tuple[str, str]]()

    def tag(self, resolution: str, price: str) -> str:
        """Note the price that a button says for a resolution, and give it for the button to carry."""
        self._tags.add((resolution, price))
        return price

    def shown(self, resolution: str, price: str, now: Decimal) -> Decimal | None:
        """Give the price that a press carries, if a button has said it for this resolution in this session.

        Else None: a favourite or a shortcut carries the price of the day it was made, for whatever was set then. One
        that is no longer the price ``now`` holds for one press, which the artist is told of.
        """
        if not price or (resolution, price) not in self._tags:
            return None
        if Decimal(price) != now:
            self._tags.discard((resolution, price))
        return Decimal(price)

    def is_repeated(self, order: Order, now: float) -> bool:
        """Whether the very same was ordered a moment ago, as by a double click."""
        since = now - self._when
        return self._last == order and since < (DOUBLE_CLICK_SECONDS if self._beats >= CALM_BEATS else LONGEST_SECONDS)

    def note(self, order: Order, now: float) -> None:
        """Note an order; once its picture was copied, since the second click was made while that held Blender up."""
        self._last, self._when, self._beats = order, now, 0

    def beat(self, now: float) -> None:
        """Note that the timer's turn has come: the moment begins when nothing holds Blender up any more."""
        if self._beats < CALM_BEATS:
            self._beats, self._when = self._beats + 1, now
