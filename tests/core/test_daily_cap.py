# SPDX-License-Identifier: GPL-3.0-or-later
"""The day's cap holds for all Blenders of a store together, over lost answers and clocks that are wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.accounts import ledger
from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.pacing import SystemClock
from trellis_blender.core.secrets import Key

DAY = 86400.0


class OffClock(SystemClock):
    """A clock that somebody has set wrong, by so many seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def time(self) -> float:
        return super().time() + self.ahead


def capped(bench: Workbench, cap: str) -> Workbench:
    storage = Storage(bench.storage.folder, 2**29, Decimal(cap))
    bench.engine.configure(bench.endpoint, Key(bench.key), storage)
    return bench


def test_two_blenders_share_the_cap(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    benches = [
        capped(open_bench(simulator.url, simulator.key, store_folder=tmp_path / "shared"), "0.10") for _ in range(2)
    ]
    orders = [(bench, [bench.submit(seed=seed) for seed in range(5)]) for bench in benches]
    for bench, ids in orders:
        bench.finish(*ids)  # those alone: whoever opens the store later may be told of the other's jobs, too
    states = [bench.jobs[job_id].state for bench, ids in orders for job_id in ids]
    assert (states.count(State.DOWNLOADED), states.count(State.REFUSED)) == (4, 6)
    assert len(simulator.control.jobs()) == 4


def test_lost_answer_counts_for_the_cap(simulator: Simulator, bench: Workbench) -> None:
    capped(bench, "0.04")
    simulator.control.settings(offers_list=False, offers_usage=False)
    simulator.control.misbehave("submit", "cut_after")
    assert bench.finish(bench.submit()).state is State.UNCERTAIN
    refused = bench.finish(bench.submit(seed=1))
    assert refused.state is State.REFUSED
    assert "$0.025 are spent ($0.025 of it not confirmed), and it costs $0.025" in refused.error
    assert len(simulator.control.jobs()) == 1


@pytest.mark.parametrize("ahead", [-400 * DAY, 400 * DAY])
def test_cap_holds_over_a_clock_that_is_set_right(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, ahead: float
) -> None:
    """What was spent while the clock was wrong is of the day it was spent on, and of no other."""
    clock = OffClock(ahead)
    bench = capped(open_bench(simulator.url, simulator.key, clock=clock), "0.04")
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
    assert ledger(bench).today == Decimal("0.025")
    clock.ahead = 0.0
    assert bench.finish(bench.submit(seed=1)).state is State.REFUSED
    assert len(simulator.control.jobs()) == 1
    told = ledger(bench)
    assert told.today == Decimal("0.025")
    assert list(told.by_day) == [told.day]


def test_cap_begins_anew_after_midnight(simulator: Simulator, open_bench: OpenBench) -> None:
    """Of the server's clock: it is as if it had told the next day's date."""
    bench = capped(open_bench(simulator.url, simulator.key, clock=OffClock()), "0.04")
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
    assert bench.finish(bench.submit(seed=1)).state is State.REFUSED
    bench.engine._clients[bench.endpoint.base_url].clock_offset += DAY
    assert bench.finish(bench.submit(seed=1)).state is State.DOWNLOADED
    told = ledger(bench)
    assert told.total == Decimal("0.050")
    assert sorted(told.by_day.values()) == [Decimal("0.025"), Decimal("0.025")]
