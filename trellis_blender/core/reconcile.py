# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps for a job whose fate is unknown: look for it in the server's list, then in the account's usage. No bpy.

Nothing is ever sent again by itself. One candidate that no record claims is adopted; none after a
fair wait is said, and the artist may send again; several are the artist's choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .catalogue import MODEL_ID
from .errors import RateLimited, ServiceError, TrellisError
from .jobs import Job, State, advance
from .sightings import Sighting
from .store import claim_of_file, claim_of_job
from .workplace import Pause, Workplace, retry

MARGIN_SECONDS: Final = 5.0
"""How far the server's clock, once compared with ours, may still be off."""
UNANSWERED_SECONDS: Final = 60.0
"""How long a POST whose end nobody saw may have been on its way."""
_NOT_OFFERED: Final = (404, 405, 501)
ABSENT: Final = (
    "The service knows of no such job, so it was most likely never accepted and not billed. Press Send Again to send "
    "it once more, or remove it."
)
BLIND: Final = (
    "This server tells neither its jobs nor the account's usage, so it stays unknown whether the job was accepted and "
    "billed. Look at the provider's dashboard before you press Send Again."
)
SEVERAL: Final = "Several jobs at the service could be this one. Choose which of them it is."


def reconcile(job: Job, place: Workplace) -> Pause:
    """Look for an uncertain job once; says what came of it, or when to look again."""
    try:
        listed = _asked(lambda: place.client(job).list_jobs())
        found = _fitting(job, place, listed or (), until=_answered(job))
        if not found:
            used = _asked(lambda: place.client(job).usage_events(since=job.submitted_at - MARGIN_SECONDS))
            found = [] if place.archive.in_flight(job) else _paid(job, place, used or ())
        else:
            used = ()
    except TrellisError as error:
        return _try_later(job, place, error)
    if len(found) == 1:
        return adopt(job, place, found[0])
    if found:
        names = tuple(item.job_id or item.output_urls[0] for item in found)
        place.commit(advance(job, suspended=True, candidates=names, note="", error=SEVERAL))
        return None
    if not found and place.archive.in_flight(job):
        return place.pacing.retry_delay(job.failures + 1)  # their files, not yet claimed, could be taken for ours
    if listed is None and used is None:
        place.commit(advance(job, suspended=True, note="", error=BLIND))
        return None
    if place.server_time(job) - _answered(job) >= place.pacing.fair_wait:
        place.commit(advance(job, suspended=True, note="", error=ABSENT))
        return None
    place.commit(advance(job, failures=job.failures + 1, note="The answer was lost; looking for the job at the service."))
    return place.pacing.retry_delay(job.failures + 1)


def adopt(job: Job, place: Workplace, found: Sighting) -> Pause:
    """Take a job at the server for ours, unless another record was quicker."""
    claims = [claim_of_file(job.server, url) for url in found.output_urls]
    if found.job_id:
        claims.append(claim_of_job(job.server, found.job_id))
    if not all([place.archive.claim(what, job) for what in claims]):
        return place.pacing.retry_delay(1)
    accepted = place.clock.time()
    job = place.commit(
        advance(job, State.ACCEPTED, job_id=found.job_id, poll_url="", accepted_at=accepted, ended_at=0.0,
                error="", candidates=())
    )
    if not found.job_id:
        place.results[job.id] = {"output_urls": list(found.output_urls)}
        place.commit(advance(job, State.COMPLETED, progress=1.0), place.results[job.id])
    return 0.0


def find_outputs(job: Job, place: Workplace) -> dict[str, object] | None:
    """Look in the account's usage for the files of a job whose state the server no longer keeps."""
    used = _asked(lambda: place.client(job).usage_events(since=job.submitted_at - MARGIN_SECONDS))
    named = [item for item in used or () if item.job_id == job.job_id and item.output_urls]
    found = named or [item for item in _paid(job, place, used or ()) if item.output_urls]
    if len(found) != 1:
        return None
    if not all([place.archive.claim(claim_of_file(job.server, url), job) for url in found[0].output_urls]):
        return None
    return {"output_urls": list(found[0].output_urls)}


def _asked(question: object) -> Sequence[Sighting] | None:
    """Give the answer, or None when the server does not offer to tell."""
    try:
        answer: Sequence[Sighting] = question()  # type: ignore[operator]
    except ServiceError as error:
        if error.status in _NOT_OFFERED:
            return None
        raise
    return answer


def _answered(job: Job) -> float:
    """Give when the POST was over, or began: a process that died in it cannot tell the end."""
    return job.answered_at or job.submitted_at + UNANSWERED_SECONDS


def _fitting(job: Job, place: Workplace, seen: Sequence[Sighting], *, until: float) -> list[Sighting]:
    """Give what was created while our POST was on its way, is of our model, and is nobody's yet."""
    first, last = job.submitted_at - MARGIN_SECONDS, until + MARGIN_SECONDS
    return [
        item
        for item in seen
        if item.job_id
        and first <= item.at <= last
        and item.model in ("", MODEL_ID)
        and not place.archive.claimed(claim_of_job(job.server, item.job_id))
    ]


def _paid(job: Job, place: Workplace, seen: Sequence[Sighting]) -> list[Sighting]:
    """Give the usage events since our POST, of our model and price, that lead to a job or file that is nobody's yet."""
    fitting = []
    for item in seen:
        names = [claim_of_file(job.server, url) for url in item.output_urls]
        if item.job_id:
            names.append(claim_of_job(job.server, item.job_id))
        nobodys = names and not any(place.archive.claimed(name) for name in names)
        late_enough = item.at >= job.submitted_at - MARGIN_SECONDS
        if nobodys and late_enough and item.model in ("", MODEL_ID) and item.price in (None, job.price_usd):
            fitting.append(item)
    return fitting


def _try_later(job: Job, place: Workplace, error: TrellisError) -> Pause:
    if isinstance(error, RateLimited):
        place.pause_requests(error.retry_after or place.pacing.longest_poll)
    return retry(job, place, error)
