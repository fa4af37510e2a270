# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done for a job in each of its states: one step, at most one request, then the next pause. No threads, no bpy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final

from . import api, download, glb, image, locate
from .client import ANSWER_LIMIT_BYTES, Client
from .download import Arrived, Landing
from .errors import (
    AnswerError,
    DownloadError,
    LinkExpired,
    ModelFileError,
    NotFound,
    RateLimited,
    SourceError,
    TransportError,
    TrellisError,
    UpstreamFailed,
)
from .jobs import Job, State, advance
from .pacing import Clock, Pacing, RateLimiter

GIVE_UP_AFTER_FAILURES: Final = 12
"""Failures in a row before a job is suspended; about eight minutes with the usual back-off."""
DOWNLOAD_ATTEMPTS: Final = 4
UNKNOWN_JOB_ANSWERS: Final = 3
"""A fresh job may not be known everywhere at once, so one 404 is not the end."""
_PROGRESS_STEP_BYTES: Final = 2 * 2**20
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Storage:
    """Where files go, and how large one may be."""

    folder: Path
    limit_bytes: int = download.DEFAULT_LIMIT_BYTES

    def model(self, job: Job) -> Path:
        """Give the place of a job's GLB."""
        return self.folder / f"{job.id}.glb"

    def answer(self, job: Job) -> Path:
        """Give the place of an answer that could not be read, kept because it is paid for."""
        return self.folder / f"{job.id}.answer.json"


@dataclass
class Workplace:
    """What the steps work with. ``commit`` is the one place that every change of a job passes."""

    commit: Callable[[Job], Job]
    client: Callable[[Job], Client]
    storage: Callable[[], Storage]
    cancel_wanted: Callable[[Job], bool]
    running: Callable[[], int]
    clock: Clock
    limiter: RateLimiter
    pacing: Pacing
    stopping: Event
    sources: dict[str, image.Source] = field(default_factory=dict)
    pictures: dict[str, image.Picture] = field(default_factory=dict)
    results: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def forget(self, job: Job) -> None:
        """Let go of a job's picture and result."""
        for held in (self.sources, self.pictures, self.results):
            held.pop(job.id, None)


def costs_request(job: Job, place: Workplace) -> bool:
    """Whether the next step sends a request that counts for the account's limit."""
    if job.state is State.PREPARED:
        return bool(job.request.image_url) or job.id in place.pictures
    if job.state in (State.COMPLETED, State.DOWNLOADING):
        return job.id not in place.results
    return True


def is_urgent(job: Job, place: Workplace) -> bool:
    """Whether the next step goes before ordinary polls: starting and cancelling."""
    return job.state is State.PREPARED or (place.cancel_wanted(job) and not job.cancel_sent)


def step(job: Job, place: Workplace) -> float | None:
    """Do the next thing for a job; give the pause in seconds until the one after, or None when there is none."""
    return _STEPS[job.state](job, place)


def _prepare_or_submit(job: Job, place: Workplace) -> float | None:
    if place.cancel_wanted(job):
        return _end(job, place, State.CANCELLED, "Cancelled before anything was sent; nothing was billed.")
    if job.request.image_url or job.id in place.pictures:
        return _submit(job, place)
    try:
        picture = image.prepare(place.sources.pop(job.id))
    except SourceError as error:
        return _end(job, place, State.REFUSED, f"{error} Nothing was sent.")
    place.pictures[job.id] = picture
    place.commit(advance(job, image_sha256=picture.sha256))
    return 0.0


def _submit(job: Job, place: Workplace) -> float | None:
    client, storage = place.client(job), place.storage()
    picture = place.pictures.get(job.id)
    body = job.request.body(picture.data_uri() if picture else "")
    job = place.commit(advance(job, State.SUBMITTING))
    landing = Landing(storage.model(job), storage.limit_bytes, stop=place.stopping)
    try:
        answer = client.submit(body, price_usd=job.price_usd, landing=landing)
    except TrellisError as error:
        return _not_accepted(job, place, error)
    finally:
        place.pictures.pop(job.id, None)
    accepted = place.clock.time()
    if isinstance(answer, api.Submitted):
        place.commit(
            advance(job, State.ACCEPTED, job_id=answer.job_id, poll_url=answer.poll_url, accepted_at=accepted)
        )
        return place.pacing.poll_delay(0, place.running())
    job = place.commit(advance(job, State.ACCEPTED, accepted_at=accepted))
    job = place.commit(advance(job, State.COMPLETED, progress=1.0))
    if isinstance(answer, api.Delivered):
        place.results[job.id] = answer.body
        return 0.0
    return _downloaded(place.commit(advance(job, State.DOWNLOADING)), place, answer)


def _not_accepted(job: Job, place: Workplace, error: TrellisError) -> None:
    """Tell a refusal, which is not billed, from a lost answer, which may be."""
    if isinstance(error, RateLimited):
        place.limiter.pause(error.retry_after if error.retry_after is not None else place.pacing.longest_poll)
    never_left = isinstance(error, TransportError) and not error.sent
    refused = never_left or not isinstance(error, (TransportError, AnswerError, UpstreamFailed, DownloadError))
    if refused:
        suffix = " Nothing was sent, and nothing was billed." if never_left else ""
        return _end(job, place, State.REFUSED, f"{error}{suffix}")
    _keep_raw(job, place, error)
    return _end(
        job, place, State.UNCERTAIN,
        f"{error} It is unknown whether the job was accepted and billed, so it is not sent again by itself; look at "
        "the provider's dashboard before you generate again.",
    )  # fmt: skip


def _poll_or_cancel(job: Job, place: Workplace) -> float | None:
    client = place.client(job)
    try:
        if place.cancel_wanted(job) and not job.cancel_sent:
            return _cancel(job, place, client)
        state = client.job(job.job_id, job.poll_url, limit_bytes=_answer_limit(place))
    except NotFound as error:
        if job.failures + 1 >= UNKNOWN_JOB_ANSWERS:
            return _end(
                job, place, State.EXPIRED,
                "The service no longer knows this job; it keeps a finished one for an hour. Look for the object at "
                "the provider's dashboard.",
            )  # fmt: skip
        return _retry(job, place, error)
    except TrellisError as error:
        return _retry(job, place, error)
    return _heard(job, place, state)


def _answer_limit(place: Workplace) -> int:
    """Give the bytes that an answer may have: some servers put the whole file into it, as Base64."""
    return ANSWER_LIMIT_BYTES + place.storage().limit_bytes * 4 // 3


def _cancel(job: Job, place: Workplace, client: Client) -> float | None:
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


def _heard(job: Job, place: Workplace, state: api.JobState) -> float | None:
    if state.status is api.Status.FAILED:
        why = place.client(job).key.redact(state.error) or "it gave no reason"
        return _end(job, place, State.FAILED, f"The server could not make an object: {why.rstrip('.')}.")
    if state.status is api.Status.CANCELLED:
        return _end(job, place, State.CANCELLED, "Cancelled at the server. A job that was accepted is still billed.")
    if state.status is api.Status.COMPLETED:
        note = "The server had finished before it could cancel; the object is kept." if job.cancel_sent else ""
        place.results[job.id] = state.body
        place.commit(advance(job, State.COMPLETED, progress=1.0, note=note))
        return 0.0
    note = job.note if job.cancel_sent else ""
    overdue = job.overdue or place.clock.time() - job.accepted_at > place.pacing.patience
    if overdue:
        note = "This takes unusually long. It is still being watched; cancel it, or look at the provider's dashboard."
    place.commit(
        advance(job, State.PROCESSING, progress=state.progress, polls=job.polls + 1, failures=0, note=note,
                overdue=overdue)
    )  # fmt: skip
    return place.pacing.longest_retry if overdue else place.pacing.poll_delay(job.polls + 1, place.running())


def _retry(job: Job, place: Workplace, error: TrellisError) -> float | None:
    """Count a failed look at a job; it goes on at the server meanwhile."""
    failures = job.failures + 1
    attempts = GIVE_UP_AFTER_FAILURES if getattr(error, "transient", False) else UNKNOWN_JOB_ANSWERS
    if failures >= attempts:
        _keep_raw(job, place, error)
        place.commit(advance(job, failures=failures, suspended=True, note="", error=str(error)))
        return None
    pause = place.pacing.retry_delay(failures)
    if isinstance(error, RateLimited):
        pause = max(pause, error.retry_after or 0.0)
        place.limiter.pause(pause)
    note = "" if isinstance(error, RateLimited) else f"{error} It is tried again."
    place.commit(advance(job, failures=failures, note=note))
    return pause


def _download(job: Job, place: Workplace) -> float | None:
    storage = place.storage()
    if job.id not in place.results:
        return _ask_again(job, place)
    client = place.client(job)
    try:
        found = locate.locate(place.results[job.id], base_url=client.endpoint.base_url)
    except AnswerError as error:
        _keep_raw(job, place, error)
        place.commit(advance(job, suspended=True, error=str(error)))
        return None
    job = place.commit(advance(job, State.DOWNLOADING, result_url=found.url, note=job.note))
    told = 0

    def progress(received: int, expected: int | None) -> None:
        nonlocal told
        if received - told >= _PROGRESS_STEP_BYTES:
            told = received
            place.commit(advance(job, received_bytes=received, expected_bytes=expected or 0))

    landing = Landing(storage.model(job), storage.limit_bytes, progress, place.stopping)
    try:
        arrived = client.fetch(found.url, landing) if found.url else download.store(iter([found.content]), landing)
    except TrellisError as error:
        return _download_failed(job, place, error)
    return _downloaded(job, place, arrived)


def _download_failed(job: Job, place: Workplace, error: TrellisError) -> float | None:
    if isinstance(error, download.Interrupted):
        return None
    failures = job.failures + 1
    if failures >= DOWNLOAD_ATTEMPTS or not getattr(error, "transient", False):
        place.commit(advance(job, failures=failures, suspended=True, note="", error=str(error)))
        return None
    if isinstance(error, LinkExpired) and job.job_id:
        place.results.pop(job.id, None)
    place.commit(advance(job, failures=failures, note=f"{error} It is tried again."))
    return place.pacing.retry_delay(failures)


def _ask_again(job: Job, place: Workplace) -> float | None:
    """Fetch a finished job's result anew: its link has expired, or only its state was kept."""
    try:
        state = place.client(job).job(job.job_id, job.poll_url, limit_bytes=_answer_limit(place))
    except TrellisError as error:
        return _retry(job, place, error)
    if state.status is not api.Status.COMPLETED:
        return _retry(job, place, AnswerError("The service no longer calls this job finished."))
    place.results[job.id] = state.body
    return 0.0


def _downloaded(job: Job, place: Workplace, arrived: Arrived) -> None:
    error, faces = "", 0
    try:
        faces = glb.inspect(arrived.path).faces
    except ModelFileError as broken:
        error = str(broken)
    place.results.pop(job.id, None)
    place.commit(
        advance(job, State.DOWNLOADED, path=arrived.path, sha256=arrived.sha256, received_bytes=arrived.size,
                expected_bytes=arrived.size, faces=faces, error=error, note=job.note, ended_at=place.clock.time())
    )  # fmt: skip


def _end(job: Job, place: Workplace, state: State, error: str) -> None:
    place.forget(job)
    place.commit(advance(job, state, error=error, ended_at=place.clock.time()))


def _keep_raw(job: Job, place: Workplace, error: TrellisError) -> None:
    """Put an answer that could not be read on disk: it may be what was paid for."""
    raw = getattr(error, "raw", b"")
    if not raw:
        return
    path = place.storage().answer(job)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(place.client(job).key.redact_bytes(raw))
    except OSError as problem:
        _log.warning("The answer to job %s could not be kept: %s", job.id, problem.strerror)


_STEPS: Final[Mapping[State, Callable[[Job, Workplace], float | None]]] = {
    State.PREPARED: _prepare_or_submit,
    State.ACCEPTED: _poll_or_cancel,
    State.PROCESSING: _poll_or_cancel,
    State.COMPLETED: _download,
    State.DOWNLOADING: _download,
}
