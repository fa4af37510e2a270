# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a job is likely to take: the median of past ones at the same server and resolution. No files, no bpy."""

from __future__ import annotations

import bisect
import statistics
from typing import Final

from .jobs import Job, State
from .laps import LONGEST_SECONDS

LEAST: Final = 3
"""Of fewer past jobs nothing is said: one that was slow would be a promise."""
REMEMBERED: Final = 9
"""So many of the newest count: servers get faster and slower."""
_Kind = tuple[str, str]


class Forecast:
    """Learns from jobs whose object has come; knows each of them once, however often its file is had again."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._laps: dict[_Kind, list[tuple[float, float]]] = {}
        self._known: set[str] = set()

    def learn(self, job: Job) -> None:
        """Take note of a job that may have come to its end."""
        if job.id in self._known or job.state not in (State.DOWNLOADED, State.IMPORTED):
            return
        self._known.add(job.id)
        if not 0.0 < job.lap_seconds <= LONGEST_SECONDS:
            return  # nobody waited for it, or an earlier version noted it, which did not tell that apart
        laps = self._laps.setdefault(_kind(job), [])
        bisect.insort(laps, (job.ended_at, job.lap_seconds))
        del laps[:-REMEMBERED]

    def expected(self, job: Job) -> float | None:
        """Give the seconds from being accepted to the object being here; None while too little is known."""
        laps = self._laps.get(_kind(job), [])
        return statistics.median(seconds for _ended, seconds in laps) if len(laps) >= LEAST else None

    def left(self, job: Job, now: float) -> float | None:
        """Give the seconds that a running job is likely to take yet, below zero when it takes longer than usual."""
        expected = self.expected(job)
        if expected is None or not job.running or job.accepted_at <= 0.0:
            return None
        return expected - (now - job.accepted_at)


def _kind(job: Job) -> _Kind:
    return job.server, str(job.request.value("resolution"))
