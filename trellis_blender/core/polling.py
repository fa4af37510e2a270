# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps while a job is at the server: ask for its state, cancel it. No threads, no bpy."""

from __future__ import annotations

from typing import Final

from . import api
from .client import Client
from .delivery import take_what_came
from .errors import NotFound, TrellisError
from .jobs import Job, State, advance
from .matching import find_outputs
from .retrieval import offer, why_gone
from .workplace import LONG, Pause, Workplace, answer_limit, end, is_overdue, retry

UNKNOWN_JOB_ANSWERS: Final = 3
"""A fresh job may not be known everywhere at once, so one 404 is not the end."""


def poll_or_cancel(job: Job, place: Workplace) -> Pause:
    """Ask for a job's state, or ask for it to be cancelled if that is wanted."""
    client = place.client(job)
    if not job.job_id:
        return take_what_came(job, place)
    if job.id in place.lost:
        return _look_in_usage(job, place)
    try:
        if place.cancel_wanted(job) and not job.cancel_sent:
            return _cancel(job, place, client)
        state = client.job(job.job_id, job.poll_url, limit_bytes=answer_limit(place))
    except NotFound as error:
        return _unknown(job, place, error)
    except TrellisError as error:
        return retry(job, place, error)
    return _heard(job, place, state)


def _unknown(job: Job, place: Workplace, error: NotFound) -> Pause:
    """Look once more at the documented address, and a few times in all, before a paid job is given up."""
    if job.id in place.results:
        return take_what_came(job, place)  # it came with the job's id, from a server that keeps no state
    if job.failures + 1 >= UNKNOWN_JOB_ANSWERS:
        place.lost.add(job.id)
        return 0.0
    return retry(advance(job, poll_url=""), place, error)


def _look_in_usage(job: Job, place: Workplace) -> Pause:
    """Look for the files of a job whose state is gone: what was billed is listed with its outputs."""
    try:
        found = find_outputs(job, place)
    except TrellisError as error:
        return retry(job, place, error)
    place.lost.discard(job.id)
    if len(found) > 1:
        return offer(job, place, found)
    if not found:
        return end(job, place, State.EXPIRED, why_gone(job, place))
    place.results[job.id] = found[0].result
    place.commit(advance(job, State.COMPLETED, progress=1.0), found[0].result)
    return 0.0


def _cancel(job: Job, place: Workplace, client: Client) -> Pause:
    try:
        state = client.cancel(job.job_id)
    except NotFound:
        note = "This server cannot cancel; the job goes on, and its object will be kept."
        place.commit(advance(job, cancel_sent=True, note=note))
        return place.pacing.poll_delay(job.polls, place.running())
    job = place.commit(advance(job, cancel_sent=True, failures=0, note="Cancelled; waiting for the server's word."))
    if state is None:
        return place.pacing.poll_delay(0, place.running())
    return _heard(job, place, state)


def _heard(job: Job, place: Workplace, state: api.JobState) -> Pause:
    if state.status is api.Status.FAILED:
        why = api.sentence(state.error) or "it gave no reason."
        return end(job, place, State.FAILED, f"The server could not make an object: {why} Try another seed or picture.")
    if state.status is api.Status.CANCELLED:
        return end(job, place, State.CANCELLED, "Cancelled at the server. A job that was accepted is still billed.")
    if state.status is api.Status.COMPLETED:
        note = "The server had finished before it could cancel; the object is kept." if job.cancel_sent else ""
        place.results[job.id] = state.body
        place.commit(advance(job, State.COMPLETED, progress=1.0, note=note), state.body)
        return 0.0
    overdue = is_overdue(job, place)
    note = LONG if overdue else job.note if job.cancel_sent else ""
    place.commit(
        advance(job, State.PROCESSING, progress=state.progress, polls=job.polls + 1, failures=0, note=note,
                overdue=overdue)
    )  # fmt: skip
    return place.pacing.longest_retry if overdue else place.pacing.poll_delay(job.polls + 1, place.running())
