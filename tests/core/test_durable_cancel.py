# SPDX-License-Identifier: GPL-3.0-or-later
"""A cancel that the artist asked for outlives the process: it is on disk before it is sent, and goes out first."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import wait_for
from tests.core.test_durable_restart import after
from tests.core.test_store import made
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.archive import Archive
from trellis_blender.core.client import Client
from trellis_blender.core.jobs import CANCELLED_UNSENT, State
from trellis_blender.core.records import from_text
from trellis_blender.core.store import FILE_NAME

FINISHED = "The server had finished before it could cancel; the object is kept."


def is_on_disk(store: Path) -> bool:
    """Whether another process reads the wish to cancel the only job."""
    connection = sqlite3.connect(store / FILE_NAME)
    try:
        [(record,)] = connection.execute("SELECT record FROM jobs").fetchall()
    finally:
        connection.close()
    return from_text(record).cancel_wanted


def processing(simulator: Simulator, open_bench: OpenBench, folder: Path) -> tuple[Workbench, str]:
    simulator.control.misbehave("run", "never_finish")
    bench = open_bench(simulator.url, simulator.key, store_folder=folder / "store")
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    return bench, job_id


def test_is_on_disk_before_it_is_sent(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, job_id = processing(simulator, open_bench, tmp_path)
    kept: list[bool] = []
    cancel = Client.cancel

    def looking(self: Client, *arguments: Any) -> Any:
        kept.append(is_on_disk(tmp_path / "store"))
        return cancel(self, *arguments)

    monkeypatch.setattr(Client, "cancel", looking)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED
    assert kept
    assert all(kept)


def test_offline_and_closed_it_is_sent_first_at_the_next_start(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench, job_id = processing(simulator, open_bench, tmp_path)
    bench.engine.online = False
    bench.engine.cancel(job_id)
    bench.engine.close()
    assert is_on_disk(tmp_path / "store")
    last = simulator.control.log()[-1]["number"]
    bench = after(simulator, tmp_path, open_bench)
    job = bench.finish()
    assert job.state is State.CANCELLED
    assert simulator.control.jobs()[0]["cancelled"]
    routes = [entry["route"] for entry in simulator.control.log(last)]
    assert next(route for route in routes if route in ("poll", "cancel")) == "cancel"


@pytest.mark.parametrize("state", [State.SUBMITTING, State.PROCESSING])
def test_killed_it_is_sent_by_whoever_takes_the_job_over(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, state: State
) -> None:
    """What is on disk just after the cancel was pressed is all that a Blender leaves that is killed then."""
    simulator.control.misbehave("run", "never_finish")
    if state is State.SUBMITTING:
        simulator.control.misbehave("submit", "late", seconds=1.5)
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "first" / "store")
    job_id = bench.submit()
    bench.reach(job_id, state)
    bench.engine.online = False
    bench.engine.cancel(job_id)
    wait_for(lambda: is_on_disk(tmp_path / "first" / "store"))
    shutil.copytree(tmp_path / "first" / "store", tmp_path / "store", ignore=shutil.ignore_patterns("owners"))
    bench.engine.close()
    assert after(simulator, tmp_path, open_bench).finish().state is State.CANCELLED
    assert [job["cancelled"] for job in simulator.control.jobs()] == [True]


def test_server_that_had_finished_meanwhile_is_said_and_the_object_kept(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench, job_id = processing(simulator, open_bench, tmp_path)
    bench.engine.online = False
    bench.engine.cancel(job_id)
    bench.engine.close()
    simulator.control.steer(simulator.control.jobs()[0]["id"], never_finish=False)
    bench = after(simulator, tmp_path, open_bench)
    assert bench.finish().state is State.DOWNLOADED
    assert FINISHED in [job.note for job in bench.told]


def test_unsent_job_is_cancelled_when_its_blender_died(tmp_path: Path) -> None:
    first = Archive(tmp_path)
    first.open()
    first.record(made(State.PREPARED, job_id="", submitted_at=0.0, accepted_at=0.0, cancel_wanted=True))
    first.close()
    second = Archive(tmp_path)
    [job] = second.open()[0]
    assert (job.state, job.error) == (State.CANCELLED, CANCELLED_UNSENT)
    second.close()
