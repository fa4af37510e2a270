# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps while a job is at the server: ask for its state, cancel it. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import api, cancelling
from .delivery import take_what_came
from .errors import NotFound, TrellisError
from .jobs import FINISHED, Job, State, advance
from .matching import answered, claims, events, find_outputs
from .retrieval import KEPT_SECONDS, answer_limit, offer, why_gone
from .sayings import LONG, Saying
from .sightings import Sighting
from .workplace import Pause, Workplace, end, is_overdue, retry

UNKNOWN_JOB_ANSWERS: Final = 3
"""A fresh job may not be known everywhere at once, so one 404 is not the end."""
_CANCELLED: Final = Saying(
    "Cancelled at the server. A job that was accepted is still billed.",
    "Cancelled at the server. A job that was accepted may still be billed.",
    "Cancelled at the server.",
)
_NOT_KNOWN: Final = "The server does not know the job at the moment. It is asked again."


def poll_or_cancel(job: Job, place: Workplace) -> Pause:
    """Ask for a job's state, or ask for it to be cancelled if that is wanted."""
    if not job.job_id:
        return take_what_came(job, place)
    if job.id in place.lost:
        return _look_in_usage(job, place)
    if cancelling.is_next(job, place) and cancelling.is_possible(job, place):
        answer = cancelling.send(job, place)
        if isinstance(answer, api.JobState):
            return _heard(advance(job, cancel_sent=True), place, answer)
        return answer
    try:
        state = place.client(job).job(job.job_id, job.poll_url, limit_bytes=answer_limit(place))
    except NotFound:
        return _unknown(job, place)
    except TrellisError as error:
        cancelling.heard(job, place)
        return retry(job, place, error)
    return _heard(job, place, state)


def _unknown(job: Job, place: Workplace) -> Pause:
    """Look once more at the documented address, and a few times in all, before a paid job is given up."""
    if job.id in place.results:
        return take_what_came(job, place)  # it came with the job's id, from a server that keeps no state
    cancelling.heard(job, place)
    place.unknown.setdefault(job.id, place.clock.monotonic())
    if job.failures + 1 >= UNKNOWN_JOB_ANSWERS:
        place.lost.add(job.id)
        return 0.0
    return _ask_again(job, place)


def _ask_again(job: Job, place: Workplace) -> Pause:
    job = place.commit(advance(job, poll_url="", failures=job.failures + 1, note=_NOT_KNOWN))
    return place.pacing.retry_delay(job.failures)


def _may_be_known_yet(job: Job, place: Workplace) -> bool:
    """Whether a job's state cannot have been let go of yet, and the server was not asked for long enough."""
    if place.server_time(job) - answered(job, place) > KEPT_SECONDS:
        return False
    now = place.clock.monotonic()
    return now - place.unknown.get(job.id, now) < place.pacing.unknown_wait


def _look_in_usage(job: Job, place: Workplace) -> Pause:
    """Look for the files of a job whose state is gone: what was billed is listed with its outputs."""
    waits = _may_be_known_yet(job, place)
    try:
        found = _named(job, place) if waits else find_outputs(job, place)
    except TrellisError as error:
        if not waits:
            return retry(job, place, error)
        place.lost.discard(job.id)  # the polls go on, whatever the usage says
        return max(_ask_again(job, place) or 0.0, error.retry_after or 0.0)
    place.lost.discard(job.id)
    if len(found) > 1:
        return offer(job, place, found)
    if not found:
        return _ask_again(job, place) if waits else _gone(job, place)
    place.results[job.id] = found[0].result
    place.commit(advance(job, State.COMPLETED, progress=1.0), found[0].result)
    return 0.0


def _named(job: Job, place: Workplace) -> Sequence[Sighting]:
    """Give what the usage lists under a job's own id; all else may be another's while the job may still run."""
    listed = (item for item in events(job, place) or () if item.job_id == job.job_id and item.output_urls)
    return [item for item in listed if place.archive.claim_all(claims(job, item), job)][:1]


def _gone(job: Job, place: Workplace) -> Pause:
    if job.cancel_sent:  # it took the cancel, and let go of the job
        return end(job, place, State.CANCELLED, _CANCELLED.of(job))
    return end(job, place, State.EXPIRED, why_gone(job, place))


def _heard(job: Job, place: Workplace, state: api.JobState) -> Pause:
    place.unknown.pop(job.id, None)
    said = cancelling.heard(job, place)
    if state.status is api.Status.FAILED:
        why = api.sentence(state.error) or "it gave no reason."
        return end(job, place, State.FAILED, f"The server could not make an object: {why} Try another seed or picture.")
    if state.status is api.Status.CANCELLED:
        return end(job, place, State.CANCELLED, _CANCELLED.of(job))
    if state.status is api.Status.COMPLETED:
        note = FINISHED if job.cancel_sent or place.cancel_wanted(job) else ""
        place.results[job.id] = state.body
        place.commit(advance(job, State.COMPLETED, progress=1.0, note=note), state.body)
        return 0.0
    overdue = is_overdue(job, place)
    note = LONG.of(job) if overdue else said
    is_queued = state.is_queued and job.state is State.ACCEPTED
    stage, progress = (State.ACCEPTED, None) if is_queued else (State.PROCESSING, state.progress)
    place.commit(advance(job, stage, progress=progress, polls=job.polls + 1, failures=0, note=note, overdue=overdue))
    return place.pacing.longest_retry if overdue else place.pacing.poll_delay(job.polls + 1, place.running())
