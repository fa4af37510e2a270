# SPDX-License-Identifier: GPL-3.0-or-later
"""When to ask again: the clock, the account's limit of requests, polling intervals, back-off. Imports no bpy."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict, deque
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


def midnight(clock: Clock, offset: float = 0.0) -> float:
    """Give when this day began where the artist is, in seconds since 1970, by a clock ``offset`` seconds ahead."""
    now = datetime.fromtimestamp(clock.time() + offset)  # noqa: DTZ006  # the artist's own day
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


@dataclass
class _Account:
    """What is known of one server: when was sent, until when it asked for silence, until when others are first."""

    sent: deque[float] = field(default_factory=deque)
    paused_until: float = 0.0
    paused_until_date: float = 0.0
    held_until: dict[bool, float] = field(default_factory=lambda: {False: 0.0, True: 0.0})


class RateLimiter:
    """A sliding window over every request to each server, whose accounts are apart; thread-safe, never blocks.

    ``limit`` stays a little under the documented one, since other programs use the account too.
    ``reserve`` of them are kept for urgent requests: starting and cancelling jobs. A pause is over
    when either clock says so: one stands still while the computer sleeps, the other can be moved.
    """

    def __init__(
        self, clock: Clock, *, limit: int = REQUESTS_PER_MINUTE - 4, reserve: int = 6, window: float = WINDOW_SECONDS
    ) -> None:
        """``window`` is in seconds."""
        self._clock = clock
        self.limit = limit
        self._reserve = min(reserve, limit - 1)
        self.window = window
        self._accounts: defaultdict[str, _Account] = defaultdict(_Account)
        self._lock = threading.Lock()

    def allowed(self, *, urgent: bool) -> int:
        """Give how many requests a window may hold when one more of this kind is sent."""
        return self.limit if urgent else self.limit - self._reserve

    def take(self, server: str, *, urgent: bool) -> float:
        """Take leave to send one request now and give 0.0, or give the seconds until it may be had."""
        with self._lock:
            account, now = self._accounts[server], self._clock.monotonic()
            sent = account.sent
            while sent and sent[0] <= now - self.window:
                sent.popleft()
            pause = max(self._pause(account, now), account.held_until[urgent] - now)
            if pause > 0.0:
                return pause
            allowed = self.allowed(urgent=urgent)
            if len(sent) < allowed:
                sent.append(now)
                return 0.0
            return max(sent[len(sent) - allowed] + self.window - now, 0.001)

    def count(self, server: str) -> None:
        """Count a request that is sent in any case."""
        with self._lock:
            self._accounts[server].sent.append(self._clock.monotonic())

    def give_back(self, server: str) -> None:
        """Undo the last :meth:`take`: nothing was sent after all."""
        with self._lock:
            if self._accounts[server].sent:
                self._accounts[server].sent.pop()

    def pause(self, server: str, seconds: float) -> None:
        """Send nothing to a server for so long, because it asked for it."""
        with self._lock:
            account = self._accounts[server]
            account.paused_until = max(account.paused_until, self._clock.monotonic() + seconds)
            account.paused_until_date = max(account.paused_until_date, self._clock.time() + seconds)

    def hold(self, server: str, seconds: float, *, urgent: bool) -> None:
        """Do not ask the other Blenders for so long; what is not urgent waits at least as long as what is."""
        with self._lock:
            account, until = self._accounts[server], self._clock.monotonic() + seconds
            for kind in (False, True) if urgent else (False,):
                account.held_until[kind] = max(account.held_until[kind], until)

    def release(self) -> None:
        """Forget every :meth:`hold`: how the other Blenders stand is asked anew."""
        with self._lock:
            for account in self._accounts.values():
                account.held_until = {False: 0.0, True: 0.0}

    def _pause(self, account: _Account, now: float) -> float:
        if self._clock.time() >= account.paused_until_date:
            return 0.0
        return account.paused_until - now


@dataclass(frozen=True)
class Pacing:
    """How often to poll and how long to back off, in seconds. Zeroes in tests."""

    first_step: float = 0.05
    """After this a new job is begun: a worker would take turns with the press that ordered it, and hold that up."""
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
    look_again: float = 60.0
    """How often something that may be a lost job, but is not named yet, is looked at once more."""
    unknown_wait: float = 120.0
    """So long a server is asked again that does not know, or has nothing for, a job that it accepted a moment ago."""
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
