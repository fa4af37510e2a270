# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file a job is of: by the marks that the file carries and by its path; in the list and in the sums alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from trellis_blender.core import ledger, lineage, request
from trellis_blender.core.archive import Archive
from trellis_blender.core.history import History, Query
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lineage import FILE, MARK, Lineage
from trellis_blender.core.purse import Purse
from trellis_blender.core.store import FILE_NAME

PRICE = Decimal("0.025")
FIRST, THEN, ELSEWHERE = "00000000000000aa", "00000000000000bb", "00000000000000cc"


def made(name: str, path: str = "", mark: str | None = None) -> Job:
    """A paid job that a file asked for; without a mark as an earlier version kept it."""
    origin = {FILE: path, "image": f'a picture called "{MARK}": "{ELSEWHERE}"'} | (
        {MARK: mark} if mark is not None else {}
    )
    return Job(
        name, request.build({"resolution": "512"}), "https://a.b", origin, state=State.ACCEPTED, job_id=f"at {name}",
        created_at=99.0, submitted_at=100.0, accepted_at=101.0,
    )  # fmt: skip


JOBS = (
    made("before the first save", "", FIRST),
    made("in a", "/a.blend", FIRST),
    made("in a, left unsaved", "/a.blend", ELSEWHERE),
    made("in a, by an earlier version", "/a.blend"),
    made("in b, saved from a", "/b.blend", THEN),
    made("never saved, by an earlier version"),
    made("never saved", "", ELSEWHERE),
    made("in a, signed with nothing by an earlier version", "/a.blend", ""),
    made("never saved, signed with nothing by an earlier version", "", ""),
)
A, B = {FIRST}, {FIRST, THEN}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path)
    opened.open()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("path", "marks", "found"),
    [
        ("", set(), ()),
        ("", A, (0, 1)),
        ("", {""}, ()),
        ("", {"", FIRST}, (0, 1)),
        ("/a.blend", set(), (1, 2, 3, 7)),
        ("/a.blend", {""}, (1, 2, 3, 7)),
        ("/a.blend", A, (0, 1, 2, 3, 7)),
        ("/b.blend", B, (0, 1, 4)),
        ("/copied by hand.blend", B, (0, 1, 4)),
        ("/c.blend", set(), ()),
    ],
)
def test_found_and_summed_up_alike(archive: Archive, path: str, marks: set[str], found: tuple[int, ...]) -> None:
    file, held, purse = Lineage(path, frozenset(marks)), History(), Purse()
    for job in JOBS:
        held.take(job)
        archive.record(job)
    purse.take(ledger.told(archive.payments(), midnight=0.0))
    assert set(held.select(Query(file=file), 200.0)) == {JOBS[number].id for number in found}
    assert purse.spent_in(file) == PRICE * len(found)
    assert purse.spent_in(Lineage("/a.blend")) == PRICE * 4, "of another file, right after"


def test_sum_follows_the_ledger_and_what_was_taken_out_of_the_list(archive: Archive) -> None:
    purse, file = Purse(), Lineage("/b.blend", frozenset(B))
    assert purse.spent_in(file) == 0
    for count, job in enumerate(JOBS[:2], 1):
        archive.record(job)
        purse.take(ledger.told(archive.payments(), midnight=0.0))
        assert purse.spent_in(file) == PRICE * count
    archive.hide(JOBS[0].id)
    purse.take(ledger.told(archive.payments(), midnight=0.0))
    assert purse.spent_in(file) == PRICE * 2


@pytest.mark.parametrize("harm", ["x'ffaa'", "x'22626c656e645f6964223a2022ff'", "''"])
def test_record_that_is_no_text_does_not_stop_the_sum(archive: Archive, tmp_path: Path, harm: str) -> None:
    for job in JOBS[:2]:
        archive.record(job)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute(f"UPDATE jobs SET record=CAST({harm} AS TEXT) WHERE id=?", (JOBS[0].id,))
    connection.commit()
    connection.close()
    told = ledger.told(archive.payments(), midnight=0.0)
    assert told.total == PRICE * 2 and Lineage("", frozenset(A)).total(told.by_file) == PRICE


@pytest.mark.parametrize("mark", ["", "no mark", ELSEWHERE[1:], ELSEWHERE.upper()])
def test_no_mark_is_read_where_there_is_none(archive: Archive, mark: str) -> None:
    """By the list as by the ledger."""
    job = made("signed with nothing", "/a.blend", mark)
    archive.record(job)
    told = ledger.told(archive.payments(), midnight=0.0)
    assert [lineage.asker_of(job.origin)] == list(told.by_file) == [lineage.Asker("/a.blend", "")]


def test_marks_as_a_text() -> None:
    marks = tuple(lineage.new_mark() for _ in range(3))
    assert len(set(marks)) == 3 and lineage.from_text(lineage.to_text(marks)) == marks
    assert lineage.from_text(f"{FIRST} no-mark {THEN} {FIRST} {FIRST}0 {FIRST.upper()}") == (FIRST, THEN)
    assert lineage.to_text(("", FIRST, "no-mark", THEN)) == f"{FIRST} {THEN}" and lineage.to_text(("",)) == ""
    assert lineage.from_text(None) == lineage.from_text(7) == lineage.from_text("") == ()
