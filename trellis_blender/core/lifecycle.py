# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step a job's state asks for, and what that step needs: at most one request. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from . import cancelling
from .delivery import deliver
from .jobs import Job, State
from .polling import poll_or_cancel
from .reconcile import reconcile
from .submission import prepare_or_submit
from .workplace import Pause, Storage, Workplace

__all__ = ["Storage", "Workplace", "cancel_is_due", "costs_request", "is_long", "is_urgent", "step"]


def step(job: Job, place: Workplace) -> Pause:
    """Do the next thing for a job; give the pause in seconds until the one after, or None when there is none."""
    return _STEPS[job.state](job, place)


def costs_request(job: Job, place: Workplace) -> bool:
    """Whether the next step sends a request that counts for the account's limit."""
    if job.state is State.PREPARED:
        return _is_submission(job, place) and not place.cancel_wanted(job)
    if job.state in (State.COMPLETED, State.DOWNLOADING):
        return job.id not in place.results
    return True


def is_urgent(job: Job, place: Workplace) -> bool:
    """Whether the next step goes before ordinary polls: starting and cancelling."""
    return job.state is State.PREPARED or cancelling.is_next(job, place)


def is_long(job: Job, place: Workplace) -> bool:
    """Whether the next step may hold a thread for minutes: a POST that waits for its object, a large file."""
    if job.state is State.PREPARED:
        return _is_submission(job, place) and not place.cancel_wanted(job)
    return job.state in (State.COMPLETED, State.DOWNLOADING) and job.id in place.results


def cancel_is_due(job: Job | None, place: Workplace) -> bool:
    """Whether the artist pressed cancel while the last step was on its way."""
    if job is None:
        return False
    if job.state is State.PREPARED:  # needs no server, and so waits for none
        return place.cancel_wanted(job)
    return not job.failures and cancelling.is_new(job, place)


def _is_submission(job: Job, place: Workplace) -> bool:
    return bool(job.request.image_url) or job.id in place.pictures


_STEPS: Final[Mapping[State, Callable[[Job, Workplace], Pause]]] = {
    State.PREPARED: prepare_or_submit,
    State.UNCERTAIN: reconcile,
    State.ACCEPTED: poll_or_cancel,
    State.PROCESSING: poll_or_cancel,
    State.COMPLETED: deliver,
    State.DOWNLOADING: deliver,
}
