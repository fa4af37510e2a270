# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is: when each job is due, who is being worked for, what the limit allows. No threads, no bpy.

Not thread-safe: the engine holds its lock around every call. One pass over the jobs takes a
fraction of a millisecond for hundreds of them, so there is no cleverer order to keep consistent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from .endpoint import account_of
from .jobs import Job
from .lifecycle import Workplace, costs_request, is_long, is_urgent


@dataclass(frozen=True, order=True)
class _Entry:
    at: float
    order: int
    job_id: str


_Kind = tuple[bool, bool, bool, str]
"""Whether the step waits for the limit, whether it must stand behind urgent ones, whether it is long, and at which
server: one that asks for a pause holds up its own jobs only."""


class Agenda:
    """The jobs that something is to be done for; each at most once, and by one thread at a time."""

    def __init__(self, *, long_places: int) -> None:
        """``long_places``: how many long steps may run at once, so that short ones always find a thread."""
        self._long_places = long_places
        self._due: dict[str, _Entry] = {}
        self._busy: dict[str, bool] = {}
        self._order = count()

    @property
    def size(self) -> int:
        """The number of jobs that wait or are being worked for."""
        return len(self._due.keys() | self._busy.keys())

    def put(self, job_id: str, at: float) -> None:
        """Have a job's next step done at a time of the monotonic clock; replaces what was said before."""
        self._due[job_id] = _Entry(at, next(self._order), job_id)

    def hasten(self, job_id: str, now: float) -> None:
        """Have the next step of a waiting job done now."""
        if job_id in self._due:
            self.put(job_id, now)

    def withdraw(self, job_id: str) -> None:
        """Have no further step of a job done."""
        self._due.pop(job_id, None)

    def has_in_hand(self, job_id: str) -> bool:
        """Whether somebody works for a job."""
        return job_id in self._busy

    def done(self, job_id: str) -> None:
        """Note that nobody works for a job any more."""
        self._busy.pop(job_id, None)

    def take(self, now: float, jobs: Mapping[str, Job], place: Workplace) -> Job | float | None:
        """Give the job whose turn it is, and count it as busy; else the seconds until it is worth looking again."""
        first, soonest = self._candidates(now, jobs, place)
        for (waits, ordinary, long, server), entry in sorted(first.items(), key=_turn):
            if long and sum(self._busy.values()) >= self._long_places:
                continue  # whoever ends a long step looks again
            pause = place.limiter.take(server, urgent=not ordinary) if waits else 0.0
            if pause == 0.0:
                del self._due[entry.job_id]
                self._busy[entry.job_id] = long
                return jobs[entry.job_id]
            soonest = min(soonest, pause)
        return None if soonest == float("inf") else soonest

    def _candidates(
        self, now: float, jobs: Mapping[str, Job], place: Workplace
    ) -> tuple[dict[_Kind, _Entry], float]:  # fmt: skip
        """Give the first due entry of each kind, and the seconds until the next one falls due."""
        first: dict[_Kind, _Entry] = {}
        soonest = float("inf")
        for entry in list(self._due.values()):
            job = jobs.get(entry.job_id)
            if job is None:
                del self._due[entry.job_id]
            elif entry.at > now:
                soonest = min(soonest, entry.at - now)
            elif entry.job_id not in self._busy:
                waits = costs_request(job, place)
                server = account_of(job.server) if waits else ""
                kind = waits, not is_urgent(job, place), is_long(job, place), server
                if kind not in first or entry < first[kind]:
                    first[kind] = entry
        return first, soonest


def _turn(item: tuple[_Kind, _Entry]) -> tuple[tuple[bool, bool, bool], _Entry]:
    """Sort kinds before times, and no server before another."""
    return item[0][:3], item[1]
