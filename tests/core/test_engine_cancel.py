# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancelling, in every state, where it is offered and where not; and closing while jobs run."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply
from tests.core.workbench import Workbench, subject
from tests.simulator.server import Simulator
from trellis_blender.core.endpoint import account_of
from trellis_blender.core.image import TargaFile
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import Pacing, RateLimiter, SystemClock
from trellis_blender.core.transport import Timeouts

PATIENT = Pacing(first_poll=0.0, poll_growth=1.0, longest_poll=0.0, first_retry=0.0, longest_retry=0.0, jitter=0.0)
FAR = Pacing(first_poll=3600.0, longest_poll=3600.0)
"""A next poll that never comes by itself: only a cancel can hasten it."""


def exhausted(url: str) -> RateLimiter:
    limiter = RateLimiter(SystemClock(), limit=1)
    limiter.pause(account_of(url), 3600.0)
    return limiter


def test_before_anything_was_sent(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, limiter=exhausted(simulator.url))
    job_id = bench.submit()
    bench.until(lambda: bench.jobs[job_id].image_sha256 != "")  # prepared, and waiting for the limit
    bench.engine.cancel(job_id)
    job = bench.finish()
    assert job.state is State.CANCELLED
    assert "nothing was billed" in job.error
    assert simulator.control.counters()["posts"] == 0


def test_before_it_is_begun(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=Pacing(first_step=3600.0))
    bench.open()
    job_id = bench.submit()
    bench.engine.cancel(bench.submit())
    bench.until(lambda: State.CANCELLED in {job.state for job in bench.jobs.values()})
    time.sleep(0.5)  # which is long enough for preparing it
    bench.drain()
    assert bench.jobs[job_id].image_sha256 == ""  # while a press lasts, no worker takes turns with it
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED
    assert simulator.control.counters()["posts"] == 0


@pytest.mark.parametrize("refusal", [404, 405])
@pytest.mark.parametrize("offered", ["post", "delete", "neither"])
def test_at_the_server(simulator: Simulator, open_bench: OpenBench, offered: str, refusal: int) -> None:
    simulator.control.settings(
        offers_cancel=offered == "post",
        offers_delete=offered == "delete",
        cancel_refusal=refusal,
        job_seconds=3600.0,
    )
    bench = open_bench(simulator.url, simulator.key)
    ids = [bench.submit(), bench.submit()]
    for job_id in ids:
        bench.reach(job_id, State.PROCESSING)
        bench.engine.cancel(job_id)
    if offered == "neither":
        bench.until(lambda: any("This server cannot cancel" in told.note for told in bench.told))
        simulator.control.advance(3601.0)
    bench.finish()
    if offered == "neither":
        assert {job.state for job in bench.jobs.values()} == {State.DOWNLOADED}
        assert any("This server cannot cancel" in told.note for told in bench.told)
    else:
        assert {job.state for job in bench.jobs.values()} == {State.CANCELLED}
        assert all("still be billed" in job.error for job in bench.jobs.values())
        assert all(told["cancelled"] for told in simulator.control.jobs())


def test_cancel_hastens_a_job_that_waits(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    simulator.control.misbehave("run", "never_finish")
    job_id = bench.submit()
    bench.reach(job_id, State.ACCEPTED)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED


def test_cancel_while_the_post_is_on_its_way(simulator: Simulator, open_bench: OpenBench) -> None:
    """The answer comes after the cancel: the job must not wait for its next poll, an hour away."""
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    simulator.control.misbehave("run", "never_finish")
    simulator.control.misbehave("submit", "late", seconds=0.2)
    job_id = bench.submit()
    bench.reach(job_id, State.SUBMITTING)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED
    assert bench.states(job_id) == [State.PREPARED, State.SUBMITTING, State.ACCEPTED, State.CANCELLED]


def test_cancel_in_the_last_moment_of_a_step_is_not_lost(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    simulator.control.misbehave("run", "never_finish")
    put = bench.engine._crew._agenda.put

    def cancel_first(job_id: str, at: float) -> None:
        if bench.engine._jobs[job_id].state is State.ACCEPTED and job_id not in bench.engine._roster.wishes:
            threading.Thread(target=bench.engine.cancel, args=(job_id,)).start()
        put(job_id, at)

    bench.engine._crew._agenda.put = cancel_first  # type: ignore[method-assign]
    bench.submit()
    assert bench.finish().state is State.CANCELLED


def test_finished_before_the_cancel_is_kept_and_said(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=FAR)
    job_id = bench.submit()
    accepted = bench.reach(job_id, State.ACCEPTED)
    for job in simulator.service.jobs.all():
        if job.order:
            job.order.result()
    bench.engine.cancel(accepted.id)
    job = bench.finish()
    assert job.state is State.DOWNLOADED
    assert job.note == "The server had finished before it could cancel; the object is kept."


def test_cancel_that_fails_is_tried_again(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=PATIENT)
    simulator.control.misbehave("run", "never_finish")
    for kind in ("500", "cut_before", "429_bare"):
        simulator.control.misbehave("cancel", kind)
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED


def test_cancel_with_an_unreadable_answer(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key, pacing=PATIENT)
    simulator.control.misbehave("run", "never_finish")
    simulator.control.misbehave("cancel", "empty")
    job_id = bench.submit()
    bench.reach(job_id, State.PROCESSING)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED


def test_suspended_job_can_be_cancelled(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("run", "never_finish")
    simulator.control.misbehave("poll", "401", times=3)
    job_id = bench.submit()
    assert bench.finish().suspended
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED


def test_cancel_of_an_ended_job_changes_nothing(simulator: Simulator, bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    bench.engine.cancel(job.id)
    bench.drain()
    assert bench.jobs[job.id] == job


def test_cancelled_render_leaves_no_temporary_file(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    path = tmp_path / "render.tga"
    path.write_bytes(b"pixels")
    bench = open_bench(simulator.url, simulator.key)
    bench.engine._place.cancel_wanted = lambda _job: True
    bench.submit(TargaFile(path))
    assert bench.finish().state is State.CANCELLED
    assert not path.exists()


def test_cancels_and_polls_go_on_beside_posts_that_hang(open_bench: OpenBench) -> None:
    """Six servers' worth of silence must not keep a thread from everything else."""

    def script(connection: Connection) -> None:
        if connection.request().method == "POST":
            connection.hold()
        connection.send(reply(404))

    with Scripted(script) as server:
        bench = open_bench(server.url, timeouts=Timeouts(5.0, 20.0, submit_seconds=20.0))
        ids = [bench.submit() for _ in range(12)]
        bench.until(lambda: sum(job.state is State.SUBMITTING for job in bench.jobs.values()) == 6)
        waiting = [job_id for job_id in ids if bench.jobs[job_id].state is State.PREPARED]
        for job_id in waiting:
            bench.engine.cancel(job_id)
        bench.finish(*waiting)
        assert {bench.jobs[job_id].state for job_id in waiting} == {State.CANCELLED}
        bench.engine.money.check_connection(bench.endpoint)
        bench.engine.close()
        bench.drain()
        assert {bench.jobs[job_id].state for job_id in ids if job_id not in waiting} == {State.UNCERTAIN}


def test_defect_of_ours_keeps_the_job_and_the_thread(
    simulator: Simulator, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trellis_blender.core import prepared
    from trellis_blender.core.client import Client

    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(prepared, "prepare", broken)
    job_id = bench.submit(subject())
    job = bench.finish()
    assert (job.state, job.suspended) == (State.PREPARED, True)
    assert "ZeroDivisionError" in job.error
    monkeypatch.undo()
    bench.engine.resume(job_id)
    assert bench.finish().state is State.DOWNLOADED  # the picture was not lost with the first attempt
    monkeypatch.setattr(Client, "submit", broken)
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.UNCERTAIN, True)
    assert "ZeroDivisionError" in job.error
    assert "Press Send Again" in job.error
    assert len(simulator.control.jobs()) == 1
