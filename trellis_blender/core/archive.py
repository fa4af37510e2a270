# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's side of the store: what has to be on disk before a step, and what may wait. No threads, no bpy."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from . import ledger, tidying
from .database import StoreError
from .jobs import CANCELLED_UNSENT, ENDED, UNKNOWN, Job, State, advance
from .ledger import Payment, Spent
from .messages import CleanedUp
from .pictures import Pictures
from .receipts import Receipts
from .store import Store
from .turnstile import Moment

BEFORE_THE_POST: Final = frozenset({State.PREPARED, State.SUBMITTING})
"""In these a record that cannot be written stops the job: nothing is sent that is not on disk first."""
BEFORE_THE_ANSWER: Final = BEFORE_THE_POST | {State.UNCERTAIN}
"""In these a receipt may know more than the store, whose last words were lost with its journal."""
WITHOUT_PICTURE: Final = ENDED - {State.EXPIRED}
"""In these the picture is no longer needed: the result is safe, or nothing more will be sent."""
_UNSENT: Final = frozenset({State.PREPARED, State.REFUSED})
"""In these a job was not taken on by the service; one that another was ordered in place of has no more to do."""
_NOT_SENT: Final = "Blender ended before this was sent, so nothing was billed. Press Send to send it now."
_NOT_PREPARED: Final = "Blender ended before this was sent, so nothing was billed. Generate it anew."
_CUT_OFF: Final = "Blender ended before the answer came."
_log = logging.getLogger(__name__)


class Archive(Pictures):
    """Keeps jobs in a store; without a folder it keeps nothing, which is for tests of single parts only."""

    def __init__(self, folder: Path | None) -> None:
        """Nothing is opened yet."""
        super().__init__(folder)
        self._store: Store | None = None
        self._receipts = Receipts(folder / "receipts" if folder is not None else Path())
        self._fault = "The list of jobs is not open, so nothing can be sent. Restart Blender."
        self.tell: Callable[[str], None] = _log.warning
        """Told a sentence for the artist, when the store turns out damaged while it is open."""
        self._unwritten: dict[str, tuple[Job, Mapping[str, object] | None]] = {}
        self._lock = threading.Lock()

    def open(self) -> tuple[list[Job], list[Job], str]:
        """Open the store; give our jobs, as they are to go on, those of other Blenders that run, and a warning.

        Raises :class:`StoreError`.
        """
        if self.folder is None:
            return [], [], ""
        try:
            self._store = Store(self.folder, was_used=bool(self._receipts.ids()))
            self._receipts.owner = self._store.owner.id
            self._store.on_mended = self._mended
            restored = self._restore()
            ours, others = self.refresh()
        except StoreError as error:
            self._fault = str(error)
            raise
        return ours, others, f"{self._store.warning} {_found(restored)}".strip()

    def _mended(self, said: str) -> None:
        """Enter what the new store does not hold yet, and tell of it: the old one turned out damaged just now."""
        self.tell(f"{said} {_found(self._restore())}".strip())

    def refresh(self) -> tuple[list[Job], list[Job]]:
        """Take over the jobs of Blenders that have ended; give those, as they are to go on, and the changed others."""
        if self._store is None:
            return [], []
        taken = self._store.take_over()
        ours = []
        listed = self._store.load() if taken else []
        replaced = {job.replaces for job in listed}
        for job in listed:
            if job.id in taken and job.id in replaced and job.state in _UNSENT and not job.given_up:
                self.hide(job.id)  # that Blender ended before it had left the list
            elif job.id in taken:
                self._receipts.sweep(job)
                ours.append(self._woken(job))
                self.record(ours[-1])
                if ours[-1].state in WITHOUT_PICTURE:
                    self.drop_picture(ours[-1])
        return ours, self._store.others()

    def _restore(self) -> int:
        """Enter what the store has lost, from the receipts, for :meth:`refresh` to take; give how many jobs it was."""
        if self._store is None:
            return 0
        half_written = list(self._pictures.glob("*.part"))  # before the records, which come before the pictures
        readable = self._store.readable_states()
        for part in half_written:
            if part.stem not in readable:  # its record is in a store that was set aside
                part.unlink(missing_ok=True)
        restored = 0
        for job_id in self._receipts.ids():
            stored = readable.get(job_id)
            if stored is None or stored in BEFORE_THE_ANSWER:
                kept = self._receipts.read(job_id)
                if kept is not None and kept.job.state is not stored:
                    owner, hidden = kept.owner, kept.hidden
                    if self._store.restore(kept.job, instead_of=stored, owner=owner, hidden=hidden) and not hidden:
                        restored += 1
        return restored

    def _woken(self, job: Job) -> Job:
        """Give a job as it goes on after the Blender that ran it has ended."""
        if job.state is State.PREPARED and job.cancel_wanted:
            return advance(job, State.CANCELLED, error=CANCELLED_UNSENT)
        if job.state is State.PREPARED:
            if job.request.image_url or self.has_picture(job):
                return advance(job, suspended=True, error=_NOT_SENT)
            return advance(job, State.REFUSED, error=_NOT_PREPARED)
        if job.state is State.SUBMITTING:
            return advance(job, State.UNCERTAIN, error=f"{_CUT_OFF} {UNKNOWN.of(job)}")
        kept = job.picture_kept and self.has_picture(job)  # it may have been cleaned up
        return advance(job, failures=0, note="", polls=0, picture_kept=kept)

    def record(self, job: Job, result: Mapping[str, object] | None = None) -> None:
        """Have a job on disk. Raises :class:`StoreError` before the POST; after it, tries again with the next."""
        if self._store is None:
            if self.folder is not None and job.state in BEFORE_THE_POST:
                raise StoreError(self._fault)
            return
        with self._lock:  # one after the other, so that an older record never replaces a newer one
            if result is None:
                result = self._unwritten.get(job.id, (job, None))[1]
            try:
                self._store.record(job, result)
                self._unwritten.pop(job.id, None)
                self._receipts.keep(job)
                for late, late_result in list(self._unwritten.values()):
                    self._store.record(late, late_result)
                    del self._unwritten[late.id]
            except StoreError as error:
                if job.state in BEFORE_THE_POST:
                    raise
                _log.warning("Job %s is not on disk yet: %s", job.id, error)
                self._unwritten[job.id] = (job, result)
                self._receipts.keep(job)

    def begin(self, job: Job, *, cap: Decimal, since: float, now: float) -> Spent | None:
        """Keep a job as being sent, or give what is spent when the cap forbids it. Raises :class:`StoreError`."""
        if self._store is None:
            return None
        return self._store.begin(job, cap=cap, since=since, now=now)

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
            self._receipts.hide(job_id)

    def files_of_jobs(self) -> dict[Path, list[Job]]:
        """Give every file that a record in the list names, and the jobs whose records name it."""
        return self._store.files_of_jobs(listed=True) if self._store is not None else {}

    def claim(self, what: str, job: Job) -> bool:
        """Claim a job or a file at the server; False when another record has it."""
        return self._store is None or self._store.claim(what, job.id)

    def claimed(self, what: str, *, but: Job) -> bool:
        """Whether another record has this job or file."""
        return self._store is not None and self._store.claimed(what, but=but.id)

    def claim_all(self, names: Sequence[str], job: Job) -> bool:
        """Claim all of these or, when another record has one, none."""
        return self._store is None or self._store.claim_all(names, job.id)

    def unclaimed(self, job: Job) -> list[Job]:
        """Give the other jobs at the same server that may yet claim a job or a file there."""
        return self._store.unclaimed(job) if self._store is not None else []

    def payments(self) -> list[Payment]:
        """Give all that was paid, or may have been."""
        return self._store.payments() if self._store is not None else []

    def export_ledger(self, path: Path, ahead: Mapping[str, str]) -> int:
        """Write the ledger as CSV; give its number of lines. Raises :class:`OSError` and :class:`StoreError`.

        ``ahead`` are the states of jobs that are further than the disk says, by the jobs' ids.
        """
        if self._store is None:
            raise StoreError(self._fault)
        return ledger.write_csv(self._store.ledger_lines(ahead), path)

    def claimant(self, what: str) -> str:
        """Give the id of the record that has a job or a file at the server; empty when none has."""
        return self._store.claimant(what) if self._store is not None else ""

    def clean_up(self, objects: Path, budget_bytes: int, is_whole: Callable[[Job], bool]) -> CleanedUp:
        """Remove the oldest objects that stood in a scene, and pictures of what was made, until the rest fit.

        Nothing else is ever removed. A file that is not as it arrived is somebody's work, and stays.
        """
        if self._store is None:
            return CleanedUp(0, 0)
        return tidying.clean_up(self._store.files_of_jobs(), self.album, objects, budget_bytes, is_whole)

    def take_request(
        self, server: str, moment: Moment, *, allowed: int, window: float, waits: bool = True
    ) -> float:  # fmt: skip
        """Ask for leave to send one request, beside all other Blenders; 0.0 or the seconds to wait."""
        if self._store is None:
            return 0.0
        try:
            with self._store.turnstile() as turnstile:
                return turnstile.take(server, moment, allowed=allowed, window=window, waits=waits)
        except StoreError as error:  # nothing that is paid for waits for a full disk
            _log.warning("The requests cannot be counted beside those of other Blenders: %s", error)
            return 0.0

    def count_request(self, server: str, moment: Moment) -> None:
        """Count a request that is sent in any case."""
        if self._store is not None:
            with contextlib.suppress(StoreError), self._store.turnstile() as turnstile:
                turnstile.count(server, moment)

    def pause_requests(self, server: str, moment: Moment, seconds: float) -> None:
        """Let no Blender of this user send to a server for so long."""
        if self._store is not None:
            with contextlib.suppress(StoreError), self._store.turnstile() as turnstile:
                turnstile.pause(server, moment, seconds)

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None


def _found(restored: int) -> str:
    return f"{restored} jobs of earlier times were found again." if restored else ""
