# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is sent that is not on disk first, nor above the day's cap; what is paid for goes on without a disk."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.database import StoreError
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.secrets import Key
from trellis_blender.core.store import Store


def test_without_a_store_nothing_is_sent(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    job = bench.finish(bench.submit())
    assert job.state is State.REFUSED
    assert job.error.endswith("Nothing was sent, and nothing was billed.")
    assert simulator.control.jobs() == []


def test_picture_that_cannot_be_kept_is_not_sent(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "pictures").write_text("in the way")
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    job = bench.finish(bench.submit())
    assert (job.state, "cannot be kept" in job.error) == (State.REFUSED, True)
    assert simulator.control.jobs() == []


@pytest.mark.parametrize("state", ["submitting", "accepted", "processing", "completed", "downloading", "downloaded"])
def test_disk_that_is_full_from_a_state_on(
    simulator: Simulator, bench: Workbench, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    full: list[bool] = []
    record, begin = Store.record, Store.begin

    def failing(self: Store, job: Job, *arguments: object, **named: object) -> None:
        if full or job.state.value == state:
            full.append(True)
            raise StoreError("The disk is full.")
        record(self, job, *arguments, **named)  # type: ignore[arg-type]

    def beginning(self: Store, job: Job, **named: object) -> object:
        if state == "submitting":
            raise StoreError("The disk is full.")
        return begin(self, job, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "record", failing)
    monkeypatch.setattr(Store, "begin", beginning)
    job = bench.finish(bench.submit())
    assert job.state is (State.REFUSED if state == "submitting" else State.DOWNLOADED)
    assert len(simulator.control.jobs()) == (state != "submitting")


def test_cap_refuses_before_the_post_and_says_why(simulator: Simulator, bench: Workbench) -> None:
    bench.engine.configure(bench.endpoint, Key(simulator.key), Storage(bench.storage.folder, 2**29, Decimal("0.06")))
    ids = [bench.submit(seed=0) for _ in range(5)]
    bench.finish()
    states = sorted(bench.jobs[job_id].state.value for job_id in ids)
    assert states == ["downloaded"] * 2 + ["refused"] * 3
    said = next(job.error for job in bench.jobs.values() if job.error)
    said = re.sub(r" \(\$0.0\d+ of it not confirmed\)", "", said)  # whether they are is a matter of time
    assert said.startswith(
        "Today's cap of $0.06 does not allow this job: $0.05 are spent, and it costs $0.025. The job was not sent."
    )
    assert len(simulator.control.jobs()) == 2


def test_ledger_is_told(simulator: Simulator, bench: Workbench) -> None:
    from trellis_blender.core.messages import LedgerTold

    bench.finish(bench.submit())
    told: list[LedgerTold] = []
    bench.take = lambda message: told.append(message) if isinstance(message, LedgerTold) else None  # type: ignore[method-assign]
    bench.engine.money.tell_ledger()
    bench.until(lambda: bool(told))
    assert (told[-1].today, told[-1].total) == (Decimal("0.025"), Decimal("0.025"))


def test_blind_server_is_said(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(offers_list=False, offers_usage=False)
    simulator.control.misbehave("submit", "cut_after")
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.UNCERTAIN, True)
    assert "This server tells neither its jobs nor the account's usage" in job.error
    simulator.control.settings(offers_list=True)
    bench.engine.resume(job.id)
    assert bench.finish().state is State.DOWNLOADED
    assert len(simulator.control.jobs()) == 1
