# SPDX-License-Identifier: GPL-3.0-or-later
"""A lost answer, and a server that tells of its past in its own way: never a false no, never another's job for ours."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply
from tests.core.workbench import QUICK, Workbench
from trellis_blender.core.jobs import ABSENT, Job, State
from trellis_blender.core.pacing import Pacing, SystemClock
from trellis_blender.core.reconcile import ALIKE, BLIND, SEVERAL, UNLISTED

PRICE = 0.025
Answer = Callable[["Past"], tuple[int, Any]]


class Past:
    """Takes the POST and says nothing; then tells of its past as it is asked to."""

    def __init__(self, jobs: Answer, usage: Answer, *, dated: bool = True) -> None:
        self.jobs, self.usage, self.dated = jobs, usage, dated
        self.at = 0.0
        self.posts = 0

    def item(self, **changes: object) -> dict[str, object]:
        at = datetime.fromtimestamp(self.at or time.time(), UTC).isoformat()
        told = {"job_id": "job-1", "model": "trellis-2-4b", "created_at": at, "status": "processing", **changes}
        return {name: value for name, value in told.items() if value != "left out"}

    def event(self, **changes: object) -> dict[str, object]:
        named = {"job_id": "left out", "cost": {"amount": PRICE}, "output_urls": ["/file.glb"], "status": "completed"}
        return self.item(**{**named, **changes})

    def __call__(self, connection: Connection) -> None:
        seen = connection.request()
        if seen.method == "POST":
            self.posts += 1
            self.at = time.time()
            return
        if seen.target.startswith("/v1/account/usage"):
            status, body = self.usage(self)
        elif seen.target.startswith("/v1/jobs?"):
            status, body = self.jobs(self)
        else:
            known = seen.target.startswith("/v1/jobs/job-1")
            status, body = (200, self.item()) if known else (404, {})
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Date": formatdate(usegmt=True)} if self.dated else {}
        connection.send(reply(status, raw, **named))


def no(_past: Past) -> tuple[int, Any]:
    return 404, {}


def empty(_past: Past) -> tuple[int, Any]:
    return 200, {"events": []}


def listing(**changes: object) -> Answer:
    return lambda past: (200, {"jobs": [past.item(**changes)] if past.at else []})


def billing(**changes: object) -> Answer:
    return lambda past: (200, {"events": [past.event(**changes)] if past.at else []})


def saying(status: int, body: object) -> Answer:
    return lambda _past: (status, body)


def lose(open_bench: OpenBench, past: Past, **engine: Any) -> tuple[Workbench, Job]:
    """Lose the answer to a POST; give what is found, or that the search has come to rest."""
    with Scripted(past) as server:
        bench = open_bench(server.url, **engine)
        job_id = bench.submit()
        bench.until(
            lambda: (
                bench.jobs[job_id].state not in (State.PREPARED, State.SUBMITTING, State.UNCERTAIN)
                or bench.jobs[job_id].suspended
            )
        )
        bench.close()
    assert past.posts == 1
    return bench, bench.jobs[job_id]


OURS: Mapping[str, tuple[Answer, Answer]] = {
    "not priced yet": (listing(cost={"amount": 0}), no),
    "with its host": (listing(model="microsoft/trellis-2-4b"), no),
    "spelled nicely": (listing(model="TRELLIS.2 4B"), no),
    "an object": (listing(model={"id": "trellis-2-4b"}), no),
    "by the endpoint": (listing(model="left out", endpoint="/v1/3d/generations"), no),
    "dated in microseconds": (
        lambda past: (200, {"jobs": [past.item(created_at=int(past.at * 1e6))] if past.at else []}), no
    ),
    "dated as in mails": (
        lambda past: (200, {"jobs": [past.item(created_at=formatdate(past.at, usegmt=True))] if past.at else []}), no
    ),
    "address as text": (no, billing(output_urls="/file.glb")),
    "address as object": (no, billing(output_urls=[{"url": "/file.glb"}])),
    "price as text": (no, billing(cost="$0.02500")),
    "another name of the list": (no, lambda past: (200, {"recent": [past.event()] if past.at else []})),
    "list 400": (saying(400, {"error": "status is required"}), billing()),
    "list 403": (saying(403, {"error": "admin only"}), billing()),
    "list 500": (saying(500, {"error": "x"}), billing()),
    "list is a page": (saying(200, b"<html>"), billing()),
    "list is null": (saying(200, {"jobs": None}), billing()),
}  # fmt: skip


@pytest.mark.parametrize("shape", OURS)
def test_it_is_found_in_whatever_shape(open_bench: OpenBench, shape: str) -> None:
    bench, job = lose(open_bench, Past(*OURS[shape]))
    assert State.ACCEPTED in bench.states(job.id), job.error


NEAR: Mapping[str, tuple[Answer, Answer]] = {
    "another price": (no, billing(cost={"amount": 0.03})),
    "a reduced price": (no, billing(cost={"amount": 0.0225})),
    "a negative price": (no, billing(cost={"amount": -0.025})),
    "another of the family": (listing(model="trellis-2"), empty),
    "without a model": (listing(model="left out"), empty),
    "without a date": (listing(created_at="left out"), empty),
    "dated a little later": (
        lambda past: (200, {"jobs": [past.item(created_at=past.at + 60.0)] if past.at else []}), empty
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", NEAR)
def test_what_is_like_it_is_the_artists_choice(open_bench: OpenBench, shape: str) -> None:
    _bench, job = lose(open_bench, Past(*NEAR[shape]))
    assert (job.state, len(job.candidates)) == (State.UNCERTAIN, 1)
    assert job.error.endswith(ALIKE)


def test_two_that_are_like_it_are_both_offered(open_bench: OpenBench) -> None:
    def both(past: Past) -> tuple[int, Any]:
        return 200, {"jobs": [past.item(model="left out", job_id=f"job-{number}") for number in (1, 2)]}

    _bench, job = lose(open_bench, Past(both, empty))
    assert (job.candidates, job.error.endswith(SEVERAL)) == (("job-1", "job-2"), True)


DOUBTS: Mapping[str, tuple[Answer, Answer]] = {
    "no name yet": (no, billing(output_urls=[], status="charged")),
    "there is more": (no, lambda past: (200, {"events": [], "has_more": True})),
    "part of it is unreadable": (no, lambda past: (200, {"events": ["evt-1"]})),
}


@pytest.mark.parametrize("shape", DOUBTS)
def test_nobody_is_told_that_it_never_was_accepted(open_bench: OpenBench, shape: str) -> None:
    _bench, job = lose(open_bench, Past(*DOUBTS[shape]))
    assert job.error.endswith(UNLISTED.other)


def test_nothing_that_could_be_it_means_that_it_never_was_accepted(open_bench: OpenBench) -> None:
    others = listing(model="left out", endpoint="/v1/images/generations")
    _bench, job = lose(open_bench, Past(others, billing(model="flux-1", output_urls=[])))
    assert job.error.endswith(ABSENT)


def test_neither_told_is_said(open_bench: OpenBench) -> None:
    _bench, job = lose(open_bench, Past(saying(403, {}), saying(200, {"events": None})))
    assert job.error.endswith(BLIND.other)


def test_a_server_without_a_clock_dates_nothing_surely(open_bench: OpenBench) -> None:
    class Fast(SystemClock):
        def time(self) -> float:
            return super().time() + 600.0

    _bench, job = lose(open_bench, Past(listing(), empty, dated=False), clock=Fast())
    assert (job.candidates, job.error.endswith(ALIKE)) == (("job-1",), True)
    _bench, job = lose(open_bench, Past(no, empty, dated=False))
    assert job.error.endswith(UNLISTED.other)


def test_what_has_no_name_yet_is_looked_at_again_by_itself(open_bench: OpenBench) -> None:
    past = Past(no, billing(output_urls=[], status="charged"))
    pacing = Pacing(**{**vars(QUICK), "look_again": 0.01})
    with Scripted(past) as server:
        bench = open_bench(server.url, pacing=pacing)
        job_id = bench.submit()
        bench.until(lambda: any(job.error.endswith(UNLISTED.other) and job.suspended for job in bench.told))
        past.usage = billing()
        bench.until(lambda: State.ACCEPTED in bench.states(job_id))
        bench.close()


def test_it_is_looked_for_once_more_at_the_next_start(open_bench: OpenBench, tmp_path: Any) -> None:
    past = Past(no, billing(output_urls=[], status="charged"))
    with Scripted(past) as server:
        first = open_bench(server.url, store_folder=tmp_path / "one")
        job_id = first.submit()
        first.finish(job_id)
        first.close()
        past.usage = billing()
        second = open_bench(server.url, store_folder=tmp_path / "one")
        second.engine.open()
        second.until(lambda: job_id in second.jobs and second.jobs[job_id].state not in (State.UNCERTAIN,))
        assert past.posts == 1
        second.close()
