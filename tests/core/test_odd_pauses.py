# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that asks for a pause in an unusual place is obeyed; one that does not tell its clock is used without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.conftest import OpenBench
from tests.core.oddity import Oddity
from tests.core.scripted import Connection, reply
from tests.core.workbench import QUICK
from trellis_blender.core import bodies
from trellis_blender.core.jobs import State

POLLING = replace(QUICK, first_retry=0.001, longest_retry=0.001)


def refused(status: int, seconds: float) -> bytes:
    return reply(status, b"{}", Retry_After=str(seconds))


def test_a_poll_that_is_answered_503_waits_as_long_as_asked(open_bench: OpenBench) -> None:
    odd = Oddity()
    odd.answers["poll"] = lambda seen: refused(503, 3600) if odd.asked.count("poll") == 3 else odd.poll(seen)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=POLLING)
        job_id = bench.submit()
        bench.until(lambda: bench.jobs[job_id].failures == 1)
        (account,) = bench.engine._place.limiter._accounts.values()
        left = account.paused_until - bench.engine._clock.monotonic()
        bench.close()
    assert 3500 < left <= 3600
    assert odd.asked.count("poll") == 3


def test_more_503_than_are_borne_otherwise_are_waited_out_when_the_server_asks_for_it(open_bench: OpenBench) -> None:
    odd = Oddity()
    odd.answers["poll"] = lambda seen: refused(503, 0.01) if odd.asked.count("poll") < 30 else odd.poll(seen)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=POLLING)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        odd.finish()
        assert bench.finish().state is State.DOWNLOADED
        bench.close()


@pytest.mark.parametrize("status", [429, 503])
def test_a_download_waits_as_long_as_asked_and_holds_up_nobody_else(open_bench: OpenBench, status: int) -> None:
    odd = Oddity()
    odd.answers["output"] = lambda _seen: refused(status, 3600)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=POLLING)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        odd.finish()
        bench.until(lambda: bench.jobs[job_id].failures == 1)
        odd.state = {}
        other = bench.submit()
        polled = bench.reach(other, State.PROCESSING)
        bench.until(lambda: bench.jobs[other].polls > polled.polls + 20)
        job = bench.jobs[job_id]
        bench.close()
    assert odd.asked.count("output") == 1
    assert (job.state, job.suspended, job.failures) == (State.DOWNLOADING, False, 1)


@pytest.mark.parametrize("fault", ["hangs", "resets"])
def test_a_usage_that_fails_does_not_stop_an_order(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(bodies, "CLOCK_SECONDS", 0.05)
    odd = Oddity()

    def script(connection: Connection) -> None:
        seen = connection.request()
        route = odd.route(seen)
        odd.asked.append(route)
        odd.url = connection.server.url
        if route == "usage":
            connection.hold() if fault == "hangs" else connection.reset()
            return
        odd.finish()
        connection.send(getattr(odd, route)(seen))

    with odd.serve() as server:
        server.script = script
        bench = open_bench(server.url, pacing=POLLING)
        job_id = bench.submit()
        job = bench.finish()
        knows = bench.engine._clients[bench.jobs[job_id].server].knows_clock
        bench.close()
    assert (job.state, job.error) == (State.DOWNLOADED, "")
    assert odd.asked.count("usage") == 1
    assert knows  # the answer to the POST told it


def test_a_server_without_a_date_is_asked_once_and_its_clock_is_not_known(open_bench: OpenBench) -> None:
    undated = Oddity(submit=lambda _seen: reply(200, b'{"job_id": "a"}'), usage=lambda _seen: reply(404),
                     poll=lambda _seen: reply(200, b'{"status": "failed"}'))  # fmt: skip
    with undated.serve() as server:
        bench = open_bench(server.url, pacing=POLLING)
        for _ in range(2):
            bench.finish(bench.submit())
        (known,) = bench.engine._clients.values()
        bench.close()
    assert undated.asked.count("usage") == 1
    assert not known.knows_clock
