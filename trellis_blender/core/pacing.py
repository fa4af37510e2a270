# SPDX-License-Identifier: GPL-3.0-or-later
"""When to ask again: the clock, the account's limit of requests, polling intervals, back-off. Imports no bpy."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from .catalogue import REQUESTS_PER_MINUTE

WINDOW_SECONDS: Final = 60.0


class Clock(Protocol):
    """Time, injected so that tests need not wait."""

    def monotonic(self) -> float:
        """Seconds that only grow."""

    def time(self) -> float:
        """Seconds since 1970."""

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait on a held condition until notified or ``seconds`` have passed (None: without limit)."""


class SystemClock:
    """The real clock."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait on a held condition until notified or ``seconds`` have passed (None: without limit)."""
        condition.wait(seconds)


def midnight(clock: Clock) -> float:
    """Give when this day began where the artist is, in seconds since 1970."""
    now = datetime.fromtimestamp(clock.time())  # noqa: DTZ006  # the artist's own day
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


class RateLimiter:
    """A sliding window over every request of the account; thread-safe, never blocks.

    ``limit`` stays a little under the documented one, since other programs use the account too.
    ``reserve`` of them are kept for urgent requests: starting and cancelling jobs.
    """

    def __init__(
        self, clock: Clock, *, limit: int = REQUESTS_PER_MINUTE - 4, reserve: int = 6, window: float = WINDOW_SECONDS
    ) -> None:
        """``window`` is in seconds."""
        self._clock = clock
        self.limit = limit
        self._reserve = min(reserve, limit - 1)
        self.window = window
        self._sent: deque[float] = deque()
        self._paused_until = 0.0
        self._lock = threading.Lock()

    def take(self, *, urgent: bool) -> float:
        """Take leave to send one request now and give 0.0, or give the seconds until it may be had."""
        with self._lock:
            now = self._clock.monotonic()
            while self._sent and self._sent[0] <= now - self.window:
                self._sent.popleft()
            if now < self._paused_until:
                return self._paused_until - now
            allowed = self.limit if urgent else self.limit - self._reserve
            if len(self._sent) < allowed:
                self._sent.append(now)
                return 0.0
            return max(self._sent[len(self._sent) - allowed] + self.window - now, 0.001)

    def give_back(self) -> None:
        """Undo the last :meth:`take`: nothing was sent after all."""
        with self._lock:
            if self._sent:
                self._sent.pop()

    def pause(self, seconds: float) -> None:
        """Send nothing for so long, because the server asked for it."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)


@dataclass(frozen=True)
class Pacing:
    """How often to poll and how long to back off, in seconds. Zeroes in tests."""

    first_poll: float = 1.0
    poll_growth: float = 1.35
    longest_poll: float = 5.0
    first_retry: float = 1.0
    longest_retry: float = 60.0
    jitter: float = 0.2
    patience: float = 45 * 60.0
    """After this long without an end a job is said to be overdue, and polled at ``longest_retry``."""
    fair_wait: float = 180.0
    """So long after a lost answer a job that nobody has heard of was most likely never accepted."""
    unanswered: float = 60.0
    """How long a POST whose end nobody saw may have been on its way."""
    random: random.Random = field(default_factory=random.Random, compare=False)

    def poll_delay(self, polls: int, running: int, requests_per_minute: int = REQUESTS_PER_MINUTE) -> float:
        """Give the pause before the next poll of a job polled ``polls`` times, beside ``running`` jobs in all."""
        delay = min(self.first_poll * self.poll_growth**polls, self.longest_poll)
        share = running * WINDOW_SECONDS / (requests_per_minute * 0.8) if self.longest_poll else 0.0
        return self._jittered(max(delay, share))

    def retry_delay(self, failures: int) -> float:
        """Give the pause after so many failures in a row (1 at the first)."""
        return self._jittered(min(self.first_retry * 2.0 ** min(failures - 1, 16), self.longest_retry))

    def _jittered(self, seconds: float) -> float:
        return seconds * (1.0 + self.jitter * (2.0 * self.random.random() - 1.0))
