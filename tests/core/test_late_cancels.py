# SPDX-License-Identifier: GPL-3.0-or-later
"""A cancel while nobody knows where the job is, or when the server had finished; a choice that takes from others."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Scripted, wait_for
from tests.core.test_durable_cancel import is_on_disk
from tests.core.test_durable_restart import after
from tests.core.test_near_misses import Past, empty
from tests.core.test_store import made
from tests.core.workbench import QUICK, Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.archive import Archive
from trellis_blender.core.cancelling import NOT_POSSIBLE
from trellis_blender.core.jobs import FINISHED, HARMLESS, State
from trellis_blender.core.messages import JobChanged, Message
from trellis_blender.core.reconcile import CONTESTED, TAKEN
from trellis_blender.core.roster import Roster
from trellis_blender.core.workplace import LONG

SLOW = dataclasses.replace(QUICK, first_retry=3600.0, longest_retry=3600.0)
"""A job whose answer was lost is not looked for by itself."""


def lost(simulator: Simulator, open_bench: OpenBench, folder: Path) -> tuple[Workbench, str]:
    """Give a job that runs at the server, without its answer."""
    simulator.control.misbehave("run", "never_finish")
    simulator.control.misbehave("submit", "cut_after")
    bench = open_bench(simulator.url, simulator.key, pacing=SLOW, store_folder=folder / "store")
    job_id = bench.submit()
    bench.reach(job_id, State.UNCERTAIN)
    return bench, job_id


def test_uncertain_job_is_cancelled_once_it_is_found(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench, job_id = lost(simulator, open_bench, tmp_path)
    bench.engine.cancel(job_id)
    assert bench.finish().state is State.CANCELLED
    assert [job["cancelled"] for job in simulator.control.jobs()] == [True]


def test_cancel_of_an_uncertain_job_outlives_the_process(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench, job_id = lost(simulator, open_bench, tmp_path)
    bench.engine.online = False
    bench.engine.cancel(job_id)
    wait_for(lambda: is_on_disk(tmp_path / "store"))
    bench.engine.close()
    bench = after(simulator, tmp_path, open_bench)
    assert bench.finish().state is State.CANCELLED
    assert any(job.state is State.UNCERTAIN and job.cancel_wanted for job in bench.told), "its row can say it"
    assert [job["cancelled"] for job in simulator.control.jobs()] == [True]


def test_cancel_during_the_download_says_that_the_object_is_kept(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("download", "late", seconds=6.0)
    job_id = bench.submit()
    bench.reach(job_id, State.DOWNLOADING)
    bench.engine.cancel(job_id)
    bench.until(lambda: bench.jobs[job_id].note == FINISHED)
    job = bench.finish()
    assert (job.state, job.note, job.cancel_wanted) == (State.DOWNLOADED, FINISHED, False)
    assert not [entry for entry in simulator.control.log() if entry["route"] == "cancel"]


@pytest.mark.parametrize("state", list(State))
def test_only_where_the_server_had_finished_it_is_said(state: State) -> None:
    messages: SimpleQueue[Message] = SimpleQueue()
    roster = Roster(Archive(None), messages, {})
    roster.jobs["j"] = made(state, id="j", note="")
    roster.say_finished("j")
    said = [message.job.note for message in iter_of(messages) if isinstance(message, JobChanged)]
    assert said == ([FINISHED] if state in (State.COMPLETED, State.DOWNLOADING) else [])


def test_what_a_job_says_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """*Show Log* is offered below the sentence."""
    roster = Roster(Archive(None), SimpleQueue(), {})
    key = "sk-empiriolabs-" + "0123456789abcdef"
    slow, failed = "Slow; trying again", "It failed"
    for note, error in (("", ""), (slow, ""), ("", ""), (slow, ""), ("", failed), ("", failed), ("", f"Refused {key}")):
        roster.note(made(State.DOWNLOADING, id="j", note=note, error=error))
    said = [entry.getMessage() for entry in caplog.records if entry.levelname == "WARNING"]
    assert said[:2] == ["Job j: Slow; trying again", "Job j: It failed"]
    assert len(said) == 3 and said[2].startswith("Job j: Refused") and key not in caplog.text


@pytest.mark.parametrize("harmless", [True, False])
def test_only_trouble_is_logged_as_such(caplog: pytest.LogCaptureFixture, harmless: bool) -> None:
    caplog.set_level("INFO")
    roster = Roster(Archive(None), SimpleQueue(), {})
    ended = State.CANCELLED if harmless else State.EXPIRED
    notes = sorted(HARMLESS) if harmless else [LONG, NOT_POSSIBLE]
    for note in ("", *notes):
        roster.note(made(State.ACCEPTED, id="j", note=note))
    roster.note(made(ended, id="j", error="Over"))
    told = {entry.getMessage(): entry.levelname for entry in caplog.records}
    assert {told[f"Job j: {said}"] for said in (*notes, "Over")} == {"INFO" if harmless else "WARNING"}


def iter_of(messages: SimpleQueue[Message]) -> list[Message]:
    return [messages.get_nowait() for _ in range(messages.qsize())]


@pytest.mark.parametrize("listed", [1, 2])
def test_what_was_chosen_for_one_is_not_offered_for_another(open_bench: OpenBench, listed: int) -> None:
    def alike(past: Past) -> tuple[int, Any]:
        numbers = range(1, listed + 1)
        return 200, {"jobs": [past.item(model="left out", job_id=f"job-{number}") for number in numbers]}

    names = tuple(f"job-{number}" for number in range(1, listed + 1))
    with Scripted(Past(alike, empty)) as server:
        bench = open_bench(server.url)
        ids = []
        for seed in range(2):
            ids.append(bench.submit(seed=seed))
            assert bench.finish(ids[-1]).candidates == names
        bench.engine.choose(ids[0], "job-1")
        bench.until(lambda: bench.jobs[ids[1]].candidates != names)
        other = bench.jobs[ids[1]]
        assert bench.reach(ids[0], State.ACCEPTED, State.PROCESSING).job_id == "job-1"
        bench.close()
    assert (other.state, other.suspended, other.candidates) == (State.UNCERTAIN, True, names[1:])
    assert other.error.endswith(CONTESTED if other.candidates else TAKEN)
