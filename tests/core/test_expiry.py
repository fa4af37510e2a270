# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service forgets after an hour, a week and a month, by its own clock; what is recovered, and what is said."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import wait_for
from tests.core.workbench import SMALL, Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.retrieval import SEVERAL
from trellis_blender.core.sightings import claim_of_file

HOUR, DAY = 3600.0, 86400.0
Sleep = Callable[..., Job]


@pytest.fixture
def sleep(simulator: Simulator, open_bench: OpenBench) -> Sleep:
    """Give what has a job accepted, then ends our side for so long, and wakes it up again with its job at rest."""

    def fall_asleep(seconds: float, *, strangers: int = 0) -> tuple[Workbench, Job]:
        simulator.control.settings(job_seconds=5.0)
        first = open_bench(simulator.url, simulator.key)
        job_id = first.submit()
        first.reach(job_id, State.ACCEPTED, State.PROCESSING)
        for number in range(strangers):
            order_elsewhere(simulator, number)
        first.close()
        simulator.control.advance(seconds)
        wait_for(lambda: all(job["state"] == "completed" for job in simulator.control.jobs()))
        later = open_bench(simulator.url, simulator.key, store_folder=first.storage.folder.parent / "store")
        later.engine.open()
        later.until(lambda: job_id in later.jobs)
        return later, later.finish(job_id)

    return fall_asleep  # type: ignore[return-value]


def order_elsewhere(simulator: Simulator, number: int) -> None:
    """Order the same from another computer of the same account."""
    data = base64.b64encode(simulator.control.image(simulator.control.jobs()[0]["id"])).decode()
    body = {"model": "trellis-2-4b", "image": f"data:image/png;base64,{data}", **SMALL, "seed": number}
    request = urllib.request.Request(
        f"{simulator.url}/v1/3d/generations", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {simulator.key}"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def routes(simulator: Simulator) -> list[str]:
    return [entry["route"] for entry in simulator.control.log()]


@pytest.mark.parametrize("names_job", [True, False])
def test_after_an_hour_the_usage_knows(simulator: Simulator, sleep: Sleep, names_job: bool) -> None:
    simulator.control.settings(usage_job_id=names_job)
    _bench, job = sleep(2 * HOUR)
    assert (job.state, job.error, job.importable) == (State.DOWNLOADED, "", True)
    assert routes(simulator).count("submit") == 1
    assert routes(simulator).count("sign") == 0


def test_the_usage_is_asked_for_the_jobs_own_time(simulator: Simulator, sleep: Sleep) -> None:
    """One page holds a hundred events, and so does a busy day: newer ones must not push out the one that counts."""
    _bench, job = sleep(2 * HOUR)
    asked = [entry for entry in simulator.control.log() if entry["route"] == "usage" and "to" in entry["query"]]
    assert job.state is State.DOWNLOADED
    assert asked


@pytest.mark.parametrize("state_kept", [True, False])
def test_after_a_week_the_link_is_signed_anew(simulator: Simulator, sleep: Sleep, state_kept: bool) -> None:
    """A server that keeps states for longer gives the link as it was signed at completion; else the usage gives it."""
    simulator.control.settings(usage_file_id=True, keep_seconds=60 * DAY if state_kept else HOUR)
    _bench, job = sleep(8 * DAY)
    assert (job.state, job.error) == (State.DOWNLOADED, "")
    assert routes(simulator)[-3:] == ["download", "sign", "download"]


def test_after_a_week_without_a_way_it_is_said(simulator: Simulator, sleep: Sleep) -> None:
    simulator.control.settings(offers_sign=False, usage_file_id=True)
    bench, job = sleep(8 * DAY)
    assert (job.state, job.resumable) == (State.EXPIRED, True)
    assert "The link to the finished object has expired, and the server no longer knows the job" in job.error
    simulator.control.settings(offers_sign=True)
    bench.engine.resume(job.id)
    assert bench.finish(job.id).state is State.DOWNLOADED


@pytest.mark.parametrize("lists_outputs", [True, False])
def test_after_a_month_it_has_expired(simulator: Simulator, sleep: Sleep, lists_outputs: bool) -> None:
    simulator.control.settings(usage_file_id=True, usage_output_urls=lists_outputs)
    bench, job = sleep(31 * DAY)
    assert (job.state, job.running) == (State.EXPIRED, False)
    assert job.error.startswith("The server no longer has this object. If you have a copy")
    asked = len(routes(simulator))
    bench.engine.resume(job.id)
    assert bench.finish(job.id).state is State.EXPIRED
    assert len(routes(simulator)) - asked <= 6
    assert simulator.control.counters()["posts"] == 1


def test_several_that_it_could_be_are_the_artists_choice(simulator: Simulator, sleep: Sleep) -> None:
    bench, job = sleep(2 * HOUR, strangers=1)
    assert (job.suspended, job.error, len(job.candidates)) == (True, SEVERAL, 2)
    assert job.state in (State.ACCEPTED, State.PROCESSING)
    ours = simulator.control.jobs()[0]["file_id"]
    bench.engine.choose(job.id, next(link for link in job.candidates if ours in link))
    job = bench.finish(job.id)
    assert (job.state, job.error, job.candidates) == (State.DOWNLOADED, "", ())
    assert ours in job.result_url
    assert simulator.control.model(simulator.control.jobs()[0]["id"]) == job.path.read_bytes()  # type: ignore[union-attr]


def test_chosen_after_a_week_is_signed_anew(simulator: Simulator, sleep: Sleep) -> None:
    simulator.control.settings(usage_file_id=True)
    bench, job = sleep(8 * DAY, strangers=1)
    bench.engine.choose(job.id, job.candidates[0])
    assert bench.finish(job.id).state is State.DOWNLOADED


def test_what_another_record_has_is_not_offered(simulator: Simulator, sleep: Sleep) -> None:
    bench, job = sleep(2 * HOUR, strangers=2)
    assert len(job.candidates) == 3
    taken = job.candidates[-1]
    assert bench.engine._archive._store is not None
    assert bench.engine._archive._store.claim(claim_of_file(job.server, taken), "another record")
    bench.engine.choose(job.id, taken)
    job = bench.finish(job.id)
    assert (job.state in (State.ACCEPTED, State.PROCESSING), job.suspended) == (True, True)
    assert len(job.candidates) == 2
    assert taken not in job.candidates
