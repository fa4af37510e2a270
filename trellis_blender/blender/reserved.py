# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object of the blockout a job's object shall take the place of, noted on that. Knows no engine, no place.

So it is found again under another name, and in whatever file it was saved.
"""

import re
from typing import Final

import bpy

_JOBS: Final = "trellis_fits"
_NUMBERED = re.compile(r"\.\d{3,}$")
"""The end of a copy's name, which has the note as well."""


def reserve(item: bpy.types.Object | None, job_id: str) -> None:
    """Note that an object's place is a job's; of a linked one nothing can be noted."""
    if item is not None and item.library is None:
        item[_JOBS] = " ".join([*_jobs(item), job_id])


def find(job_id: str) -> bpy.types.Object | None:
    """Give the object whose place is a job's, if it is in a scene; rather one that Blender did not number as a copy."""
    found = [item for item in bpy.data.objects if job_id in _jobs(item) and item.users_scene]
    return min(found, key=lambda item: bool(_NUMBERED.search(item.name)), default=None)


def is_one(item: bpy.types.Object) -> bool:
    """Whether an object's place is a job's."""
    return bool(_jobs(item))


def release(*job_ids: str) -> None:
    """Forget that jobs' objects are to come, on copies too."""
    for item in bpy.data.objects:
        _set(item, [job_id for job_id in _jobs(item) if job_id not in job_ids])


def hand_over(old_id: str, job_id: str) -> None:
    """Keep a place for another job from now on."""
    for item in bpy.data.objects:
        _set(item, [job_id if other == old_id else other for other in _jobs(item)])


def _jobs(item: bpy.types.Object) -> list[str]:
    found = item.get(_JOBS)
    return found.split() if isinstance(found, str) else []


def _set(item: bpy.types.Object, jobs: list[str]) -> None:
    if item.library is not None or jobs == _jobs(item):
        return
    if jobs:
        item[_JOBS] = " ".join(jobs)
    else:
        del item[_JOBS]
