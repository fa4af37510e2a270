# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs are taken out of the list without touching their money, and files only when that is wanted and safe."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tests.core.test_miniatures import told
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import LedgerTold, Removed
from trellis_blender.core.miniatures import OBJECT

OpenBench = Callable[..., Workbench]


def removed(bench: Workbench, *jobs: Job, files: bool) -> Removed:
    bench.engine.removal.remove([job.id for job in jobs], files=files)
    said = told(bench, Removed)
    assert isinstance(said, Removed)
    return said


def spent(bench: Workbench) -> Decimal:
    bench.engine.money.tell_ledger()
    said = told(bench, LedgerTold)
    assert isinstance(said, LedgerTold)
    return said.total


def test_file_stays_unless_it_is_to_go(bench: Workbench) -> None:
    first, second = bench.finish(bench.submit(seed=1)), bench.finish(bench.submit(seed=2))
    assert first.path is not None and second.path is not None
    before = spent(bench)
    bench.engine.removal.remove([first.id], files=False)
    size = second.path.stat().st_size
    assert removed(bench, second, files=True) == Removed(jobs=1, files=1, freed_bytes=size)
    assert first.path.is_file() and not second.path.exists()
    assert spent(bench) == before == first.price_usd + second.price_usd


def test_gone_after_a_restart_too_with_its_money_kept(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "kept")
    gone, stays = bench.finish(bench.submit(seed=1)), bench.finish(bench.submit(seed=2))
    removed(bench, gone, files=True)
    bench.close()
    again = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "kept")
    again.engine.open()
    again.until(lambda: stays.id in again.jobs)
    assert spent(again) == gone.price_usd + stays.price_usd
    assert gone.id not in again.jobs


def test_changed_file_is_somebodys_work(bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    assert job.path is not None
    job.path.write_bytes(b"sculpted")
    assert removed(bench, job, files=True) == Removed(jobs=1, kept=1)
    assert job.path.read_bytes() == b"sculpted"


def test_running_job_is_left_alone(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.settings(job_seconds=600.0)
    job = bench.reach(bench.submit(), State.ACCEPTED, State.PROCESSING)
    assert removed(bench, job, files=True) == Removed()
    assert bench.jobs[job.id].running
    bench.engine.cancel(job.id)
    bench.finish(job.id)


def test_small_picture_of_the_object_goes_with_its_file(bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    assert job.path is not None
    bench.engine.read_model(job.id, job.path)
    small = bench.storage.folder.parent / "store" / "small" / f"{OBJECT}{job.id}.png"
    bench.until(small.is_file)
    removed(bench, job, files=True)
    assert not small.exists()
