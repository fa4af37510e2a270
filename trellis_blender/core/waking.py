# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the computer slept: told from two clocks that should agree. No threads, no bpy."""

from __future__ import annotations

from typing import Final

from .pacing import Clock

SLEPT_SECONDS: Final = 20.0
"""So much time is missing: no thread is held up for so long by others."""


class Waking:
    """Looks at both clocks now and then. Not thread-safe."""

    def __init__(self, clock: Clock) -> None:
        """Begin to look."""
        self._clock = clock
        self._ahead = self._wall_ahead()

    def has_slept(self, *, overslept: float = 0.0) -> bool:
        """Whether the computer slept since the last look, or its clock was set forward, which looks the same.

        Some systems count their sleep in the monotonic clock, too: there only a wait that was too
        long tells, by ``overslept`` seconds.
        """
        before, self._ahead = self._ahead, self._wall_ahead()
        return max(self._ahead - before, overslept) > SLEPT_SECONDS

    def _wall_ahead(self) -> float:
        return self._clock.time() - self._clock.monotonic()
