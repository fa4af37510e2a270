# SPDX-License-Identifier: GPL-3.0-or-later
"""After a sleep, a change of network or a long silence, all goes on by itself; on real sockets and clocks of ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from benchmarks.queue import SharedClock

from tests.core.conftest import OpenBench
from tests.core.gate import Gate
from tests.core.test_pacing import HandClock
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import crew
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import Pacing, RateLimiter, SystemClock
from trellis_blender.core.waking import Waking

HOUR = 3600.0
FAR = Pacing(first_poll=0.0, poll_growth=1.0, longest_poll=0.0, first_retry=HOUR, longest_retry=HOUR, jitter=0.0)
"""What failed once is not tried again while the test runs, unless something has it done."""


class SleepyClock(SystemClock):
    """The real clock, on a computer that sleeps when it is told to; not every system counts that as time."""

    def __init__(self) -> None:
        self._slept = 0.0
        self._counted = 0.0
        self._pending = 0.0

    def time(self) -> float:
        return super().time() + self._slept

    def monotonic(self) -> float:
        return super().monotonic() + self._counted

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        super().wait(condition, 0.02 if seconds is None else min(seconds, 0.02))
        pending, self._pending = self._pending, 0.0
        self._slept += pending
        self._counted += pending

    def sleep(self, seconds: float, *, counted: bool = False) -> None:
        if counted:
            self._pending = seconds  # within somebody's wait
        else:
            self._slept += seconds


def test_two_clocks_tell_a_sleep() -> None:
    clock = HandClock()
    waking = Waking(clock)
    clock.now += 1e6
    assert not waking.has_slept()
    clock.ahead += 8 * HOUR
    assert waking.has_slept()
    assert not waking.has_slept()
    clock.ahead -= 24 * HOUR
    assert not waking.has_slept()
    clock.ahead += 10.0
    assert not waking.has_slept()
    assert not waking.has_slept(overslept=15.0)
    assert waking.has_slept(overslept=600.0)


def in_back_off(simulator: Simulator, bench: Workbench, *, failures: int = 1) -> str:
    """Give a job whose polls fail so often, and which would not be asked for again for an hour after each."""
    simulator.control.misbehave("run", "never_finish")
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    simulator.control.misbehave("poll", "cut_before", times=failures, job=bench.jobs[job_id].job_id)
    bench.until(lambda: bench.jobs[job_id].failures == 1)
    simulator.control.steer(bench.jobs[job_id].job_id, never_finish=False)
    return job_id


@pytest.mark.parametrize("counted", [False, True])
def test_sleep_ends_the_back_off(simulator: Simulator, open_bench: OpenBench, counted: bool) -> None:
    clock = SleepyClock()
    bench = open_bench(simulator.url, simulator.key, pacing=FAR, clock=clock)
    job_id = in_back_off(simulator, bench, failures=2)
    told = len(bench.told)
    clock.sleep(0.5 * HOUR, counted=counted)
    bench.until(lambda: any(job.failures for job in bench.told[told:]))
    assert bench.jobs[job_id].failures == 1  # counted anew
    clock.sleep(0.5 * HOUR, counted=counted)
    assert bench.finish(job_id).state is State.DOWNLOADED


WAYS: dict[str, Callable[[Workbench], object]] = {
    "told to": lambda bench: bench.engine.hasten(),
    "online again": lambda bench: [setattr(bench.engine, "online", on) for on in (False, True)],
    "the server answers another job": lambda bench: bench.submit(),
}


@pytest.mark.parametrize("way", WAYS)
def test_network_that_is_back_ends_the_back_off(simulator: Simulator, open_bench: OpenBench, way: str) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    job_id = in_back_off(simulator, bench)
    WAYS[way](bench)
    assert bench.finish(job_id).state is State.DOWNLOADED


def test_no_back_off_is_ended_while_the_server_is_still_silent(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    job_id = in_back_off(simulator, bench)
    before = len([entry for entry in simulator.control.log() if entry["route"] == "poll"])
    simulator.control.misbehave("*", "cut_before", times=None)
    waiting = bench.submit()
    bench.until(lambda: bench.jobs[waiting].failures == 1)
    assert bench.jobs[waiting].state is State.PREPARED
    assert "It is tried again" in bench.jobs[waiting].note
    assert len([entry for entry in simulator.control.log() if entry["route"] == "poll"]) == before
    simulator.control.behave("*")
    bench.engine.hasten()
    assert bench.finish(job_id, waiting).state is State.DOWNLOADED
    assert len([entry for entry in simulator.control.log() if entry["route"] == "submit"]) == 2


# --- connections that did not outlive the sleep ----------------------------------------------------------------------


@pytest.fixture
def gate(simulator: Simulator) -> Iterator[Gate]:
    with Gate(simulator.url) as leading:
        yield leading


def test_dead_connections_are_not_used_after_a_sleep(simulator: Simulator, gate: Gate, open_bench: OpenBench) -> None:
    clock = SleepyClock()
    far = Pacing(first_poll=HOUR, longest_poll=HOUR, first_retry=HOUR, longest_retry=HOUR)
    bench = open_bench(gate.url, simulator.key, pacing=far, clock=clock)
    job_id = bench.submit()
    bench.reach(job_id, State.ACCEPTED)
    bench.until(lambda: bench.engine._crew._agenda.size == 1)
    gate.silence()
    clock.sleep(8 * HOUR)
    assert bench.finish(job_id).state is State.DOWNLOADED
    assert max(job.failures for job in bench.told) == 0


def test_paid_request_goes_over_a_fresh_connection_even_without_a_sleep(
    simulator: Simulator, gate: Gate, open_bench: OpenBench
) -> None:
    """On a connection that died unnoticed its answer would be lost, and the job uncertain without need."""
    far = Pacing(first_poll=HOUR, longest_poll=HOUR)
    bench = open_bench(gate.url, simulator.key, pacing=far)
    bench.reach(bench.submit(), State.ACCEPTED)
    gate.silence()
    second = bench.submit()
    bench.reach(second, State.ACCEPTED)
    assert State.UNCERTAIN not in bench.states(second)
    assert len(simulator.control.jobs()) == 2


def test_sleep_cuts_no_request_that_is_on_its_way(simulator: Simulator, gate: Gate, open_bench: OpenBench) -> None:
    clock = SleepyClock()
    bench = open_bench(gate.url, simulator.key, clock=clock)
    simulator.control.misbehave("submit", "late", seconds=0.5)
    job_id = bench.submit()
    bench.reach(job_id, State.SUBMITTING)
    simulator.control.misbehave("poll", "late", seconds=0.5)
    clock.sleep(8 * HOUR)
    bench.reach(job_id, State.ACCEPTED)
    clock.sleep(8 * HOUR)
    assert bench.finish(job_id).state is State.DOWNLOADED
    assert max(job.failures for job in bench.told) == 0
    assert len(simulator.control.jobs()) == 1


# --- hours, on a clock that waits for nobody -------------------------------------------------------------------------


class SleepingClock(SharedClock):
    """The engine's and the server's time; asleep, only the wall goes on."""

    slept = 0.0

    def now(self) -> float:
        return super().now() + self.slept

    def time(self) -> float:
        return self.now()


Hours = Callable[[Workbench, SharedClock, Callable[[], bool]], None]


def pass_until(bench: Workbench, clock: SharedClock, true: Callable[[], bool]) -> None:
    """Let time pass until something is so."""
    deadline = time.monotonic() + 120.0
    while not true():
        assert time.monotonic() < deadline, [(job.state, job.failures, job.error) for job in bench.jobs.values()]
        bench.drain()
        clock.jump(bench.engine.thread_count)
        time.sleep(0.001)


def all_are(bench: Workbench, *states: State) -> Callable[[], bool]:
    return lambda: all(job.state in states for job in bench.jobs.values())


def test_many_jobs_wake_within_the_limit(open_bench: OpenBench) -> None:
    clock = SleepingClock()
    with Simulator(clock=clock, rate_limit=50, job_seconds=7 * HOUR, keep_seconds=1e6) as server:
        bench = open_bench(server.url, server.key, clock=clock, pacing=Pacing(), limiter=RateLimiter(clock))
        for _ in range(60):
            bench.submit()
        pass_until(bench, clock, all_are(bench, State.PROCESSING))
        clock.slept += 8 * HOUR
        slept_at = clock.passed
        pass_until(bench, clock, all_are(bench, State.DOWNLOADED))
        counted = server.control.counters()
        assert counted["rate_limited"] == 0
        assert counted["busiest_minute"] <= 50
        assert clock.passed - slept_at < 180.0
        assert counted["posts"] == 60


def test_server_that_is_away_for_hours_is_waited_for(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody presses anything: what was accepted comes, what was ordered meanwhile is sent, once."""
    monkeypatch.setattr(crew, "LOOK_SECONDS", HOUR)  # nobody sleeps here, and three hours are to pass quickly
    clock = SharedClock()
    with (
        Simulator(clock=clock, rate_limit=50, job_seconds=20.0, usage_job_id=True) as server,
        Gate(server.url) as gate,
    ):
        bench = open_bench(gate.url, server.key, clock=clock, pacing=Pacing(), limiter=RateLimiter(clock))
        accepted = [bench.submit(seed=number) for number in range(3)]
        pass_until(bench, clock, all_are(bench, State.ACCEPTED, State.PROCESSING))
        gate.shut()
        pass_until(bench, clock, lambda: all(bench.jobs[job_id].failures > 1 for job_id in accepted))
        meanwhile = bench.submit(seed=9)
        left = clock.passed
        pass_until(bench, clock, lambda: clock.passed - left > 3 * HOUR)
        assert all(job.running for job in bench.jobs.values())
        assert bench.jobs[meanwhile].state is State.PREPARED
        assert min(bench.jobs[job_id].failures for job_id in accepted) > 130
        gate.open()
        back = clock.passed
        pass_until(bench, clock, lambda: bench.jobs[meanwhile].accepted_at > 0.0)
        assert clock.passed - back < 300.0  # the server's own work takes real time, in which this clock runs on
        pass_until(bench, clock, all_are(bench, State.DOWNLOADED))
        assert server.control.counters()["posts"] == 4


# --- a clock that somebody sets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("moved", [-24 * HOUR, 24 * HOUR])
def test_lost_answer_is_found_though_the_clock_was_set_during_the_request(
    simulator: Simulator, open_bench: OpenBench, moved: float
) -> None:
    clock = SleepyClock()
    bench = open_bench(simulator.url, simulator.key, clock=clock)
    bench.finish(bench.submit())
    client = bench.engine._clients[bench.endpoint.base_url]
    submit = client.submit

    def setting_the_clock(*arguments: Any, **named: Any) -> Any:
        clock.sleep(moved)
        return submit(*arguments, **named)

    client.submit = setting_the_clock  # type: ignore[method-assign]
    simulator.control.misbehave("submit", "cut_after")
    job_id = bench.submit()
    assert bench.finish(job_id).state is State.DOWNLOADED
    assert len(simulator.control.jobs()) == 2


@pytest.mark.parametrize("moved", [-24 * HOUR, 24 * HOUR])
def test_clock_that_is_set_makes_no_running_job_overdue(
    simulator: Simulator, open_bench: OpenBench, moved: float
) -> None:
    clock = SleepyClock()
    bench = open_bench(simulator.url, simulator.key, clock=clock)
    simulator.control.misbehave("run", "never_finish")
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    clock.sleep(moved)
    told = len(bench.told)
    bench.until(lambda: len(bench.told) > told + 20)
    assert not any(job.overdue for job in bench.told)
    simulator.control.steer(bench.jobs[job_id].job_id, never_finish=False)
    assert bench.finish(job_id).state is State.DOWNLOADED
