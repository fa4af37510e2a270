# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps for a job whose fate is unknown: look for it in the server's list, then in the account's usage. No bpy.

Nothing is ever sent again by itself. One candidate that can be nobody else's is adopted; none after
a fair wait is said, and the artist may send again; all else is the artist's choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .delivery import take_what_came
from .errors import RateLimited, TrellisError
from .jobs import ABSENT, BEGUN, HAVING_A_FILE, UNKNOWN, Job, State, advance
from .matching import BILLED_WITHIN_SECONDS, answered, asked, claims, events, nobodys, rivals, unnamed
from .sightings import Sighting
from .workplace import Pause, Workplace, retry

LOOKING: Final = "The answer was lost; looking for the job at the service."
BLIND: Final = (
    "This server tells neither its jobs nor the account's usage, so it stays unknown whether the job was accepted and "
    "billed. Look at the provider's dashboard before you press Send Again."
)
SEVERAL: Final = "Several jobs at the service could be this one. Choose which of them it is."
CONTESTED: Final = (
    "A job at the service could be this one or another whose answer was lost. Choose it if it is this one."
)
UNLISTED: Final = (
    "The service lists neither the job nor its object. Look at the provider's dashboard before you press Send Again."
)
_RUNNING: Final = ("processing", "queued", "pending", "running")
_SAID: Final = (UNKNOWN, ABSENT, BLIND, UNLISTED, SEVERAL, CONTESTED)


def reconcile(job: Job, place: Workplace) -> Pause:
    """Look for an uncertain job with one request; say what came of it, or when to look again."""
    if place.storage().model(job).is_file():
        return _take_file(job, place)
    in_usage = job.id in place.listed
    try:
        seen = events(job, place) if in_usage else asked(place.client(job).list_jobs)
    except TrellisError as error:
        return _try_later(job, place, error)
    within = BILLED_WITHIN_SECONDS if in_usage else 0.0
    found = nobodys(job, place, seen or (), within=within)
    if found:
        place.listed.pop(job.id, None)
        return _weigh(job, place, found, within=within)
    if not in_usage:
        place.listed[job.id] = seen is not None
        return 0.0
    offered = place.listed.pop(job.id) or seen is not None
    if not offered:
        return _conclude(job, place, BLIND)
    waited = place.server_time(job) - answered(job, place)
    billed = unnamed(job, place, seen or ())  # which may be this one: nobody may be told that it never was accepted
    running = any(item.status in _RUNNING for item in billed)
    if waited < place.pacing.fair_wait + (BILLED_WITHIN_SECONDS if running else 0.0):
        return _look_again(job, place)
    return _conclude(job, place, UNLISTED if billed or _cause(job.error).endswith(BEGUN) else ABSENT)


def adopt(job: Job, place: Workplace, found: Sighting) -> bool:
    """Take a job or file at the server for ours; False when another record was quicker."""
    if not place.archive.claim_all(claims(job, found), job):
        return False
    result = found.result if not found.job_id else None
    if result is not None:
        place.results[job.id] = result
    accepted = advance(
        job, State.ACCEPTED, job_id=found.job_id, poll_url="", accepted_at=place.clock.time(), ended_at=0.0, error="",
        candidates=(),
    )  # fmt: skip
    place.commit(accepted, result)
    return True


def in_doubt(said: str) -> str:
    """Give the sentence of a job that is looked for: what happened to its POST, and that more is not known."""
    return f"{_cause(said)} {UNKNOWN}".strip()


def _cause(said: str) -> str:
    """Give what happened to the POST, without what was concluded from it."""
    for conclusion in _SAID:
        said = said.removesuffix(conclusion).rstrip()
    return said


def _weigh(job: Job, place: Workplace, found: Sequence[Sighting], *, within: float) -> Pause:
    """Adopt the only one that it can be; leave the choice to the artist when it may be another's, or one of several."""
    others = rivals(job, place, found, within=within)
    if len(found) == 1 and found[0].at and not others:
        return 0.0 if adopt(job, place, found[0]) else place.pacing.retry_delay(1)
    settling = any(other.state is not State.UNCERTAIN and other.state not in HAVING_A_FILE for other in others)
    if settling and place.server_time(job) - answered(job, place) < place.pacing.fair_wait + BILLED_WITHIN_SECONDS:
        return _look_again(job, place)  # it will soon be known what is theirs
    names = tuple(item.job_id or item.output_urls[0] for item in found)
    place.offered[job.id] = dict(zip(names, found, strict=True))
    return _conclude(job, place, SEVERAL if len(found) > 1 else CONTESTED, names)


def _take_file(job: Job, place: Workplace) -> Pause:
    """Take the object that came with the answer: it was on disk before its record."""
    job = place.commit(advance(job, State.ACCEPTED, accepted_at=place.clock.time(), error="", candidates=()))
    return take_what_came(job, place)


def _look_again(job: Job, place: Workplace) -> Pause:
    place.commit(advance(job, failures=job.failures + 1, note=LOOKING))
    return place.pacing.retry_delay(job.failures + 1)


def _conclude(job: Job, place: Workplace, sentence: str, candidates: tuple[str, ...] = ()) -> Pause:
    said = f"{_cause(job.error)} {sentence}".strip()
    place.commit(advance(job, suspended=True, candidates=candidates, note="", error=said))
    return None


def _try_later(job: Job, place: Workplace, error: TrellisError) -> Pause:
    if isinstance(error, RateLimited):
        place.pause_requests(job, error.retry_after or place.pacing.longest_poll)
    return retry(job, place, error)
