# SPDX-License-Identifier: GPL-3.0-or-later
"""A job whose server is not known waits, and goes on by itself when it is; what would be paid for does not."""

from __future__ import annotations

from pathlib import Path

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint
from trellis_blender.core.jobs import State
from trellis_blender.core.secrets import Key

NOWHERE = "http://127.0.0.1:9"


def left(simulator: Simulator, open_bench: OpenBench, *states: State) -> tuple[Path, str]:
    """Leave a job behind as Blender does at its end; give the store and the job."""
    bench = open_bench(simulator.url, simulator.key)
    job_id = bench.submit()
    bench.reach(job_id, *states)
    bench.close()
    return bench.storage.folder.parent / "store", job_id


def elsewhere(open_bench: OpenBench, store: Path, job_id: str, button: str = "Try Again") -> Workbench:
    """Open the store with another server in the preferences, and see the job wait, and say what to press then."""
    bench = open_bench(NOWHERE, "sk-empiriolabs-other", store_folder=store)
    bench.open()
    bench.until(lambda: job_id in bench.jobs and bench.jobs[job_id].suspended)
    way_on = f"Enter that server and its key in the preferences, then press {button}."
    assert bench.jobs[job_id].error.endswith(way_on)
    return bench


def know(bench: Workbench, simulator: Simulator) -> None:
    bench.engine.configure(endpoint.parse(simulator.url), Key(simulator.key), bench.storage)


def test_goes_on_once_its_server_is_entered(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.settings(job_seconds=3600.0)
    store, job_id = left(simulator, open_bench, State.ACCEPTED)
    bench = elsewhere(open_bench, store, job_id)
    simulator.control.advance(3601.0)
    know(bench, simulator)
    bench.until(lambda: bench.jobs[job_id].state is State.DOWNLOADED)
    assert simulator.control.counters()["posts"] == 1


def test_names_the_button_that_an_uncertain_one_has(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("submit", "late", seconds=3600.0)
    store, job_id = left(simulator, open_bench, State.SUBMITTING)
    bench = elsewhere(open_bench, store, job_id, "Look Again")
    assert bench.jobs[job_id].state is State.UNCERTAIN


def test_goes_on_at_the_next_start_with_its_server(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.settings(job_seconds=3600.0)
    store, job_id = left(simulator, open_bench, State.ACCEPTED)
    elsewhere(open_bench, store, job_id).close()
    simulator.control.advance(3601.0)
    bench = open_bench(simulator.url, simulator.key, store_folder=store)
    bench.open()
    bench.until(lambda: job_id in bench.jobs and bench.jobs[job_id].state is State.DOWNLOADED)
    assert simulator.control.counters()["posts"] == 1


def test_the_same_server_again_wakes_nothing(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.settings(job_seconds=3600.0)
    store, job_id = left(simulator, open_bench, State.ACCEPTED)
    bench = elsewhere(open_bench, store, job_id)
    seen = len(simulator.control.log())
    bench.engine.configure(endpoint.parse(NOWHERE), Key("sk-empiriolabs-third"), bench.storage)
    bench.engine.money.sum_up()
    bench.close()
    assert bench.jobs[job_id].suspended and len(simulator.control.log()) == seen


def test_what_was_never_sent_is_not_sent_by_itself(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("submit", "429", times=None, retry_after=3600)
    bench = open_bench(simulator.url, simulator.key)
    job_id = bench.submit()
    bench.until(lambda: bool(bench.jobs[job_id].note))
    bench.close()
    simulator.control.reset()
    later = open_bench(NOWHERE, "sk-empiriolabs-other", store_folder=bench.storage.folder.parent / "store")
    later.open()
    later.until(lambda: job_id in later.jobs and later.jobs[job_id].suspended)
    later.engine.resume(job_id)
    later.until(lambda: later.jobs[job_id].error.endswith("then press Send."))
    know(later, simulator)
    later.engine.money.sum_up()
    later.close()
    later.drain()
    assert later.jobs[job_id].state is State.PREPARED and simulator.control.counters()["posts"] == 0
