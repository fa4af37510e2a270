# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file and every answer that is not what it should be ends in its sentence; a key that comes back goes nowhere.

What is left behind is checked at the end of each test by the fixture ``bench``.
"""

from __future__ import annotations

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import QUICK, Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import workplace
from trellis_blender.core.jobs import State


@pytest.fixture(autouse=True)
def less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days of silence are thousands of attempts, which here follow each other at once."""
    monkeypatch.setattr(workplace, "GIVE_UP_AFTER_SILENCES", 130)


DOWNLOAD = [
    ("429", "HTTP 429", True), ("500", "HTTP 500", True), ("502", "HTTP 502", True), ("503", "HTTP 503", True),
    ("418", "HTTP 418", False), ("cut_before", "was cut", True), ("cut_after", "was cut", True),
    ("cut_middle", "was cut in the middle", True), ("truncated", "was cut in the middle", True),
    ("chunked_cut", "was cut in the middle", True), ("no_length_cut", "incomplete", True),
    ("wrong_length", "incomplete", True), ("html", "a web page instead", True), ("empty", "empty or cut short", True),
    ("garbage", "something else instead", True), ("wrong_magic", "something else instead", True),
    ("garbage_file", "instead|incomplete|too many", True), ("expired", "no longer honoured (HTTP 403)", True),
    ("404", "no longer honoured (HTTP 404)", True), ("redirect_endless", "circle of redirects", True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "transient"), DOWNLOAD)
def test_download(simulator: Simulator, bench: Workbench, kind: str, words: str, transient: bool) -> None:
    options = {"retry_after": 0.01} if kind == "429" else {}
    simulator.control.misbehave("download", kind, **options)
    job = bench.finish(bench.submit())
    assert (job.state is State.DOWNLOADED) is transient
    assert any(word in told.note + told.error for told in bench.told for word in words.split("|"))
    simulator.control.misbehave("download", kind, times=None, **options)
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended, job.path) == (State.DOWNLOADING, True, None)
    assert any(word in job.error for word in words.split("|"))
    simulator.control.behave()
    for job_id in list(bench.jobs):
        bench.engine.resume(job_id)
    bench.finish()
    assert {job.state for job in bench.jobs.values()} == {State.DOWNLOADED}
    assert simulator.control.counters()["posts"] == 2


@pytest.mark.parametrize("kind", ["late", "chunked", "no_length", "redirect_same", "redirect_elsewhere"])
def test_download_that_is_only_odd(simulator: Simulator, bench: Workbench, kind: str) -> None:
    simulator.control.misbehave("download", kind, **({"seconds": 0.1} if kind == "late" else {}))
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert job.error == job.note == ""


def test_damaged_file_is_kept_and_can_be_had_again(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("download", "corrupt", at=60)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert not job.importable
    assert job.error.startswith("The model file is damaged")
    assert "Try Again" in job.error
    assert bench.files() == [f"{job.id}.glb"]
    bench.engine.resume(job.id)
    job = bench.finish()
    assert job.importable
    assert job.error == ""


def test_expired_link_of_a_forgotten_job_is_said(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("download", "expired", times=None)
    simulator.control.misbehave("poll", "404", times=None, after=1)
    job = bench.finish(bench.submit())
    assert (job.state, job.resumable) == (State.EXPIRED, True)
    assert "the server no longer knows the job" in job.error


def test_file_over_the_limit(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, limit_bytes=1000)
    for kind in ("late", "chunked", "no_length"):
        simulator.control.misbehave("download", kind, **({"seconds": 0} if kind == "late" else {}))
        job = bench.finish(bench.submit())
        assert job.suspended
        assert "Raise the download limit" in job.error


def test_answer_over_the_limit(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, limit_bytes=1000)
    simulator.control.misbehave("poll", "huge_json", times=None, megabytes=17)
    job = bench.finish(bench.submit())
    assert job.suspended
    assert "larger than 16 MiB" in job.error


CUT = ("truncated", "cut_middle", "wrong_magic")


@pytest.mark.parametrize("offered", ["offers_list", "offers_usage"])
@pytest.mark.parametrize("kind", CUT)
def test_answer_with_the_file_that_is_cut_is_looked_for(
    simulator: Simulator, bench: Workbench, kind: str, offered: str
) -> None:
    simulator.control.settings(answer="glb", **{"offers_list": False, "offers_usage": False, offered: True})
    simulator.control.misbehave("submit", kind)
    job = bench.finish(bench.submit())
    doubtful = next(told for told in bench.told if told.state is State.UNCERTAIN)
    assert "most likely billed. It is unknown whether the job was accepted and billed" in doubtful.error
    assert "free" not in doubtful.error
    assert (job.state, job.error, job.importable) == (State.DOWNLOADED, "", True)
    assert simulator.control.counters()["posts"] == 1


def test_answer_with_the_file_that_is_cut_and_listed_nowhere_is_never_said_to_be_free(
    simulator: Simulator, bench: Workbench
) -> None:
    simulator.control.settings(answer="glb", list_delay_seconds=9e9, usage_delay_seconds=9e9)
    simulator.control.misbehave("submit", "truncated")
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.UNCERTAIN, True)
    assert "most likely billed. The server lists neither the job nor its object." in job.error
    assert "not billed" not in job.error
    bench.engine.resume(job.id)
    assert "most likely billed. The server lists neither" in bench.finish().error
    simulator.control.settings(list_delay_seconds=0.0)
    bench.engine.resume(job.id)
    assert bench.finish().state is State.DOWNLOADED
    assert simulator.control.counters()["posts"] == 1


def test_server_that_echoes_the_key(simulator: Simulator, bench: Workbench) -> None:
    said = f"bad key {simulator.key}, sorry"
    simulator.control.misbehave("submit", "422", message=said)
    job = bench.finish(bench.submit())
    assert "bad key [key], sorry." in job.error
    simulator.control.misbehave("submit", "error_in_ok", message=said)
    assert "[key]" in bench.finish(bench.submit()).error
    simulator.control.misbehave("submit", "wrong_type", field="job_id", value={"echo": said})
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
    simulator.control.misbehave("run", "fail", message=said)
    assert "[key]" in bench.finish(bench.submit()).error
    simulator.control.misbehave("poll", "500", message=said, times=None)
    assert "[key]" in bench.finish(bench.submit()).error
    simulator.control.behave()
    simulator.control.settings(usage_output_urls=False)  # where it would be found
    simulator.control.misbehave("poll", "wrong_type", field="result", value={"url": f"x {said}"}, times=None)
    assert "[key]" in bench.finish(bench.submit()).error


def test_link_that_holds_the_key_is_not_followed(simulator: Simulator, bench: Workbench) -> None:
    link = f"{simulator.download_url}/files/x/model.glb?key={simulator.key}"
    simulator.control.misbehave("poll", "wrong_type", field="result", value={"url": link}, times=None)
    bench.submit()
    bench.finish()
    assert not [entry for entry in simulator.control.log() if entry["origin"] == "download"]


def test_quick_pacing_is_quick() -> None:
    assert QUICK.poll_delay(3, 10) == QUICK.retry_delay(5) == 0.0
