# SPDX-License-Identifier: GPL-3.0-or-later
"""The step before the paid POST of a large picture: store it at the server, or make do without. No threads, no bpy.

It costs nothing, so it may be done again. What comes of it is kept in memory only: a picture that was stored before a
restart is stored once more.
"""

from __future__ import annotations

from typing import Final

from .errors import (
    AnswerError,
    ConnectionLost,
    RateLimited,
    RequestRefused,
    ServiceError,
    TooLargeInside,
    TransportError,
    TrellisError,
)
from .jobs import SENDING, Job, advance
from .upload import is_large
from .workplace import GIVE_UP_AFTER_REFUSALS, Pause, Workplace, retry

_NOT_OFFERED: Final = (404, 405, 501)
_TOO_LARGE: Final = 413
_OF_THIS_TIME: Final = (401, 402, 403, _TOO_LARGE)
"""Refusals that say nothing about whether the server stores pictures."""


def upload_is_due(job: Job, place: Workplace) -> bool:
    """Whether a job's picture is too large for a data URI, and is not stored at its server yet."""
    picture = place.pictures.get(job.id)
    client = place.client(job)
    if picture is None or job.id in place.stored or not client.stores_pictures:
        return False
    return is_large(picture.content, picture.media_type) or len(picture.content) >= client.refused_bytes


def upload(job: Job, place: Workplace) -> Pause:
    """Store the picture, and note where; an empty place means that the data URI is sent after all."""
    client = place.client(job)
    line = place.lines[job.id] = client.line()
    try:
        if place.cancel_wanted(job):  # asked again, now that whoever cancels finds the line
            return 0.0
        place.note(advance(job, note=SENDING))
        place.stored[job.id] = client.upload(place.pictures[job.id], line)
    except TrellisError as error:
        return _not_stored(job, place, error)
    finally:
        place.lines.pop(job.id, None)
    return 0.0


def image_of(job: Job, place: Workplace) -> str:
    """Give what goes out as ``image``: where the picture is stored, else its data URI; empty when there is none."""
    picture = place.pictures.get(job.id)
    return place.stored.get(job.id) or (picture.data_uri() if picture else "")


def learn_from(job: Job, place: Workplace, error: TrellisError) -> TrellisError:
    """Note what the refusal of a POST says of its picture, for the next one, and give what to tell."""
    if not isinstance(error, RequestRefused):
        return error
    client, picture = place.client(job), place.pictures.get(job.id)
    if place.stored.get(job.id):
        client.stores_pictures = False  # it may be the place that is refused: the next one goes without
        return error
    if error.status != _TOO_LARGE or picture is None or job.id in place.stored or not client.stores_pictures:
        return error
    client.refused_bytes = min(client.refused_bytes, len(picture.content))
    said = "The picture is too large to be sent with its job. Press Try Again: it is sent ahead of the job then."
    return TooLargeInside(said, status=error.status, code=error.code, detail=error.detail)


def _not_stored(job: Job, place: Workplace, error: TrellisError) -> Pause:
    """Try again what may pass; where the server has no place for pictures, go on without."""
    if place.cancel_wanted(job):
        return 0.0
    if _may_pass(error, job.failures + 1):
        return retry(job, place, error)
    if _is_for_good(error):
        place.client(job).stores_pictures = False
    place.stored[job.id] = ""
    return 0.0


def _may_pass(error: TrellisError, failures: int) -> bool:
    """Whether to wait for better times, by the ordinary rules.

    A server that cuts the connection again and again does so rather than read a body that it has no use for.
    """
    if isinstance(error, RateLimited):
        return True
    if isinstance(error, TransportError) and not isinstance(error, ConnectionLost):
        return True
    if isinstance(error, ServiceError) and error.status in _NOT_OFFERED:
        return False
    cut = isinstance(error, ConnectionLost)
    return (cut or (isinstance(error, ServiceError) and error.transient)) and failures < GIVE_UP_AFTER_REFUSALS


def _is_for_good(error: TrellisError) -> bool:
    """Whether an answer shows that this server stores no pictures, or not as we ask for it."""
    if isinstance(error, ServiceError):
        return error.status in _NOT_OFFERED or not (error.transient or error.status in _OF_THIS_TIME)
    return isinstance(error, AnswerError)
