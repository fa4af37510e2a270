# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Blenders on one account's limit: never above it together, and neither starves the other."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.queue import LOOK_SECONDS, SharedClock

from tests.core import neighbour
from tests.core.conftest import OpenBench
from tests.core.scripted import wait_for
from tests.core.workbench import Workbench
from tests.simulator.clock import WallClock
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import Pacing, RateLimiter
from trellis_blender.core.store import Store

LIMIT = 50
GIVE_UP_SECONDS = 120.0


class CommonClock(SharedClock):
    """As for one engine, for several: it goes on when the threads of all of them wait."""

    def __init__(self) -> None:
        super().__init__()
        self._conditions: dict[int, threading.Condition] = {}

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        self._conditions[id(condition)] = condition
        self._waiting[threading.get_ident()] = self._now + seconds if seconds is not None else float("inf")
        condition.wait(LOOK_SECONDS)
        del self._waiting[threading.get_ident()]

    def jump(self, threads: int) -> None:
        with contextlib.ExitStack() as held:
            for condition in list(self._conditions.values()):
                held.enter_context(condition)
            until = min(self._waiting.values(), default=float("inf"))
            if len(self._waiting) == threads and self._now < until < float("inf"):
                self._now = until
                for condition in self._conditions.values():
                    condition.notify_all()


@pytest.fixture
def clock() -> CommonClock:
    return CommonClock()


@pytest.fixture
def strict(clock: CommonClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, rate_limit=LIMIT, job_seconds=20.0) as server:
        yield server


Pair = tuple[Workbench, Workbench]


@pytest.fixture
def pair(strict: Simulator, clock: CommonClock, open_bench: OpenBench, tmp_path: Path) -> Pair:
    """Give two engines on one store, with the limits that Blender has."""
    first, second = (
        open_bench(
            strict.url, strict.key, clock=clock, pacing=Pacing(jitter=0.0), limiter=RateLimiter(clock),
            store_folder=tmp_path / "store",
        )
        for _ in range(2)
    )  # fmt: skip
    return first, second


def at_rest(bench: Workbench) -> bool:
    return not any(job.running for job in bench.jobs.values() if not bench.engine.is_foreign(job.id))


def run(pair: Pair, clock: CommonClock) -> dict[int, float]:
    """Let time pass until all jobs are at rest; give when each engine's were."""
    ended: dict[int, float] = {}
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while len(ended) < len(pair) and time.monotonic() < deadline:
        for number, bench in enumerate(pair):
            bench.drain()
            if number not in ended and at_rest(bench):
                ended[number] = clock.passed
        clock.jump(sum(bench.engine.thread_count for bench in pair))
        time.sleep(0.001)
    assert len(ended) == len(pair), [job.state for bench in pair for job in bench.jobs.values()]
    return ended


def held(strict: Simulator, bench: Workbench, ids: list[str]) -> None:
    """Hold the server's count and an engine's jobs to what was promised."""
    counted = strict.control.counters()
    assert counted["rate_limited"] == 0
    assert counted["busiest_minute"] <= LIMIT
    assert {bench.jobs[job_id].state for job_id in ids} == {State.DOWNLOADED}


def test_two_with_many_jobs_finish_alike_and_never_exceed_the_limit(
    pair: Pair, strict: Simulator, clock: CommonClock
) -> None:
    ids = [[bench.submit() for _ in range(30)] for bench in pair]
    ended = run(pair, clock)
    for bench, own in zip(pair, ids, strict=True):
        held(strict, bench, own)
    assert strict.control.counters()["requests"] >= 2 * 30 * 2
    assert clock.passed > 90.0  # the limit was felt
    assert min(ended.values()) > 0.5 * max(ended.values())


def test_one_job_is_not_starved_by_another_blenders_hundred(pair: Pair, strict: Simulator, clock: CommonClock) -> None:
    busy, quiet = pair
    many = [busy.submit() for _ in range(100)]
    busy.drain()
    while sum(busy.jobs[job_id].state is not State.PREPARED for job_id in many) < 40:
        busy.drain()
        clock.jump(busy.engine.thread_count)
        time.sleep(0.001)
    one = quiet.submit()
    ended = run(pair, clock)
    held(strict, busy, many)
    held(strict, quiet, [one])
    assert ended[1] < 0.6 * ended[0]


SPEED = 20.0
"""How much faster the server's clock goes, so that its minute takes three seconds."""
WINDOW_SECONDS = 5.0
"""The engines' minute: longer, since what two busy processes send arrives when it may."""


class FastClock(WallClock):
    def now(self) -> float:
        return super().now() * SPEED


def test_two_processes_never_exceed_the_limit_together(tmp_path: Path) -> None:
    with Simulator(clock=FastClock(), rate_limit=LIMIT, job_seconds=1.0) as server:
        pair = [
            neighbour.begin(
                url=server.url, key=server.key, folder=str(tmp_path / name), store=str(tmp_path / "store"), jobs=15,
                limit=46, window=WINDOW_SECONDS,
            )
            for name in ("one", "other")
        ]  # fmt: skip
        try:
            for process in pair:
                neighbour.heard(process)
            states = [state for process in pair for state in neighbour.heard(process)]
            assert [process.wait(120.0) for process in pair] == [0, 0]
        finally:
            for process in pair:
                process.kill()
                process.communicate()
        counted = server.control.counters()
        accepted = server.control.jobs()
    assert states == [State.DOWNLOADED.value] * 30
    assert len(accepted) == 30
    assert counted["requests"] > LIMIT
    assert counted["rate_limited"] == 0
    assert counted["busiest_minute"] <= LIMIT


# --- one of them dies ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def neighbour_of(simulator: Simulator, bench: Workbench, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start another Blender on the same store, which has sent a job that does not finish."""
    simulator.control.misbehave("run", "never_finish")
    process = neighbour.begin(
        url=simulator.url, key=simulator.key, folder=str(folder), store=str(bench.engine._archive.folder), jobs=1
    )
    try:
        neighbour.heard(process)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_jobs_of_one_that_is_killed_go_on_in_the_one_that_lives(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    """The living one was there first, and knew of no other."""
    bench = open_bench(simulator.url, simulator.key)
    bench.finish(bench.submit())
    with neighbour_of(simulator, bench, tmp_path / "other") as process:
        bench.engine.refresh()
        bench.until(lambda: len(bench.jobs) == 2)
        [theirs] = [job_id for job_id in bench.jobs if bench.engine.is_foreign(job_id)]
        process.kill()
        process.wait()
    simulator.control.steer(simulator.control.jobs()[-1]["id"], never_finish=False)
    bench.engine.refresh()
    bench.until(lambda: not bench.engine.is_foreign(theirs))
    bench.until(lambda: bench.jobs[theirs].state is State.DOWNLOADED)
    assert len(simulator.control.jobs()) == 2


def test_own_jobs_stay_ones_own_beside_another_blender(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench = open_bench(simulator.url, simulator.key)
    with neighbour_of(simulator, bench, tmp_path / "other"):
        bench.engine.open()
        bench.until(lambda: bool(bench.jobs))
        own = bench.submit()
        bench.finish(own)
        told = len(bench.told)
        bench.engine.refresh()
        bench.engine.money.sum_up()  # an errand after it
        wait_for(lambda: not bench.engine._crew._errands and not bench.engine._crew._errands_running)
        bench.drain()
        assert not bench.engine.is_foreign(own)
        assert [job for job in bench.told[told:] if job.id == own] == []


def test_three_that_start_in_one_instant_share_a_new_store(simulator: Simulator, tmp_path: Path) -> None:
    orders = {"url": simulator.url, "key": simulator.key, "store": str(tmp_path / "store"), "jobs": 2}
    processes = [neighbour.begin(**orders, folder=str(tmp_path / str(number))) for number in range(3)]
    states = [[neighbour.heard(process), neighbour.heard(process)][-1] for process in processes]
    for process in processes:
        process.communicate()
    assert states == [[State.DOWNLOADED.value] * 2] * 3
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(simulator.control.jobs()) == 6
    kept = Store(tmp_path / "store")
    assert list(kept.readable_states().values()) == [State.DOWNLOADED] * 6
    assert len(kept.take_over()) == 6
    kept.close()
    assert list((tmp_path / "store" / "owners").iterdir()) == []
