# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, as the stand-in sees it; seconds since the epoch. Everything but delays on the wire goes by it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the stand-in asks of a clock; a test may share its own."""

    def now(self) -> float:
        """Give the time in seconds since the epoch."""
        ...

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        ...


class WallClock:
    """The machine's time, which ``advance`` can run ahead of."""

    def __init__(self) -> None:
        """Start at the machine's time."""
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Give the time in seconds since the epoch."""
        with self._lock:
            return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        with self._lock:
            self._ahead += seconds


class ManualClock:
    """Time that stands still until it is advanced."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        """Stand at ``start``, seconds since the epoch."""
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        """Give the time in seconds since the epoch."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        with self._lock:
            self._now += seconds


def iso(moment: float) -> str:
    """Write a moment as the service does, in UTC with milliseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> float:
    """Read an ISO date, or seconds since the epoch. Raises :class:`ValueError`."""
    try:
        return float(text)
    except ValueError:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
