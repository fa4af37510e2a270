# SPDX-License-Identifier: GPL-3.0-or-later
"""The store: set aside when it is damaged, brought forward, shared; it never deletes and never forgets money."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from trellis_blender.core import database, ledger, request, store
from trellis_blender.core.archive import Archive
from trellis_blender.core.database import StoreError
from trellis_blender.core.jobs import Job, State, advance
from trellis_blender.core.lineage import Asker
from trellis_blender.core.sightings import claim_of_file, claim_of_job
from trellis_blender.core.store import FILE_NAME, Spent, Store

SERVER = "https://a.b"


def made(state: State = State.ACCEPTED, **changes: object) -> Job:
    values = {"job_id": "j1", "submitted_at": 100.0, "accepted_at": 101.0, "created_at": 99.0, **changes}
    return advance(
        Job("a thing", request.build({"resolution": "512"}), SERVER, {"file": "a.blend"}, state=state), **values
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path)
    opened.open()
    yield opened
    opened.close()


def damage(path: Path, how: str) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how == "gone":
        path.unlink()
        return
    content = bytearray(path.read_bytes())
    if how == "header":
        content[:64] = b"\xff" * 64
    elif how == "middle":
        for start in range(4096, len(content), 4096):
            content[start : start + 512] = b"\xaa" * 512
    path.write_bytes({"foreign": b"another program's file\n" * 300, "empty": b""}.get(how, bytes(content)))


@pytest.mark.parametrize("how", ["header", "middle", "foreign", "empty", "gone"])
def test_what_a_damaged_store_held_comes_back_from_the_receipts(tmp_path: Path, how: str) -> None:
    first = Archive(tmp_path)
    first.open()
    job = made()
    first.record(job)
    first.close()
    damage(tmp_path / FILE_NAME, how)
    second = Archive(tmp_path)
    ours, others, warning = second.open()
    assert [(found.id, found.state, found.job_id) for found in ours] == [(job.id, State.ACCEPTED, "j1")]
    assert others == []
    assert "1 jobs of earlier times were found again." in warning
    assert ("damaged" in warning) is (how != "gone")
    assert bool(list(tmp_path.glob(f"{FILE_NAME}.damaged-*"))) is (how != "gone")
    second.close()
    third = Archive(tmp_path)
    assert third.open()[2] == ""
    third.close()


def test_what_was_half_written_by_a_blender_that_died_is_swept(tmp_path: Path) -> None:
    first = Archive(tmp_path)
    first.open()
    job = made(State.IMPORTED)
    first.record(job)
    first.close()
    lost = [tmp_path / "pictures" / "0123.part", tmp_path / "receipts" / f"{job.id}.part"]
    for path in lost:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    second = Archive(tmp_path)
    second.open()
    assert [path.name for path in lost if path.exists()] == []
    assert (tmp_path / "receipts" / f"{job.id}.json").is_file()
    second.close()


def test_what_a_living_blender_is_writing_is_left_alone(tmp_path: Path) -> None:
    first = Archive(tmp_path)
    first.open()
    job = made(State.PREPARED, job_id="", submitted_at=0.0, accepted_at=0.0)
    first.record(job)
    part = tmp_path / "pictures" / f"{job.id}.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    second = Archive(tmp_path)
    second.open()
    assert part.is_file()
    second.close()
    first.close()


def test_another_programs_database_is_kept(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as foreign:
        foreign.execute("CREATE TABLE theirs (a)")
    foreign.close()
    archive = Archive(tmp_path)
    assert "damaged" in archive.open()[2]
    [aside] = [path for path in tmp_path.glob("*.damaged-*") if "wal" not in path.name]
    with sqlite3.connect(aside) as kept:
        assert kept.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    kept.close()
    archive.close()


def test_newer_store_is_refused_and_untouched(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as newer:
        newer.execute("PRAGMA user_version=99")
    newer.close()
    archive = Archive(tmp_path)
    with pytest.raises(StoreError, match="newer version"):
        archive.open()
    with pytest.raises(StoreError, match="newer version"):
        archive.record(made(State.PREPARED))
    assert [path.name for path in tmp_path.glob("*.damaged-*")] == []
    archive.close()


def test_older_schema_is_brought_forward(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    old, _said = database.connect(path, store._MIGRATIONS)
    old.execute("INSERT INTO claims VALUES ('job x', 'y')")
    old.close()
    new, said = database.connect(path, (*store._MIGRATIONS, "ALTER TABLE claims ADD COLUMN at REAL NOT NULL DEFAULT 7"))
    assert new.execute("SELECT what, job, at FROM claims").fetchall() == [("job x", "y", 7.0)]
    assert new.execute("PRAGMA user_version").fetchone() == (len(store._MIGRATIONS) + 1,)
    assert said == ""
    new.close()


def test_migration_that_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    database.connect(path, store._MIGRATIONS)[0].close()
    with pytest.raises(StoreError):
        database.connect(path, (*store._MIGRATIONS, "CREATE TABLE more (a); CREATE TABLE jobs (b)"))
    again, said = database.connect(path, store._MIGRATIONS)
    assert again.execute("SELECT count(*) FROM sqlite_master WHERE name='more'").fetchone() == (0,)
    assert said == ""
    again.close()


def test_record_that_cannot_be_read_comes_back_from_its_receipt(tmp_path: Path) -> None:
    first = Archive(tmp_path)
    first.open()
    job = made()
    first.record(job)
    first.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE jobs SET record=CAST(x'ffaa' AS TEXT)")
    connection.close()
    second = Archive(tmp_path)
    assert [found.id for found in second.open()[0]] == [job.id]
    second.close()


def test_receipt_that_knows_more_than_the_store_wins(tmp_path: Path) -> None:
    """The store's last words may be lost with its journal; the answer's receipt is a file of its own."""
    first = Archive(tmp_path)
    first.open()
    job = made(State.SUBMITTING, job_id="", accepted_at=0.0)
    first.record(job)
    accepted = advance(job, State.ACCEPTED, job_id="j1", accepted_at=101.0)
    first._receipts.keep(accepted)
    first.close()
    second = Archive(tmp_path)
    [found] = second.open()[0]
    assert (found.state, found.job_id) == (State.ACCEPTED, "j1")
    second.close()


def test_full_disk_after_the_post_loses_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    job = made(State.SUBMITTING, job_id="", accepted_at=0.0)
    archive.record(job)
    kept = archive._store
    assert kept is not None

    def full(*_arguments: object, **_named: object) -> None:
        raise StoreError("full")

    with monkeypatch.context() as patch:
        patch.setattr(kept, "record", full)
        with pytest.raises(StoreError):
            archive.record(made(State.PREPARED))
        accepted = advance(job, State.ACCEPTED, job_id="j1", accepted_at=101.0)
        archive.record(accepted)
        archive.record(advance(accepted, State.PROCESSING))
    archive.record(made(State.ACCEPTED, job_id="j2"))
    assert {(found.job_id, found.state) for found in kept.load()} == {("j1", State.PROCESSING), ("j2", State.ACCEPTED)}


def test_cap_holds_over_jobs_that_are_being_sent(archive: Archive) -> None:
    cap = Decimal("0.05")
    for _ in range(2):
        sent = archive.begin(made(State.SUBMITTING, job_id="", accepted_at=0.0), cap=cap, since=50.0, now=100.0)
        assert sent is None
    over = archive.begin(made(State.SUBMITTING, job_id="", accepted_at=0.0), cap=cap, since=50.0, now=100.0)
    assert over == Spent(Decimal(0), Decimal("0.050"))
    tomorrow = archive.begin(made(State.SUBMITTING, job_id="", accepted_at=0.0), cap=cap, since=200.0, now=250.0)
    assert tomorrow is None


def test_one_order_is_sent_once(archive: Archive) -> None:
    job = made(State.SUBMITTING, job_id="", accepted_at=0.0)
    assert archive.begin(job, cap=Decimal(0), since=0.0, now=1.0) is None
    with pytest.raises(StoreError, match="sent before"):
        archive.begin(job, cap=Decimal(0), since=0.0, now=1.0)


def test_ledger_by_file_and_day(archive: Archive) -> None:
    archive.record(made(submitted_at=10.0, accepted_at=11.0))
    archive.record(made(submitted_at=1000.0, accepted_at=1001.0, job_id="j2", origin={"file": "b.blend"}))
    archive.record(made(State.REFUSED, accepted_at=0.0, job_id=""))
    told = ledger.told(archive.payments(), midnight=500.0)
    assert (told.today, told.total) == (Decimal("0.025"), Decimal("0.050"))
    assert told.by_file == {Asker("a.blend"): Decimal("0.025"), Asker("b.blend"): Decimal("0.025")}


def test_file_is_claimed_with_the_record_that_names_it(tmp_path: Path) -> None:
    """Between the two, or after the claims were lost, another job whose answer was lost would take it for its own."""
    url = "https://cdn.b/files/1/model.glb?signature=1"
    first = Archive(tmp_path)
    first.open()
    job = made(State.DOWNLOADING, result_url=url)
    first.record(job)
    assert first.claimant(claim_of_file(SERVER, url)) == job.id
    first.close()
    damage(tmp_path / FILE_NAME, "header")
    second = Archive(tmp_path)
    second.open()
    assert second.claimant(claim_of_file(SERVER, url)) == job.id
    assert second.claimant(claim_of_job(SERVER, "j1")) == job.id
    second.close()


def test_claims_are_all_or_nothing(archive: Archive) -> None:
    one, other = made(), made(job_id="j2")
    assert archive.claim("b", other)
    assert not archive.claim_all(["a", "b"], one)
    assert not archive.claimed("a", but=made(job_id="j3"))
    assert archive.claim_all(["a", "c"], one)
