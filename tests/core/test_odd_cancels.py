# SPDX-License-Identifier: GPL-3.0-or-later
"""A cancel that fails, in any way, stops no job that is paid for; and costs no request that was not given leave."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.core.conftest import OpenBench
from tests.core.oddity import Oddity, told
from tests.core.scripted import Connection, reply
from tests.core.workbench import QUICK
from trellis_blender.core import cancelling
from trellis_blender.core.jobs import FINISHED, State
from trellis_blender.core.pacing import RateLimiter, SystemClock

STEADY = replace(QUICK, first_retry=0.001, longest_retry=0.001)


@pytest.mark.parametrize("status", [400, 403, 409, 500])
def test_the_server_finishes_after_a_cancel_that_it_refused(open_bench: OpenBench, status: int) -> None:
    odd = Oddity(cancel=lambda _seen: told(status, error={"message": "no"}))
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=STEADY)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        bench.engine.cancel(job_id)
        bench.until(lambda: cancelling.NOT_TAKEN in bench.jobs[job_id].note)
        before = odd.asked.count("poll")
        bench.until(lambda: odd.asked.count("poll") > before + 3)
        odd.finish()
        job = bench.finish()
        bench.close()
    assert (job.state, job.note, job.error) == (State.DOWNLOADED, FINISHED, "")
    assert odd.asked.count("cancel") == cancelling.ATTEMPTS
    tries = [number for number, route in enumerate(odd.asked) if route == "cancel"]
    between = [odd.asked[first:last].count("poll") for first, last in pairwise(tries)]
    assert min(between) >= 1


def test_a_cancel_that_is_cut_off_is_tried_again_and_ends_the_job(open_bench: OpenBench) -> None:
    odd = Oddity(cancel=lambda _seen: told(status="cancelled"))

    def script(connection: Connection) -> None:
        if odd.asked.count("cut") < 2 and odd.asked.count("poll") > 1:
            seen = connection.request()
            if odd.route(seen) == "cancel":
                odd.asked.append("cut")
                connection.reset()
                return
            connection.buffer = b""
            odd.asked.append(odd.route(seen))
            connection.send(odd.poll(seen))
            return
        odd(connection)

    with odd.serve() as server:
        server.script = script
        bench = open_bench(server.url, pacing=STEADY)
        job_id = bench.submit()
        bench.until(lambda: bench.jobs[job_id].polls > 2)
        bench.engine.cancel(job_id)
        job = bench.finish()
        bench.close()
    assert job.state is State.CANCELLED
    assert odd.asked.count("cut") == 2


def test_what_is_not_offered_costs_one_request_a_step_and_is_asked_for_once(open_bench: OpenBench) -> None:
    odd = Oddity()
    limiter = RateLimiter(SystemClock(), limit=1_000_000, window=3600.0)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=STEADY, limiter=limiter)
        ids = [bench.submit() for _ in range(5)]
        bench.until(lambda: all(bench.jobs[job_id].polls > 1 for job_id in ids))
        for job_id in ids:
            bench.engine.cancel(job_id)
            bench.until(lambda job_id=job_id: bench.jobs[job_id].note == cancelling.NOT_POSSIBLE)  # type: ignore[misc]
        odd.finish()
        bench.finish()
        bench.close()
    assert (odd.asked.count("cancel"), odd.asked.count("delete")) == (1, 1)
    taken = sum(len(account.sent) for account in limiter._accounts.values())
    assert taken == len([route for route in odd.asked if route != "output"])


def test_a_job_that_is_gone_after_its_cancel_was_taken_is_cancelled(open_bench: OpenBench) -> None:
    odd = Oddity(delete=lambda _seen: told(deleted=True))
    odd.answers["poll"] = lambda seen: told(404) if "delete" in odd.asked else odd.poll(seen)
    with odd.serve() as server:
        bench = open_bench(server.url)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        bench.engine.cancel(job_id)
        job = bench.finish()
        bench.close()
    assert job.state is State.CANCELLED
    assert "still be billed" in job.error


def test_an_unreadable_answer_to_a_cancel_is_no_failure(open_bench: OpenBench) -> None:
    odd = Oddity(cancel=lambda _seen: reply(200, b"<html>"))
    with odd.serve() as server:
        bench = open_bench(server.url)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        bench.engine.cancel(job_id)
        bench.until(lambda: bench.jobs[job_id].cancel_sent)
        odd.state = {"status": "cancelled"}
        assert bench.finish().state is State.CANCELLED
        bench.close()
    assert odd.asked.count("cancel") == 1
