# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a finished job: find the file, download it, check it. No threads, no bpy."""

from __future__ import annotations

from typing import Final

from . import api, download, glb, locate
from .download import Arrived, Landing
from .errors import AnswerError, LinkExpired, ModelFileError, NotFound, TrellisError
from .jobs import Job, State, advance
from .matching import find_outputs
from .partial import hashed
from .sightings import claim_of_file
from .workplace import Pause, Workplace, answer_limit, retry, suspend

DOWNLOAD_ATTEMPTS: Final = 4
_PROGRESS_STEP_BYTES: Final = 2 * 2**20
_CAME_AND_WENT: Final = (
    "The server answered with the object itself, and it was lost before it was on disk. Look at the provider's "
    "dashboard before you generate again."
)
_GONE: Final = (
    "The link to the finished object has expired, and the service no longer knows the job. Look for the object at the "
    "provider's dashboard."
)


def deliver(job: Job, place: Workplace) -> Pause:
    """Bring a finished job's file to this disk."""
    storage = place.storage()
    if job.id not in place.results:
        return _ask_again(job, place) if job.job_id else take_what_came(job, place)
    client = place.client(job)
    try:
        found = locate.locate(place.results[job.id], base_url=client.endpoint.base_url)
    except AnswerError as error:
        return suspend(job, place, error)
    job = place.commit(advance(job, State.DOWNLOADING, result_url=found.url, note=job.note, failures=job.failures))
    if found.url:
        place.archive.claim(claim_of_file(job.server, found.url), job)
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
        return _not_arrived(job, place, error)
    return downloaded(job, place, arrived)


def take_what_came(job: Job, place: Workplace, arrived: Arrived | None = None) -> Pause:
    """Go on with a job that has no id at the server: its object, or the address of it, came with the answer."""
    path = place.storage().model(job)
    if job.id not in place.results:
        if arrived is None and path.is_file():
            arrived = Arrived(path, path.stat().st_size, hashed(path))
        if arrived is None:
            return suspend(job, place, AnswerError(_CAME_AND_WENT))
    for state in (State.COMPLETED, State.DOWNLOADING)[: 2 if arrived else 1]:
        if job.state is not State.DOWNLOADING:
            job = place.commit(advance(job, state, progress=1.0))
    return downloaded(job, place, arrived) if arrived else 0.0


def _look_elsewhere(job: Job, place: Workplace, error: NotFound) -> Pause:
    """Find a finished job's file when its state is gone: by signing its address anew, or in the account's usage."""
    try:
        result = find_outputs(job, place)
    except TrellisError as problem:
        return retry(job, place, problem)
    if result is None or result.get("output_urls") == [job.result_url]:
        return suspend(job, place, error, _GONE)
    place.results[job.id] = result
    place.commit(job, result)
    return 0.0


def downloaded(job: Job, place: Workplace, arrived: Arrived) -> Pause:
    """Check a file that has arrived; the job is at its end, with an object or with the reason why not."""
    error, faces = "", 0
    try:
        faces = glb.inspect(arrived.path).faces
    except ModelFileError as broken:
        error = (
            f"{broken} Press Try Again to download it once more, which costs nothing." if job.job_id else str(broken)
        )
    place.forget(job.id)
    done = place.commit(
        advance(job, State.DOWNLOADED, path=arrived.path, sha256=arrived.sha256, received_bytes=arrived.size,
                expected_bytes=arrived.size, faces=faces, error=error, note=job.note, ended_at=place.clock.time())
    )  # fmt: skip
    place.archive.drop_picture(done)
    return None


def _not_arrived(job: Job, place: Workplace, error: TrellisError) -> Pause:
    if place.stopping.is_set():
        return None  # we stopped it ourselves
    if isinstance(error, LinkExpired) and job.job_id:
        place.results.pop(job.id, None)
        place.archive.forget_result(job)
    failures = job.failures + 1
    if failures >= DOWNLOAD_ATTEMPTS or not error.transient:
        return suspend(job, place, error)
    place.commit(advance(job, failures=failures, note=f"{error} It is tried again."))
    return place.pacing.retry_delay(failures)


def _ask_again(job: Job, place: Workplace) -> Pause:
    """Fetch a finished job's result anew: its link has expired, or only its state was kept."""
    try:
        state = place.client(job).job(job.job_id, job.poll_url, limit_bytes=answer_limit(place))
    except NotFound as error:
        return _look_elsewhere(job, place, error)
    except TrellisError as error:
        return retry(job, place, error)
    if state.status is not api.Status.COMPLETED:
        return retry(job, place, AnswerError("The service no longer calls this job finished. Wait a little."))
    place.results[job.id] = state.body
    return 0.0
