# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to answer wrongly ends in its state and its sentence, with one POST at most and nothing left behind.

What is left behind is checked at the end of each test by the fixture ``bench``.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import workplace
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import Pacing
from trellis_blender.core.transport import Timeouts


@pytest.fixture(autouse=True)
def less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days of silence are thousands of attempts, which here follow each other at once."""
    monkeypatch.setattr(workplace, "GIVE_UP_AFTER_SILENCES", 130)


DOUBT = "It is unknown whether the job was accepted and billed"
ABSENT = "it was most likely never accepted and not billed. Press Send Again"

SUBMIT: list[tuple[str, dict[str, Any], State, str]] = [
    ("400", {}, State.REFUSED, "refused the request (HTTP 400)"),
    ("401", {}, State.REFUSED, "Paste a valid one"),
    ("403", {}, State.REFUSED, "Paste a valid one"),
    ("402", {}, State.REFUSED, "does not cover this job of $0.025. Top up"),
    ("404", {"code": "model_not_found"}, State.REFUSED, "Check for an update"),
    ("404", {}, State.REFUSED, "Check the server address"),
    ("413", {}, State.REFUSED, "it is sent ahead of the job then"),
    ("418", {}, State.REFUSED, "refused the request (HTTP 418)"),
    ("html", {"status": 408}, State.DOWNLOADED, "refused the request (HTTP 408)"),
    ("422", {"message": "seed is -1"}, State.REFUSED, "seed must be a whole number from 0 to 2147483647."),
    ("500", {}, State.UNCERTAIN, "The server failed (HTTP 500)."),
    ("502", {}, State.UNCERTAIN, "The server failed (HTTP 502)."),
    ("503", {"code": "gateway_down"}, State.UNCERTAIN, "not available at the moment"),  # not the provider's own no
    ("html", {"status": 503}, State.DOWNLOADED, DOUBT),
    ("504", {}, State.UNCERTAIN, "The server failed (HTTP 504)."),
    ("html", {}, State.DOWNLOADED, "is not JSON. Check the server address"),
    ("html", {"status": 502}, State.DOWNLOADED, DOUBT),
    ("empty", {}, State.DOWNLOADED, "sent an empty answer"),
    ("garbage", {}, State.DOWNLOADED, "is not JSON"),
    ("not_object", {}, State.DOWNLOADED, "is not a JSON object"),
    ("missing_field", {}, State.DOWNLOADED, "lacks job_id"),
    ("wrong_type", {"field": "job_id"}, State.DOWNLOADED, "unreadable job_id"),
    ("error_in_ok", {}, State.UNCERTAIN, "with an error: upstream said no. The service knows"),
    ("cut_before", {}, State.UNCERTAIN, "was cut. Check the network connection. The service knows"),
    ("cut_after", {}, State.DOWNLOADED, "was cut. Check the network connection. It is unknown"),
    ("cut_middle", {}, State.DOWNLOADED, DOUBT),
    ("truncated", {}, State.DOWNLOADED, "was cut"),
    ("chunked_cut", {}, State.DOWNLOADED, DOUBT),
    ("redirect_same", {}, State.UNCERTAIN, "sends us elsewhere (HTTP 302)"),
    ("redirect_same", {"status": 303}, State.UNCERTAIN, "sends us elsewhere (HTTP 303)"),
    ("redirect_same", {"status": 307}, State.REFUSED, "sends us elsewhere (HTTP 307)"),
    ("redirect_elsewhere", {"status": 308}, State.REFUSED, "sends us elsewhere (HTTP 308)"),
]


@pytest.mark.parametrize(("kind", "options", "state", "words"), SUBMIT)
def test_submit(
    simulator: Simulator, bench: Workbench, kind: str, options: dict[str, Any], state: State, words: str
) -> None:
    """What was accepted all the same is looked for and found; what was not is said, and sent again by nobody."""
    simulator.control.misbehave("submit", kind, **options)
    job = bench.finish(bench.submit())
    assert (job.state, simulator.control.counters()["posts"]) == (state, 1)
    first = next(told for told in bench.told if told.state in (State.REFUSED, State.UNCERTAIN))
    assert words in (first if state is State.DOWNLOADED else job).error
    assert first.ended_at > 0
    assert (DOUBT in first.error) is (first.state is State.UNCERTAIN)
    assert DOUBT not in job.error
    assert (ABSENT in job.error, job.suspended) == (state is State.UNCERTAIN, state is State.UNCERTAIN)
    assert (job.error == "") is (state is State.DOWNLOADED)


@pytest.mark.parametrize("kind", ["late", "chunked", "drip"])
def test_submit_that_is_only_odd(simulator: Simulator, bench: Workbench, kind: str) -> None:
    simulator.control.misbehave("submit", kind, **({"seconds": 0.2} if kind == "late" else {}))
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


def test_submit_that_waits_for_ever(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("submit", "late", seconds=60)
    bench = open_bench(simulator.url, simulator.key, timeouts=Timeouts(5.0, 20.0, submit_seconds=0.2))
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert any("took too long to answer" in told.error for told in bench.told if told.state is State.UNCERTAIN)
    assert simulator.control.counters()["posts"] == 1


@pytest.mark.parametrize("field", ["poll_url", "status"])
def test_submit_with_an_odd_detail_is_accepted(simulator: Simulator, bench: Workbench, field: str) -> None:
    simulator.control.misbehave("submit", "wrong_type", field=field)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


POLL = [
    "429", "429_bare", "500", "502", "503", "504", "html", "empty", "garbage", "not_object", "missing_field",
    "cut_before", "cut_after", "cut_middle", "truncated", "chunked_cut", "late", "chunked", "wrong_type",
    "error_in_ok", "redirect_same", "401", "404",
]  # fmt: skip


@pytest.mark.parametrize("kind", POLL)
def test_poll_that_goes_wrong_once(simulator: Simulator, bench: Workbench, kind: str) -> None:
    options = {"late": {"seconds": 0.1}, "429": {"retry_after": 0.01}}.get(kind, {})
    simulator.control.misbehave("poll", kind, **options)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert job.error == job.note == ""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("500", "The server failed (HTTP 500)."),
        ("503", "The service is not available at the moment."),
        ("error_in_ok", "lacks status. The service says: upstream said no."),
        ("html", "is not JSON"),
        ("empty", "empty answer to the job's state"),
        ("garbage", "is not JSON"),
        ("not_object", "not a JSON object"),
        ("missing_field", "lacks status"),
        ("401", "Paste a valid one"),
        ("cut_before", "The connection to the server was cut."),
        ("redirect_endless", "circle of redirects"),
        ("redirect_elsewhere", "another address, to which the key is not sent"),
    ],
)
def test_poll_that_stays_wrong_stops_the_job_and_goes_on_when_asked(
    simulator: Simulator, bench: Workbench, kind: str, words: str
) -> None:
    simulator.control.misbehave("poll", kind, times=None)
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.ACCEPTED, True)
    assert words in job.error
    assert job.error.endswith("Then press Try Again, which costs nothing.")
    assert "billed" not in job.error, "an accepted job is billed, whatever becomes of a poll"
    simulator.control.behave()
    bench.engine.resume(job.id)
    job = bench.finish()
    assert job.state is State.DOWNLOADED
    assert job.error == ""
    assert simulator.control.counters()["posts"] == 1


def test_rate_limit_is_waited_out_however_long(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("poll", "429", times=40, retry_after=0)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert not any(told.note for told in bench.told)


def test_job_that_the_server_forgets_is_found_in_the_usage(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("poll", "404", times=None)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert job.error == ""


def test_job_that_the_server_forgets_for_good_has_expired_until_it_is_found(
    simulator: Simulator, bench: Workbench
) -> None:
    simulator.control.settings(usage_output_urls=False)
    simulator.control.misbehave("poll", "404", times=None)
    job = bench.finish(bench.submit())
    assert job.state is State.EXPIRED
    assert "look for it at the server itself" in job.error
    simulator.control.settings(usage_output_urls=True)
    bench.engine.resume(job.id)
    assert bench.finish().state is State.DOWNLOADED
    assert simulator.control.counters()["posts"] == 1


def test_poll_url_that_leads_nowhere(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("submit", "wrong_type", field="poll_url", value="/v2/elsewhere")
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


def test_never_finishing_job_is_overdue_and_can_be_cancelled(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("run", "never_finish")
    bench = open_bench(simulator.url, simulator.key, pacing=Pacing(0.0, 0.001, 1.0, 0.0, 0.0, 0.01, 0.0, patience=0.02))
    job_id = bench.submit()
    bench.until(lambda: bench.jobs[job_id].overdue)
    job = bench.jobs[job_id]
    assert job.running
    assert "cancel it, or look at the server's log" in job.note
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED
    assert simulator.control.jobs()[0]["cancelled"]


def test_unknown_word_means_still_running(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(status_words={"processing": "pondering"}, job_seconds=0.1)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
