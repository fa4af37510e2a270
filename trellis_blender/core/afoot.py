# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many jobs something is still to come of, so that nobody has to look through all of them. Imports no bpy."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final

from .jobs import Job, State

_UNSENT: Final = frozenset({State.PREPARED, State.SUBMITTING})
"""States in which a job is about to be paid for; there are never many of them for long."""


class Afoot:
    """The jobs that run, and those that a balance may not tell of yet; kept up to date as each of them changes."""

    def __init__(self) -> None:
        """Know no job."""
        self.running: dict[str, Job] = {}
        self._unsent: dict[str, Job] = {}
        self._paid: dict[str, Job] = {}
        """What was paid for, or may have been."""
        self._by_time: list[tuple[float, str]] = []
        """The same by :func:`_paid_at`, in that order."""

    def take(self, job: Job) -> None:
        """Take note of how a job stands now."""
        if not job.running:
            self.running.pop(job.id, None)
        else:
            self.running[job.id] = job  # at the place that it had
        self._forget(job.id)
        if job.state in _UNSENT:
            self._unsent[job.id] = job
        elif _paid_at(job):
            self._paid[job.id] = job
            insort(self._by_time, (_paid_at(job), job.id))

    def drop(self, job_id: str) -> None:
        """Forget a job."""
        self.running.pop(job_id, None)
        self._forget(job_id)

    def since(self, at: float) -> Iterator[Job]:
        """Give the jobs that were, or may have been, paid for at a time or later, and those that are about to be."""
        yield from self._unsent.values()
        for _when, job_id in self._by_time[bisect_left(self._by_time, (at, "")) :]:
            yield self._paid[job_id]

    def _forget(self, job_id: str) -> None:
        self._unsent.pop(job_id, None)
        known = self._paid.pop(job_id, None)
        if known is not None:
            del self._by_time[bisect_left(self._by_time, (_paid_at(known), job_id))]


def _paid_at(job: Job) -> float:
    """Give when a job was paid for at the latest; 0 where it was not."""
    return job.ended_at if job.state is State.UNCERTAIN else job.accepted_at
