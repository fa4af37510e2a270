# SPDX-License-Identifier: GPL-3.0-or-later
"""The paid POST's answer in shapes that nobody documents: none may cost an object, or end in a false no."""

from __future__ import annotations

import json

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply
from tests.simulator.remote import Process
from tests.simulator.server import Simulator
from trellis_blender.core import api
from trellis_blender.core.jobs import State

ACCEPTED = json.dumps({"job_id": "job-1", "status": "processing"}).encode()
DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


def told(value: object, status: int = 200) -> bytes:
    return reply(status, json.dumps(value).encode(), Date=DATE)


class Odd:
    """Answers the POST as told; knows no list, and what else is given by path."""

    def __init__(self, post: bytes, **others: bytes) -> None:
        self.post, self.others, self.posts = post, others, 0

    def __call__(self, connection: Connection) -> None:
        seen = connection.request()
        if seen.method == "POST":
            self.posts += 1
            connection.send(self.post)
            return
        name = seen.target.partition("?")[0].rpartition("/")[2].partition(".")[0].replace("-", "_")
        connection.send(self.others.get(name, told({}, 404)))


@pytest.mark.parametrize("status", [102, 103, 199])
def test_an_interim_answer_is_not_the_last_word(open_bench: OpenBench, status: int) -> None:
    interim = f"HTTP/1.1 {status} Patience\r\nLink: </x>; rel=preload\r\n\r\n".encode()
    running = told({"job_id": "job-1", "status": "processing"})
    with Scripted(Odd(interim * 2 + reply(200, ACCEPTED, Date=DATE), job_1=running)) as server:
        bench = open_bench(server.url)
        job = bench.reach(bench.submit(), State.PROCESSING, State.REFUSED)
        assert (job.state, job.job_id) == (State.PROCESSING, "job-1")
        bench.close()


@pytest.mark.parametrize("answer", [b"HTTP/1.1 102 Patience\r\n\r\n" * 101, reply(101), reply(409, b"{}"), reply(499)])
def test_what_is_no_certain_no_leaves_it_open(open_bench: OpenBench, answer: bytes) -> None:
    with Scripted(Odd(answer)) as server:
        bench = open_bench(server.url)
        bench.finish(job_id := bench.submit())
        assert bench.jobs[job_id].state is State.UNCERTAIN
        bench.close()


@pytest.mark.parametrize("said", ["completed", "processing"])
def test_an_object_that_came_with_the_id_is_kept(simulator: Simulator, open_bench: OpenBench, said: str) -> None:
    other = open_bench(simulator.url, simulator.key)
    path = other.finish(other.submit()).path
    assert path is not None
    glb = reply(200, path.read_bytes(), Content_Type="model/gltf-binary")
    server = Scripted(Odd(b"", file=glb))
    with server:
        server.script.post = told({"job_id": "job-1", "status": said, "result": {"url": f"{server.url}/file.glb"}})
        bench = open_bench(server.url)
        job = bench.finish(bench.submit())
        assert job.state is State.DOWNLOADED, job.error
        bench.close()


@pytest.mark.parametrize("around", ["data", "job", "result"])
def test_an_id_that_is_wrapped_is_read(around: str) -> None:
    answer = api.read_submitted(json.dumps({around: {"job_id": "job-1", "status": "queued"}}).encode())
    assert answer == api.Submitted("job-1", "")


def test_what_was_given_up_still_counts(simulator: Process, open_bench: OpenBench) -> None:
    simulator.control.settings(offers_list=False, offers_usage=False)
    simulator.control.misbehave("submit", "cut_after")
    bench = open_bench(simulator.url, simulator.key)
    first = bench.submit()
    bench.finish(first)
    price = bench.jobs[first].price_usd
    bench.engine.send_again(first)
    bench.until(lambda: any(job.replaces == first and job.state is State.DOWNLOADED for job in bench.jobs.values()))
    bench.until(lambda: bench.jobs[first].state is State.REFUSED)
    counted = bench.engine._archive.payments()
    assert sorted((payment.price, payment.certain) for payment in counted) == [(price, False), (price, True)]
