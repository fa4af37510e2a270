# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing the engine while jobs run: threads end at once, and what was paid for is known."""

from __future__ import annotations

import threading

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply, wait_for
from tests.core.test_engine_cancel import FAR, exhausted
from tests.simulator.server import Simulator
from trellis_blender.core import engine
from trellis_blender.core.jobs import State
from trellis_blender.core.transport import Timeouts

# --- closing ---------------------------------------------------------------------------------------------------------


def test_close_without_anything(open_bench: OpenBench) -> None:
    bench = open_bench("http://127.0.0.1:9")
    assert bench.engine.thread_count == 0
    bench.engine.close()
    bench.engine.close()


def test_close_while_jobs_wait(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    for _ in range(10):
        bench.submit()
    bench.until(lambda: all(job.state is State.ACCEPTED for job in bench.jobs.values()))
    bench.engine.close()
    assert bench.engine.thread_count == 0


@pytest.mark.parametrize("route", ["poll", "download"])
def test_close_cuts_what_hangs(simulator: Simulator, open_bench: OpenBench, route: str) -> None:
    simulator.control.misbehave(route, "late", seconds=3600)
    bench = open_bench(simulator.url, simulator.key, timeouts=Timeouts(3600.0, 3600.0, 3600.0))
    job_id = bench.submit()
    bench.reach(job_id, State.ACCEPTED if route == "poll" else State.DOWNLOADING)
    wait_for(lambda: bool([entry for entry in simulator.control.log() if entry["route"] == route]))
    bench.engine.close()
    assert bench.engine.thread_count == 0
    bench.drain()
    assert (bench.jobs[job_id].failures, bench.jobs[job_id].note, bench.jobs[job_id].error) == (0, "", "")


def test_close_hears_the_answer_of_a_paid_post(
    simulator: Simulator, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SUBMISSION_GRACE_SECONDS", 120.0)  # the server is a busy machine's
    simulator.control.misbehave("submit", "late", seconds=0.3)
    bench = open_bench(simulator.url, simulator.key)
    job_id = bench.submit()
    bench.reach(job_id, State.SUBMITTING)
    bench.engine.close()
    bench.drain()
    assert bench.jobs[job_id].state is State.ACCEPTED
    assert bench.jobs[job_id].job_id


def test_close_does_not_send_what_was_not_sent(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, limiter=exhausted(simulator.url))
    ids = [bench.submit() for _ in range(5)]
    bench.engine.close()
    bench.drain()
    assert {bench.jobs[job_id].state for job_id in ids} == {State.PREPARED}
    assert simulator.control.counters()["posts"] == 0
    assert not bench.engine._place.sources


def test_close_reaches_a_replaced_client(simulator: Simulator, open_bench: OpenBench) -> None:
    """A key typed anew makes a new client; what still hangs in the old one must be cut, too."""
    from trellis_blender.core.secrets import Key

    simulator.control.misbehave("poll", "late", seconds=3600)
    bench = open_bench(simulator.url, simulator.key, timeouts=Timeouts(3600.0, 3600.0, 3600.0))
    bench.submit()
    wait_for(lambda: bool([entry for entry in simulator.control.log() if entry["route"] == "poll"]))
    bench.engine.configure(bench.endpoint, Key("sk-empiriolabs-another"), bench.storage)
    bench.engine.close()
    assert bench.engine.thread_count == 0


def test_object_that_comes_with_the_answer_is_not_thrown_away_by_closing(
    simulator: Simulator, open_bench: OpenBench
) -> None:
    """A server that answers the POST with the file: what arrives within the grace is kept."""
    job_id = ""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(reply(200, b"glTF" + b"\0" * 96, length=100, Content_Type="model/gltf-binary")[:-50])
        closing.wait(10)
        connection.send(b"\0" * 50)

    closing = threading.Event()
    with Scripted(script) as server:
        bench = open_bench(server.url)
        job_id = bench.submit()
        bench.reach(job_id, State.SUBMITTING)
        wait_for(lambda: bool(server.seen))
        stopping = bench.engine._place.stopping
        threading.Thread(target=lambda: (stopping.wait(10), closing.set())).start()
        bench.engine.close()
        bench.drain()
        job = bench.jobs[job_id]
        assert job.state is State.UNCERTAIN  # the bytes are no model; what matters is that it is not called refused
        assert "most likely billed" in job.error
