# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a scene that was not saved is not on disk as imported, whatever else is noted of it meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import LedgerTold
from trellis_blender.core.store import FILE_NAME


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def bench(simulator: Simulator, open_bench: OpenBench, store: Path) -> Workbench:
    return open_bench(simulator.url, simulator.key, store_folder=store)


def bill(bench: Workbench, job: Job, amount: str) -> None:
    """Note what a job was billed, and wait until that is on disk."""
    summed: list[LedgerTold] = []
    take = bench.take

    def noting(message: object) -> None:
        take(message)
        if isinstance(message, LedgerTold):
            summed.append(message)

    bench.drain()
    bench.take = noting  # type: ignore[method-assign]
    bench.engine.money.bill({job.id: Decimal(amount)})
    bench.until(lambda: bool(summed) and summed[-1].total == Decimal(amount))


def on_disk(store: Path) -> str:
    with closing(sqlite3.connect(store / FILE_NAME)) as connection:
        return str(connection.execute("SELECT state FROM jobs").fetchone()[0])


def test_the_bill_that_comes_later_does_not_save_the_scene(bench: Workbench, store: Path) -> None:
    job = bench.finish(bench.submit())
    bench.engine.imported(job.id, is_saved=False)
    bill(bench, job, "0.02")
    assert (bench.jobs[job.id].state, on_disk(store)) == (State.IMPORTED, "downloaded")
    bench.engine.settle()
    bill(bench, job, "0.03")
    assert on_disk(store) == "imported"


def test_imported_once_more_it_is_imported_as_before(bench: Workbench, store: Path) -> None:
    job = bench.finish(bench.submit())
    bench.engine.imported(job.id)
    bench.engine.imported(job.id, is_saved=False)
    bill(bench, job, "0.02")
    assert on_disk(store) == "imported"


def test_saved_after_all_it_is_held_back_no_longer(bench: Workbench, store: Path) -> None:
    job = bench.finish(bench.submit())
    bench.engine.imported(job.id, is_saved=False)
    bench.engine.imported(job.id)
    bill(bench, job, "0.02")
    assert on_disk(store) == "imported"
