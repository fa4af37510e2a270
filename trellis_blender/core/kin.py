# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs are of one object, told by what was ordered from what, which undo and crashes leave alone. No bpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .jobs import Job, State

SET: Final = "variant_set"
"""In a job's origin: the mark of the object that it was ordered for; that may have lost it since."""
FROM: Final = "variant_from"
"""Our id of the job that had made what the object showed then."""
PLACE: Final = "variant_place"
_OF_SET: Final = "set "
"""Before a mark, where it stands among the ids of jobs."""
_FOR_NOTHING: Final = frozenset({State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED})
"""States in which there is no object, and none will come."""


def of(jobs: Mapping[str, Job], own: Iterable[str], mark: str = "") -> list[Job]:
    """Give the jobs of an object, of whose jobs and mark some are known.

    To these belongs what was ordered from them, and what they were ordered from, and so on.
    """
    beside: dict[str, list[str]] = {}
    for job in jobs.values():
        for name in (_OF_SET + job.origin.get(SET, ""), job.origin.get(FROM, "")):
            if name not in ("", _OF_SET):
                beside.setdefault(job.id, []).append(name)
                beside.setdefault(name, []).append(job.id)
    found: set[str] = set()
    left = [name for name in (*own, _OF_SET + mark if mark else "") if name]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(beside.get(name, ()))
    return [job for job in jobs.values() if job.id in found]


def seeds(family: Iterable[Job]) -> dict[int, Job]:
    """Give the seeds that need not be paid for once more, each with a job that has it or is to have it."""
    having: dict[int, Job] = {}
    for job in family:
        seed = job.request.value("seed")
        if isinstance(seed, int) and job.state not in _FOR_NOTHING:
            having[seed] = job
    return having


def last_place(family: Iterable[Job]) -> int:
    """Give the place of the variant that was asked for last."""
    return max((int(job.origin.get(PLACE, "0")) for job in family), default=0)
