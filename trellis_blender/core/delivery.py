# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a finished job: find the file, download it, check it. No threads, no bpy."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from . import download, glb, locate
from .download import Arrived, Landing
from .errors import (
    AnswerError,
    DownloadError,
    LinkExpired,
    ModelFileError,
    TransportError,
    TrellisError,
    UnsupportedModel,
)
from .jobs import Job, State, advance
from .partial import hashed
from .remedies import Trouble, trouble_of
from .retrieval import ask_anew, look, refuse_link
from .workplace import GIVE_UP_AFTER_FAILURES, Pause, Workplace, patience, suspend

DOWNLOAD_ATTEMPTS: Final = 4
_PROGRESS_STEP_BYTES: Final = 2 * 2**20
_log = logging.getLogger(__name__)


def deliver(job: Job, place: Workplace) -> Pause:
    """Bring a finished job's file to this disk, unless it is there already."""
    here = _found_here(job, place)
    if here is not None:
        return take_what_came(job, place, here)
    if job.id not in place.results:
        return look(job, place)
    client = place.client(job)
    try:
        found = locate.locate(place.results[job.id], base_url=client.endpoint.base_url)
    except AnswerError as error:
        return ask_anew(job, place, error)
    job = place.commit(
        advance(job, State.DOWNLOADING, result_url=found.url, file_id=found.file_id or job.file_id, note=job.note,
                failures=job.failures)
    )  # fmt: skip
    try:
        job = _make_room(job, place)
        landing = _landing(job, place)
        arrived = client.fetch(found.url, landing) if found.url else download.store(iter([found.content]), landing)
    except TrellisError as error:
        return _not_arrived(job, place, error)
    return downloaded(job, place, arrived)


def take_what_came(job: Job, place: Workplace, arrived: Arrived | None = None) -> Pause:
    """Go on with a job whose object, or the address of it, is here; or look for it, when it is not after all."""
    path = place.storage().model(job)
    if job.id not in place.results and arrived is None and path.is_file():
        arrived = Arrived(path, path.stat().st_size, hashed(path))
    for state in (State.COMPLETED, State.DOWNLOADING)[: 2 if arrived else 1]:
        if job.state is not State.DOWNLOADING:
            job = place.commit(advance(job, state, progress=1.0, note=job.note))
    return downloaded(job, place, arrived) if arrived else 0.0


def folders(job: Job, place: Workplace) -> list[Path]:
    """Give where a job's file may be."""
    return list(dict.fromkeys([place.storage().folder, *([job.path.parent] if job.path else [])]))


def _found_here(job: Job, place: Workplace) -> Arrived | None:
    """Look on this disk for the file of a job that had it once, or that was killed just when it had it."""
    path = place.storage().model(job)
    try:
        if not job.sha256 and job.state is State.DOWNLOADING and path.is_file():
            return Arrived(path, path.stat().st_size, place.shelf.sha256(path))
        if not job.sha256 or not job.faces:  # it never arrived, or what arrived was damaged
            return None
        found = place.shelf.find(job, folders(job, place))
        return Arrived(found, found.stat().st_size, job.sha256) if found else None
    except OSError as error:
        _log.warning("The file of job %s cannot be read: %s", job.id, error.strerror)
        return None


def _make_room(job: Job, place: Workplace) -> Job:
    """Keep under another name what somebody has made of a job's file: the object is written to its place."""
    target = place.storage().model(job)
    if not job.faces or not target.is_file():
        return job
    try:
        aside = place.shelf.set_aside(target)
    except OSError as error:
        raise DownloadError(
            f"The changed file {target.name} in {target.parent} cannot be renamed ({error.strerror}). Move it "
            "elsewhere, then try again.",
            transient=False,
        ) from error
    return place.commit(replace(job, note=f"The object's file was changed; the changed one is kept as {aside.name}."))


def _landing(job: Job, place: Workplace) -> Landing:
    """Give where the file is to go."""
    storage = place.storage()
    told = 0

    def progress(received: int, expected: int | None) -> None:
        nonlocal told
        if received - told >= _PROGRESS_STEP_BYTES:
            told = received
            place.commit(advance(job, received_bytes=received, expected_bytes=expected or 0))

    return Landing(storage.model(job), storage.limit_bytes, progress, place.stopping)


def downloaded(job: Job, place: Workplace, arrived: Arrived) -> Pause:
    """Check a file that has arrived; the job is at its end, with an object or with the reason why not."""
    error, trouble, faces, pixels, least = "", Trouble.NONE, 0, None, None
    try:
        found = glb.inspect(arrived.path)
        faces, pixels, least = found.faces, found.texture_pixels, found.texture_least
    except ModelFileError as broken:
        trouble = trouble_of(broken)
        error = (
            f"{broken} Press Try Again to download it once more, which costs nothing."
            if (job.job_id or job.result_url) and not isinstance(broken, UnsupportedModel)
            else str(broken)
        )
    now = place.clock.time()
    lap = job.lap_seconds or place.laps.lap(job, place.results.get(job.id, {}), now)
    place.forget(job.id)
    place.shelf.note(arrived.path, arrived.sha256)
    place.archive.file_picture(job)  # before it is told, since the same may be ordered at once
    note = "" if job.failures else job.note  # after failures it is about them, and they are over
    done = place.commit(
        advance(job, State.DOWNLOADED, path=arrived.path, sha256=arrived.sha256, size_bytes=arrived.size,
                received_bytes=arrived.size, expected_bytes=arrived.size, faces=faces, texture_pixels=pixels,
                texture_least=least, error=error, trouble=trouble.value, note=note, ended_at=now,
                lap_seconds=lap)
    )  # fmt: skip
    place.archive.drop_picture(done)
    return None


def _not_arrived(job: Job, place: Workplace, error: TrellisError) -> Pause:
    if place.stopping.is_set():
        return None  # we stopped it ourselves
    if isinstance(error, LinkExpired):
        refuse_link(job, place)
        place.results.pop(job.id, None)
        place.archive.forget_result(job)
    failures = job.failures + 1
    is_away = isinstance(error, TransportError) and not error.sent  # nobody there, which costs nothing to wait out
    asked = error.retry_after or 0.0  # of this file's host, and of nobody else
    attempts = patience(error) if is_away else GIVE_UP_AFTER_FAILURES if asked else DOWNLOAD_ATTEMPTS
    if failures >= attempts or not error.transient:
        place.searches.pop(job.id, None)
        return suspend(job, place, error)
    place.commit(advance(job, failures=failures, note=f"{error} It is tried again."))
    return max(place.pacing.retry_delay(failures), asked)
