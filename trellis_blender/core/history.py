# SPDX-License-Identifier: GPL-3.0-or-later
"""All jobs as rows of a list: what a row shows, which rows are asked for, which jobs still need somebody. No bpy.

A row is made when its job changes, so that a list of thousands is drawn without looking at one job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from .jobs import Job, State
from .lineage import Asker, Lineage, asker_of
from .money import priced
from .twins import Twins

RECENT: Final = 4
"""So many of the jobs that need nobody any more stay among what is going on, the newest ones."""
RECENT_SECONDS: Final = 24 * 3600.0
"""After so long they do not."""
WAITING_SECONDS: Final = 7 * 24 * 3600.0
"""So long an object that nobody has imported yet is counted as waiting: its scene may be gone for good."""
LEAST_OF_ID: Final = 4
"""So many characters of an id are searched for at least: two or three are in every other one."""
_WITHOUT: Final = frozenset({State.REFUSED, State.FAILED, State.CANCELLED})
_DAY_SECONDS: Final = 24 * 3600.0
_MINUTE_SECONDS: Final = 60.0


class Standing(Enum):
    """What a job needs."""

    RUNNING = "running"
    WAITING = "waiting"
    """The artist: it stopped, is uncertain, or its object was not imported yet."""
    DONE = "done"
    """Nothing: its object stood in a scene."""
    WITHOUT = "without"
    """Nothing: there is no object, and none will come."""


class Order(Enum):
    """What the rows are sorted by."""

    DATE = "date"
    NAME = "name"
    PRICE = "price"
    SEED = "seed"
    STATE = "state"


@dataclass(frozen=True)
class Row:
    """What the list shows of one job, and what it is found by."""

    job: Job
    standing: Standing
    source: str
    seed: int
    resolution: str
    price: str
    when: float
    asker: Asker
    found_by: str
    ids: str


@dataclass(frozen=True)
class Query:
    """Which rows are asked for; what is empty or 0 does not count."""

    text: str = ""
    standing: Standing | None = None
    resolution: str = ""
    file: Lineage | None = None
    """The .blend that asked for it."""
    days: int = 0
    order: Order = Order.DATE
    reverse: bool = False


@dataclass(frozen=True)
class Whole:
    """How many of the jobs to keep an eye on run, have stopped without an object, and can be imported."""

    running: int = 0
    stopped: int = 0
    ready: int = 0


@dataclass(frozen=True)
class Glance:
    """The jobs to keep an eye on, by their ids, as many as there is room for, and how many others run or wait."""

    shown: tuple[str, ...] = ()
    running: int = 0
    waiting: int = 0
    whole: Whole = Whole()


class History:
    """The rows of all jobs that were not taken out of the list; ``version`` changes with them."""

    def __init__(self) -> None:
        """Know no job."""
        self.rows: dict[str, Row] = {}
        self.twins = Twins()
        self.version = 0
        self._resolutions: tuple[int, frozenset[str]] = -1, frozenset()
        self._glance: tuple[tuple[int, int, int], Glance] = (-1, 0, 0), Glance()

    def take(self, job: Job) -> None:
        """Take note of how a job stands now."""
        row = row_of(job)
        known = self.rows.get(job.id)
        self.rows[job.id] = row
        self.twins.take(job)
        if known is None or _seen(known) != _seen(row):
            self.version += 1

    def drop(self, job_id: str) -> None:
        """Forget a job."""
        self.twins.drop(job_id)
        if self.rows.pop(job_id, None) is not None:
            self.version += 1

    def resolutions(self) -> frozenset[str]:
        """Give the resolutions that jobs have, some of which no server may offer today; worked out once for many."""
        if self._resolutions[0] != self.version:
            self._resolutions = self.version, frozenset(row.resolution for row in self.rows.values())
        return self._resolutions[1]

    def glance(self, now: float, room: int) -> Glance:
        """Give the jobs to keep an eye on, the newest first; worked out once for many draws."""
        stamp = self.version, int(now // _MINUTE_SECONDS), room
        if self._glance[0] != stamp:
            self._glance = stamp, glance_at(going_on([row.job for row in self.rows.values()], now), room)
        return self._glance[1]

    def select(self, query: Query, now: float) -> list[str]:
        """Give the ids of the jobs asked for, in the order asked for: the newest first, names from A to Z."""
        words = query.text.lower().split()
        found = [row for row in self.rows.values() if _matches(row, query, words, now)]
        by_date = query.order is Order.DATE
        found.sort(key=lambda row: row.when, reverse=True)
        if not by_date:
            found.sort(key=_KEYS[query.order], reverse=query.order is Order.PRICE)
        if query.reverse:
            found.reverse()
        return [row.job.id for row in found]


def row_of(job: Job) -> Row:
    """Give what the list shows of a job."""
    source = job.origin.get("image") or job.request.image_url or job.name
    seed = job.request.value("seed")
    number = seed if isinstance(seed, int) else 0
    found_by = "\n".join((job.name, source, str(number))).lower()
    return Row(
        job, standing_of(job), source, number, str(job.request.value("resolution")), priced(job.cost_usd),
        job.submitted_at or job.created_at, asker_of(job.origin), found_by, f"{job.id}\n{job.job_id}".lower(),
    )  # fmt: skip


def standing_of(job: Job) -> Standing:
    """Say what a job needs."""
    if job.running:
        return Standing.RUNNING
    if job.state is State.IMPORTED:
        return Standing.DONE
    if job.state in _WITHOUT or (job.state is State.EXPIRED and not job.resumable):
        return Standing.WITHOUT
    return Standing.WAITING


def going_on(jobs: Iterable[Job], now: float) -> list[Job]:
    """Give the jobs to keep an eye on, the newest first: those that run or wait, and a few that have just ended."""
    by_age = sorted(jobs, key=lambda job: job.created_at, reverse=True)
    recent = 0
    kept: list[Job] = []
    for job in by_age:
        standing = standing_of(job)
        age = now - (job.ended_at or job.created_at)
        if standing is Standing.RUNNING or (standing is Standing.WAITING and not _is_left(job, age)):
            kept.append(job)
        elif recent < RECENT and age < RECENT_SECONDS:
            recent += 1
            kept.append(job)
    return kept


def glance_at(current: Sequence[Job], room: int) -> Glance:
    """Choose those that there is room for: what waits for the artist before what runs, and both before what has ended.

    They stay in their order.
    """
    first = {job.id for job in sorted(current, key=lambda job: _FIRST.get(standing_of(job), 2))[:room]}
    hidden = [standing_of(job) for job in current if job.id not in first]
    shown = tuple(job.id for job in current if job.id in first)
    return Glance(shown, hidden.count(Standing.RUNNING), hidden.count(Standing.WAITING), _whole(current))


def _whole(current: Iterable[Job]) -> Whole:
    """Count jobs; what was cancelled, or sent again, has not stopped by itself."""
    standings = [(job, standing_of(job)) for job in current]
    waiting = [job for job, standing in standings if standing is Standing.WAITING]
    ready = sum(1 for job in waiting if job.state is State.DOWNLOADED and job.importable and not job.error)
    ended = (job for job, standing in standings if standing is Standing.WITHOUT)
    lost = sum(1 for job in ended if job.state is not State.CANCELLED and not job.given_up)
    running = sum(1 for _job, standing in standings if standing is Standing.RUNNING)
    return Whole(running, len(waiting) - ready + lost, ready)


def _is_left(job: Job, age: float) -> bool:
    """Whether an object has come long ago, and nobody has wanted it: it is safe on the disk."""
    return job.state is State.DOWNLOADED and job.importable and age >= WAITING_SECONDS


def at_stake(job: Job) -> str:
    """Say what would be lost with a job's record, which was paid for or may have been; nothing where nothing would."""
    if job.state is State.UNCERTAIN:
        return "It may be running at the service and billed; without this entry it is not looked for any more"
    if job.state in (State.DOWNLOADED, State.IMPORTED) and job.path is not None:
        return "Its object was paid for; the file stays in the download folder unless you have it deleted, too"
    if job.resumable and job.state is not State.PREPARED:
        return "Its object was paid for and is not here yet; without this entry it can no longer be had"
    if job.state is State.CANCELLED and job.accepted_at:
        return "It was most likely billed; without this entry only the ledger tells of it"
    return ""


def _seen(row: Row) -> tuple[Any, ...]:
    """Give what the order and the choice of rows depend on."""
    return row.standing, row.price, row.when, row.found_by, row.ids, row.job.state, bool(row.job.error)


def _matches(row: Row, query: Query, words: list[str], now: float) -> bool:
    return (
        all(word in row.found_by or (len(word) >= LEAST_OF_ID and word in row.ids) for word in words)
        and (query.standing is None or row.standing is query.standing)
        and (not query.resolution or row.resolution == query.resolution)
        and (query.file is None or query.file.has(row.asker))
        and (not query.days or now - row.when < query.days * _DAY_SECONDS)
    )


_FIRST: Final = {Standing.WAITING: 0, Standing.RUNNING: 1}
_STATE_ORDER: Final = {standing: number for number, standing in enumerate(
    (Standing.WAITING, Standing.RUNNING, Standing.DONE, Standing.WITHOUT)
)}  # fmt: skip
_KEYS: Final[Mapping[Order, Callable[[Row], Any]]] = {
    Order.NAME: lambda row: row.job.name.lower(),
    Order.PRICE: lambda row: row.job.cost_usd,
    Order.SEED: lambda row: row.seed,
    Order.STATE: lambda row: _STATE_ORDER[row.standing],
}
