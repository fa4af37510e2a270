# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that does not know, or has nothing for, a job that it accepted a moment ago is asked again; on sockets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.conftest import OpenBench
from tests.core.oddity import Oddity, told
from tests.core.scripted import Seen
from tests.core.workbench import QUICK
from trellis_blender.core.jobs import State

PATIENT = replace(QUICK, first_retry=0.001, longest_retry=0.001, unknown_wait=3600.0)


@pytest.mark.parametrize("status", [404, 410])
def test_fresh_job_that_is_unknown_for_a_while_is_not_given_up(open_bench: OpenBench, status: int) -> None:
    odd = Oddity()
    odd.answers["poll"] = lambda seen: told(status) if odd.asked.count("poll") < 30 else odd.poll(seen)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=PATIENT)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        odd.finish()
        job = bench.finish()
        bench.close()
    assert (job.state, job.error, job.note) == (State.DOWNLOADED, "", "")
    assert odd.asked.count("usage") > 2


@pytest.mark.parametrize("status", [404, 410])
def test_the_usage_names_a_job_that_is_unknown(open_bench: OpenBench, status: int) -> None:
    odd = Oddity(poll=lambda _seen: told(status))
    odd.answers["usage"] = lambda _seen: told(balance=5, events=[odd.event("another's"), odd.event()][: 2 * odd.ids])
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=PATIENT)
        bench.submit()
        job = bench.finish()
        bench.close()
    assert (job.state, job.error) == (State.DOWNLOADED, "")
    assert odd.asked.count("submit") == 1


def test_a_usage_that_is_refused_does_not_stop_a_fresh_job(open_bench: OpenBench) -> None:
    odd = Oddity(usage=lambda _seen: told(403))
    odd.answers["poll"] = lambda seen: told(404) if odd.asked.count("poll") < 10 else odd.poll(seen)
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=PATIENT)
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        odd.finish()
        assert bench.finish().state is State.DOWNLOADED
        bench.close()


def test_what_was_given_up_is_looked_for_again_at_the_next_start(open_bench: OpenBench) -> None:
    odd = Oddity(poll=lambda _seen: told(404))
    with odd.serve() as server:
        first = open_bench(server.url)
        first.submit()
        job = first.finish()
        first.close()
        assert job.state is State.EXPIRED
        assert "looked for again when Blender starts" in job.error
        del odd.answers["poll"]
        odd.finish()
        later = open_bench(server.url, store_folder=first.storage.folder.parent / "store")
        later.engine.open()
        later.until(lambda: job.id in later.jobs and later.jobs[job.id].state is State.DOWNLOADED)
        later.close()
    assert odd.asked.count("submit") == 1


def test_finished_without_an_object_is_asked_anew_and_comes(open_bench: OpenBench) -> None:
    odd = Oddity()

    def poll(seen: Seen) -> bytes:
        if odd.asked.count("poll") > 12:
            odd.finish()
            return odd.poll(seen)
        return told(status="completed", result=None)

    odd.answers["poll"] = poll
    with odd.serve() as server:
        bench = open_bench(server.url, pacing=PATIENT)
        bench.submit()
        job = bench.finish()
        bench.close()
    assert (job.state, job.error) == (State.DOWNLOADED, "")


def test_finished_with_an_object_in_an_unknown_place_is_found_in_the_usage(open_bench: OpenBench) -> None:
    odd = Oddity(poll=lambda _seen: told(status="completed", result={"assets": {"mesh": {"where": "elsewhere"}}}))
    odd.answers["usage"] = lambda _seen: told(balance=5, events=[odd.event()][: odd.ids])
    with odd.serve() as server:
        bench = open_bench(server.url)
        bench.submit()
        job = bench.finish()
        bench.close()
    assert (job.state, job.error) == (State.DOWNLOADED, "")


def test_finished_without_an_object_for_good_is_said_kept_and_asked_anew(open_bench: OpenBench) -> None:
    odd = Oddity(poll=lambda _seen: told(status="completed", result={"odd": "nothing to find"}))
    with odd.serve() as server:
        bench = open_bench(server.url)
        job_id = bench.submit()
        job = bench.finish()
        assert job.suspended
        assert bench.storage.answer(job).is_file()
        assert b"nothing to find" in bench.storage.answer(job).read_bytes()
        del odd.answers["poll"]
        odd.finish()
        bench.engine.resume(job_id)
        assert bench.finish().state is State.DOWNLOADED
        bench.close()
