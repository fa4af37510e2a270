# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a job's progress: honest, in few words, and learned from jobs of the same kind only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import forecast, laps, progress, request
from trellis_blender.core.forecast import Forecast
from trellis_blender.core.jobs import Job, State

SERVER = "http://127.0.0.1:1"
NOW = 100_000.0


def job(resolution: str = "1024", server: str = SERVER, **fields: Any) -> Job:
    return Job("mushroom", request.build({"resolution": resolution}), server, **fields)


def done(seconds: float, ended: float = NOW, **fields: Any) -> Job:
    return job(state=State.IMPORTED, accepted_at=ended - seconds, ended_at=ended, lap_seconds=seconds, **fields)


def running(for_seconds: float, **fields: Any) -> Job:
    return job(**{"state": State.PROCESSING, "accepted_at": NOW - for_seconds, **fields})


def learned(*laps: Job) -> Forecast:
    known = Forecast()
    for lap in laps:
        known.learn(lap)
    return known


def test_too_little_is_known_and_nothing_is_promised() -> None:
    known = learned(*(done(60.0) for _ in range(forecast.LEAST - 1)))
    assert known.expected(running(1.0)) is None
    assert progress.left_text(running(1.0), known, NOW) == ""
    known.learn(done(60.0))
    assert known.expected(running(1.0)) == 60.0


def test_median_of_the_newest_at_the_same_server_and_resolution() -> None:
    slow = [done(1000.0, NOW - 5000.0 + number) for number in range(20)]
    new = [done(seconds, NOW + number) for number, seconds in enumerate((40.0, 50.0, 60.0) * 3)]
    known = learned(*new, *slow)  # told in whatever order
    assert known.expected(running(0.0)) == 50.0
    assert known.expected(running(0.0, resolution="512")) is None
    assert known.expected(running(0.0, server="http://127.0.0.1:2")) is None


def test_each_job_counts_once_and_none_that_was_left_alone() -> None:
    lap = done(60.0)
    known = learned(lap, replace(lap, ended_at=lap.ended_at + 9.0), replace(lap, state=State.DOWNLOADED))
    known.learn(done(laps.LONGEST_SECONDS + 1.0))
    known.learn(replace(done(60.0), lap_seconds=0.0))  # as an earlier version has noted it, too
    known.learn(replace(done(60.0), state=State.FAILED))
    known.learn(done(-5.0))
    assert known.expected(running(0.0)) is None
    known.learn(done(60.0))
    known.learn(done(60.0))
    assert known.expected(running(0.0)) == 60.0


@pytest.mark.parametrize(
    ("elapsed", "said"),
    [
        (0.0, "About 5 min left"),
        (200.0, "About 2 min left"),
        (215.0, "About 80 s left"),
        (280.0, "About 20 s left"),
        (295.0, "A few seconds left"),
        (301.0, "Longer than usual"),
    ],
)
def test_time_left(elapsed: float, said: str) -> None:
    known = learned(*(done(300.0) for _ in range(3)))
    assert progress.left_text(running(elapsed), known, NOW) == said


def test_time_left_is_said_of_running_jobs_only() -> None:
    known = learned(*(done(300.0) for _ in range(3)))
    assert progress.left_text(job(state=State.PREPARED), known, NOW) == "Usually 5 min"
    for quiet in (done(300.0), running(10.0, suspended=True), job(state=State.UNCERTAIN), job(state=State.SUBMITTING)):
        assert progress.left_text(quiet, known, NOW) == ""


def test_time_that_a_job_took() -> None:
    began = job(created_at=1000.0)
    assert progress.elapsed(began, 1000.0 + 3661.0) == "1:01:01"
    assert progress.elapsed(replace(began, ended_at=1012.0), NOW) == "0:12"
    assert progress.elapsed(replace(began, ended_at=999.0), NOW) == "0:00", "a clock was set"
    assert progress.elapsed(replace(began, suspended=True), NOW) == "", "it lies still, perhaps for days"


def test_share_never_goes_back() -> None:
    way = [
        job(state=State.PREPARED), job(state=State.ACCEPTED), running(1.0, progress=0.0), running(1.0, progress=0.5),
        running(1.0, progress=1.0), running(1.0, state=State.COMPLETED, progress=1.0),
        running(1.0, state=State.DOWNLOADING),
        running(1.0, state=State.DOWNLOADING, received_bytes=5, expected_bytes=10),
        running(1.0, state=State.DOWNLOADING, received_bytes=10, expected_bytes=10),
    ]  # fmt: skip
    shares = [progress.share(step) or 0.0 for step in way]
    assert shares == sorted(shares) and shares[-1] == 1.0


@pytest.mark.parametrize(
    ("jobs", "news", "said"),
    [
        ([], 0, ""),
        ([], 2, "TRELLIS: 2 new"),
        ([job(state=State.ACCEPTED)], 0, "TRELLIS: 1 job"),
        ([running(1.0, progress=0.5)], 0, "TRELLIS: 1 job · 50%"),
        ([running(1.0, progress=0.5), job(state=State.ACCEPTED)], 0, "TRELLIS: 2 jobs · 25%"),
        ([running(1.0, progress=0.5), done(3.0)], 1, "TRELLIS: 1 job · 50% · 1 new"),
    ],
)
def test_summary_for_the_status_bar(jobs: list[Job], news: int, said: str) -> None:
    assert progress.summary(jobs, news) == said


def test_every_state_has_words() -> None:
    assert set(progress.STAGE_WORDS) == set(State)
    for state in State:
        assert progress.stage_text(job(state=state), False)
        assert progress.stage_text(job(state=state, suspended=True), False)
    assert progress.stage_text(running(1.0, suspended=True, progress=0.4), False) == "Stopped while generating"
    assert progress.stage_text(running(1.0, progress=0.43), False) == "Generating 43%"


@pytest.mark.parametrize(
    ("trouble", "submitted_at", "said"),
    [
        ("network", 5.0, "Not sent"),
        ("network", 0.0, "Not sent"),
        ("proxy", 5.0, "Not sent"),
        ("cap", 0.0, "Not sent"),
        ("request", 0.0, "Not sent"),
        ("", 0.0, "Not sent"),
        ("request", 5.0, "Not accepted"),
        ("key", 5.0, "Not accepted"),
        ("busy", 5.0, "Not accepted"),
    ],
)
def test_refused_says_whether_the_service_refused_it(trouble: str, submitted_at: float, said: str) -> None:
    ended = job(state=State.REFUSED, trouble=trouble, submitted_at=submitted_at)
    assert progress.stage_text(ended, False) == said
    assert progress.stage_text(replace(ended, given_up=True), False) == "Sent again"


def test_a_job_that_waits_for_its_turn_is_not_said_to_be_made(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(queue_seconds=600.0, job_seconds=900.0)
    job_id = bench.submit()
    bench.until(lambda: bench.jobs[job_id].polls >= 2)
    job = bench.jobs[job_id]
    assert (job.state, job.progress, progress.stage_text(job, False)) == (State.ACCEPTED, None, "Queued")
    simulator.control.advance(630.0)
    job = bench.reach(job_id, State.PROCESSING)
    assert progress.stage_text(job, False).startswith("Generating")
    simulator.control.advance(600.0)
    assert bench.finish(job_id).state is State.DOWNLOADED


def test_a_download_begins_at_nothing() -> None:
    """The bar was full before the first byte, since the server had done its part, and then went back."""
    begun = job(state=State.DOWNLOADING, progress=1.0)
    assert progress.factor(begun) == 0.0
    assert progress.factor(replace(begun, received_bytes=25, expected_bytes=100)) == 0.25
    assert progress.factor(running(1.0, progress=0.4)) == 0.4
