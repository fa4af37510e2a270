# SPDX-License-Identifier: GPL-3.0-or-later
"""How those subjects of a sheet were laid out that were ordered first, for what is ordered later. Orders nothing."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..core.jobs import Job, State
from ..core.sheet import Sheet
from . import placeholder, provenance


@dataclass(frozen=True, eq=False)
class Laid:
    """The subjects that were ordered first, and the last job of each that was, by its parts.

    The first ones tell scale, middle and ground; ``number`` tells their sheet from others in the scene.
    """

    number: str
    first: Sheet
    jobs: Mapping[tuple[int, ...], str] = field(default_factory=dict)

    def having(self, jobs: Iterable[Job], found: Sheet) -> "Laid":
        """Give the same with the jobs that were ordered for subjects just now."""
        ordered = {one.parts: job.id for one, job in zip(found.subjects, jobs, strict=True)}
        return replace(self, jobs={**self.jobs, **ordered})


def lay(found: Sheet, before: Laid | None, jobs: Mapping[str, Job]) -> Laid:
    """Give how subjects are to be laid out: among those that were ordered before, while their own places are free.

    That is so for one that failed, was switched off, or whose object was deleted. What stands or is coming already is
    another sheet, and is laid out for itself.
    """
    if before is not None:
        parts = {part for one in found.subjects for part in one.parts}
        heirs = {job.replaces: job for job in jobs.values() if job.replaces}
        alive = {own: job for own, job_id in before.jobs.items() if (job := _last(job_id, jobs, heirs)) is not None}
        taken = any(not parts.isdisjoint(own) and not _is_free(job) for own, job in alive.items())
        if alive and not taken:
            return before
    return Laid(uuid.uuid4().hex, found)


def _last(job_id: str, jobs: Mapping[str, Job], heirs: Mapping[str, Job]) -> Job | None:
    """Give a job, or the one that was sent again in its place; None where no object will come."""
    while job_id in heirs:
        job_id = heirs[job_id].id
    job = jobs.get(job_id)
    return None if job is None or placeholder.is_over(job) else job


def _is_free(job: Job) -> bool:
    """Whether a job's object came, and stands no longer."""
    return job.state is State.IMPORTED and not provenance.stands(job.id)
