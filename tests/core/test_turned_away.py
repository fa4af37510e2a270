# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that the service does not take on for the moment: it waits, is sent by itself, and costs once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import State
from trellis_blender.core.submission import MODEL_AWAY, WAITS, WAITS_FOR_MODEL

ONCE = [State.PREPARED, State.SUBMITTING, State.PREPARED, State.SUBMITTING, State.ACCEPTED]


def posts(simulator: Simulator) -> int:
    return sum(entry["route"] == "submit" for entry in simulator.control.log())


@pytest.mark.parametrize(
    ("kind", "options", "note"),
    [("429", {"retry_after": 0}, WAITS), ("429_bare", {}, WAITS), ("503", {}, MODEL_AWAY)],
)
def test_it_is_sent_by_itself(
    simulator: Simulator, bench: Workbench, kind: str, options: dict[str, Any], note: str
) -> None:
    simulator.control.misbehave("submit", kind, **options)
    job = bench.finish(bench.submit())
    assert (job.state, bench.states(job.id)[:5]) == (State.DOWNLOADED, ONCE)
    assert note in [told.note for told in bench.told if told.state is State.PREPARED]
    assert (posts(simulator), len(simulator.control.jobs())) == (2, 1)
    assert [payment.price for payment in bench.engine._archive.payments()] == [job.price_usd]


def test_the_limit_is_waited_out_however_long(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("submit", "429", times=30, retry_after=0)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


def test_a_model_that_stays_away_is_said(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("submit", "503", times=None)
    job = bench.finish(bench.submit())
    assert (job.state, posts(simulator)) == (State.REFUSED, WAITS_FOR_MODEL + 1)
    assert "not available at the moment. Nothing was billed" in job.error
    assert bench.engine._archive.payments() == []


def test_while_it_waits_it_can_be_cancelled_and_costs_nothing(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("submit", "429", times=None, retry_after=3600)
    bench = open_bench(simulator.url, simulator.key)
    job_id = bench.submit()
    bench.until(lambda: bench.jobs[job_id].note == WAITS)
    assert bench.engine._archive.payments() == []
    bench.engine.cancel(job_id)
    job = bench.finish(job_id)
    assert (job.state, job.submitted_at, posts(simulator)) == (State.CANCELLED, 0.0, 1)


def test_after_a_restart_it_waits_for_the_artist(simulator: Simulator, open_bench: OpenBench, tmp_path: Any) -> None:
    simulator.control.misbehave("submit", "429", retry_after=3600)
    first = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "one")
    job_id = first.submit()
    first.until(lambda: first.jobs[job_id].note == WAITS)
    first.close()
    second = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "one")
    second.engine.open()
    second.until(lambda: job_id in second.jobs and second.jobs[job_id].suspended)
    assert (second.jobs[job_id].unsent, posts(simulator)) == (True, 1)
