# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit of requests, and how often to ask, on a clock that tests move."""

from __future__ import annotations

import random
import threading

import pytest

from trellis_blender.core.catalogue import REQUESTS_PER_MINUTE
from trellis_blender.core.pacing import Pacing, RateLimiter, SystemClock

A, B = "https://a.b:443", "https://b.c:443"


class HandClock:
    """Time that moves when a test says so, or by as much as somebody waits; ``ahead`` is the wall's advance."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.ahead = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now + self.ahead

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        self.now += seconds or 0.0


def busiest(times: list[float], window: float) -> int:
    return max(sum(1 for time in times if start <= time < start + window) for start in times)


@pytest.mark.parametrize("seed", range(20))
def test_never_above_the_limit_in_any_window(seed: int) -> None:
    dice = random.Random(seed)
    clock = HandClock()
    limiter = RateLimiter(clock)
    taken: list[float] = []
    for _ in range(600):
        pause = limiter.take(A, urgent=dice.random() < 0.5)
        if pause == 0.0:
            taken.append(clock.now)
            clock.now += dice.choice([0.0, 0.0, 0.01, 1.0, 5.0])
        else:
            assert pause > 0
            clock.now += dice.choice([pause, pause / 2, pause + 1.0])
    assert len(taken) > 100
    assert busiest(taken, 60.0) <= REQUESTS_PER_MINUTE - 4


def test_waiting_as_told_is_enough() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock, limit=5, reserve=0)
    for _ in range(5):
        assert limiter.take(A, urgent=False) == 0.0
        clock.now += 1.0
    pause = limiter.take(A, urgent=False)
    assert pause == 55.0
    clock.now += pause
    assert limiter.take(A, urgent=False) == 0.0
    assert limiter.take(A, urgent=False) == 1.0


def test_reserve_is_for_what_is_urgent() -> None:
    limiter = RateLimiter(HandClock(), limit=10, reserve=4)
    assert [limiter.take(A, urgent=False) for _ in range(6)] == [0.0] * 6
    assert limiter.take(A, urgent=False) > 0.0
    assert [limiter.take(A, urgent=True) for _ in range(4)] == [0.0] * 4
    assert limiter.take(A, urgent=True) > 0.0


def test_pause_is_obeyed_by_all_and_never_shortened() -> None:
    clock = HandClock()
    limiter = RateLimiter(clock)
    limiter.pause(A, 30.0)
    limiter.pause(A, 10.0)
    assert limiter.take(A, urgent=True) == 30.0
    clock.now += 29.0
    assert limiter.take(A, urgent=False) == 1.0
    clock.now += 1.0
    assert limiter.take(A, urgent=False) == 0.0


def test_pause_holds_up_one_server_only() -> None:
    limiter = RateLimiter(HandClock(), limit=2, reserve=0)
    limiter.pause(A, 3600.0)
    assert limiter.take(A, urgent=True) == 3600.0
    assert [limiter.take(B, urgent=False) for _ in range(3)] == [0.0, 0.0, 60.0]


def test_hold_is_for_those_who_must_wait_and_ends_when_released() -> None:
    limiter = RateLimiter(HandClock())
    limiter.hold(A, 20.0, urgent=False)
    assert [limiter.take(A, urgent=urgent) for urgent in (False, True)] == [20.0, 0.0]
    limiter.hold(A, 30.0, urgent=True)
    assert [limiter.take(A, urgent=urgent) for urgent in (False, True)] == [30.0, 30.0]
    assert limiter.take(B, urgent=False) == 0.0
    limiter.release()
    assert limiter.take(A, urgent=False) == 0.0


@pytest.mark.parametrize("moved", [-86_400.0, 86_400.0])
def test_limit_holds_when_the_clock_is_moved(moved: float) -> None:
    clock = HandClock()
    limiter = RateLimiter(clock, limit=2, reserve=0)
    assert [limiter.take(A, urgent=False) for _ in range(2)] == [0.0, 0.0]
    clock.ahead += moved
    assert limiter.take(A, urgent=False) == 60.0
    clock.now += 60.0
    assert limiter.take(A, urgent=False) == 0.0


def test_pause_is_over_when_either_clock_says_so() -> None:
    """One stands still while the computer sleeps; the other may be set back by a day."""
    clock = HandClock()
    limiter = RateLimiter(clock)
    limiter.pause(A, 600.0)
    clock.ahead += 599.0
    assert limiter.take(A, urgent=True) == 600.0
    clock.ahead += 1.0
    assert limiter.take(A, urgent=True) == 0.0
    limiter.pause(B, 600.0)
    clock.ahead -= 86_400.0
    assert limiter.take(B, urgent=True) == 600.0
    clock.now += 600.0
    assert limiter.take(B, urgent=True) == 0.0


def test_asking_does_not_use_up_leave() -> None:
    limiter = RateLimiter(HandClock(), limit=2, reserve=0)
    assert [limiter.take(A, urgent=False) for _ in range(2)] == [0.0, 0.0]
    for _ in range(100):
        limiter.take(A, urgent=False)
    assert len(limiter._accounts[A].sent) == 2


def test_polls_are_quick_at_first_and_then_every_five_seconds() -> None:
    pacing = Pacing(jitter=0.0)
    delays = [pacing.poll_delay(polls, 1) for polls in range(20)]
    assert delays[0] == 1.5  # one job's share of the limit
    assert delays == sorted(delays)
    assert delays[-1] == 5.0
    assert pacing.poll_delay(20, 200) == 300.0


def test_back_off_doubles_up_to_a_minute() -> None:
    pacing = Pacing(jitter=0.0)
    assert [pacing.retry_delay(failures) for failures in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]
    assert pacing.retry_delay(10_000) == 60.0


def test_jitter_stays_within_its_share() -> None:
    pacing = Pacing(random=random.Random(1))
    delays = [pacing.retry_delay(3) for _ in range(500)]
    assert 3.2 <= min(delays) < 3.4
    assert 4.6 < max(delays) <= 4.8


def test_real_clock_waits_until_notified() -> None:
    clock = SystemClock()
    condition = threading.Condition()
    with condition:
        clock.wait(condition, 0.0)
    assert clock.monotonic() <= clock.monotonic()
    assert clock.time() > 1_700_000_000
