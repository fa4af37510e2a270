# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs taken out of the list, with their files if that is wanted; their money stays in the ledger. No threads, no bpy.

A file goes only as it arrived: one that somebody has changed, or that another job's record names, stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from .database import StoreError
from .jobs import Job
from .messages import Removed
from .miniatures import OBJECT
from .roster import Roster
from .workplace import Workplace

_log = logging.getLogger(__name__)


class Removal:
    """Forgets at once in memory, and on disk in errands of the crew."""

    def __init__(self, roster: Roster, place: Workplace, errand: Callable[[Callable[[], None]], None]) -> None:
        """``errand`` has a thread do something."""
        self._roster, self._place, self._errand = roster, place, errand

    def forget(self, job_id: str) -> None:
        """Drop a job that nothing is being done for from the list; its file and its price stay."""
        if self.let_go([job_id]):
            self._errand(lambda: self._place.archive.hide(job_id))

    def remove(self, job_ids: Sequence[str], *, files: bool) -> None:
        """Drop jobs from the list, and the files of their objects if so: that, and what fails, is told."""
        jobs = self.let_go(job_ids)
        self._errand(lambda: self._remove(jobs, files=files))

    def let_go(self, job_ids: Sequence[str]) -> list[Job]:
        """Forget those of them that are ours, and that nothing is being done for; for the main thread."""
        mine = [job for job_id in job_ids if (job := self._roster.mine(job_id)) is not None and not job.running]
        for job in mine:
            del self._roster.jobs[job.id]
            self._roster.wishes.discard(job.id)
            self._place.forget(job.id)
        return mine

    def _remove(self, jobs: list[Job], *, files: bool) -> None:
        archive = self._place.archive
        count, freed, kept = 0, 0, 0
        try:
            for job in jobs:
                archive.hide(job.id)
            gone = {job.id for job in jobs}
            named = archive.files_of_jobs() if files else {}
        except StoreError as error:
            self._place.tell(Removed(sentence=str(error)))
            return
        for job in jobs if files else ():
            if job.path is None or not job.path.is_file():
                continue
            if {other.id for other in named.get(job.path, ())} - gone or not self._place.shelf.is_whole(job):
                kept += 1
                continue
            try:
                size = job.path.stat().st_size
                job.path.unlink()
            except OSError as error:
                _log.warning("The file %s stays: %s", job.path.name, error.strerror)
                kept += 1
            else:
                count, freed = count + 1, freed + size
                archive.album.miniatures.drop(OBJECT + job.id)
        if files:
            self._place.tell(Removed(len(jobs), count, freed, kept))
