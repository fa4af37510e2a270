# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps for a job whose fate is unknown: look for it in the server's list, then in the account's usage. No bpy.

Nothing is ever sent again by itself. One candidate that can be nobody else's is adopted. That there is none is said
only after a fair wait, and when the server has told all of that time and nothing in it could be the job; what is like
it is the artist's choice, and where even that has no name, it is said that nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .delivery import take_what_came
from .errors import RateLimited, ServiceError, TrellisError
from .jobs import ABSENT, BEGUN, HAVING_A_FILE, UNKNOWN, Job, State, advance
from .matching import (
    BILLED_WITHIN_SECONDS,
    MARGIN_SECONDS,
    Found,
    answered,
    ask,
    claims,
    compare,
    is_doubted,
    rivals,
    used_by,
)
from .sayings import Saying
from .sightings import Look, Sighting
from .workplace import GIVE_UP_AFTER_FAILURES, Pause, Workplace, patience, retry

LOOKING: Final = "The answer was lost; looking for the job at the service."
BLIND: Final = Saying(
    "This server tells neither its jobs nor the account's usage, so it stays unknown whether the job was accepted and "
    "billed. Look at the provider's dashboard before you press Send Again.",
    "This server tells neither its jobs nor the account's usage, so it stays unknown whether the job was accepted and "
    "billed. Look at the server's log or dashboard before you press Send Again.",
    "This server does not tell of its jobs, so it stays unknown whether it took this one on. Look whether it still "
    "works on it; Send Again starts it anew.",
)
SEVERAL: Final = "Several jobs at the service could be this one. Choose which of them it is."
CONTESTED: Final = (
    "A job at the service could be this one or another whose answer was lost. Choose it if it is this one."
)
UNLISTED: Final = Saying(
    "The service lists neither the job nor its object. Look at the provider's dashboard before you press Send Again.",
    "The server lists neither the job nor its object. Look at its log or dashboard before you press Send Again.",
    "The server lists neither the job nor its object. Look whether it still works on it; Send Again starts it anew.",
)
TAKEN: Final = "What could have been this one is another's by now. Have it looked for once more, which costs nothing."
ALIKE: Final = (
    "A job at the service could be this one, though not all that it tells of it fits. Choose it if it is this one."
)
UNTOLD: Final = Saying(
    "The service fails to say whether it has the job, so it stays unknown whether it was accepted and billed. Press "
    "Look Again to ask once more; look at the provider's dashboard before you press Send Again.",
    "The server fails to say whether it has the job, so it stays unknown whether it was accepted and billed. Press "
    "Look Again to ask once more; look at its log or dashboard before you press Send Again.",
    "The server fails to say whether it has the job. Press Look Again to ask once more; Send Again starts it anew.",
)
WITHHELD: Final = Saying(
    "What the service lists of it holds an API key, so it is not used. Look at the provider's dashboard before you "
    "press Send Again.",
    "What the server lists of it holds an API key, so it is not used. Look at its log or dashboard before you press "
    "Send Again.",
    "What the server lists of it holds an API key, so it is not used. Look whether it still works on it; Send Again "
    "starts it anew.",
)
_UNTOLD_ONCE: Final = (
    "The service fails to say whether it has the job, so it stays unknown whether it was accepted and billed. Press "
    "Try Again to ask once more; look at the provider's dashboard before you press Send Again."
)
"""Of records of an earlier version, which named a button that an uncertain job has not got."""
_RUNNING: Final = ("processing", "queued", "pending", "running")
_SAYINGS: Final = (UNKNOWN, BLIND, UNLISTED, UNTOLD, WITHHELD)
_SAID: Final = (
    *(said for saying in _SAYINGS for said in saying.every), _UNTOLD_ONCE, ABSENT, SEVERAL, CONTESTED, TAKEN, ALIKE,
)  # fmt: skip


def reconcile(job: Job, place: Workplace) -> Pause:
    """Look for an uncertain job with one request; say what came of it, or when to look again."""
    if place.storage().model(job).is_file():
        return _take_file(job, place)
    if job.suspended:  # it is looked at once more by itself: meanwhile nothing may be chosen or sent
        job = place.note(advance(job, suspended=False, candidates=(), note=LOOKING))
    listed = place.listed.pop(job.id, None)
    try:
        look = ask(place.client(job).list_jobs) if listed is None else used_by(job, place)
    except TrellisError as error:
        return _try_later(job, place, error)
    within = 0.0 if listed is None else BILLED_WITHIN_SECONDS
    found = compare(job, place, look.seen or (), within=within)
    if len(found.ours) > 1 or (found.ours and not is_doubted(job, place, found, within=within)):
        return _weigh(job, place, found.ours, within=within)
    if listed is None:
        place.listed[job.id] = look
        return 0.0
    if place.stopping.is_set():
        return None  # we cut the connections ourselves
    before = compare(job, place, listed.seen or (), within=0.0)
    near = _together([*before.ours, *before.near], [*found.ours, *found.near])
    return _not_certain(job, place, (listed, look), Found((), near, [*before.unnamed, *found.unnamed]))


def _not_certain(job: Job, place: Workplace, looks: Sequence[Look], found: Found) -> Pause:
    """Wait while waiting may help; then leave what may be the job to the artist, or say what is not known."""
    trouble = next((look.trouble for look in looks if look.trouble is not None), None)
    told = [look.seen for look in looks if look.seen is not None]
    if trouble is not None and not told:
        return _try_later(job, place, trouble)
    if not told:
        return _conclude(job, place, BLIND.of(job))
    if trouble is not None and job.failures + 1 < GIVE_UP_AFTER_FAILURES:
        return _look_again(job, place)
    waited = place.server_time(job) - answered(job, place)
    is_running = any(item.status in _RUNNING for item in found.unnamed)
    longest = place.pacing.fair_wait + BILLED_WITHIN_SECONDS
    if waited < (longest if is_running and not found.near else place.pacing.fair_wait):
        return _look_again(job, place)
    if found.near and waited < longest and _is_settling(rivals(job, place, found.near, within=BILLED_WITHIN_SECONDS)):
        return _look_again(job, place)
    pause = place.pacing.look_again if waited < longest else None
    if found.near:
        _offer(job, place, found.near, SEVERAL if len(found.near) > 1 else ALIKE)
        return pause
    since = job.submitted_at - MARGIN_SECONDS
    surely = place.client(job).tells_time and any(seen.reaches(since) for seen in told)
    if not surely or found.unnamed or cause(job.error).endswith(BEGUN.every):
        said = WITHHELD if any(item.is_withheld for item in found.unnamed) else UNLISTED
        _conclude(job, place, said.of(job))
        return pause
    return _conclude(job, place, ABSENT)


def _together(listed: Sequence[Sighting], used: Sequence[Sighting]) -> list[Sighting]:
    """Give each only once that is in the list and in the usage: by its id, or by its time where it has none."""
    ids = {item.job_id for item in listed}
    news = [
        item
        for item in used
        if not (
            item.job_id in ids if item.job_id else any(abs(item.at - other.at) <= MARGIN_SECONDS for other in listed)
        )
    ]
    return [*listed, *news]


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


def in_doubt(job: Job) -> str:
    """Give the sentence of a job that is looked for: what happened to its POST, and that more is not known."""
    return f"{cause(job.error)} {UNKNOWN.of(job)}".strip()


def cause(said: str) -> str:
    """Give what happened to the POST, without what was concluded from it."""
    for conclusion in _SAID:
        said = said.removesuffix(conclusion).rstrip()
    return said


def _weigh(job: Job, place: Workplace, found: Sequence[Sighting], *, within: float) -> Pause:
    """Adopt the only one that it can be; leave the choice to the artist when it may be another's, or one of several."""
    others = rivals(job, place, found, within=within)
    if len(found) == 1 and found[0].at and not others:
        return 0.0 if adopt(job, place, found[0]) else place.pacing.retry_delay(1)
    waited = place.server_time(job) - answered(job, place)
    if _is_settling(others) and waited < place.pacing.fair_wait + BILLED_WITHIN_SECONDS:
        return _look_again(job, place)  # it will soon be known what is theirs
    return _offer(job, place, found, SEVERAL if len(found) > 1 else CONTESTED)


def _is_settling(others: Sequence[Job]) -> bool:
    return any(other.state is not State.UNCERTAIN and other.state not in HAVING_A_FILE for other in others)


def _offer(job: Job, place: Workplace, found: Sequence[Sighting], sentence: str) -> Pause:
    names = tuple(item.job_id or item.output_urls[0] for item in found)
    place.offered[job.id] = dict(zip(names, found, strict=True))
    return _conclude(job, place, sentence, names)


def _take_file(job: Job, place: Workplace) -> Pause:
    """Take the object that came with the answer: it was on disk before its record."""
    job = place.commit(advance(job, State.ACCEPTED, accepted_at=place.clock.time(), error="", candidates=()))
    return take_what_came(job, place)


def _look_again(job: Job, place: Workplace) -> Pause:
    place.commit(advance(job, failures=job.failures + 1, note=LOOKING))
    return place.pacing.retry_delay(job.failures + 1)


def _conclude(job: Job, place: Workplace, sentence: str, candidates: tuple[str, ...] = ()) -> Pause:
    said = f"{cause(job.error)} {sentence}".strip()
    place.commit(advance(job, suspended=True, candidates=candidates, note="", error=said))
    return None


def _try_later(job: Job, place: Workplace, error: TrellisError) -> Pause:
    if isinstance(error, RateLimited):
        place.pause_server(job.server, error.retry_after or place.pacing.longest_poll)
    elif isinstance(error, ServiceError) and error.transient and job.failures + 1 >= patience(error):
        return _conclude(job, place, UNTOLD.of(job))
    return retry(job, place, error)
