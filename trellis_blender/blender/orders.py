# SPDX-License-Identifier: GPL-3.0-or-later
"""What was ordered last, in plain text, so that a double click does not pay twice. Knows no job, no datablock."""

import time

DOUBLE_CLICK_SECONDS = 1.0
"""An identical order within this time is taken for the same one."""
Order = tuple[str, ...]
"""What was asked for: it outlives undo and the opening of files, which datablocks do not."""


class Orders:
    """The last order, and when it was made."""

    def __init__(self) -> None:
        """Nothing was ordered yet."""
        self._last: tuple[Order | None, float] = (None, 0.0)

    def is_repeated(self, order: Order) -> bool:
        """Whether the very same was ordered a moment ago, as by a double click."""
        last, when = self._last
        return last == order and time.monotonic() - when < DOUBLE_CLICK_SECONDS

    def note(self, order: Order) -> None:
        """Note an order; once its picture was copied, since the second click was made while that held Blender up."""
        self._last = (order, time.monotonic())
