# SPDX-License-Identifier: GPL-3.0-or-later
"""What a crash leaves is taken up again: in every state, by one Blender at a time, with one POST at most."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import State
from trellis_blender.core.reconcile import CONTESTED
from trellis_blender.core.store import FILE_NAME

LIFE = Path(__file__).resolve().parents[2] / "scripts" / "havoc" / "life.py"


def life(simulator: Simulator, folder: Path, **orders: Any) -> int:
    """Let an engine live in a process of its own, and die as ordered; give how it ended."""
    told = {"url": simulator.url, "key": simulator.key, "folder": str(folder), "seed": 5, "jobs": 1, **orders}
    return subprocess.run([sys.executable, LIFE, json.dumps(told)], capture_output=True, check=False).returncode


def after(simulator: Simulator, folder: Path, open_bench: OpenBench, **options: Any) -> Workbench:
    """Open an engine on what a life left in ``folder``."""
    bench = open_bench(simulator.url, simulator.key, store_folder=folder / "store", **options)
    bench.open()
    return bench


def row(folder: Path) -> str:
    """Give the state that another process reads in the store."""
    connection = sqlite3.connect(folder / "store" / FILE_NAME)
    try:
        return str(connection.execute("SELECT state FROM jobs").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("state", "end", "posts"),
    [
        ("prepared", State.REFUSED, 0),
        ("ready", State.PREPARED, 0),
        ("submitting", State.UNCERTAIN, 0),
        ("accepted", State.DOWNLOADED, 1),
        ("processing", State.DOWNLOADED, 1),
        ("completed", State.DOWNLOADED, 1),
        ("downloading", State.DOWNLOADED, 1),
        ("downloaded", State.DOWNLOADED, 1),
        ("imported", State.IMPORTED, 1),
    ],
)
def test_killed_after_each_state(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, state: str, end: State, posts: int
) -> None:
    simulator.control.settings(job_seconds=3600.0 if state == "processing" else 0.0)
    moment = ("submitting", "before") if state == "ready" else (state, "after")
    assert life(simulator, tmp_path, die_at=moment) == -signal.SIGKILL
    assert row(tmp_path) == ("prepared" if state == "ready" else state)
    simulator.control.advance(3601.0 if state == "processing" else 0.0)
    bench = after(simulator, tmp_path, open_bench)
    job = bench.finish()
    assert job.state is end
    assert len(simulator.control.jobs()) == posts
    if end is State.REFUSED:
        assert job.error == "Blender ended before this was sent, so nothing was billed. Generate it anew."
    if end is State.PREPARED:
        assert job.unsent
        assert "Press Send" in job.error
        bench.engine.resume(job.id)
        job = bench.finish()
        assert job.state is State.DOWNLOADED
        assert len(simulator.control.jobs()) == 1
    if end is State.UNCERTAIN:
        assert "Blender ended before the answer came. The service knows of no such job" in job.error


def test_killed_with_the_answer_unwritten_is_found(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    assert life(simulator, tmp_path, die_at=("accepted", "before")) == -signal.SIGKILL
    assert row(tmp_path) == "submitting"
    assert after(simulator, tmp_path, open_bench).finish().state is State.DOWNLOADED
    assert len(simulator.control.jobs()) == 1


@pytest.mark.parametrize("answer", ["glb", "result"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_object_that_came_with_the_answer_survives(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, answer: str, moment: str
) -> None:
    """Such a job has no id at the server: what came is all there is, and the usage names at most its file."""
    simulator.control.settings(answer=answer)
    assert life(simulator, tmp_path, die_at=("accepted", moment)) == -signal.SIGKILL
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    bench.engine.configure(bench.endpoint, bench.engine._clients[bench.endpoint.base_url].key,
                           type(bench.storage)(tmp_path / "objects"))  # fmt: skip
    bench.engine.open()
    bench.until(lambda: bool(bench.jobs))
    job = bench.finish()
    assert job.state is State.DOWNLOADED
    assert job.importable


def test_every_change_is_on_disk_before_it_is_told(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(simulator.url, simulator.key)
    folder = bench.storage.folder.parent
    order = [state.value for state in State]
    note = bench.engine._roster.note
    seen: list[tuple[str, str]] = []

    def reading(job: Any) -> Any:
        if job.image_sha256:
            seen.append((job.state.value, row(folder)))
        return note(job)

    bench.engine._roster.note = reading  # type: ignore[method-assign]
    bench.engine._place.commit = bench.engine._roster.commit
    bench.finish(bench.submit())
    assert {told for told, _kept in seen} >= {"submitting", "accepted", "completed", "downloading", "downloaded"}
    assert all(order.index(kept) >= order.index(told) for told, kept in seen)


def test_living_blender_keeps_its_jobs_and_a_dead_ones_are_taken_over(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    simulator.control.misbehave("run", "never_finish")
    first = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    job_id = first.submit()
    first.reach(job_id, State.PROCESSING)
    second = after(simulator, tmp_path, open_bench)
    assert second.engine.is_foreign(job_id)
    assert second.engine._roster.running() == 0
    second.engine.cancel(job_id)
    second.engine.removal.forget(job_id)
    assert not second.engine._roster.wishes
    second.engine.refresh()
    first.engine.close()
    simulator.control.steer(simulator.control.jobs()[0]["id"], never_finish=False)
    second.engine.refresh()
    second.until(lambda: not second.engine.is_foreign(job_id))
    assert second.finish().state is State.DOWNLOADED
    assert len(simulator.control.jobs()) == 1


def test_send_of_a_job_that_another_blender_took_sends_nothing(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    life(simulator, tmp_path, die_at=("submitting", "before"))
    bench = after(simulator, tmp_path, open_bench)
    job = bench.finish()
    with sqlite3.connect(tmp_path / "store" / FILE_NAME) as connection:
        connection.execute("UPDATE jobs SET owner='somebody'")
    connection.close()
    bench.engine.resume(job.id)
    job = bench.finish()
    assert "Another Blender works on this job now." in job.error
    assert simulator.control.jobs() == []


def test_send_again_is_one_new_post_however_often_it_is_pressed(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    life(simulator, tmp_path, die_at=("submitting", "after"))
    bench = after(simulator, tmp_path, open_bench)
    old = bench.finish()
    for _ in range(3):
        bench.engine.send_again(old.id)
    bench.until(lambda: len(bench.jobs) == 2)
    bench.finish()
    new = next(job for job in bench.jobs.values() if job.id != old.id)
    assert (new.state, new.replaces) == (State.DOWNLOADED, old.id)
    assert bench.jobs[old.id].state is State.REFUSED
    assert len(simulator.control.jobs()) == 1


def test_several_candidates_are_the_artists_choice(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    """Two orders, both answers lost: neither is taken for the other without being asked."""
    simulator.control.misbehave("submit", "cut_after", times=2)
    bench = open_bench(simulator.url, simulator.key)
    ids = [bench.submit(seed=0), bench.submit(seed=1)]
    bench.finish()
    chosen = sorted(job["id"] for job in simulator.control.jobs())
    assert any(bench.jobs[job_id].candidates for job_id in ids)
    for job_id in ids:
        if bench.jobs[job_id].candidates:
            bench.engine.choose(job_id, next(name for name in bench.jobs[job_id].candidates if name in chosen))
            chosen.remove(bench.finish(job_id).job_id) if bench.finish(job_id).job_id in chosen else None
    for job_id in ids:
        if bench.jobs[job_id].state is State.UNCERTAIN:
            bench.engine.resume(job_id)
    bench.finish()
    assert {bench.jobs[job_id].state for job_id in ids} == {State.DOWNLOADED}
    assert len({bench.jobs[job_id].job_id for job_id in ids}) == 2
    assert len(simulator.control.jobs()) == 2
    assert os.path.isdir(bench.storage.folder)


def test_object_found_by_its_file_is_not_given_to_a_second_order(simulator: Simulator, open_bench: OpenBench) -> None:
    """A server that lists a job only later names it by another word than its file: both words are of one object."""
    bench = open_bench(simulator.url, simulator.key)
    simulator.control.settings(offers_list=False)
    simulator.control.misbehave("submit", "cut_after")
    first = bench.finish(bench.submit(seed=0))
    assert (first.state, first.job_id) == (State.DOWNLOADED, "")
    simulator.control.settings(offers_list=True)
    simulator.control.misbehave("submit", "cut_before")
    second = bench.finish(bench.submit(seed=1))
    assert (second.state, second.suspended) == (State.UNCERTAIN, True)
    assert second.error.endswith(CONTESTED)
    assert second.candidates == (simulator.control.jobs()[0]["id"],)
