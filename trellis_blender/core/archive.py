# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's side of the store: what has to be on disk before a step, and what may wait for it. No threads, no bpy."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .database import StoreError
from .image import Picture
from .jobs import Job, State, advance
from .receipts import Receipts
from .store import Spent, Store

BEFORE_THE_POST: Final = frozenset({State.PREPARED, State.SUBMITTING})
"""In these a record that cannot be written stops the job: nothing is sent that is not on disk first."""
_NOT_SENT: Final = "Blender ended before this was sent, so nothing was billed. Press Send to send it now."
_log = logging.getLogger(__name__)


class Archive:
    """Keeps jobs in a store; without a folder it keeps nothing, which is for tests of single parts only."""

    def __init__(self, folder: Path | None) -> None:
        """Nothing is opened yet."""
        self.folder = folder
        self._store: Store | None = None
        self._ours: set[str] = set()
        self._fault = "The list of jobs is not open, so nothing can be sent. Restart Blender."
        self._unwritten: dict[str, tuple[Job, Mapping[str, object] | None]] = {}
        self._lock = threading.Lock()

    def open(self) -> tuple[list[Job], str]:
        """Open the store; give its jobs, as they are to go on, and a warning. Raises :class:`StoreError`."""
        if self.folder is None:
            return [], ""
        try:
            self._store = Store(self.folder)
        except StoreError as error:
            self._fault = str(error)
            raise
        self._receipts = Receipts(self.folder / "receipts")
        if self._store.warning:
            self._restore()
        ours = self._ours = self._store.take_over()
        jobs = [_woken(job) if job.id in ours else job for job in self._store.load()]
        for job in jobs:
            if job.id in ours:
                self._store.record(job)
        return jobs, self._store.warning

    def _restore(self) -> None:
        """Enter the jobs of a damaged store into the new one, from the receipts; nobody owns them."""
        assert self._store is not None
        for job in self._receipts.all():
            self._store.record(job, owner="")

    def is_ours(self, job: Job) -> bool:
        """Whether a job from the store is this Blender's; another one that runs works on the rest."""
        return job.id in self._ours

    def orphans(self) -> list[Job]:
        """Take over the jobs of Blenders that have ended since; give those that are ours now."""
        if self._store is None:
            return []
        ours = self._store.take_over()
        return [_woken(job) for job in self._store.load() if job.id in ours] if ours else []

    def record(self, job: Job, result: Mapping[str, object] | None = None) -> None:
        """Have a job on disk. Raises :class:`StoreError` before the POST; after it, tries again with the next record."""
        if self._store is None:
            if self.folder is not None and job.state in BEFORE_THE_POST:
                raise StoreError(self._fault)
            return
        with self._lock:
            waiting = dict(self._unwritten)
        try:
            for late, late_result in waiting.values():
                if late.id != job.id:
                    self._store.record(late, late_result)
            self._store.record(job, result)
            self._receipts.keep(job)
            with self._lock:
                for job_id in (*waiting, job.id):
                    self._unwritten.pop(job_id, None)
        except StoreError as error:
            if job.state in BEFORE_THE_POST:
                raise
            _log.warning("Job %s is not on disk yet: %s", job.id, error)
            with self._lock:
                self._unwritten[job.id] = (job, result)

    def result(self, job: Job) -> Mapping[str, object] | None:
        """Give a finished job's body, if it was kept."""
        return self._store.result(job.id) if self._store is not None else None

    def forget_result(self, job: Job) -> None:
        """Drop a finished job's body, because it leads nowhere any more."""
        if self._store is not None:
            self._store.forget_result(job.id)

    def hide(self, job_id: str) -> None:
        """Take a job out of the list for good."""
        if self._store is not None:
            self._store.hide(job_id)

    def claim(self, what: str, job: Job) -> bool:
        """Claim a job or a file at the server; False when another record has it."""
        return self._store is None or self._store.claim(what, job.id)

    def claimed(self, what: str) -> bool:
        """Whether any record has this job or file."""
        return self._store is not None and self._store.claimed(what)

    def in_flight(self, job: Job) -> bool:
        """Whether other jobs of this user are at the same server, and may yet claim a file there."""
        return self._store is not None and self._store.in_flight(job)

    def spent(self, *, since: float = 0.0, file: str | None = None) -> Spent:
        """Give what was paid."""
        return self._store.spent(since=since, file=file) if self._store is not None else Spent()

    def take_request(self, now: float, *, limit: int, window: float) -> float:
        """Ask for leave to send one request, beside all other Blenders; 0.0 or the seconds to wait."""
        return self._store.take_request(now, limit=limit, window=window) if self._store is not None else 0.0

    def pause_requests(self, until: float) -> None:
        """Let no Blender of this user send before ``until`` (monotonic seconds)."""
        if self._store is not None:
            self._store.pause_requests(until)

    def keep_picture(self, job: Job, picture: Picture) -> None:
        """Have the picture on disk until the result is safe. Raises :class:`StoreError`."""
        if self.folder is None:
            return
        path = self._picture(job)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                file.write(picture.content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.with_suffix(".part").unlink()
            raise StoreError(
                f"The picture cannot be kept in {path.parent} ({error.strerror}). Free some space, then try again."
            ) from error

    def picture(self, job: Job) -> bytes | None:
        """Give the picture's bytes, if they are still kept."""
        if self.folder is None:
            return None
        try:
            return self._picture(job).read_bytes()
        except FileNotFoundError:
            return None

    def drop_picture(self, job: Job) -> None:
        """Let go of the picture: the result is safe, or nothing was sent and nothing will be."""
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self._picture(job).unlink()

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _picture(self, job: Job) -> Path:
        assert self.folder is not None
        return self.folder / "pictures" / f"{job.id}.png"


def _woken(job: Job) -> Job:
    """Give a job as it goes on after the Blender that ran it has ended."""
    if job.state is State.PREPARED:
        return advance(job, suspended=True, error=_NOT_SENT)
    if job.state is State.SUBMITTING:
        return advance(job, State.UNCERTAIN)
    return advance(job, failures=0, note="", polls=0)
