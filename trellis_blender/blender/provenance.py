# SPDX-License-Identifier: GPL-3.0-or-later
"""Which job an object came from: a mark on it, that is saved with the file. Knows no engine."""

from typing import Final

import bpy

_JOB: Final = "trellis_job"


def mark(item: bpy.types.Object, job_id: str) -> None:
    """Note on an object which job it came from."""
    item[_JOB] = job_id


def stands(job_id: str) -> bool:
    """Whether the file that is open holds an object of a job."""
    return any(item.get(_JOB) == job_id for item in bpy.data.objects)
