# SPDX-License-Identifier: GPL-3.0-or-later
"""One block of memory for captures, used over and over: the system takes longer to give a new one than to fill it.

Kept only while previews are shown, and for a picture of the usual size. A new one is had from the system by a thread
of its own, where the caller can wait. Imports no bpy.
"""

from __future__ import annotations

import threading
import weakref
from typing import Final

import numpy as np
import numpy.typing as npt

LARGEST_BYTES: Final = 160 * 2**20
"""A picture of 4K has 127 MiB as floats."""
_PAGE_FLOATS: Final = 1024
"""A system gives memory when it is written to for the first time, in pages of 4 KiB or more."""
WORTH_FLOATS: Final = 2**20
"""Less than this is had sooner than a thread is begun."""
KEPT_SECONDS: Final = 300.0
"""How long after :meth:`Spare.keep` a block is kept: an artist who has seen a preview presses by then, or not soon."""


class Spare:
    """The block that nobody uses. Taken by one thread; given back by whichever lets go of an array last."""

    def __init__(self) -> None:
        """Keep nothing until :meth:`keep`."""
        self._block: memoryview | None = None
        self._until = 0.0
        """By the caller's clock; 0 while nothing is to be kept."""
        self._getting: threading.Thread | None = None
        self._refused = 0
        """So many floats the system does not give."""

    def keep(self, now: float) -> None:
        """Keep what is given back from now on."""
        self._until = now + KEPT_SECONDS

    def tidy(self, now: float) -> None:
        """Let go of the block when nobody has captured anything for long."""
        if now > self._until:
            self.drop()

    def drop(self) -> None:
        """Let go of the block, and keep none that is given back."""
        self._until, self._block = 0.0, None

    def is_at_hand(self, count: int, now: float) -> bool:
        """Whether :meth:`take` can give so many floats at once; else a thread sees to it, and one asks again soon."""
        block = self._block
        if count < WORTH_FLOATS or count == self._refused or (block is not None and len(block) == count):
            return True
        if self._getting is None or not self._getting.is_alive():
            self.keep(now)
            self._getting = threading.Thread(target=self._get, args=(count,), name="trellis-memory", daemon=True)
            self._getting.start()
        return False

    def take(self, count: int) -> npt.NDArray[np.float32]:
        """Give so many floats of any value. Their memory is used again only when no view of them is left."""
        block, self._block = self._block, None
        if block is None or len(block) != count:
            block = np.empty(count, np.float32).data
        # Of a memoryview: views of an array that is a view itself would hold on to what lies below, not to the array.
        values = np.frombuffer(block, np.float32)
        weakref.finalize(values, self._give_back, block).atexit = False
        return values

    def _get(self, count: int) -> None:
        """Have the system give memory: several times as long as filling it, and without a lock of Python's."""
        try:
            values = np.empty(count, np.float32)
            values[::_PAGE_FLOATS] = 0.0
        except MemoryError:  # which is met again when it is taken
            self._refused = count
            return
        self._put(values.data)

    def _give_back(self, block: memoryview) -> None:
        """Keep a block in place of the one that is kept: never more than one. Takes no lock: any thread may be here.

        Also one that is in the midst of :meth:`take`, since Python lets go of cycles when it likes.
        """
        if block.nbytes <= LARGEST_BYTES:
            self._put(block)

    def _put(self, block: memoryview) -> None:
        self._block = block
        if not self._until:  # looked at only now: before, another thread could drop in between, and this stay for good
            self._block = None
