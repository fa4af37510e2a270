# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps up to the server's word: prepare the picture, send the paid POST once. No threads, no bpy."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from . import api, download, image, locate, request
from .catalogue import Scalar
from .client import Client
from .database import StoreError
from .delivery import take_what_came
from .download import Landing
from .endpoint import account_of
from .errors import (
    AnswerError,
    DownloadError,
    InvalidRequest,
    ModelUnavailable,
    RateLimited,
    ServiceError,
    SourceError,
    TransportError,
    TrellisError,
    UpstreamFailed,
)
from .jobs import BEGUN, CANCELLED_UNSENT, TORN, UNKNOWN, Job, State, advance
from .ledger import Spent
from .money import dollars
from .pacing import midnight
from .refusals import NOT_SERVED
from .remedies import Trouble, trouble_of
from .uploading import image_of, learn_from, upload, upload_is_due
from .workplace import Pause, Workplace, end, keep_raw, retry

_log = logging.getLogger(__name__)

WAITS_FOR_MODEL: Final = 3
"""How often a job is sent once more that the service did not take on because it has no machine for the model."""
WAITS: Final = "The service takes no more jobs for the moment. This one was not taken; it waits, and is sent by itself."
MODEL_AWAY: Final = "The model is not available at the moment. The job was not taken; it waits, and is sent by itself."
_DOUBTFUL: Final = (302, 303, 408, 409, 499)
"""Refusals that are none: redirects to where the outcome of a POST is to be found, a time-out on the way, a conflict
with what may be the job itself, and a word of proxies for a line that was cut."""


def prepare_or_submit(job: Job, place: Workplace) -> Pause:
    """Do the next thing for a job of which nothing was sent yet."""
    if place.cancel_wanted(job):
        return end(job, place, State.CANCELLED, CANCELLED_UNSENT)
    if job.request.image_url or job.id in place.pictures:
        return _submit(job, place)
    try:
        with place.desk:
            picture = _picture(job, place)
    except SourceError as error:
        said = f"{error} Nothing was sent, and nothing was billed."
        return end(job, place, State.REFUSED, said, trouble_of(error))
    return keep(job, place, picture)


def keep(job: Job, place: Workplace, picture: image.Picture) -> Pause:
    """Have a job and its picture on disk, before anything is sent; a disk that takes neither ends it."""
    place.pictures[job.id] = picture
    try:
        place.archive.record(job)  # first, so that no picture is ever without a record
        place.archive.keep_picture(job, picture)
        place.commit(advance(job, image_sha256=picture.sha256))
    except StoreError as error:
        return _unkept(job, place, error)
    place.sources.pop(job.id, None)
    return 0.0


def _picture(job: Job, place: Workplace) -> image.Picture:
    """Give the picture to send: prepared, or the very bytes that were sent before. Raises :class:`SourceError`."""
    source = place.sources[job.id]
    if not isinstance(source, image.Sent):
        return place.lately.prepare(source, job.preparation)
    content = place.archive.album.read(source.sha256)
    if content is not None:
        return image.picture_of(content)
    if source.instead is not None:
        picture = place.lately.prepare(source.instead, job.preparation)
        if picture.sha256 == source.sha256:
            return picture
    changed = "has changed since" if source.instead is not None else "is not in this file"
    raise SourceError(
        f"The picture that was sent then is no longer kept, and the image {source.name} {changed}, so the same cannot "
        "be sent once more. Copy the settings to the panel and generate from a picture that you have."
    )


def _submit(job: Job, place: Workplace) -> Pause:
    client, storage = place.client(job), place.storage()
    if place.stopping.is_set():
        return None
    try:
        job, pricier = standing(job, place)
    except InvalidRequest as error:
        said = f"{error} Nothing was sent, and nothing was billed."
        return end(job, place, State.REFUSED, said, trouble_of(error))
    if pricier:
        place.commit(advance(job, suspended=True, note="", error=pricier))
        return None
    if client.asks_for_clock:
        return _learn_clock(job, place, client)
    unusable = download.unusable(storage.folder)
    if unusable:
        said = f"{unusable} Nothing was sent, and nothing was billed."
        return end(job, place, State.REFUSED, said, Trouble.SETTING)
    if upload_is_due(job, place):
        return upload(job, place)
    body = job.request.body(image_of(job, place))
    sending = advance(job, State.SUBMITTING, submitted_at=place.server_time(job), quoted_usd=job.request.price_usd,
                      failures=job.failures)  # fmt: skip
    # By the server's clock, so that spending keeps its day when a clock that was wrong is set right.
    cap, since = storage.daily_cap_usd, midnight(place.clock, client.clock_offset)
    try:
        spent = place.archive.begin(sending, cap=cap, since=since, now=sending.submitted_at)
        if spent is not None:
            return end(job, place, State.REFUSED, _over_cap(job, cap, spent), Trouble.CAP)
        job = place.commit(sending)
    except StoreError as error:
        return _unkept(job, place, error)
    return _post(job, place, client, body)


def standing(job: Job, place: Workplace) -> tuple[Job, str]:
    """Give a job at the price of now, and why it is not sent at that: it is more than the artist was told.

    Raises :class:`InvalidRequest` for what the server no longer takes.
    """
    offer, asked = place.offers.in_force(job.server), job.request
    request.check(asked, offer)
    now = request.priced(asked, offer)
    if now.is_priced and now.price_usd > asked.price_usd:
        return advance(job, request=now), (
            f"The price rose from {dollars(asked.price_usd)} to {dollars(now.price_usd)} before this was sent. Nothing "
            "was sent, and nothing was billed. Press Send to pay the new price."
        )
    return (advance(job, request=now) if now.is_priced else job), ""


def _post(job: Job, place: Workplace, client: Client, body: Mapping[str, Scalar]) -> Pause:
    """Send the paid POST, once, and take in what came of it."""
    # Not to be stopped like other downloads: what a server answers with the object itself cannot be had again.
    landing = Landing(place.storage().model(job), place.storage().limit_bytes)
    began = place.clock.monotonic()  # the other clock may be set meanwhile

    def answered() -> Job:
        return advance(job, answered_at=job.submitted_at + place.clock.monotonic() - began)

    try:
        answer = client.submit(body, price_usd=job.price_usd, landing=landing)
    except TrellisError as error:
        if _may_be_sent_later(job, place, error):
            return _wait_for_service(job, place, error)
        told = learn_from(job, place, error)
        _let_go(job, place)
        return _not_accepted(answered(), place, told)
    _let_go(job, place)
    accepted = place.clock.time()
    job = answered()
    if isinstance(answer, api.Submitted):
        named = advance(job, State.ACCEPTED, job_id=answer.job_id, poll_url=answer.poll_url, accepted_at=accepted)
        return _accepted(named, place, answer)
    job = advance(job, State.ACCEPTED, accepted_at=accepted)
    if isinstance(answer, api.Delivered):
        place.results[job.id] = answer.body
        place.commit(job, answer.body)
        return 0.0
    return take_what_came(place.commit(job), place, answer)


def _accepted(job: Job, place: Workplace, answer: api.Submitted) -> Pause:
    """Go on with a job that was given an id; an object that came with it is kept, since nobody may know of it later."""
    body = answer.body
    if body is None or not _holds_object(body, place.client(job)):
        place.commit(job)
        return place.pacing.poll_delay(0, place.running())
    place.results[job.id] = body
    job = place.commit(job, body)
    if not answer.finished:
        return place.pacing.poll_delay(0, place.running())
    place.commit(advance(job, State.COMPLETED, progress=1.0))
    return 0.0


def _holds_object(body: Mapping[str, object], client: Client) -> bool:
    try:
        locate.locate(body, base_url=client.endpoint.base_url)
    except AnswerError:
        return False
    return True


def _learn_clock(job: Job, place: Workplace, client: Client) -> Pause:
    """Ask for the server's time first: without it, a job whose answer is lost could not be told from others."""
    try:
        client.learn_clock()
    except TrellisError as error:
        if error.transient and account_of(job.server) in place.silent:
            return retry(job, place, error)  # nothing was sent, so it may wait for the network
        if not isinstance(error, TransportError) or not error.sent:
            said = f"{error} Nothing was sent, and nothing was billed."
            return end(job, place, State.REFUSED, said, trouble_of(error))
    return 0.0  # without it, if need be: the POST is not to hang on another call


def _let_go(job: Job, place: Workplace) -> None:
    """Let go of what was sent."""
    place.pictures.pop(job.id, None)
    place.stored.pop(job.id, None)
    place.turned_away.pop(job.id, None)


def _may_be_sent_later(job: Job, place: Workplace, error: TrellisError) -> bool:
    """Whether the service did not take the job on, and it is worth waiting: what was not taken is not billed [doc]."""
    if isinstance(error, RateLimited):
        return True
    is_away = isinstance(error, ModelUnavailable) and error.code == NOT_SERVED
    if is_away:
        place.turned_away[job.id] = place.turned_away.get(job.id, 0) + 1
    return is_away and place.turned_away[job.id] <= WAITS_FOR_MODEL


def _wait_for_service(job: Job, place: Workplace, error: TrellisError) -> Pause:
    """Go back to waiting, on disk before anything else: from here on it is a job of which nothing was taken."""
    failures = job.failures + 1
    pause = max(place.pacing.retry_delay(failures), getattr(error, "retry_after", None) or 0.0)
    note = WAITS if isinstance(error, RateLimited) else MODEL_AWAY
    try:
        place.commit(advance(job, State.PREPARED, submitted_at=0.0, quoted_usd=None, failures=failures, note=note))
    except StoreError:
        _let_go(job, place)
        return end(job, place, State.REFUSED, str(error), trouble_of(error))
    if isinstance(error, RateLimited):
        place.pause_server(job.server, pause)
    return pause


def _not_accepted(job: Job, place: Workplace, error: TrellisError) -> Pause:
    """Tell a refusal, which is not billed, from everything that leaves it open."""
    if isinstance(error, TransportError) and not error.sent:
        place.fell_silent(job.server, place.client(job))
        said = f"{error} Nothing was sent, and nothing was billed."
        return end(job, place, State.REFUSED, said, trouble_of(error))
    if _is_refusal(error):
        return end(job, place, State.REFUSED, str(error), trouble_of(error))
    keep_raw(job, place, error)
    cause = str(error)
    if isinstance(error, DownloadError):
        _log.info("%s: %s", job.id, error)
        cause = f"{TORN if error.transient else error} {BEGUN.of(job)}"
    place.commit(advance(job, State.UNCERTAIN, error=f"{cause} {UNKNOWN.of(job)}", ended_at=place.clock.time()))
    return place.pacing.retry_delay(1)


def _unkept(job: Job, place: Workplace, error: StoreError) -> Pause:
    """Stop a job that could not be put on disk first; the disk cannot take its end either, nor keep its picture."""
    picture = place.pictures.get(job.id)
    place.forget(job.id)
    if picture is not None:
        place.pictures[job.id] = picture
    said, kept = f"{error} Nothing was sent, and nothing was billed.", picture is not None
    place.note(advance(job, State.REFUSED, error=said, trouble=trouble_of(error).value, picture_kept=kept))
    return None


def _over_cap(job: Job, cap: Decimal, spent: Spent) -> str:
    """Give why the day's cap does not allow this job."""
    lost = f" ({dollars(spent.uncertain)} of it not confirmed)" if spent.uncertain else ""
    return (
        f"Today's cap of {dollars(cap)} does not allow this job: {dollars(spent.at_most)} are spent{lost}, and it "
        f"costs {dollars(job.price_usd)}. "
        "The job was not sent. Raise the cap in the preferences, or wait until tomorrow."
    )


def _is_refusal(error: TrellisError) -> bool:
    """Whether the service said no in a way that leaves no doubt."""
    if isinstance(error, ModelUnavailable):
        return error.code == NOT_SERVED
    if not isinstance(error, ServiceError) or isinstance(error, UpstreamFailed):
        return False
    return error.status >= 300 and error.status not in _DOUBTFUL
