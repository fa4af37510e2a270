# SPDX-License-Identifier: GPL-3.0-or-later
"""One block of memory for captures, used over and over: the system takes longer to give a new one than to fill it.

Kept only while previews are shown, and for a picture of the usual size. Imports no bpy.
"""

from __future__ import annotations

import weakref
from typing import Final

import numpy as np
import numpy.typing as npt

LARGEST_BYTES: Final = 160 * 2**20
"""A picture of 4K has 127 MiB as floats."""
KEPT_SECONDS: Final = 300.0
"""How long after :meth:`Spare.keep` a block is kept: an artist who has seen a preview presses by then, or not soon."""


class Spare:
    """The block that nobody uses. Taken by one thread; given back by whichever lets go of an array last."""

    def __init__(self) -> None:
        """Keep nothing until :meth:`keep`."""
        self._block: memoryview | None = None
        self._until = 0.0
        """By the caller's clock; 0 while nothing is to be kept."""

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

    def take(self, count: int) -> npt.NDArray[np.float32]:
        """Give so many floats of any value. Their memory is used again only when no view of them is left."""
        block, self._block = self._block, None
        if block is None or len(block) != count:
            block = np.empty(count, np.float32).data
        # Of a memoryview: views of an array that is a view itself would hold on to what lies below, not to the array.
        values = np.frombuffer(block, np.float32)
        weakref.finalize(values, self._give_back, block).atexit = False
        return values

    def _give_back(self, block: memoryview) -> None:
        """Keep a block in place of the one that is kept: never more than one. Takes no lock: any thread may be here.

        Also one that is in the midst of :meth:`take`, since Python lets go of cycles when it likes.
        """
        if block.nbytes > LARGEST_BYTES:
            return
        self._block = block
        if not self._until:  # looked at only now: before, another thread could drop in between, and this stay for good
            self._block = None
