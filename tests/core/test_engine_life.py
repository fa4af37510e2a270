# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's whole life, over real sockets, against the stand-in and against servers that answer otherwise."""

from __future__ import annotations

import hashlib
import io
import time

import pytest
from PIL import Image

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply, wait_for
from tests.core.workbench import Workbench, subject
from tests.simulator.server import Simulator
from tests.simulator.shapes import SHAPES
from trellis_blender.core.endpoint import account_of
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import RateLimiter, SystemClock
from trellis_blender.core.transport import Timeouts

WHOLE_LIFE = [
    State.PREPARED,
    State.SUBMITTING,
    State.ACCEPTED,
    State.PROCESSING,
    State.COMPLETED,
    State.DOWNLOADING,
    State.DOWNLOADED,
]


def test_picture_becomes_a_checked_file(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(job_seconds=0.05)
    job = bench.finish(bench.submit(seed=7))
    assert bench.states(job.id) == WHOLE_LIFE
    assert job.error == job.note == ""
    assert job.path is not None
    content = job.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == job.sha256
    assert content == simulator.control.model(job.job_id)
    assert job.faces > 5000
    assert job.importable
    assert not job.running
    [told] = simulator.control.jobs()
    assert told["sent"]["seed"] == 7
    assert told["picture"] == job.image_sha256
    sent = Image.open(io.BytesIO(simulator.control.image(job.job_id)))
    assert sent.size == (26, 26), "the subject of 24 pixels and its rim, not the frame"
    bench.engine.imported(job.id)
    bench.drain()
    assert bench.jobs[job.id].state is State.IMPORTED


def test_only_what_differs_is_sent(simulator: Simulator, bench: Workbench) -> None:
    bench.finish(bench.submit())
    [told] = simulator.control.jobs()
    assert set(told["sent"]) == {"model", "resolution", "pipeline_type", "decimation_target", "texture_size"}


def test_an_order_does_not_wait_for_the_answers_to_those_before(open_bench: OpenBench) -> None:
    """The first worker used to be the only one that called others, before it went to wait itself."""
    held: list[str] = []

    def silent(connection: Connection) -> None:
        seen = connection.request()
        if seen.method == "GET":
            connection.send(reply(200, b'{"balance": 1}'))
        else:
            held.append(seen.target)
            connection.hold()

    with Scripted(silent) as server:
        bench = open_bench(server.url, timeouts=Timeouts(5.0, 3600.0, 3600.0))
        for orders in range(1, 5):
            bench.submit()
            wait_for(lambda orders=orders: len(held) == orders)  # type: ignore[misc]
        bench.close()


def test_ten_jobs_at_once(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(job_seconds=0.1)
    ids = [bench.submit(seed=index % 2) for index in range(10)]
    bench.finish()
    assert {bench.jobs[job_id].state for job_id in ids} == {State.DOWNLOADED}
    assert len(set(bench.files())) == 10
    assert simulator.control.counters()["posts"] == 10
    assert bench.engine.thread_count <= 8


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "nothing"])
def test_every_place_of_the_result(simulator: Simulator, bench: Workbench, shape: str) -> None:
    simulator.control.settings(result_shape=shape)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


def test_finished_without_a_model_keeps_the_answer(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(result_shape="nothing", offers_usage=False)
    job = bench.finish(bench.submit())
    assert job.state is State.COMPLETED
    assert job.suspended
    assert job.resumable
    assert "holds no model" in job.error
    assert bench.files() == [f"{job.id}.answer.json"]
    simulator.control.settings(offers_usage=True)
    bench.engine.resume(job.id)
    assert bench.finish().state is State.DOWNLOADED, "the usage lists the object"
    simulator.control.settings(result_shape="result.url")


def test_file_inside_the_answer(simulator: Simulator, bench: Workbench) -> None:
    job = bench.finish(bench.submit(response_format="b64_json"))
    assert job.state is State.DOWNLOADED
    assert job.result_url == ""


def test_file_as_data_uri(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(data_uri=True)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


@pytest.mark.parametrize("answer", ["glb", "result"])
def test_server_that_answers_at_once(simulator: Simulator, bench: Workbench, answer: str) -> None:
    simulator.control.settings(answer=answer)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert job.importable
    assert job.job_id == ""
    assert simulator.control.counters()["posts"] == 1


@pytest.mark.parametrize("place", ["absolute", "absent", "elsewhere"])
def test_poll_url_is_a_hint(simulator: Simulator, bench: Workbench, place: str) -> None:
    simulator.control.settings(poll_url=place)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED


def test_public_address_instead_of_a_picture(simulator: Simulator, bench: Workbench) -> None:
    job = bench.finish(bench.submit(image_url="https://example.com/chair.png"))
    assert job.state is State.DOWNLOADED
    assert simulator.control.jobs()[0]["picture_from"] == "made up"


def test_picture_without_subject_is_refused_before_it_costs_anything(simulator: Simulator, bench: Workbench) -> None:
    empty = subject()
    empty.values[:] = 0.0
    job = bench.finish(bench.submit(empty))
    assert job.state is State.REFUSED
    assert job.error.endswith("Nothing was sent, and nothing was billed.")
    assert simulator.control.counters()["posts"] == 0


def test_failed_at_the_server(simulator: Simulator, bench: Workbench) -> None:
    for shape in ("object", "string", "nested", "detail", "list"):
        simulator.control.misbehave("run", "fail", shape=shape, message="no mesh came out")
        job = bench.finish(bench.submit())
        assert job.state is State.FAILED
        assert "no mesh came out. Try another seed" in job.error
    simulator.control.misbehave("run", "fail", shape="null")
    assert "it gave no reason." in bench.finish(bench.submit()).error


def test_server_without_keys(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, "")
    job = bench.finish(bench.submit())
    assert job.state is State.REFUSED  # the stand-in wants one
    assert "API key" in job.error
    assert "authorization" not in simulator.control.log()[0]["headers"]


def test_forgotten_job_leaves_no_memory(simulator: Simulator, bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    bench.engine.removal.forget(job.id)
    place = bench.engine._place
    assert not (place.sources or place.pictures or place.results or bench.engine._jobs)
    bench.engine.cancel(job.id)
    bench.engine.resume(job.id)
    bench.engine.imported(job.id)
    bench.engine.import_failed(job.id, "no")
    bench.engine.removal.forget(job.id)


def test_two_hundred_jobs_leave_nothing_behind(simulator: Simulator, bench: Workbench) -> None:
    one = subject()
    for index in range(200):
        bench.submit(one, seed=index % 2)
    bench.finish()
    assert {job.state for job in bench.jobs.values()} == {State.DOWNLOADED}
    assert simulator.control.counters()["posts"] == 200
    assert bench.engine.thread_count <= 8
    place = bench.engine._place
    assert not (place.sources or place.pictures or place.results)
    deadline = time.monotonic() + 120.0  # the last thread puts its work down after it has told of it
    while bench.engine._crew._agenda.size and time.monotonic() < deadline:
        time.sleep(0.01)
    assert bench.engine._crew._agenda.size == 0
    for job_id in list(bench.jobs):
        bench.engine.removal.forget(job_id)
    assert not (bench.engine._jobs or bench.engine._roster.wishes)


def test_waiting_for_the_limit_is_not_a_busy_loop(simulator: Simulator, open_bench: OpenBench) -> None:
    class Counting(RateLimiter):
        asked = 0

        def take(self, server: str, *, urgent: bool) -> float:
            self.asked += 1
            return super().take(server, urgent=urgent)

    limiter = Counting(SystemClock(), limit=1)
    limiter.pause(account_of(simulator.url), 3600.0)
    bench = open_bench(simulator.url, simulator.key, limiter=limiter)
    for _ in range(5):
        bench.submit()
    bench.until(lambda: all(job.image_sha256 for job in bench.jobs.values()))
    bench.engine.money.check_connection(bench.endpoint)
    bench.until(lambda: bool(bench.checked))
    assert limiter.asked < 200


def test_connection_check(simulator: Simulator, open_bench: OpenBench) -> None:
    def check(url: str, key: str) -> tuple[bool, str]:
        bench = open_bench(url, key)
        bench.engine.money.check_connection(bench.endpoint)
        bench.until(lambda: bool(bench.checked))
        return bench.checked[0].ok, bench.checked[0].sentence

    assert check(simulator.url, simulator.key) == (True, "Connected. The balance is $100.00.")
    simulator.control.settings(balance=9.999)
    assert check(simulator.url, simulator.key) == (True, "Connected. The balance is $9.99."), "never more than there is"
    ok, sentence = check(simulator.url, "sk-empiriolabs-wrong")
    assert not ok
    assert "Paste a valid one" in sentence
    ok, sentence = check("http://127.0.0.1:9", "")
    assert not ok
    assert "cannot be reached" in sentence
    simulator.control.settings(offers_usage=False)
    assert check(simulator.url, simulator.key) == (True, "Connected. This server keeps no account.")
    simulator.control.settings(offers_usage=False, offers_model=False)
    assert check(simulator.url, simulator.key)[0]
