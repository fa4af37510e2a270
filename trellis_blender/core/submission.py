# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps up to the server's word: prepare the picture, send the paid POST once. No threads, no bpy."""

from __future__ import annotations

from typing import Final

from . import api, image
from .delivery import downloaded
from .download import Landing
from .errors import (
    DownloadError,
    ModelUnavailable,
    RateLimited,
    ServiceError,
    SourceError,
    TransportError,
    TrellisError,
    UpstreamFailed,
)
from .jobs import Job, State, advance
from .refusals import NOT_SERVED
from .workplace import Pause, Workplace, end, keep_raw

UNKNOWN: Final = (
    "It is unknown whether the job was accepted and billed, so it is not sent again by itself; look at the provider's "
    "dashboard before you generate again."
)
_SEE_OTHER: Final = (302, 303)
"""Redirects that tell where the outcome of a POST is to be found: the request may have been carried out."""


def prepare_or_submit(job: Job, place: Workplace) -> Pause:
    """Do the next thing for a job of which nothing was sent yet."""
    if place.cancel_wanted(job):
        return end(job, place, State.CANCELLED, "Cancelled before anything was sent; nothing was billed.")
    if job.request.image_url or job.id in place.pictures:
        return _submit(job, place)
    try:
        with place.desk:
            picture = image.prepare(place.sources[job.id])
    except SourceError as error:
        return end(job, place, State.REFUSED, f"{error} Nothing was sent, and nothing was billed.")
    place.pictures[job.id] = picture
    place.sources.pop(job.id, None)
    place.commit(advance(job, image_sha256=picture.sha256))
    return 0.0


def _submit(job: Job, place: Workplace) -> Pause:
    client, storage = place.client(job), place.storage()
    picture = place.pictures.get(job.id)
    body = job.request.body(picture.data_uri() if picture else "")
    if place.stopping.is_set():
        return None
    job = place.commit(advance(job, State.SUBMITTING))
    # Not to be stopped like other downloads: what a server answers with the object itself cannot be had again.
    landing = Landing(storage.model(job), storage.limit_bytes)
    try:
        answer = client.submit(body, price_usd=job.price_usd, landing=landing)
    except TrellisError as error:
        return _not_accepted(job, place, error)
    finally:
        place.pictures.pop(job.id, None)
    accepted = place.clock.time()
    if isinstance(answer, api.Submitted):
        place.commit(advance(job, State.ACCEPTED, job_id=answer.job_id, poll_url=answer.poll_url, accepted_at=accepted))
        return place.pacing.poll_delay(0, place.running())
    job = place.commit(advance(job, State.ACCEPTED, accepted_at=accepted))
    job = place.commit(advance(job, State.COMPLETED, progress=1.0))
    if isinstance(answer, api.Delivered):
        place.results[job.id] = answer.body
        return 0.0
    return downloaded(place.commit(advance(job, State.DOWNLOADING)), place, answer)


def _not_accepted(job: Job, place: Workplace, error: TrellisError) -> Pause:
    """Tell a refusal, which is not billed, from everything that leaves it open."""
    if isinstance(error, RateLimited):
        place.limiter.pause(error.retry_after if error.retry_after is not None else place.pacing.longest_poll)
    if isinstance(error, TransportError) and not error.sent:
        return end(job, place, State.REFUSED, f"{error} Nothing was sent, and nothing was billed.")
    if _is_refusal(error):
        return end(job, place, State.REFUSED, str(error))
    keep_raw(job, place, error)
    if isinstance(error, DownloadError):
        return end(
            job, place, State.UNCERTAIN,
            f"{error} The server answered with the object itself, so it is most likely billed; look at the provider's "
            "dashboard before you generate again.",
        )  # fmt: skip
    return end(job, place, State.UNCERTAIN, f"{error} {UNKNOWN}")


def _is_refusal(error: TrellisError) -> bool:
    """Whether the service said no in a way that leaves no doubt."""
    if isinstance(error, ModelUnavailable):
        return error.code == NOT_SERVED
    return isinstance(error, ServiceError) and not isinstance(error, UpstreamFailed) and error.status not in _SEE_OTHER
