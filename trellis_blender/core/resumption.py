# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job that lay still goes on: after a restart, a stop on our side, or the artist's word. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import Final

from . import image
from .jobs import ENDED, Job, State, advance
from .matching import claims
from .reconcile import CONTESTED, SEVERAL, TAKEN, adopt, cause, in_doubt
from .remedies import Trouble
from .retrieval import RETENTION_SECONDS
from .sightings import Sighting
from .workplace import Workplace

_GIVEN_UP = (
    "Given up by you, and sent again as a new job. Whether this one was billed is unknown, so it still counts as "
    "not confirmed."
)
NO_PICTURE: Final = "The picture is no longer kept. Generate it anew."


def take_up(job: Job, place: Workplace, *, knows_server: bool) -> str:
    """Bring together what the next step needs; give the job's id if it can be done. Only its own server is asked."""
    if not knows_server:
        sentence = (
            f"This job is at {job.server}. Enter that server and its key in the preferences, then press Try Again."
        )
        if job.state is State.UNCERTAIN:
            sentence = (
                f"This job is at {job.server}. Enter that server and its key in the preferences, then press Look Again."
            )
        if job.state is State.PREPARED:
            sentence = (
                f"This job is for {job.server}. Enter that server and its key in the preferences, then press Send."
            )
        place.commit(replace(job, suspended=True, error=sentence, trouble=Trouble.SETTING.value))
        return ""
    if job.state is State.UNCERTAIN and job.suspended:
        job = place.note(reopened(job))
    if job.state is State.PREPARED and job.id not in place.sources and not job.request.image_url:
        content = place.archive.picture(job)
        if content is None:
            place.commit(advance(job, State.REFUSED, error=NO_PICTURE, trouble=Trouble.PICTURE.value))
            return ""
        place.pictures[job.id] = image.picture_of(content)
    if job.id not in place.results:
        result = place.archive.result(job)
        if result is None and job.result_url and not job.job_id:
            result = {"url": job.result_url, "file_id": job.file_id}  # nobody can be asked for it by its job
        if result is not None:
            place.results[job.id] = result
    place.archive.record(job)
    return job.id


def send_again(job: Job, place: Workplace) -> str:
    """Order an uncertain job's picture once more, as a new job whose id it gives; the old one is given up."""
    content = place.archive.picture(job)
    if content is None and not job.request.image_url:
        place.commit(advance(job, error=NO_PICTURE, trouble=Trouble.PICTURE.value))
        return ""
    fresh = Job(
        job.name, job.request, job.server, job.origin, job.preparation, created_at=place.clock.time(), replaces=job.id,
        image_sha256=job.image_sha256,
    )  # fmt: skip
    if content is not None:
        picture = image.picture_of(content)
        place.archive.keep_picture(fresh, picture)
        place.pictures[fresh.id] = picture
    place.commit(fresh)
    place.commit(advance(job, State.REFUSED, given_up=True, error=_GIVEN_UP))
    place.archive.drop_picture(job)
    return fresh.id


def choose(job: Job, place: Workplace, candidate: str, own: Callable[[], Iterable[Job]]) -> str:
    """Adopt the job or file at the server that the artist says is a record's, if no other record has it.

    It is not offered any longer for any other of this Blender's ``own`` records.
    """
    found = _meant(job, place, candidate)
    if job.state is State.UNCERTAIN:
        adopt(job, place, found)
    elif place.archive.claim_all(claims(job, found), job):
        place.results[job.id] = found.result
        asked = State.COMPLETED if job.state in (State.ACCEPTED, State.PROCESSING) else None
        place.commit(advance(job, asked, progress=1.0, error="", candidates=()), found.result)
    place.offered.pop(job.id, None)
    for other in own():
        if other.candidates and other.suspended:
            _drop_taken(other, place)
    return job.id


def _meant(job: Job, place: Workplace, candidate: str) -> Sighting:
    """Give what the server told of a candidate, or what its name alone tells."""
    found = place.offered.get(job.id, {}).get(candidate)
    if found is not None:
        return found
    is_file = candidate.startswith(("http://", "https://"))
    return Sighting("" if is_file else candidate, 0.0, "", None, (candidate,) if is_file else ())


def _drop_taken(job: Job, place: Workplace) -> None:
    """Take what another record has by now off a job's choice."""
    left = tuple(
        name
        for name in job.candidates
        if not any(place.archive.claimed(what, but=job) for what in claims(job, _meant(job, place, name)))
    )
    if left == job.candidates:
        return
    error = job.error
    if not left:
        error = f"{cause(job.error)} {TAKEN}".strip() if job.state is State.UNCERTAIN else TAKEN
    elif len(left) == 1 and error.endswith(SEVERAL):
        error = error.removesuffix(SEVERAL) + CONTESTED
    place.commit(replace(job, candidates=left, error=error))


def is_worth_a_look(job: Job, place: Workplace, servers: Container[str]) -> bool:
    """Whether a job that lies still may go on by itself, for free, now that its server is known.

    Either it only waited for that, or its object was given up and may still be had: that is looked for at each start.
    """
    if job.server not in servers:
        return False
    if job.suspended and job.state not in ENDED:
        return job.trouble == Trouble.SETTING.value and job.state is not State.PREPARED
    age = place.clock.time() - job.accepted_at
    return job.state is State.EXPIRED and bool(job.job_id) and age < RETENTION_SECONDS


def reopened(job: Job) -> Job:
    """Give a job as it goes on when the artist says so."""
    error = ""
    if job.state is State.DOWNLOADED:
        job = advance(job, State.DOWNLOADING, path=None, ended_at=0.0)
    elif job.state is State.EXPIRED:
        job = advance(job, State.COMPLETED, ended_at=0.0)
    elif job.state is State.UNCERTAIN:
        error = in_doubt(job)
    return replace(job, suspended=False, failures=0, error=error, trouble="", note="", candidates=())
