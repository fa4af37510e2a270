# SPDX-License-Identifier: GPL-3.0-or-later
"""How operators that order objects wait for them when a script calls them. In a window nothing waits, ever."""

from collections.abc import Iterable
from typing import Any

import bpy

from ...core import delivered
from ...core.errors import TrellisError
from ...core.jobs import Job
from .. import importer, session
from ..language import report


def is_possible(operator: Any, context: bpy.types.Context) -> bool:
    """Whether what is ordered could be imported, before it is paid for; reports why not.

    Nothing changes while the script waits, so that the object would be paid for and not arrive.
    """
    wait = importer.can_import(context)
    if wait:
        said = f"{importer.WAY_OUT[wait]}, so that the object can be imported. Nothing was sent."
        report(operator, {"ERROR"}, said)
    return not wait


def heir(job_id: str) -> Job | None:
    """Block until a job was given up for another that takes its place, and give that; None when there is none."""
    live = session.current()
    live.drain(float("inf"))
    live.wait(job_id)
    return next((job for job in live.jobs.values() if job.replaces == job_id), None)


def bring(operator: Any, jobs: Iterable[Job], *, select: bool = False, named: bool = False) -> set[str]:
    """Block until these jobs have ended, and import each as its order wants it; give the operator's outcome.

    What goes wrong with one is reported at the end, after its name if it is ``named``: the others come all the same.
    """
    live, faults = session.current(), list[str]()
    for begun in jobs:
        job = live.wait(begun.id)
        try:
            if not job.importable:
                raise TrellisError(job.error or job.note or "The job did not end in an object.")
            live.intake.bring(job.id, select=select)
        except TrellisError as error:
            faults.append(f"{job.name}: {error}" if named else str(error))
        else:
            _remark(operator, job)
    if faults:
        report(operator, {"ERROR"}, " ".join(faults))
    return {"CANCELLED" if faults else "FINISHED"}


def _remark(operator: Any, job: Job) -> None:
    """Report what there is to say of an object that has come."""
    otherwise, remark = delivered.difference(job), session.current().intake.remarks.get(job.id)
    if otherwise:
        report(operator, {"WARNING"}, otherwise)
    if remark:
        report(operator, {"INFO"}, remark)
