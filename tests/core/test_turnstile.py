# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit over all Blenders: for each server apart, fairly shared, and on clocks that sleep or are moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.test_pacing import A, B, busiest
from trellis_blender.core.archive import Archive
from trellis_blender.core.turnstile import LONGEST_PAUSE_SECONDS, Moment

DATE = 1_750_000_000.0
DAY = 86_400.0


class Blender:
    """One of several that share a store; ``ask`` is at a second of the monotonic clock."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder)
        self.archive.open()

    def ask(self, now: float, server: str = A, *, allowed: int = 2, moved: float = 0.0) -> float:
        return self.archive.take_request(server, Moment(now, DATE + now + moved), allowed=allowed, window=60.0)

    def pause(self, now: float, seconds: float, server: str = A) -> None:
        self.archive.pause_requests(server, Moment(now, DATE + now), seconds)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Blender, Blender]]:
    both = Blender(tmp_path), Blender(tmp_path)
    yield both
    for each in both:
        each.archive.close()


Pair = tuple[Blender, Blender]


def test_limit_and_pauses_are_shared(pair: Pair) -> None:
    first, second = pair
    assert [each.ask(100.0) for each in pair] == [0.0, 0.0]
    assert first.ask(110.0) == 50.0
    assert first.ask(161.0) == 0.0
    first.pause(165.0, 35.0)
    assert second.ask(190.0) == 10.0
    assert second.ask(200.0) == 0.0


def test_one_server_does_not_hold_up_another(pair: Pair) -> None:
    first, second = pair
    first.pause(100.0, 3000.0)
    assert second.ask(101.0, A) == 2999.0
    assert [second.ask(101.0, B) for _ in range(3)] == [0.0, 0.0, 60.0]


def test_longest_pause_is_obeyed(pair: Pair) -> None:
    first, second = pair
    first.pause(100.0, LONGEST_PAUSE_SECONDS)
    assert second.ask(100.0) == LONGEST_PAUSE_SECONDS


@pytest.mark.parametrize("moved", [-DAY, DAY])
def test_limit_holds_when_the_clock_is_moved(pair: Pair, moved: float) -> None:
    __first, second = pair
    assert [each.ask(100.0) for each in pair] == [0.0, 0.0]
    assert second.ask(110.0, moved=moved) == 50.0
    assert second.ask(161.0, moved=moved) == 0.0


def test_pause_is_over_when_either_clock_says_so(pair: Pair) -> None:
    first, second = pair
    first.pause(100.0, 600.0)
    assert second.ask(101.0, moved=-DAY) == 599.0
    assert second.ask(101.0, moved=599.0) == 0.0  # the computer slept, and its monotonic clock with it
    first.pause(100.0, 600.0)
    assert second.ask(700.0, moved=-DAY) == 0.0


def test_what_an_earlier_run_of_the_computer_left_holds_nobody_up(pair: Pair) -> None:
    first, second = pair
    first.pause(5000.0, 300.0)
    assert [first.ask(5000.0, B) for _ in range(2)] == [0.0, 0.0]
    assert second.ask(20.0, A) == 0.0
    assert second.ask(20.0, B) == 0.0


def test_blender_with_one_job_is_not_starved_by_one_with_hundreds(pair: Pair) -> None:
    """The busy one asks first at every moment, and has all places when the other comes."""
    busy, quiet = pair
    assert [busy.ask(100.0 + number, allowed=6) for number in range(6)] == [0.0] * 6
    assert quiet.ask(106.0, allowed=6) == 54.0
    served: list[float] = []
    now = 106.0
    while len(served) < 3:
        now += 0.5
        if busy.ask(now, allowed=6) == 0.0:
            served.append(-now)
        if quiet.ask(now, allowed=6) == 0.0:
            served.append(now)
    assert served == [160.0, 161.0, 162.0]


def test_all_places_are_used_when_nobody_else_waits(pair: Pair) -> None:
    busy, quiet = pair
    assert quiet.ask(100.0, allowed=6) == 0.0
    assert [busy.ask(100.0, allowed=6) for _ in range(6)] == [0.0] * 5 + [60.0]


def test_place_of_a_blender_that_never_came_goes_to_the_others(pair: Pair) -> None:
    busy, quiet = pair
    assert [busy.ask(100.0 + number, allowed=6) for number in range(6)] == [0.0] * 6
    quiet.ask(106.0, allowed=6)
    quiet.archive.close()
    assert 0.0 < busy.ask(160.0, allowed=6) < 1.0
    assert busy.ask(162.5, allowed=6) == 0.0


def test_two_that_always_want_more_share_evenly_and_keep_the_limit(pair: Pair) -> None:
    now, sent = 100.0, ([], [])  # type: tuple[float, tuple[list[float], list[float]]]
    due = [now, now]
    while now < 1300.0:
        for number, each in enumerate(pair):
            while due[number] <= now:
                pause = each.ask(now, allowed=46)
                due[number] = now + pause
                if pause == 0.0:
                    sent[number].append(now)
        now += 0.25
    assert busiest(sorted(sent[0] + sent[1]), 60.0) == 46
    assert min(len(times) for times in sent) > 0.4 * (len(sent[0]) + len(sent[1]))
    assert len(sent[0]) + len(sent[1]) > 0.9 * 46 * 20
