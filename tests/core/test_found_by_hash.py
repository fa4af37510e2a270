# SPDX-License-Identifier: GPL-3.0-or-later
"""An object's file is known by its bytes: found wherever it went, had again when it is gone, never mistaken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import partial, shelf
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import CleanedUp, FileChecked, JobChanged


def check(bench: Workbench, job: Job) -> FileChecked | Job:
    """Have a job's file looked at; give what is said of it, or the job once it was had again."""
    told: list[Any] = []
    take = bench.take
    bench.take = lambda message: (told.append(message), take(message))  # type: ignore[assignment,method-assign,return-value]
    bench.engine.check_file(job.id)

    def is_over() -> bool:
        if any(isinstance(message, FileChecked) for message in told):
            return True
        had = [message.job for message in told if isinstance(message, JobChanged) and message.job.id == job.id]
        return any(each.running for each in had) and not had[-1].running

    bench.until(is_over)
    bench.take = take  # type: ignore[method-assign]
    return next((message for message in told if isinstance(message, FileChecked)), bench.jobs[job.id])


def imported(bench: Workbench) -> Job:
    job = bench.finish(bench.submit())
    bench.engine.imported(job.id)
    return bench.reach(job.id, State.IMPORTED)


def restarted(simulator: Simulator, open_bench: OpenBench, bench: Workbench) -> Workbench:
    """Give the next Blender, with the same records and the same download folder."""
    bench.close()
    later = open_bench(simulator.url, simulator.key, store_folder=bench.storage.folder.parent / "store")
    later.storage = bench.storage
    later.engine.configure(later.endpoint, later.engine._clients[later.endpoint.base_url].key, bench.storage)
    later.open()
    return later


def requests(simulator: Simulator) -> int:
    return len(simulator.control.log())


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read through."""
    read: list[str] = []

    def hashed(path: Path) -> str:
        read.append(path.name)
        return partial.hashed(path)

    monkeypatch.setattr(shelf, "hashed", hashed)
    return read


def test_whole_file_is_read_once(
    simulator: Simulator, open_bench: OpenBench, bench: Workbench, hashes: list[str]
) -> None:
    job = imported(bench)
    assert check(bench, job) == FileChecked(job.id, job.path)
    assert hashes == [], "it was hashed as it arrived"
    later = restarted(simulator, open_bench, bench)
    for _ in range(3):
        assert check(later, job) == FileChecked(job.id, job.path)
    assert hashes == [f"{job.id}.glb"]


@pytest.mark.parametrize("where", ["another.glb", "ANOTHER.GLB", "sub/deeper/another.glb"])
@pytest.mark.parametrize("again", [False, True])
def test_moved_file_is_found(
    simulator: Simulator, open_bench: OpenBench, bench: Workbench, where: str, again: bool
) -> None:
    job = imported(bench)
    assert job.path is not None
    target = bench.storage.folder / where
    target.parent.mkdir(parents=True, exist_ok=True)
    job.path.rename(target)
    if again:
        bench = restarted(simulator, open_bench, bench)
    seen = requests(simulator)
    assert check(bench, job) == FileChecked(job.id, target)
    assert bench.jobs[job.id].path == target
    assert check(bench, job) == FileChecked(job.id, target)
    assert requests(simulator) == seen


def test_only_files_of_its_size_are_read(bench: Workbench, hashes: list[str]) -> None:
    job = imported(bench)
    assert job.path is not None
    content = job.path.read_bytes()
    for number in range(5):
        (bench.storage.folder / f"{number}.glb").write_bytes(content + b"\0" * (number + 1))
    (bench.storage.folder / "like.glb").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    job.path.rename(bench.storage.folder / "moved.glb")
    assert check(bench, job) == FileChecked(job.id, bench.storage.folder / "moved.glb")
    assert set(hashes) <= {"like.glb", "moved.glb"}


@pytest.mark.parametrize("again", [False, True])
def test_gone_file_is_had_again_once(
    simulator: Simulator, open_bench: OpenBench, bench: Workbench, again: bool
) -> None:
    job = imported(bench)
    assert job.path is not None
    job.path.unlink()
    if again:
        bench = restarted(simulator, open_bench, bench)
    had = check(bench, job)
    assert isinstance(had, Job)
    assert (had.state, had.sha256, had.path, had.importable) == (State.DOWNLOADED, job.sha256, job.path, True)
    seen = requests(simulator)
    assert check(bench, job) == FileChecked(job.id, job.path)
    assert requests(simulator) == seen
    assert simulator.control.counters()["posts"] == 1


@pytest.mark.parametrize("answer", ["job", "result", "glb"])
@pytest.mark.parametrize("shape", ["result.url", "data[0].b64_json"])
def test_gone_file_of_any_kind_of_server(simulator: Simulator, bench: Workbench, answer: str, shape: str) -> None:
    simulator.control.settings(answer=answer, result_shape=shape)
    job = imported(bench)
    assert job.path is not None
    job.path.unlink()
    had = check(bench, job)
    assert isinstance(had, Job)
    assert (had.state, had.sha256) == (State.DOWNLOADED, job.sha256)
    assert simulator.control.counters()["posts"] == 1


def test_gone_file_that_a_server_gave_only_once_is_said(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(answer="glb", offers_usage=False, offers_list=False)
    job = imported(bench)
    assert job.path is not None
    kept = job.path.rename(bench.storage.folder.parent / "elsewhere.glb")
    had = check(bench, job)
    assert isinstance(had, Job)
    assert (had.state, had.resumable) == (State.EXPIRED, True)
    assert "its file is not on this disk" in had.error
    kept.rename(bench.storage.folder / "put back.glb")
    bench.engine.resume(job.id)
    job = bench.finish(job.id)
    assert (job.state, job.path, job.error) == (State.DOWNLOADED, bench.storage.folder / "put back.glb", "")


@pytest.mark.parametrize("change", ["longer", "same size"])
def test_changed_file_is_set_aside(simulator: Simulator, bench: Workbench, change: str) -> None:
    job = imported(bench)
    assert job.path is not None
    good = job.path.read_bytes()
    mine = good + b"mine" if change == "longer" else good[:-4] + b"mine"
    for name in (f"{job.id}.changed.glb", f"{job.id}.changed-2.glb"):
        job.path.write_bytes(mine)
        had = check(bench, job)
        assert isinstance(had, Job)
        assert (had.state, had.sha256) == (State.DOWNLOADED, job.sha256)
        assert name in had.note
        assert (bench.storage.folder / name).read_bytes() == mine
        assert job.path.read_bytes() == good
        bench.engine.imported(job.id)
        assert name in bench.reach(job.id, State.IMPORTED).note


def test_changed_file_stays_where_it_is_when_the_object_is_found_elsewhere(bench: Workbench) -> None:
    job = imported(bench)
    assert job.path is not None
    copy = bench.storage.folder / "copy.glb"
    copy.write_bytes(job.path.read_bytes())
    job.path.write_bytes(b"mine")
    assert check(bench, job) == FileChecked(job.id, copy)
    assert job.path.read_bytes() == b"mine"


@pytest.mark.parametrize("changed", [False, True])
def test_offline_what_is_here_is_found_and_what_is_not_is_said(
    simulator: Simulator, bench: Workbench, changed: bool
) -> None:
    job = imported(bench)
    assert job.path is not None
    bench.engine.online = False
    assert check(bench, job) == FileChecked(job.id, job.path)
    job.path.write_bytes(b"mine") if changed else job.path.unlink()
    seen = requests(simulator)
    word = check(bench, job)
    assert isinstance(word, FileChecked)
    assert word.path is None
    assert "llow online access and import it again" in word.sentence
    assert ("Put it back" in word.sentence) is not changed
    assert bench.jobs[job.id].state is State.IMPORTED
    assert requests(simulator) == seen
    assert bench.files() == ([job.path.name] if changed else [])
    bench.engine.online = True
    assert isinstance(check(bench, job), Job)


def test_unreadable_file_is_said(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = imported(bench)
    assert job.path is not None
    os.utime(job.path, (1, 1))

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shelf, "hashed", refuse)
    word = check(bench, job)
    assert isinstance(word, FileChecked)
    assert "cannot be read (Permission denied). Check its permissions" in word.sentence
    assert bench.files() == [job.path.name]


def test_download_that_was_over_when_blender_was_killed_is_not_done_again(
    simulator: Simulator, open_bench: OpenBench, bench: Workbench
) -> None:
    simulator.control.misbehave("download", "500", times=4)
    job = bench.finish(bench.submit())
    content = simulator.control.model(simulator.control.jobs()[0]["id"])
    bench.storage.model(job).parent.mkdir(parents=True, exist_ok=True)
    bench.storage.model(job).write_bytes(content)
    later = restarted(simulator, open_bench, bench)
    seen = [entry["origin"] for entry in simulator.control.log()].count("download")
    later.engine.resume(job.id)
    job = later.finish(job.id)
    assert (job.state, job.importable) == (State.DOWNLOADED, True)
    assert [entry["origin"] for entry in simulator.control.log()].count("download") == seen


def test_another_blenders_job_is_looked_at_only(simulator: Simulator, open_bench: OpenBench, bench: Workbench) -> None:
    job = imported(bench)
    assert job.path is not None
    beside = open_bench(simulator.url, simulator.key, store_folder=bench.storage.folder.parent / "store")
    beside.engine.configure(beside.endpoint, beside.engine._clients[beside.endpoint.base_url].key, bench.storage)
    beside.engine.open()
    beside.until(lambda: job.id in beside.jobs)
    assert beside.engine.is_foreign(job.id)
    assert check(beside, job) == FileChecked(job.id, job.path)
    job.path.unlink()
    word = check(beside, job)
    assert isinstance(word, FileChecked)
    assert "in the Blender that works on this job" in word.sentence


def test_clean_up_leaves_what_was_changed(bench: Workbench) -> None:
    jobs = [imported(bench), imported(bench)]
    paths = [path for job in jobs if (path := job.path) is not None]
    paths[0].write_bytes(b"mine")
    told: list[CleanedUp] = []
    take = bench.take
    bench.take = lambda message: told.append(message) if isinstance(message, CleanedUp) else take(message)  # type: ignore[method-assign]
    bench.engine.upkeep.clean_up(0)
    bench.until(lambda: bool(told))
    assert told[0].files == 1
    assert "Import downloads one again, which is free" in told[0].sentence
    assert bench.files() == [paths[0].name]
