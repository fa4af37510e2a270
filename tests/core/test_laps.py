# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job is said to take is learned from what it took, not from how long nobody looked at it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import request
from trellis_blender.core.forecast import Forecast
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.laps import GAP_SECONDS, LATE_SECONDS, LONGEST_SECONDS, Laps
from trellis_blender.core.pacing import SystemClock
from trellis_blender.core.records import from_text, to_text

BEGAN = 1_700_000_000.0
TOLD = {"created_at": "2023-11-14T22:13:20Z", "completed_at": "2023-11-14T22:14:20Z"}
"""A minute, by the server."""
NONSENSE: tuple[Any, ...] = (
    {}, {"completed_at": TOLD["completed_at"]}, {"created_at": TOLD["created_at"], "completed_at": None},
    {"created_at": TOLD["completed_at"], "completed_at": TOLD["created_at"]},
    {"created_at": TOLD["created_at"], "completed_at": "2023-11-15T22:14:20Z"},
    {"created_at": TOLD["created_at"], "completed_at": "2023-11-14T22:14:20+09:00"},
    {"created_at": TOLD["created_at"], "completed_at": "soon"}, {"created_at": [], "completed_at": {}},
    {"created_at": 10**400, "completed_at": "9" * 400}, {"created_at": True, "completed_at": float("nan")},
)  # fmt: skip


def made(**fields: Any) -> Job:
    return Job("mushroom", request.build({}), "http://127.0.0.1:1", **fields)


def followed(*looks: float, state: State = State.PREPARED) -> tuple[Laps, Job]:
    """Give a job that was accepted at ``BEGAN``, looked at so many seconds later, each a second after it was due."""
    laps, job = Laps(), made(state=state, accepted_at=BEGAN)
    laps.begin(job, BEGAN - 1.0)
    job = replace(job, state=State.PROCESSING)
    for after, following in zip((0.0, *looks), (*looks, 0.0), strict=True):
        if after:
            laps.begin(job, BEGAN + after)
        laps.looked(job, BEGAN + after, max(following - after - 1.0, 0.0))
    return laps, job


@pytest.mark.parametrize("told", [TOLD, *NONSENSE], ids=str)
def test_where_somebody_waited_it_is_what_that_took(told: dict[str, Any]) -> None:
    laps, job = followed(20.0, 40.0, 62.0)
    assert laps.lap(job, told, BEGAN + 63.0) == 63.0


def test_what_the_server_tells_bounds_it() -> None:
    """A hundred jobs are asked for in turn, minutes apart; the next one alone is not."""
    laps, job = followed(150.0)
    assert laps.lap(job, TOLD, BEGAN + 151.0) == 60.0 + LATE_SECONDS
    laps.looked(replace(job, state=State.COMPLETED), BEGAN + 152.0, 0.0)
    assert laps.lap(job, TOLD, BEGAN + 182.0) == 60.0 + 30.0 + LATE_SECONDS, "the download is waited for as well"


def with_a_gap() -> tuple[Laps, Job]:
    laps, job = followed(20.0)
    laps.begin(job, BEGAN + 20.0 + GAP_SECONDS + 600.0)
    return laps, job


def with_a_clock_set_back() -> tuple[Laps, Job]:
    laps, job = followed(600.0)
    laps.begin(job, BEGAN + 300.0)
    return laps, job


def offline() -> tuple[Laps, Job]:
    laps, job = followed(20.0)
    laps.miss(job.id)
    return laps, job


def asleep() -> tuple[Laps, Job]:
    laps, job = followed(20.0)
    laps.miss()
    return laps, job


def found_again() -> tuple[Laps, Job]:
    return followed(20.0, state=State.UNCERTAIN)


def started_anew() -> tuple[Laps, Job]:
    return followed(20.0, state=State.PROCESSING)


@pytest.mark.parametrize("way", [with_a_gap, with_a_clock_set_back, offline, asleep, found_again, started_anew])
def test_where_nobody_waited_only_the_server_knows(way: Any) -> None:
    laps, job = way()
    assert laps.lap(job, TOLD, BEGAN + 900.0) == 60.0
    for told in NONSENSE:
        assert laps.lap(job, told, BEGAN + 900.0) == 0.0


def test_what_cannot_be_is_not_learned() -> None:
    laps, job = followed(20.0)
    assert laps.lap(job, {}, BEGAN - 5.0) == 0.0
    laps, job = followed(LONGEST_SECONDS + 1.0)
    assert laps.lap(job, {}, BEGAN + LONGEST_SECONDS + 2.0) == 0.0
    laps, job = started_anew()
    assert laps.lap(job, TOLD | {"completed_at": "2023-11-14T22:33:20Z"}, BEGAN + 900.0) == 0.0, "longer than we waited"
    assert laps.lap(replace(job, accepted_at=0.0), TOLD, BEGAN + 900.0) == 0.0


def test_a_record_of_an_earlier_version_tells_nothing() -> None:
    """It cannot say whether somebody waited: three of 45 minutes would be promised for nine jobs to come."""
    known = Forecast()
    for number in range(9):
        old = made(state=State.IMPORTED, accepted_at=BEGAN, ended_at=BEGAN + 2700.0 + number)
        text = to_text(old).replace('"lap_seconds": 0.0, ', "")
        assert "lap_seconds" not in text
        known.learn(from_text(text))
    assert known.expected(old) is None
    for _ in range(3):
        known.learn(from_text(to_text(made(state=State.IMPORTED, ended_at=BEGAN, lap_seconds=60.0))))
    assert known.expected(old) == 60.0


# --- at work ---------------------------------------------------------------------------------------------------------


class Ahead(SystemClock):
    """The real clock, set forward."""

    seconds = 0.0

    def time(self) -> float:
        return super().time() + self.seconds


def under_way(simulator: Simulator, bench: Workbench, **settings: object) -> str:
    """Give a job that takes the server ten minutes, and is at it."""
    simulator.control.settings(job_seconds=600.0)
    job_id = bench.submit(**settings)
    bench.reach(job_id, State.PROCESSING)
    return job_id


@pytest.mark.parametrize(("field", "known"), [("job_id", True), ("completed_at", False)])
def test_offline_meanwhile(simulator: Simulator, open_bench: OpenBench, field: str, known: bool) -> None:
    """Whether the server tells its times or leaves them out."""
    bench = open_bench(simulator.url, simulator.key, clock=(clock := Ahead()))
    job_id = under_way(simulator, bench)
    if not known:
        simulator.control.misbehave("poll", "missing_field", times=10**6, field=field)
    bench.engine.online = False
    clock.seconds += 1800.0
    simulator.control.advance(600.0)
    bench.engine.online = True
    job = bench.finish(job_id)
    assert job.state is State.DOWNLOADED
    assert job.ended_at - job.accepted_at > 1800.0
    assert job.lap_seconds == (pytest.approx(600.0, abs=1.0) if known else 0.0)


def test_closed_meanwhile(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    first = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    job_id = under_way(simulator, first)
    first.close()
    simulator.control.advance(600.0)
    clock = Ahead()
    clock.seconds = 1800.0
    bench = open_bench(simulator.url, simulator.key, clock=clock, store_folder=tmp_path / "store")
    bench.open()
    bench.until(lambda: job_id in bench.jobs)
    job = bench.finish(job_id)
    assert (job.state, job.lap_seconds) == (State.DOWNLOADED, pytest.approx(600.0, abs=1.0))


def test_watched_to_its_end(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("poll", "missing_field", times=10**6, field="completed_at")
    job = bench.finish(bench.submit())
    assert 0.0 < job.lap_seconds == job.ended_at - job.accepted_at
