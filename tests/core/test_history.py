# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of all jobs: what is found, in which order, what stays among what goes on, what would be lost with a row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from trellis_blender.core import history, request
from trellis_blender.core.history import History, Order, Query, Standing, Whole
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lineage import MARK, Lineage

NOW = 1_000_000.0
DAY = 24 * 3600.0
OF_TREE = "0123456789abcdef"
FILE = {"path": Path("a.glb"), "faces": 10, "sha256": "0" * 64}


def job(name: str = "mushroom", seed: int = 7, resolution: str = "512", age: float = 60.0, **fields: Any) -> Job:
    asked = request.build({"seed": seed, "resolution": resolution})
    return Job(name, asked, "http://127.0.0.1:1", **{"created_at": NOW - age, "ended_at": NOW - age, **fields})


def imported(name: str = "mushroom", **fields: Any) -> Job:
    return job(name, **{"state": State.IMPORTED, **FILE, **fields})


def filled(*jobs: Job) -> History:
    held = History()
    for one in jobs:
        held.take(one)
    return held


def names(held: History, **asked: Any) -> list[str]:
    return [held.rows[job_id].job.name for job_id in held.select(Query(**asked), NOW)]


def current(held: History, now: float = NOW, room: int = 1000) -> list[str]:
    return [held.rows[job_id].job.name for job_id in held.glance(now, room).shown]


MANY = (
    imported("Tree", seed=30, age=10.0, origin={"image": "oak.png", "file": "/a.blend", MARK: OF_TREE}),
    imported("anvil", seed=4, age=20.0, resolution="1536", job_id="job-ab12"),
    job("chair", seed=12, age=3 * DAY, state=State.REFUSED, origin={"file": "/a.blend"}),
    job("lamp", seed=99, age=40 * DAY, state=State.DOWNLOADED, **FILE),
    job("bench", seed=5, age=5.0, state=State.PROCESSING, ended_at=0.0),
)


def test_found_by_name_source_seed_and_id() -> None:
    held = filled(*MANY)
    assert names(held, text="TREE") == ["Tree"]
    assert names(held, text="oak") == ["Tree"]
    assert names(held, text="99") == ["lamp"], "two digits of an id are in every other one"
    assert names(held, text="job-ab") == ["anvil"]
    assert names(held, text=MANY[2].id) == ["chair"]
    assert names(held, text="oak 30") == ["Tree"] and names(held, text="oak 31") == []


def test_filtered_by_state_resolution_file_and_date() -> None:
    held = filled(*MANY)
    assert names(held, standing=Standing.WAITING) == ["lamp"]
    assert names(held, standing=Standing.DONE) == ["Tree", "anvil"]
    assert names(held, standing=Standing.WITHOUT) == ["chair"]
    assert names(held, standing=Standing.RUNNING) == ["bench"]
    assert names(held, resolution="1536") == ["anvil"]
    assert names(held, file=Lineage("/a.blend")) == ["Tree", "chair"]
    assert names(held, file=Lineage("/b.blend", frozenset({OF_TREE}))) == ["Tree"], "under another name"
    assert names(held, file=Lineage()) == [], "of those that no file is known for, none is a new file's"
    assert names(held, days=1) == ["bench", "Tree", "anvil"] and len(names(held, days=7)) == 4


def test_sorted() -> None:
    held = filled(*MANY)
    assert names(held) == ["bench", "Tree", "anvil", "chair", "lamp"]
    assert names(held, reverse=True) == ["lamp", "chair", "anvil", "Tree", "bench"]
    assert names(held, order=Order.NAME) == ["anvil", "bench", "chair", "lamp", "Tree"]
    assert names(held, order=Order.SEED) == ["anvil", "bench", "chair", "Tree", "lamp"]
    assert names(held, order=Order.PRICE)[0] == "anvil"
    assert names(held, order=Order.STATE)[:2] == ["lamp", "bench"]


def test_version_changes_with_what_is_shown_only() -> None:
    running = job(state=State.PROCESSING, progress=0.1)
    held = filled(running)
    before = held.version
    held.take(replace(running, progress=0.5, polls=9))
    assert held.version == before and held.rows[running.id].job.progress == 0.5
    held.take(replace(running, state=State.COMPLETED))
    assert held.version > before
    held.take(replace(imported(), id=running.id, billed_usd=Decimal("0.5")))
    assert held.rows[running.id].price == "$0.50"
    before = held.version
    held.drop(running.id)
    held.drop(running.id)
    assert held.version == before + 1 and not held.rows


def test_what_needs_nobody_leaves_what_goes_on() -> None:
    done = [imported(f"done {number}", age=60.0 * number) for number in range(history.RECENT + 3)]
    held = filled(*done)
    assert current(held) == [f"done {number}" for number in range(history.RECENT)]
    assert current(held, NOW + history.RECENT_SECONDS + 1.0) == []


def test_what_needs_somebody_stays_however_old() -> None:
    old = 60 * DAY
    waiting = [
        job("uncertain", age=old, state=State.UNCERTAIN, suspended=True),
        job("stopped", age=old, state=State.PROCESSING, suspended=True, job_id="a"),
        job("unsent", age=old, state=State.PREPARED, suspended=True),
        job("running", age=old, state=State.PROCESSING),
        job("damaged", age=old, state=State.DOWNLOADED, path=Path("a.glb"), job_id="a"),
        job("expired", age=old, state=State.EXPIRED, job_id="a"),
        job("came today", age=DAY, state=State.DOWNLOADED, **FILE),
    ]
    left = [job("came long ago", age=old, state=State.DOWNLOADED, **FILE), job("lost", age=old, state=State.EXPIRED)]
    new = [imported(f"done {number}") for number in range(20)]
    shown = set(current(filled(*new, *waiting, *left)))
    assert shown >= {one.name for one in waiting}
    assert len(shown) == len(waiting) + history.RECENT


def test_what_would_be_lost_with_a_row() -> None:
    assert "billed" in history.at_stake(job(state=State.UNCERTAIN, suspended=True))
    assert "file stays" in history.at_stake(imported())
    assert "can no longer be had" in history.at_stake(job(state=State.PROCESSING, suspended=True, job_id="a"))
    assert "can no longer be had" in history.at_stake(job(state=State.EXPIRED, job_id="a"))
    for state in (State.REFUSED, State.CANCELLED, State.FAILED, State.EXPIRED):
        assert history.at_stake(job(state=state)) == ""
    # Its cross stands where the one to cancel stood: a second click must not take away what it cost.
    assert "billed" in history.at_stake(job(state=State.CANCELLED, job_id="a", accepted_at=1.0))
    assert history.at_stake(job(state=State.PREPARED, suspended=True)) == "", "nothing was paid for it"


def test_thousand_jobs_are_sorted_once() -> None:
    held = filled(*(imported(f"job {number}", age=float(number)) for number in range(1000)))
    first = held._glance
    held.glance(NOW, 12)
    again = held._glance
    held.glance(NOW + 1.0, 12)
    assert held._glance is again and again is not first
    held.take(imported("new"))
    held.glance(NOW + 1.0, 12)
    assert held._glance is not again


def test_what_there_is_no_room_for_is_counted() -> None:
    running = [job(f"running {number}", state=State.PROCESSING, ended_at=0.0, age=number) for number in range(5)]
    waiting = [
        job(f"waiting {number}", state=State.UNCERTAIN, suspended=True, age=10.0 + number) for number in range(3)
    ]
    held = filled(*running, *waiting, imported("done", age=20.0))
    told = held.glance(NOW, 4)
    assert current(held, room=4) == ["running 0", "waiting 0", "waiting 1", "waiting 2"], "in their order"
    assert (told.running, told.waiting) == (4, 0)
    told = held.glance(NOW, 2)
    assert current(held, room=2) == ["waiting 0", "waiting 1"] and (told.running, told.waiting) == (5, 1)
    told = held.glance(NOW, 9)
    assert len(told.shown) == 9 and (told.running, told.waiting) == (0, 0)
    held.take(replace(running[0], state=State.IMPORTED, ended_at=NOW))
    assert held.glance(NOW, 2).running == 4, "one has ended"


def test_heading_tells_what_runs_has_stopped_and_can_be_imported() -> None:
    held = filled(
        job("running", state=State.PROCESSING, ended_at=0.0), job("uncertain", state=State.UNCERTAIN, suspended=True),
        job("download stopped", state=State.DOWNLOADING, suspended=True), job("no key", state=State.REFUSED),
        job("ready", state=State.DOWNLOADED, **FILE), imported("here"),
    )  # fmt: skip
    assert held.glance(NOW, 1).whole == Whole(running=1, stopped=3, ready=1), "those that there is no room for, too"
    broken = job("broken", state=State.DOWNLOADED, **FILE)
    held.take(broken)
    assert held.glance(NOW, 1).whole.ready == 2
    held.take(replace(broken, error="It cannot be imported."))
    assert held.glance(NOW, 1).whole == Whole(running=1, stopped=4, ready=1)
    wanted = job("sent again", state=State.REFUSED, given_up=True), job("cancelled", state=State.CANCELLED)
    assert filled(*wanted).glance(NOW, 1).whole == Whole()
