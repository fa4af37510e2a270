# SPDX-License-Identifier: GPL-3.0-or-later
"""A lost answer whose job is billed, but not named by the server yet: nobody is told that it never was accepted."""

from __future__ import annotations

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import ABSENT, State
from trellis_blender.core.reconcile import LOOKING, UNLISTED


@pytest.fixture
def bench(simulator: Simulator, open_bench: OpenBench) -> Workbench:
    simulator.control.settings(offers_list=False, job_seconds=3600.0)
    simulator.control.misbehave("submit", "cut_after")
    return open_bench(simulator.url, simulator.key)


def test_it_is_found_when_it_is_finished(simulator: Simulator, bench: Workbench) -> None:
    job_id = bench.submit()
    bench.until(lambda: bench.jobs[job_id].note == LOOKING)
    assert not bench.jobs[job_id].suspended
    simulator.control.steer(simulator.control.jobs()[0]["id"], seconds=0.0)
    bench.until(lambda: bench.jobs[job_id].state is State.DOWNLOADED)
    assert len(simulator.control.jobs()) == 1


def test_without_an_object_it_is_not_said_to_be_unbilled(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(job_seconds=0.0, usage_output_urls=False)
    job_id = bench.submit()
    bench.until(lambda: not bench.jobs[job_id].running)
    assert bench.jobs[job_id].state is State.UNCERTAIN
    assert bench.jobs[job_id].error.endswith(UNLISTED.other)


def test_one_that_failed_is_no_sign_of_another(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.behave()
    simulator.control.settings(job_seconds=0.0)
    simulator.control.misbehave("run", "fail")
    first = bench.submit(seed=1)
    bench.until(lambda: bench.jobs[first].state is State.FAILED)
    simulator.control.misbehave("submit", "cut_before")
    second = bench.submit(seed=2)
    bench.until(lambda: not bench.jobs[second].running)
    assert bench.jobs[second].error.endswith(ABSENT)
