# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs have ended while the artist did not see it: what is said of them once, and how long they are new.

Plain values; knows no screen. Drawing tells it what was seen, and the timer lets go of that a little later.
"""

import time
from collections.abc import Callable, Container

from ..core.jobs import Job, State

SEEN_SECONDS = 6.0
"""So long a job stays new after its row was drawn: else nobody would see which one it was."""


class News:
    """The jobs that ended in this run of Blender, and were not seen yet."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.fresh: dict[str, float] = {}
        """New jobs, and when their rows were first drawn; 0.0 while they were not."""
        self._ended: dict[str, Job] = {}

    def take(self, job: Job, known: Job | None) -> None:
        """Take note of a change: a job that ran, and does not any more."""
        if job.running:
            self._ended.pop(job.id, None)
            self.fresh.pop(job.id, None)
        elif known is not None and (known.running or job.id in self._ended):
            self._ended[job.id] = job

    def drop(self, job_id: str) -> None:
        """Forget a job."""
        self._ended.pop(job_id, None)
        self.fresh.pop(job_id, None)

    def drawn(self, job_id: str) -> None:
        """Note that a row was drawn; for drawing."""
        if self.fresh.get(job_id) == 0.0:
            self.fresh[job_id] = time.monotonic()

    def is_new(self, job_id: str) -> bool:
        """Whether a job is to be marked as new."""
        return job_id in self.fresh

    def age(self, now: float) -> bool:
        """Let go of what was seen for long enough, by the monotonic clock; give whether anything was."""
        seen = [job_id for job_id, when in self.fresh.items() if when and now - when >= SEEN_SECONDS]
        for job_id in seen:
            del self.fresh[job_id]
        return bool(seen)

    def told(self, coming: Container[object], is_seen: Callable[[Job], bool]) -> list[tuple[bool, str]]:
        """Give what is to be said now, each with whether it is good news; those ``coming`` in have a moment yet."""
        said = []
        for job in [job for job in self._ended.values() if job.id not in coming]:
            del self._ended[job.id]
            if job.state is State.CANCELLED or is_seen(job):
                continue
            self.fresh[job.id] = 0.0
            said.append(_sentence(job))
        return said


def _sentence(job: Job) -> tuple[bool, str]:
    if job.state is State.IMPORTED:
        return True, f"TRELLIS: {job.name} has come"
    if job.state is State.DOWNLOADED and job.importable and not job.error:
        return True, f"TRELLIS: {job.name} is ready to import"
    told = job.error  # no name of an error: what is told is a sentence, and is said in the artist's language
    return False, f"TRELLIS: {job.name}: {told}" if told else f"TRELLIS: {job.name} has stopped"
