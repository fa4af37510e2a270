# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a job work with, and how each of them ends or stops one. No threads, no bpy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from pathlib import Path
from threading import Event, Lock
from typing import Final, Protocol

from . import download, image
from .archive import Archive
from .client import Client
from .connections import Connections
from .endpoint import account_of
from .errors import ModelUnavailable, RateLimited, TransportError, TrellisError
from .jobs import Job, State, advance
from .laps import Laps
from .lately import Lately
from .messages import Message, PauseTold
from .offers import Offers
from .pacing import Clock, Pacing, RateLimiter
from .remedies import Trouble, keeps_picture, trouble_of
from .sayings import LONG
from .shelf import Shelf
from .sightings import Look, Sighting
from .turnstile import Moment

GIVE_UP_AFTER_FAILURES: Final = 12
"""Failures in a row before a job is suspended; about eight minutes with the usual back-off."""
GIVE_UP_AFTER_SILENCES: Final = 2 * 24 * 60
"""As above, while the network is gone; about two days. What the service forgets meanwhile, the usage still lists."""
GIVE_UP_AFTER_REFUSALS: Final = 3
"""As above, for answers that waiting is not likely to change."""
TRY_AGAIN: Final = "Then press Try Again, which costs nothing."
SEND: Final = "Nothing was billed. Then press Send to go on."
_log = logging.getLogger(__name__)

Pause = float | None
"""Seconds until a job's next step; None when there is none."""


class Way(Enum):
    """Whom to ask for a finished job's file."""

    SIGNING = "signing"
    STATE = "state"
    USAGE = "usage"


@dataclass
class Search:
    """What is left to ask for a job's file; ``refused`` are links that were no good.

    ``vouched`` means that the server itself still calls the job finished.
    """

    ways: list[Way]
    tried: set[Way] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    vouched: bool = False
    empty_since: float | None = None
    """Since when the server calls the job finished and has no object for it, in monotonic seconds."""


@dataclass
class Wish:
    """How far the wish to cancel a job at the server has come.

    ``refused`` are the ways that the server does not offer, ``tries`` counts failures; after one it is not sent again
    before ``due``, in monotonic seconds, nor before a poll.
    """

    refused: tuple[str, ...] = ()
    tries: int = 0
    due: float = 0.0
    is_polled: bool = True
    is_over: bool = False
    note: str = ""


@dataclass(frozen=True)
class Storage:
    """Where files go, and how large one may be."""

    folder: Path
    limit_bytes: int = download.DEFAULT_LIMIT_BYTES
    daily_cap_usd: Decimal = Decimal(0)
    """What may be spent in a day; zero means as much as the artist likes."""
    store_folder: Path | None = None
    """Where the records of all jobs are kept."""

    def model(self, job: Job) -> Path:
        """Give the place of a job's GLB."""
        return self.folder / f"{job.id}.glb"

    def answer(self, job: Job) -> Path:
        """Give the place of an answer that could not be read, kept because it is paid for."""
        return self.folder / f"{job.id}.answer.json"


class Commit(Protocol):
    """Takes note of a changed job, on disk before it returns; a finished job's body goes with it."""

    def __call__(self, job: Job, result: Mapping[str, object] | None = None) -> Job:
        """Give the job as it was noted."""


@dataclass
class Workplace:
    """What the steps work with. ``commit`` is the one place that every change of a job passes."""

    commit: Commit
    note: Callable[[Job], Job]
    """As ``commit``, but without the disk."""
    client: Callable[[Job], Client]
    storage: Callable[[], Storage]
    cancel_wanted: Callable[[Job], bool]
    running: Callable[[], int]
    clock: Clock
    limiter: RateLimiter
    pacing: Pacing
    stopping: Event
    tell: Callable[[Message], None]
    archive: Archive
    offers: Offers = field(default_factory=Offers)
    desk: Lock = field(default_factory=Lock)
    """Held while ``lately`` prepares a picture: one at a time, since every thread at work delays Blender's own."""
    lately: Lately = field(default_factory=Lately)
    sources: dict[str, image.Ordered] = field(default_factory=dict)
    pictures: dict[str, image.Picture] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    """What to send in place of the pictures that were uploaded; empty for the picture itself after all."""
    turned_away: dict[str, int] = field(default_factory=dict)
    """How often the service had no machine for a job's model."""
    laps: Laps = field(default_factory=Laps)
    lines: dict[str, Connections] = field(default_factory=dict)
    """What the uploads that are on their way go over."""
    results: dict[str, Mapping[str, object]] = field(default_factory=dict)
    listed: dict[str, Look] = field(default_factory=dict)
    """The uncertain jobs that were looked for in the server's list, and what it told: the usage is asked next."""
    searches: dict[str, Search] = field(default_factory=dict)
    offered: dict[str, Mapping[str, Sighting]] = field(default_factory=dict)
    """What the artist is asked to choose from, by its address."""
    shelf: Shelf = field(default_factory=Shelf)
    lost: set[str] = field(default_factory=set)
    """The jobs that the server does not know: the usage is asked next."""
    unknown: dict[str, float] = field(default_factory=dict)
    """Since when the server does not know a job that it has accepted, in monotonic seconds."""
    wishes: dict[str, Wish] = field(default_factory=dict)
    """What became of the cancels that were sent."""
    silent: set[str] = field(default_factory=set)
    """The accounts of servers that answered before, and do not now."""
    followed: dict[str, float] = field(default_factory=dict)
    """Since when each job at a server is asked for, in monotonic seconds: a clock that is set makes none overdue."""

    def server_time(self, job: Job) -> float:
        """Give the time of the job's server, in seconds since 1970: what it tells of jobs is in its own."""
        return self.clock.time() + self.client(job).clock_offset

    def fell_silent(self, base_url: str, client: Client) -> None:
        """Note that a server that answered before does not now; its clock is asked first when it does again."""
        if client.answers:
            self.silent.add(account_of(base_url))
            client.doubt_clock()

    def moment(self) -> Moment:
        """Give what both clocks show."""
        return Moment(self.clock.monotonic(), self.clock.time())

    def may_request(self, job: Job, *, urgent: bool) -> bool:
        """Whether the other Blenders let a request go now; else this server's jobs stand still until they do."""
        server = account_of(job.server)
        allowed, window = self.limiter.allowed(urgent=urgent), self.limiter.window
        pause = self.archive.take_request(server, self.moment(), allowed=allowed, window=window)
        if pause > 0.0:
            self.limiter.give_back(server)
            self.limiter.hold(server, pause, urgent=urgent)
        return pause == 0.0

    def spare_request(self, base_url: str) -> bool:
        """Whether the account's limit has room for a request that nothing waits for; if so, it is counted."""
        server, limiter = account_of(base_url), self.limiter
        if limiter.take(server, urgent=False) > 0.0:
            return False
        allowed, window = limiter.allowed(urgent=False), limiter.window
        if self.archive.take_request(server, self.moment(), allowed=allowed, window=window, waits=False) > 0.0:
            limiter.give_back(server)
            return False
        return True

    def count_request(self, base_url: str) -> None:
        """Count a request that is sent in any case, here and for the other Blenders. For workers."""
        server = account_of(base_url)
        self.limiter.count(server)
        self.archive.count_request(server, self.moment())

    def pause_server(self, base_url: str, seconds: float) -> None:
        """Send nothing to a server for so long, here and in the other Blenders of this user."""
        server = account_of(base_url)
        self.limiter.pause(server, seconds)
        self.archive.pause_requests(server, self.moment(), seconds)
        self.tell(PauseTold(self.clock.time() + seconds, base_url))

    def interrupt(self, job_id: str) -> None:
        """Break off a job's upload, which costs nothing; a paid POST is never broken off."""
        line = self.lines.get(job_id)
        if line is not None:
            line.cut()

    def forget(self, job_id: str) -> None:
        """Let go of a job's picture and result."""
        source = self.sources.pop(job_id, None)
        if source is not None:
            image.discard(source)
        self.pictures.pop(job_id, None)
        self.stored.pop(job_id, None)
        self.turned_away.pop(job_id, None)
        self.results.pop(job_id, None)
        self.listed.pop(job_id, None)
        self.searches.pop(job_id, None)
        self.offered.pop(job_id, None)
        self.lost.discard(job_id)
        self.unknown.pop(job_id, None)
        self.wishes.pop(job_id, None)
        self.laps.drop(job_id)
        self.followed.pop(job_id, None)


def end(job: Job, place: Workplace, state: State, error: str, trouble: Trouble = Trouble.NONE) -> Pause:
    """Move a job to a state in which nothing more is done for it; ``error`` says why."""
    place.forget(job.id)
    place.archive.keep_small_picture(job)  # before it is told: the list asks for it then
    kept = state is State.REFUSED and keeps_picture(trouble) and place.archive.file_picture(job)
    changes = {"error": error, "trouble": trouble.value, "picture_kept": kept, "ended_at": place.clock.time()}
    ended = place.commit(advance(job, state, **changes))
    if state is not State.EXPIRED:
        place.archive.drop_picture(ended)
    return None


def suspend(job: Job, place: Workplace, error: TrellisError, sentence: str = "") -> Pause:
    """Stop working for a job until the artist asks for it; ``sentence`` replaces the error's."""
    keep_raw(job, place, error)
    said, trouble = sentence or str(error), trouble_of(error).value
    place.commit(advance(job, failures=job.failures + 1, suspended=True, note="", error=said, trouble=trouble))
    return None


def retry(job: Job, place: Workplace, error: TrellisError) -> Pause:
    """Count a failed look at a job, which goes on at the server meanwhile; suspend it after many."""
    if place.stopping.is_set():
        return None  # we cut the connection ourselves
    failures = job.failures + 1
    if failures >= patience(error):
        return suspend(job, place, error, f"{error} {SEND if job.state is State.PREPARED else TRY_AGAIN}")
    note = f"{error} It is tried again."
    asked = error.retry_after or 0.0
    pause = max(place.pacing.retry_delay(failures), asked)
    if isinstance(error, RateLimited) or (asked and isinstance(error, ModelUnavailable)):  # said of the whole service
        place.pause_server(job.server, pause)
        note = ""
    overdue = is_overdue(job, place)
    place.commit(advance(job, failures=failures, note=LONG.of(job) if overdue else note, overdue=overdue))
    return pause


def is_overdue(job: Job, place: Workplace) -> bool:
    """Whether a job has been asked for at the server for longer than any should take."""
    at_server = job.state in (State.ACCEPTED, State.PROCESSING)
    if job.overdue or not at_server:
        return job.overdue
    now = place.clock.monotonic()
    return now - place.followed.setdefault(job.id, now) > place.pacing.patience


def keep_raw(job: Job, place: Workplace, error: TrellisError) -> None:
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


def patience(error: TrellisError) -> float:
    """Give the number of failures in a row that are borne."""
    if isinstance(error, RateLimited):
        return float("inf")  # the service asks to wait, so we wait
    if isinstance(error, TransportError) or (error.transient and error.retry_after):
        return GIVE_UP_AFTER_SILENCES
    return GIVE_UP_AFTER_FAILURES if error.transient else GIVE_UP_AFTER_REFUSALS
