# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with the store's files: they are set aside, it is said, and what cost money is there again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.test_store import made
from trellis_blender.core import ledger
from trellis_blender.core.archive import Archive
from trellis_blender.core.jobs import Job, State, advance
from trellis_blender.core.store import FILE_NAME

Harm = Callable[[Path], object]


def sql(*statements: str) -> Harm:
    def harm(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return harm


def replaced(by: Callable[[Path], object]) -> Harm:
    def harm(path: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        by(path)

    return harm


def garbled_index(path: Path) -> None:
    """As a page that a disk wrote elsewhere: an index that no longer tells what its table holds."""
    connection = sqlite3.connect(path, isolation_level=None)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='jobs_state'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * size
    content[start : start + size] = content[start : start + size].replace(b"accepted", b"banana!!")
    path.write_bytes(content)


HARMS: dict[str, Harm] = {
    "jobs dropped": sql("DROP TABLE jobs"),
    "claims dropped": sql("DROP TABLE claims"),
    "a column renamed": sql("ALTER TABLE jobs RENAME COLUMN price TO prize"),
    "a column dropped": sql("ALTER TABLE jobs DROP COLUMN result"),
    "an index dropped": sql("DROP INDEX jobs_state"),
    "all dropped": sql(*(f"DROP TABLE {name}" for name in
                         ("jobs", "claims", "requests", "pauses", "turns", "halts", "queues"))),
    "no version": sql("PRAGMA user_version=0"),
    "another index": sql(
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql='CREATE INDEX jobs_state ON jobs (owner)' WHERE name='jobs_state'",
    ),
    "an index garbled": garbled_index,
    "a folder": replaced(Path.mkdir),
    "a link to nowhere": replaced(lambda path: path.symlink_to("/nowhere/at/all")),
    "empty": replaced(Path.touch),
    "empty, with its journal": lambda path: path.write_bytes(b""),
    "a journal that is a folder": lambda path: path.with_name(path.name + "-wal").mkdir(),
}  # fmt: skip


def filled(folder: Path) -> tuple[Job, Job]:
    """Give a running job and a cancelled one, both paid for."""
    archive = Archive(folder)
    archive.open()
    jobs = made(), made(State.CANCELLED, job_id="j2")
    for job in jobs:
        archive.record(job)
    archive.close()
    return jobs


def paid(archive: Archive) -> Decimal:
    return ledger.spent(archive.payments()).certain


@pytest.mark.parametrize("how", HARMS)
def test_is_set_aside_and_said_and_the_money_comes_back(tmp_path: Path, how: str) -> None:
    jobs = filled(tmp_path)
    path = tmp_path / FILE_NAME
    HARMS[how](path)
    archive = Archive(tmp_path)
    ours, _others, warning = archive.open()
    [aside] = [name for name in os.listdir(tmp_path) if ".damaged-" in name and name.count("-") == 2]
    assert warning == (
        f"The list of jobs was damaged. It is kept as {aside} in {tmp_path}, and a new one was begun. 2 jobs of "
        "earlier times were found again."
    )
    assert {(job.id, job.state) for job in ours} == {(job.id, job.state) for job in jobs}
    assert paid(archive) == Decimal("0.050")
    archive.record(made(job_id="j3"))
    archive.close()
    again = Archive(tmp_path)
    assert again.open()[2] == ""
    assert paid(again) == Decimal("0.075")
    again.close()


def test_store_that_is_gone_is_said(tmp_path: Path) -> None:
    filled(tmp_path)
    replaced(lambda _path: None)(tmp_path / FILE_NAME)
    archive = Archive(tmp_path)
    assert archive.open()[2] == (
        "The list of jobs was gone, and a new one was begun. 2 jobs of earlier times were found again."
    )
    archive.close()


def test_store_that_was_never_used_is_begun_without_a_word(tmp_path: Path) -> None:
    """A Blender that is killed as it begins the store leaves an empty file."""
    (tmp_path / FILE_NAME).touch()
    archive = Archive(tmp_path)
    assert archive.open() == ([], [], "")
    assert list(tmp_path.glob("*.damaged-*")) == []
    archive.close()


@pytest.mark.parametrize("how", ["garbage", "folder", "link"])
def test_what_stands_in_the_place_of_the_lock_is_set_aside(tmp_path: Path, how: str) -> None:
    filled(tmp_path)
    lock = tmp_path / f"{FILE_NAME}.opening"
    lock.unlink()
    if how == "garbage":
        lock.write_bytes(b"garbage" * 900)
    elif how == "folder":
        lock.mkdir()
    else:
        lock.symlink_to("/nowhere/at/all")
    archive = Archive(tmp_path)
    ours, _others, warning = archive.open()
    assert (len(ours), warning) == (2, "")
    assert len(list(tmp_path.glob(f"{FILE_NAME}.opening.damaged-*"))) == 1 or how == "link"
    assert lock.is_file()
    archive.close()


def test_sound_store_of_a_thousand_jobs_passes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.open()
    for number in range(1000):
        archive.record(made(job_id=f"j{number}"), {"url": "https://cdn.b/a.glb", "more": "x" * 2000})
    archive.close()
    again = Archive(tmp_path)
    ours, _others, warning = again.open()
    assert (len(ours), warning) == (1000, "")
    again.close()


@pytest.mark.parametrize("how", ["claims dropped", "jobs dropped", "a column renamed"])
def test_damage_met_while_it_is_open_is_mended_without_a_restart(tmp_path: Path, how: str) -> None:
    filled(tmp_path)
    archive = Archive(tmp_path)
    said: list[str] = []
    archive.tell = said.append
    ours, _others, _warning = archive.open()
    running = next(job for job in ours if job.state is State.ACCEPTED)
    HARMS[how](tmp_path / FILE_NAME)
    archive.record(advance(running, State.PROCESSING))
    assert archive.begin(
        made(State.SUBMITTING, job_id="", accepted_at=0.0), cap=Decimal(1), since=0.0, now=100.0
    ) is None  # fmt: skip
    [sentence] = said
    assert sentence.startswith("The list of jobs was damaged. It is kept as ")
    assert archive.refresh() == ([], [])  # nothing of ours was left for anybody to take
    archive.close()
    again = Archive(tmp_path)
    found, _others, warning = again.open()
    assert warning == ""
    assert sorted(job.state.value for job in found) == ["cancelled", "processing", "uncertain"]
    assert paid(again) == Decimal("0.050")
    again.close()


def test_job_taken_off_the_list_stays_off_and_its_money_counts(tmp_path: Path) -> None:
    jobs = filled(tmp_path)
    archive = Archive(tmp_path)
    archive.open()
    archive.hide(jobs[1].id)
    archive.close()
    (tmp_path / FILE_NAME).write_bytes(b"garbage" * 900)
    again = Archive(tmp_path)
    ours, _others, warning = again.open()
    assert warning.endswith("begun. 1 jobs of earlier times were found again.")
    assert [job.id for job in ours if job.id == jobs[1].id] == []
    assert paid(again) == Decimal("0.050")
    again.close()


def test_receipts_are_of_what_may_have_cost_money(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.open()
    kept = [made(State.FAILED), made(State.CANCELLED, job_id="j2"), made(State.IMPORTED, job_id="j3")]
    kept.append(made(State.REFUSED, job_id="", accepted_at=0.0, given_up=True))
    free = [
        made(state, job_id="", accepted_at=0.0) for state in (State.PREPARED, State.REFUSED, State.CANCELLED)
    ]  # fmt: skip
    for job in (*kept, *free):
        archive.record(job)
    assert set(archive._receipts.ids()) == {job.id for job in kept}
    archive.record(advance(kept[2], billed_usd=Decimal("0.02")))
    archive.close()
    (tmp_path / FILE_NAME).write_bytes(b"garbage" * 900)
    again = Archive(tmp_path)
    again.open()
    assert paid(again) == Decimal("0.070")
    again.close()


def test_jobs_of_a_blender_that_runs_stay_its_own_when_the_store_is_lost(tmp_path: Path) -> None:
    first = Archive(tmp_path)
    first.open()
    job = made()
    first.record(job)
    (tmp_path / FILE_NAME).rename(tmp_path / "elsewhere")
    second = Archive(tmp_path)
    ours, others, _warning = second.open()
    assert (ours, [found.id for found in others]) == ([], [job.id])
    second.close()
    first.close()
