# SPDX-License-Identifier: GPL-3.0-or-later
"""The durable record of every job, and of every request sent: SQLite, shared by all Blenders of this user. No bpy.

One row a job; a change is on disk when :meth:`Store.record` returns. A job belongs to one running
Blender (``owner``); the jobs of one that died are taken over. A *claim* says that a job or file at
the server belongs to a record, so that no second record adopts it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final

from . import ledger
from .database import StoreError
from .jobs import HAVING_A_FILE, Job, State
from .ledger import Payment, Spent
from .mending import Mendable, mended
from .owners import Owner
from .records import UnreadableRecord, durable, from_text, to_text
from .sightings import claim_of_file, claim_of_job
from .turnstile import TABLES, Turnstile

FILE_NAME: Final = "jobs.sqlite3"
RESULT_LIMIT_CHARACTERS: Final = 256 * 1024
"""Larger results carry the file itself, which is written to its own place at once."""

_MIGRATIONS: Final = (
    """
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, server TEXT NOT NULL, file TEXT NOT NULL,
        created_at REAL NOT NULL, accepted_at REAL NOT NULL, price TEXT NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
        record TEXT NOT NULL, result TEXT
    );
    CREATE INDEX jobs_state ON jobs (state);
    CREATE TABLE claims (what TEXT PRIMARY KEY, job TEXT NOT NULL);
    CREATE TABLE requests (at REAL NOT NULL);
    CREATE INDEX requests_at ON requests (at);
    CREATE TABLE pauses (until REAL NOT NULL)
    """,
    TABLES,
)
_log = logging.getLogger(__name__)


class Store(Mendable):
    """The store of one folder. Thread-safe; every method may wait for the disk, so it belongs in a worker."""

    def __init__(self, folder: Path, *, was_used: bool = False) -> None:
        """Open or begin it; ``was_used`` tells that there must be one. Raises :class:`StoreError`."""
        super().__init__(folder / FILE_NAME, _MIGRATIONS, was_used=was_used)
        self.owner = Owner(folder / "owners")
        self._known: dict[str, Job] = {}
        self._seen_version: int | None = None

    @mended
    def record(self, job: Job, result: Mapping[str, object] | None = None) -> None:
        """Keep a job; it is on disk afterwards. Does nothing when only passing fields changed.

        ``result`` is the finished job's body, kept with it while it is small or cannot be had again.
        Raises :class:`StoreError`, also when the job is another Blender's.
        """
        kept = durable(job)
        if result is None and self._known.get(job.id) == kept:
            return
        text = json.dumps(result, default=str) if result is not None else None
        if text is not None and job.job_id and len(text) > RESULT_LIMIT_CHARACTERS:
            text = None
        with self._writing():
            self._write(job, text, owner=self.owner.id)
        self._known[job.id] = kept

    @mended
    def begin(self, job: Job, *, cap: Decimal, since: float, now: float) -> Spent | None:
        """Keep a job as being sent, for the first time ever; or give what is spent ``since`` when ``cap`` forbids it.

        In one transaction, so that of all Blenders and threads one sends it, and the cap holds. ``now`` is
        the time that dates the spending; it and ``since`` are of the same clock.
        Raises :class:`StoreError`.
        """
        with self._writing():
            if cap and job.price_usd:  # what costs nothing is sent however much was spent
                spent = ledger.spent(ledger.payments(self._connection, since=since))
                if spent.at_most + job.price_usd > cap:
                    return spent
            row = self._connection.execute("SELECT state FROM jobs WHERE id=?", (job.id,)).fetchone()
            if row and row[0] != State.PREPARED.value:
                raise StoreError("This job was sent before.")
            self._write(job, None, owner=self.owner.id)
            self._connection.execute("UPDATE jobs SET created_at=? WHERE id=?", (now, job.id))
        self._known[job.id] = durable(job)
        return None

    def _write(self, job: Job, result: str | None, *, owner: str) -> None:
        written = self._connection.execute(
            "INSERT INTO jobs (id, state, owner, server, file, created_at, accepted_at, price, record, result) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state=excluded.state, "
            "accepted_at=excluded.accepted_at, price=excluded.price, record=excluded.record, "
            "result=coalesce(excluded.result, result) WHERE owner=excluded.owner",
            (job.id, job.state.value, owner, job.server, job.origin.get("file", ""),
             job.submitted_at or job.created_at, job.accepted_at, str(job.cost_usd), to_text(job), result),
        )  # fmt: skip
        if written.rowcount == 0:
            raise StoreError("Another Blender works on this job now.")
        # In one with the record, which no longer stands for what it may claim once it is further.
        if job.job_id:
            self._claim(claim_of_job(job.server, job.job_id), job.id)
        if job.result_url:
            self._claim(claim_of_file(job.server, job.result_url), job.id)

    @mended
    def load(self) -> list[Job]:
        """Give every job that is not hidden, oldest first; a record that cannot be read is left out and logged."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT id, CAST(record AS BLOB) FROM jobs WHERE NOT hidden ORDER BY created_at, rowid"
            ).fetchall()
        return list(_readable(rows))

    @mended
    def others(self) -> list[Job]:
        """Give the jobs of other Blenders that are not hidden; none when nobody else has written since last asked."""
        with self._reading():
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version == self._seen_version:
                return []
            self._seen_version = version
            rows = self._connection.execute(
                "SELECT id, CAST(record AS BLOB) FROM jobs WHERE NOT hidden AND owner<>? ORDER BY created_at, rowid",
                (self.owner.id,),
            ).fetchall()
        return list(_readable(rows))

    @mended
    def readable_states(self) -> dict[str, State]:
        """Give the state of every job whose record can be read, hidden ones too."""
        with self._reading():
            rows = self._connection.execute("SELECT id, CAST(record AS BLOB) FROM jobs").fetchall()
        return {job.id: job.state for job in _readable(rows)}

    @mended
    def restore(self, job: Job, *, instead_of: State | None, owner: str = "", hidden: bool = False) -> bool:
        """Enter a job that the store has lost, or knows less of; whether it was needed.

        It is for anybody to take over, unless its ``owner`` runs.
        """
        with self._writing():
            row = self._connection.execute("SELECT owner, state FROM jobs WHERE id=?", (job.id,)).fetchone()
            if row and (self.owner.is_alive(row[0]) or (instead_of is not None and row[1] != instead_of.value)):
                return False  # a Blender that runs knows best
            self._connection.execute("DELETE FROM jobs WHERE id=?", (job.id,))
            self._write(job, None, owner=owner if self.owner.is_alive(owner) else "")
            self._connection.execute("UPDATE jobs SET hidden=? WHERE id=?", (hidden, job.id))
        return True

    @mended
    def result(self, job_id: str) -> Mapping[str, object] | None:
        """Give the finished job's body, if it was kept."""
        with self._reading():
            row = self._connection.execute("SELECT result FROM jobs WHERE id=?", (job_id,)).fetchone()
        return json.loads(row[0]) if row and row[0] else None

    @mended
    def forget_result(self, job_id: str) -> None:
        """Drop a job's body: its links are no longer honoured."""
        with self._writing():
            self._connection.execute("UPDATE jobs SET result=NULL WHERE id=?", (job_id,))

    @mended
    def hide(self, job_id: str) -> None:
        """Take a job out of the list; its money stays in the ledger."""
        with self._writing():
            self._connection.execute("UPDATE jobs SET hidden=1 WHERE id=?", (job_id,))
        self._known.pop(job_id, None)

    @mended
    def take_over(self) -> set[str]:
        """Make the jobs of Blenders that no longer run ours; give the ids of those that are ours now."""
        with self._reading():
            rows = self._connection.execute("SELECT DISTINCT owner FROM jobs").fetchall()
        taken: set[str] = set()
        for (owner,) in rows:
            if owner == self.owner.id or self.owner.is_alive(owner):
                continue
            with self._writing():
                ids = self._connection.execute("SELECT id FROM jobs WHERE owner=?", (owner,)).fetchall()
                self._connection.execute("UPDATE jobs SET owner=? WHERE owner=?", (self.owner.id, owner))
            taken |= {job_id for (job_id,) in ids}
            self.owner.bury(owner)
        return taken

    @mended
    def claim(self, what: str, job_id: str) -> bool:
        """Claim a job or a file at the server for a record; False when another record has it."""
        with self._writing():
            return self._claim(what, job_id)

    @mended
    def claimed(self, what: str, *, but: str) -> bool:
        """Whether another record than ``but`` has this job or file."""
        with self._reading():
            found = self._connection.execute("SELECT 1 FROM claims WHERE what=? AND job<>?", (what, but)).fetchone()
        return found is not None

    @mended
    def claim_all(self, names: Sequence[str], job_id: str) -> bool:
        """Claim all of these for a record or, when another record has one, none."""
        try:
            with self._writing():
                if not all(self._claim(name, job_id) for name in names):
                    raise _Taken
        except _Taken:
            return False
        return True

    @mended
    def unclaimed(self, job: Job) -> list[Job]:
        """Give the other jobs at the same server that may yet claim a job or a file there.

        One that was found by its file alone has its object, and no claim yet on the job that made it.
        """
        with self._reading():
            rows = self._connection.execute(
                "SELECT id, CAST(record AS BLOB) FROM jobs WHERE server=? AND id<>? AND NOT hidden AND state NOT IN "
                "('prepared', 'refused', 'failed', 'cancelled', 'expired')",
                (job.server, job.id),
            ).fetchall()
        return [other for other in _readable(rows) if not (other.job_id and other.state in HAVING_A_FILE)]

    @mended
    def payments(self) -> list[Payment]:
        """Give all that was paid, or may have been."""
        with self._reading():
            return ledger.payments(self._connection)

    @mended
    def ledger_lines(self, ahead: Mapping[str, str]) -> list[tuple[str, ...]]:
        """Give the ledger line by line, as :func:`ledger.lines` does."""
        with self._reading():
            return ledger.lines(self._connection, ahead)

    @mended
    def claimant(self, what: str) -> str:
        """Give the id of the record that has a job or a file at the server; empty when none has."""
        with self._reading():
            row = self._connection.execute("SELECT job FROM claims WHERE what=?", (what,)).fetchone()
        return str(row[0]) if row else ""

    @mended
    def files_of_jobs(self, *, listed: bool = False) -> dict[Path, list[Job]]:
        """Give every file that a record names, and the jobs whose records name it; only those ``listed`` if so."""
        named: dict[Path, list[Job]] = {}
        only = "WHERE NOT hidden" if listed else ""
        with self._reading():
            rows = self._connection.execute(f"SELECT id, CAST(record AS BLOB) FROM jobs {only}").fetchall()  # noqa: S608
        for job in _readable(rows):
            if job.path is not None:
                named.setdefault(job.path, []).append(job)
        return named

    @contextmanager
    def turnstile(self) -> Iterator[Turnstile]:
        """Give the count of requests over all Blenders, for one transaction."""
        with self._writing():
            yield Turnstile(self._connection, self.owner.id)

    def close(self) -> None:
        """Let go of the file and of the jobs."""
        with self._lock:
            self.is_closed = True
            self._connection.close()
        self.owner.close()

    def _refill(self) -> None:
        self._seen_version = None
        with self._writing():
            for job in list(self._known.values()):
                self._write(job, None, owner=self.owner.id)

    def _claim(self, what: str, job_id: str) -> bool:
        self._connection.execute("INSERT INTO claims VALUES (?, ?) ON CONFLICT DO NOTHING", (what, job_id))
        row = self._connection.execute("SELECT job FROM claims WHERE what=?", (what,)).fetchone()
        return bool(row and row[0] == job_id)


class _Taken(Exception):
    """Another record has the claim."""


def _readable(rows: Iterable[tuple[str, bytes]]) -> Iterator[Job]:
    for job_id, text in rows:
        try:
            yield from_text(text.decode())
        except (UnicodeDecodeError, UnreadableRecord):
            _log.exception("The record of job %s cannot be read", job_id)
