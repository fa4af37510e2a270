# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that asks for a pause is obeyed by all its jobs, and by nothing else; on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint
from trellis_blender.core.jobs import State
from trellis_blender.core.messages import PauseTold
from trellis_blender.core.pacing import Pacing
from trellis_blender.core.secrets import Key

SLOW = Pacing(first_poll=0.0, poll_growth=1.0, longest_poll=0.0, first_retry=0.01, longest_retry=0.01, jitter=0.0)


@pytest.fixture
def other() -> Iterator[Simulator]:
    with Simulator(job_seconds=0.0) as server:
        yield server


def paused(
    simulator: Simulator, open_bench: OpenBench, *, seconds: int = 3600
) -> tuple[Workbench, str, list[PauseTold]]:
    """Give a bench whose server has just asked one of its jobs for an hour."""
    bench = open_bench(simulator.url, simulator.key, pacing=SLOW)
    told: list[PauseTold] = []
    take = bench.take
    bench.take = lambda message: told.append(message) if isinstance(message, PauseTold) else take(message)  # type: ignore[method-assign]
    simulator.control.misbehave("run", "never_finish")
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    simulator.control.misbehave("poll", "429", retry_after=seconds)
    bench.until(lambda: bool(told))
    return bench, job_id, told


def test_another_server_goes_on(simulator: Simulator, other: Simulator, open_bench: OpenBench) -> None:
    bench, _held, told = paused(simulator, open_bench)
    assert told[0].server == simulator.url
    bench.endpoint = endpoint.parse(other.url)
    bench.engine.configure(bench.endpoint, Key(other.key), bench.storage)
    there = bench.submit()
    assert bench.finish(there).state is State.DOWNLOADED


def test_another_blender_obeys_but_not_at_another_server(
    simulator: Simulator, other: Simulator, open_bench: OpenBench
) -> None:
    first, _held, _told = paused(simulator, open_bench)
    folder = first.engine._archive.folder
    before = simulator.control.counters()["requests"]
    second = open_bench(simulator.url, simulator.key, store_folder=folder)
    waiting = second.submit()
    second.until(lambda: bool(second.jobs[waiting].image_sha256))
    second.endpoint = endpoint.parse(other.url)
    second.engine.configure(second.endpoint, Key(other.key), second.storage)
    assert second.finish(second.submit()).state is State.DOWNLOADED
    assert second.jobs[waiting].state is State.PREPARED
    second.engine.cancel(waiting)
    assert second.finish(waiting).state is State.CANCELLED
    assert simulator.control.counters()["requests"] == before


def test_what_was_not_sent_is_prepared_and_cancelled_meanwhile(simulator: Simulator, open_bench: OpenBench) -> None:
    bench, _held, _told = paused(simulator, open_bench)
    before = simulator.control.counters()["requests"]
    job_id = bench.submit()
    bench.until(lambda: bool(bench.jobs[job_id].image_sha256))
    bench.engine.cancel(job_id)
    assert bench.finish(job_id).state is State.CANCELLED
    assert simulator.control.counters()["requests"] == before


def test_cancel_at_the_server_waits_and_is_the_first_thing_asked(simulator: Simulator, open_bench: OpenBench) -> None:
    bench, held, _told = paused(simulator, open_bench, seconds=1)
    number = simulator.control.log()[-1]["number"]
    bench.engine.cancel(held)
    assert bench.finish(held).state is State.CANCELLED
    after = [entry["route"] for entry in simulator.control.log(since=number)]
    assert after[0] == "cancel"
