# SPDX-License-Identifier: GPL-3.0-or-later
"""Which job or file at the server is which record's: by model, price, time and claims. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .catalogue import MODEL_ID
from .errors import ServiceError
from .jobs import ABSENT, HAVING_A_FILE, Job, State
from .sightings import Sighting, claim_of_file, claim_of_job
from .workplace import Workplace

MARGIN_SECONDS: Final = 5.0
"""How far the server's clock, once compared with ours, may still be off."""
BILLED_WITHIN_SECONDS: Final = 15 * 60.0
"""How long after the POST its usage event may be dated: the platform ends every request by then [doc]."""
_CAME_TO_NOTHING: Final = ("failed", "error", "cancelled", "canceled")
_NOT_OFFERED: Final = (404, 405, 501)


def asked(question: Callable[[], Sequence[Sighting]]) -> Sequence[Sighting] | None:
    """Give the answer, or None when the server does not offer to tell."""
    try:
        return question()
    except ServiceError as error:
        if error.status in _NOT_OFFERED:
            return None
        raise


def events(job: Job, place: Workplace, *, until: float | None = None) -> Sequence[Sighting] | None:
    """Ask for what the account was billed for since a job's POST."""
    return asked(lambda: place.client(job).usage_events(since=job.submitted_at - MARGIN_SECONDS, until=until))


def answered(job: Job, place: Workplace) -> float:
    """Give when the POST was over, or began: a process that died in it cannot tell the end."""
    return job.answered_at or job.submitted_at + place.pacing.unanswered


def covers(job: Job, place: Workplace, at: float, *, within: float) -> bool:
    """Whether something that the server dates ``at`` may have come of a job's POST; undated it may."""
    if job.state is State.SUBMITTING:
        return at == 0.0 or at >= job.submitted_at - MARGIN_SECONDS
    return at == 0.0 or job.submitted_at - MARGIN_SECONDS <= at <= answered(job, place) + MARGIN_SECONDS + within


def claims(job: Job, item: Sighting) -> list[str]:
    """Give the names under which what the server tells of is claimed."""
    names = [claim_of_file(job.server, url) for url in item.output_urls]
    return [claim_of_job(job.server, item.job_id), *names] if item.job_id else names


def unnamed(job: Job, place: Workplace, used: Sequence[Sighting]) -> list[Sighting]:
    """Give what was billed and may be a job's, but has neither a job's id nor a file yet: so it cannot be adopted."""
    return [
        item
        for item in used
        if _fits(job, place, item, within=BILLED_WITHIN_SECONDS)
        and not claims(job, item)
        and item.status not in _CAME_TO_NOTHING
    ]


def _fits(job: Job, place: Workplace, item: Sighting, *, within: float) -> bool:
    return (
        covers(job, place, item.at, within=within)
        and item.model in ("", MODEL_ID)
        and item.price in (None, job.price_usd)
    )


def nobodys(job: Job, place: Workplace, seen: Sequence[Sighting], *, within: float) -> list[Sighting]:
    """Give what may have come of a job's POST: of our model, price and time, and no record's yet."""
    return [
        item
        for item in seen
        if _fits(job, place, item, within=within)
        and (names := claims(job, item))
        and not any(place.archive.claimed(name, but=job) for name in names)
    ]


def rivals(job: Job, place: Workplace, found: Sequence[Sighting], *, within: float) -> list[Job]:
    """Give the other records that one of these may belong to: without a claim yet on what the server would name."""
    return [
        rival
        for rival in place.archive.unclaimed(job)
        if not rival.error.endswith(ABSENT)
        and any(covers(rival, place, item.at, within=within) and _may_be(rival, item) for item in found)
    ]


def _may_be(rival: Job, item: Sighting) -> bool:
    """Whether a record has no such thing yet: one has its job already, one that was found by its file has that."""
    if rival.job_id:
        return not item.job_id
    return rival.state not in HAVING_A_FILE or not item.output_urls


def find_outputs(job: Job, place: Workplace) -> Sequence[Sighting]:
    """Look in the account's usage for the files of an accepted job whose state the server no longer keeps.

    Gives the one that is the job's, and claims it; or several, of which the artist must say which it is; or none. Of
    files that can only be ours, the one dated nearest is taken: so each of several such jobs finds one.
    """
    until = answered(job, place) + MARGIN_SECONDS + BILLED_WITHIN_SECONDS
    used = [item for item in events(job, place, until=until) or () if item.output_urls]
    known = claim_of_file(job.server, job.result_url) if job.result_url else ""
    for item in used:
        if (job.job_id and item.job_id == job.job_id) or (known and known in claims(job, item)):
            return [item] if place.archive.claim_all(claims(job, item), job) else []
    fitting: list[Sighting] = []
    for within in (0.0, BILLED_WITHIN_SECONDS):
        fitting = [item for item in nobodys(job, place, used, within=within) if not (item.job_id and job.job_id)]
        if fitting:
            break
    if len(fitting) > 1 + len(rivals(job, place, fitting, within=within)):
        return fitting
    nearest = sorted(fitting, key=lambda item: abs(item.at - answered(job, place)))
    return next(([item] for item in nearest if place.archive.claim_all(claims(job, item), job)), [])
