# SPDX-License-Identifier: GPL-3.0-or-later
"""The wish to cancel a job at the server: when it is sent, how often, what came of it. No threads, no bpy.

A cancel is an extra: whatever becomes of it, the job is polled as before, since its object is paid for.
"""

from __future__ import annotations

from typing import Final

from . import api
from .client import NOT_OFFERED, WAYS_TO_CANCEL
from .errors import RateLimited, ServiceError, TrellisError
from .jobs import CANCEL_SENT, Job, State, advance
from .workplace import Pause, Wish, Workplace

ATTEMPTS: Final = 4
"""How often a cancel is sent at most: once, and three times more."""
NOT_POSSIBLE: Final = "This server cannot cancel; the job goes on, and its object will be kept."
NOT_TAKEN: Final = "The server did not take the cancel; the job goes on, and its object will be kept."
_AT_SERVER: Final = (State.ACCEPTED, State.PROCESSING)


def is_next(job: Job, place: Workplace) -> bool:
    """Whether a job's next request asks for it to be cancelled: between two tries it is polled."""
    if job.state not in _AT_SERVER or job.cancel_sent or not place.cancel_wanted(job):
        return False
    wish = place.wishes.get(job.id)
    return wish is None or (not wish.is_over and wish.is_polled and place.clock.monotonic() >= wish.due)


def is_new(job: Job, place: Workplace) -> bool:
    """Whether a cancel is wanted that was not tried yet, so that it is to be sent at once."""
    return job.id not in place.wishes and is_next(job, place)


def is_possible(job: Job, place: Workplace) -> bool:
    """Whether the server may offer it; else that is said, and the leave to send a request is one for a poll."""
    wish = place.wishes.setdefault(job.id, Wish())
    if place.client(job).way_to_cancel(wish.refused) is None:
        wish.is_over, wish.note = True, NOT_POSSIBLE
    return not wish.is_over


def send(job: Job, place: Workplace) -> Pause | api.JobState:
    """Ask once for a job to be cancelled; give its state where the answer tells it."""
    wish = place.wishes.setdefault(job.id, Wish())
    client = place.client(job)
    way = client.way_to_cancel(wish.refused) or WAYS_TO_CANCEL[-1]
    try:
        state = client.cancel(job.job_id, way)
    except TrellisError as error:
        return _failed(job, place, error, wish, way)
    job = place.commit(advance(job, cancel_sent=True, failures=0, note=CANCEL_SENT))
    wish.note, wish.is_over = CANCEL_SENT, True
    return place.pacing.poll_delay(0, place.running()) if state is None else state


def heard(job: Job, place: Workplace) -> str:
    """Take note that a job was polled; give what is to be said of the wish to cancel it, if there is one."""
    wish = place.wishes.get(job.id)
    if wish is None or not place.cancel_wanted(job):
        return ""
    wish.is_polled = True
    return wish.note


def _failed(job: Job, place: Workplace, error: TrellisError, wish: Wish, way: str) -> Pause:
    if place.stopping.is_set():
        return None  # we cut the connection ourselves
    if isinstance(error, ServiceError) and error.status in NOT_OFFERED:
        if error.status != 404 or job.polls:  # the server knows this job, so it is the call that it does not know
            place.client(job).lacks_way_to_cancel(way)
        wish.refused = (*wish.refused, way)
        if place.client(job).way_to_cancel(wish.refused) is None:
            return _over(job, place, wish, NOT_POSSIBLE, pause=_next_poll(job, place))
        return 0.0
    pause = max(place.pacing.retry_delay(wish.tries + 1), error.retry_after or 0.0)
    if isinstance(error, RateLimited):
        place.pause_server(job.server, pause)
    else:
        wish.tries += 1
        if wish.tries >= ATTEMPTS:
            return _over(job, place, wish, f"{NOT_TAKEN} {error}", pause=_next_poll(job, place))
    wish.due, wish.is_polled = place.clock.monotonic() + pause, isinstance(error, RateLimited)
    wish.note = f"The job could not be cancelled yet; it is tried again. {error}"
    place.commit(advance(job, note=wish.note))
    return min(pause, _next_poll(job, place))


def _over(job: Job, place: Workplace, wish: Wish, note: str, *, pause: float) -> Pause:
    wish.is_over, wish.note = True, note
    place.commit(advance(job, note=note))
    return pause


def _next_poll(job: Job, place: Workplace) -> float:
    return place.pacing.poll_delay(job.polls, place.running())
