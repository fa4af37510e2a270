# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of the extension's first version is brought forward with all it holds; one of a later version is left."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from tests.core.conftest import OpenBench
from tests.core.test_store import made
from tests.simulator.server import Simulator
from trellis_blender.core import database, store
from trellis_blender.core.archive import Archive
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.records import to_text
from trellis_blender.core.store import FILE_NAME, Store
from trellis_blender.core.turnstile import Moment

FIRST = store._MIGRATIONS[:1]
STATES = [state for state in State if state not in (State.PREPARED, State.SUBMITTING)]


def first_version(folder: Path, count: int) -> tuple[list[Job], sqlite3.Connection]:
    """Fill a store as the first version did; the connection is that of a Blender that still runs it."""
    connection, _said = database.connect(folder / FILE_NAME, FIRST)
    jobs = [made(STATES[number % len(STATES)], job_id=f"j{number}", created_at=1.0 + number) for number in range(count)]
    connection.execute("BEGIN")
    for job in jobs:
        connection.execute(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (job.id, job.state.value, "dead", job.server, "a.blend", job.created_at, job.accepted_at,
             str(job.price_usd), int(job.job_id.endswith("7")), to_text(job), f'{{"url": "{job.job_id}"}}'),
        )  # fmt: skip
        connection.execute("INSERT INTO claims VALUES (?, ?)", (f"job {job.job_id}", job.id))
    connection.execute("INSERT INTO requests VALUES (7.0)")
    connection.execute("INSERT INTO pauses VALUES (9.0)")
    connection.execute("COMMIT")
    return jobs, connection


def test_first_version_is_brought_forward_with_everything(tmp_path: Path) -> None:
    jobs, running = first_version(tmp_path, 300)
    opened = Store(tmp_path)
    assert opened.warning == ""
    assert opened._connection.execute("PRAGMA user_version").fetchone() == (len(store._MIGRATIONS),)
    assert len(store._MIGRATIONS) >= 2
    assert opened.load() == [job for job in jobs if not job.job_id.endswith("7")]
    assert opened.readable_states() == {job.id: job.state for job in jobs}
    assert all(opened.claimed(f"job {job.job_id}", but="") for job in jobs)
    assert all(opened.result(job.id) == {"url": job.job_id} for job in jobs)
    with opened.turnstile() as turnstile:
        assert turnstile.take("s", Moment(8.0, 8.0), allowed=1, window=60.0) == 0.0
    # A Blender that runs the first version meanwhile goes on.
    running.execute("INSERT INTO requests VALUES (8.0)")
    running.execute("INSERT INTO pauses VALUES (10.0)")
    assert running.execute("SELECT count(*) FROM jobs").fetchone() == (300,)
    running.close()
    opened.close()
    again = Store(tmp_path)
    assert len(again.readable_states()) == 300
    again.close()


def test_first_version_refuses_the_second_and_leaves_it(tmp_path: Path) -> None:
    Store(tmp_path).close()
    before = hashlib.sha256((tmp_path / FILE_NAME).read_bytes()).hexdigest()
    with pytest.raises(database.StoreError, match="newer version of the extension"):
        database.connect(tmp_path / FILE_NAME, FIRST)
    assert hashlib.sha256((tmp_path / FILE_NAME).read_bytes()).hexdigest() == before
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_later_version_is_said_left_alone_and_nothing_is_sent(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    archive = Archive(tmp_path)
    archive.open()
    archive.record(made())
    archive.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as later:
        later.execute(f"PRAGMA user_version={len(store._MIGRATIONS) + 1}")
    later.close()
    before = hashlib.sha256((tmp_path / FILE_NAME).read_bytes()).hexdigest()
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path)
    assert bench.open().fault == (
        "The list of jobs was written by a newer version of the extension. Update the extension to use it."
    )
    job = bench.finish(bench.submit())
    assert job.state is State.REFUSED
    assert "newer version" in job.error
    assert simulator.control.counters()["posts"] == 0
    assert hashlib.sha256((tmp_path / FILE_NAME).read_bytes()).hexdigest() == before
