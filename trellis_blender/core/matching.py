# SPDX-License-Identifier: GPL-3.0-or-later
"""Which job or file at the server is which record's: by model, price, time and claims. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .errors import AnswerError, ServiceError, TransportError
from .jobs import ABSENT, HAVING_A_FILE, Job, State
from .likeness import Likeness, of_kind, of_price
from .sightings import Listing, Look, Sighting, claim_of_file, claim_of_job
from .workplace import Workplace

MARGIN_SECONDS: Final = 5.0
"""How far the server's clock, once compared with ours, may still be off."""
BILLED_WITHIN_SECONDS: Final = 15 * 60.0
"""How long after the POST its usage event may be dated: the platform ends every request by then [doc]."""
UNTOLD_SECONDS: Final = 26 * 3600.0
"""How far a clock may be off that nobody compared: a wrong time zone is the most usual."""
_CAME_TO_NOTHING: Final = ("failed", "error", "cancelled", "canceled")
_NOT_OFFERED: Final = (404, 405, 501)


def ask(question: Callable[[], Listing]) -> Look:
    """Ask a place; it is not offered when it answers with anything but a list.

    Raises :class:`RateLimited`, and :class:`Unauthorized` for a key that is not taken (401).
    """
    try:
        return Look(question())
    except ServiceError as error:
        if error.status in (401, 429):
            raise
        return Look(None, error if error.status >= 500 and error.status not in _NOT_OFFERED else None)
    except AnswerError:
        return Look(None)
    except TransportError as error:
        return Look(None, error)


def events(job: Job, place: Workplace, *, until: float | None = None) -> Listing:
    """Ask for what the account was billed for since a job's POST."""
    client = place.client(job)
    earlier = MARGIN_SECONDS if client.tells_time else UNTOLD_SECONDS
    return client.usage_events(since=job.submitted_at - earlier, until=until)


def events_told(job: Job, place: Workplace, *, until: float) -> Sequence[Sighting]:
    """Give what was billed until a time, or nothing where the server does not tell."""
    try:
        return events(job, place, until=until)
    except ServiceError as error:
        if error.status in _NOT_OFFERED:
            return ()
        raise


def used_by(job: Job, place: Workplace) -> Look:
    """Ask for what may have been billed for a job's POST: of its time only, once that is over."""
    until = answered(job, place) + MARGIN_SECONDS + BILLED_WITHIN_SECONDS
    is_over = place.client(job).tells_time and place.server_time(job) > until
    return ask(lambda: events(job, place, until=until if is_over else None))


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


@dataclass(frozen=True)
class Found:
    """What of a server's past may be a job: what can be nothing else, what is like it, what has no name to take it by.

    None of it is another record's.
    """

    ours: Sequence[Sighting] = ()
    near: Sequence[Sighting] = ()
    unnamed: Sequence[Sighting] = ()


def compare(job: Job, place: Workplace, seen: Sequence[Sighting], *, within: float) -> Found:
    """Sort what a server tells; what is dated ``within`` so many seconds after the answer is of the right time."""
    ours: list[Sighting] = []
    near: list[Sighting] = []
    unnamed: list[Sighting] = []
    for item in seen:
        like = _like(job, place, item, within=within)
        names = claims(job, item)
        if like is Likeness.FOREIGN or any(place.archive.claimed(name, but=job) for name in names):
            continue
        if names:
            (ours if like is Likeness.OURS else near).append(item)
        elif item.status not in _CAME_TO_NOTHING:
            unnamed.append(item)
    return Found(ours, near, unnamed)


def is_doubted(job: Job, place: Workplace, found: Found, *, within: float) -> bool:
    """Whether the one that fits may be another's all the same: no price is told, and of its time there is one more."""
    if any(item.price == job.price_usd for item in found.ours):
        return False
    return any(
        item.price in (None, Decimal(0), job.price_usd) and covers(job, place, item.at, within=within)
        for item in found.near
    )


def _like(job: Job, place: Workplace, item: Sighting, *, within: float) -> Likeness:
    """Compare in all respects; a server whose clock is not known dates nothing surely."""
    known = place.client(job).tells_time
    is_of_time = covers(job, place, item.at, within=BILLED_WITHIN_SECONDS) if known else _is_of_day(job, item.at)
    if not is_of_time:
        return Likeness.FOREIGN
    exactly = known and item.at > 0.0 and covers(job, place, item.at, within=within)
    kind = of_kind(item)
    if kind is Likeness.FOREIGN:
        return kind
    return min(kind, of_price(item, job.price_usd), Likeness.OURS if exactly else Likeness.NEAR)


def _is_of_day(job: Job, at: float) -> bool:
    return at == 0.0 or abs(at - job.submitted_at) <= UNTOLD_SECONDS


def _fits(job: Job, place: Workplace, item: Sighting, *, within: float) -> bool:
    is_ours = of_kind(item) is Likeness.OURS or not (item.model or of_kind(item) is Likeness.FOREIGN)
    return covers(job, place, item.at, within=within) and is_ours and of_price(item, job.price_usd) is Likeness.OURS


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
    used = [item for item in events_told(job, place, until=until) if item.output_urls]
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
