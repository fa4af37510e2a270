# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a job took while somebody waited for it: by the server's own times, or by ours. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .jobs import Job, State
from .sightings import seconds_of

LONGEST_SECONDS: Final = 45 * 60.0
"""After so long a job is said to be overdue: whatever took longer tells nothing of the next one."""
GAP_SECONDS: Final = 10.0
"""A look at a job that comes so much later than it was due came when online access was off, or the computer slept."""
LATE_SECONDS: Final = 5.0
"""So much later than the server has it at most an end is heard of where a few jobs are asked for."""
_SLOW_CLOCK_SECONDS: Final = 60.0
"""How much longer than our own the server's time may be: it begins with the answer to the order, and clocks differ."""


@dataclass
class _Watch:
    """When a job was looked at last, when the next look was due, and when it was told that the server has finished."""

    looked_at: float
    due: float
    whole: bool
    finished_at: float = 0.0


class Laps:
    """Follows the looks at each job, in seconds since 1970; what is not followed from the order on has a gap."""

    def __init__(self) -> None:
        """Follow nothing yet."""
        self._watched: dict[str, _Watch] = {}

    def begin(self, job: Job, now: float) -> None:
        """Note that a job is about to be looked at: too late, it has lain since the last time."""
        if job.state is State.PREPARED:  # not accepted yet, so that nothing has begun
            self._watched[job.id] = _Watch(now, now, whole=True)
            return
        watch = self._watched.setdefault(job.id, _Watch(now, now, whole=False))
        # Earlier than it was due it may be, but not than the last look: then a clock was set back.
        if job.state is State.UNCERTAIN or not watch.looked_at - GAP_SECONDS <= now <= watch.due + GAP_SECONDS:
            watch.whole = False

    def looked(self, job: Job, now: float, pause: float | None) -> None:
        """Note how a job stands after a look, and in how many seconds the next is due. A failed one was none."""
        watch = self._watched.get(job.id)
        if watch is None or job.failures:
            return
        watch.looked_at, watch.due = now, now + (pause or 0.0)
        if job.state is State.COMPLETED and not watch.finished_at:
            watch.finished_at = now

    def miss(self, *job_ids: str) -> None:
        """Note that jobs are not looked at for a while, of all jobs when none is named."""
        for job_id in job_ids or list(self._watched):
            watch = self._watched.get(job_id)
            if watch is not None:
                watch.whole = False

    def drop(self, job_id: str) -> None:
        """Let go of a job."""
        self._watched.pop(job_id, None)

    def lap(self, job: Job, told: Mapping[str, object], now: float) -> float:
        """Give the seconds that a job took whose file has come; 0.0 where nobody knows. ``told`` is its last state."""
        own, worked = now - job.accepted_at, _worked(told)
        watch = self._watched.get(job.id)
        if job.accepted_at <= 0.0 or worked > max(own, 0.0) + _SLOW_CLOCK_SECONDS:
            worked = 0.0
        if watch is not None and watch.whole and job.accepted_at > 0.0:
            download = now - watch.finished_at if watch.finished_at else 0.0
            return _plausible(min(own, worked + download + LATE_SECONDS) if worked else own)
        return _plausible(worked)


def _worked(told: Mapping[str, object]) -> float:
    """Give how long a job was at the server, by what that says; 0.0 where it does not, or it cannot be."""
    began, ended = seconds_of(told.get("created_at")), seconds_of(told.get("completed_at"))
    return _plausible(ended - began) if began and ended else 0.0


def _plausible(seconds: float) -> float:
    return seconds if 0.0 < seconds <= LONGEST_SECONDS else 0.0
