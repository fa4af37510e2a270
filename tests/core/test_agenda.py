# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is: order, limit, lanes; and that no job is ever in two hands."""

from __future__ import annotations

import threading
from typing import Any

from tests.core.test_pacing import HandClock
from trellis_blender.core import request
from trellis_blender.core.agenda import Agenda
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Workplace
from trellis_blender.core.pacing import Pacing, RateLimiter

SERVER = "https://a.b"


class Desk:
    """An agenda with what it needs around it."""

    def __init__(self, *, limit: int = 1000, long_places: int = 6) -> None:
        self.clock = HandClock()
        self.jobs: dict[str, Job] = {}
        self.cancelled: set[str] = set()
        self.agenda = Agenda(long_places=long_places)
        unused: Any = None
        self.place = Workplace(
            commit=unused, client=unused, storage=unused, running=lambda: len(self.jobs), clock=self.clock,
            cancel_wanted=lambda job: job.id in self.cancelled, limiter=RateLimiter(self.clock, limit=limit, reserve=1),
            pacing=Pacing(), stopping=threading.Event(), note=unused, archive=unused, tell=unused,
        )  # fmt: skip

    def add(self, name: str, state: State, *, after: float = 0.0, url: str = "", server: str = SERVER) -> str:
        job = Job(name, request.build({}, image_url=url), server, id=name, state=state)
        self.jobs[name] = job
        self.agenda.put(name, self.clock.now + after)
        return name

    def take(self) -> Job | float | None:
        return self.agenda.take(self.clock.now, self.jobs, self.place)

    def names(self, count: int) -> list[str]:
        taken = [self.take() for _ in range(count)]
        return [job.name for job in taken if isinstance(job, Job)]


URL = "https://a.b/c.png"


def test_nothing_to_do() -> None:
    assert Desk().take() is None


def test_waits_for_what_is_not_due() -> None:
    desk = Desk()
    desk.add("late", State.PROCESSING, after=7.0)
    desk.add("later", State.PROCESSING, after=9.0)
    assert desk.take() == 7.0
    desk.clock.now += 7.0
    assert desk.names(1) == ["late"]
    assert desk.take() == 2.0


def test_order() -> None:
    """What costs no request first, then what is urgent, then by time."""
    desk = Desk()
    desk.add("poll", State.PROCESSING)
    desk.add("poll too", State.ACCEPTED)
    desk.add("start", State.PREPARED, url=URL)
    desk.add("prepare", State.PREPARED)
    desk.add("stop", State.PROCESSING)
    desk.cancelled.add("stop")
    desk.add("fetch", State.COMPLETED)
    desk.place.results["fetch"] = {}
    assert desk.names(6) == ["prepare", "fetch", "stop", "start", "poll", "poll too"]


def test_limit_lets_urgent_ones_through() -> None:
    desk = Desk(limit=3)
    for index in range(4):
        desk.add(f"poll {index}", State.PROCESSING)
    assert desk.names(2) == ["poll 0", "poll 1"]
    assert desk.take() == 60.0
    desk.add("start", State.PREPARED, url=URL)
    desk.add("prepare", State.PREPARED)
    assert desk.names(2) == ["prepare", "start"]
    assert isinstance(desk.take(), float)
    desk.clock.now += 60.0
    assert desk.names(2) == ["poll 2", "poll 3"]


def test_server_that_asks_for_a_pause_holds_up_its_own_jobs_only() -> None:
    desk = Desk()
    desk.add("poll", State.PROCESSING)
    desk.add("poll there", State.PROCESSING, server="https://b.c/v1")
    desk.add("start there", State.PREPARED, url=URL, server="https://b.c")
    desk.add("prepare", State.PREPARED)
    desk.add("fetch", State.COMPLETED)
    desk.place.results["fetch"] = {}
    desk.place.limiter.pause("https://a.b:443", 3600.0)
    assert desk.names(5) == ["prepare", "fetch", "start there", "poll there"]
    desk.add("start", State.PREPARED, url=URL)
    assert desk.take() == 3600.0
    desk.cancelled.add("start")
    assert desk.names(1) == ["start"]  # nothing was sent, so to cancel it sends nothing


def test_cancel_at_the_server_waits_for_the_pause_and_goes_first_then() -> None:
    desk = Desk()
    for index in range(3):
        desk.add(f"poll {index}", State.PROCESSING)
    desk.add("stop", State.PROCESSING)
    desk.place.limiter.pause("https://a.b:443", 90.0)
    desk.cancelled.add("stop")
    assert desk.take() == 90.0
    desk.clock.now += 90.0
    assert desk.names(2) == ["stop", "poll 0"]


def test_job_in_hand_is_given_to_nobody_else() -> None:
    """Resumed in the very moment in which its step ends, a job must not be run by two threads."""
    desk = Desk()
    desk.add("start", State.PREPARED, url=URL)
    assert desk.names(1) == ["start"]
    desk.agenda.put("start", desk.clock.now)
    assert desk.take() is None
    desk.agenda.done("start")
    assert desk.names(1) == ["start"]


def test_job_is_listed_once_however_often_it_is_put() -> None:
    desk = Desk()
    for _ in range(5):
        desk.add("poll", State.PROCESSING)
    assert desk.agenda.size == 1
    assert desk.names(2) == ["poll"]


def test_long_steps_leave_room() -> None:
    desk = Desk(long_places=2)
    for index in range(4):
        desk.add(f"start {index}", State.PREPARED, url=URL)
    desk.add("poll", State.PROCESSING)
    assert desk.names(4) == ["start 0", "start 1", "poll"]
    desk.cancelled.add("start 3")
    assert desk.names(1) == ["start 3"]
    desk.agenda.done("start 0")
    assert desk.names(2) == ["start 2"]


def test_hastened_only_when_waiting() -> None:
    desk = Desk()
    desk.add("poll", State.PROCESSING, after=100.0)
    desk.agenda.hasten("poll", desk.clock.now)
    assert desk.names(1) == ["poll"]
    desk.agenda.hasten("poll", desk.clock.now)
    assert desk.take() is None


def test_forgotten_jobs_fall_out() -> None:
    desk = Desk()
    desk.add("poll", State.PROCESSING)
    del desk.jobs["poll"]
    assert desk.take() is None
    assert desk.agenda.size == 0


def test_two_hundred_jobs_on_one_limit_all_come_to_their_turn() -> None:
    desk = Desk(limit=50)
    for index in range(200):
        desk.add(f"poll {index}", State.PROCESSING)
    times: list[float] = []
    names: set[str] = set()
    while len(names) < 200:
        turn = desk.take()
        if isinstance(turn, Job):
            times.append(desk.clock.now)
            names.add(turn.name)
            desk.agenda.done(turn.name)
        else:
            assert turn is not None
            assert turn > 0.0
            desk.clock.now += turn
    assert max(sum(1 for time in times if start <= time < start + 60.0) for start in times) <= 50
    assert len(times) == 200
