# SPDX-License-Identifier: GPL-3.0-or-later
"""Which job was ordered with the very same, so that nobody pays for its object twice unawares. No files, no bpy.

A job is known by its order as it changes, so that a panel may ask while it is drawn, however many jobs there are.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from .catalogue import BY_NAME, Scalar
from .jobs import FINISHED_THERE, Job, State
from .request import GenerationRequest

Order = tuple[str, str, frozenset[tuple[str, Scalar]]]
"""The server, the picture's hash or address, and every setting that is not the service's default."""


class Having(Enum):
    """What there is of a job's object without paying once more."""

    STOPPED = "stopped"
    """It is paid for, and can be had when the artist says so."""
    COMING = "coming"
    HERE = "here"


_STOPPABLE: Final = frozenset(
    {State.ACCEPTED, State.PROCESSING, State.COMPLETED, State.DOWNLOADING, State.DOWNLOADED}
)  # fmt: skip
_RANK: Final = {having: rank for rank, having in enumerate(Having)}


class Twins:
    """Jobs by what they were ordered with; kept up to date as each of them changes."""

    def __init__(self) -> None:
        """Know no job."""
        self._orders: dict[str, Order] = {}
        self._jobs: dict[Order, dict[str, Job]] = {}

    def take(self, job: Job) -> None:
        """Take note of how a job stands now."""
        order = order_of(job.request, job.server, job.image_sha256)
        if order != self._orders.get(job.id):
            self.drop(job.id)
        if order is not None:
            self._orders[job.id] = order
            self._jobs.setdefault(order, {})[job.id] = job

    def drop(self, job_id: str) -> None:
        """Forget a job."""
        order = self._orders.pop(job_id, None)
        if order is not None:
            alike = self._jobs[order]
            del alike[job_id]
            if not alike:
                del self._jobs[order]

    def of(self, wanted: GenerationRequest, server: str, image_sha256: str) -> Job | None:
        """Give the job whose object would be had for what is wanted: rather one that is here, then the newest."""
        order = order_of(wanted, server, image_sha256)
        found = self._jobs.get(order, {}) if order is not None else {}
        ranked = [(_RANK[having], job.created_at, job.id) for job in found.values() if (having := having_of(job))]
        return found[max(ranked)[2]] if ranked else None


def having_of(job: Job) -> Having | None:
    """Say what there is of a job's object; None where none is to be had, or nobody knows."""
    if job.state in (State.DOWNLOADED, State.IMPORTED) and job.importable:
        return Having.HERE
    if job.running:
        is_cancelled = job.cancel_wanted and job.state not in FINISHED_THERE
        return None if job.state is State.UNCERTAIN or is_cancelled else Having.COMING
    return Having.STOPPED if job.state in _STOPPABLE and job.resumable else None


def order_of(wanted: GenerationRequest, server: str, image_sha256: str) -> Order | None:
    """Give what is ordered, whatever it costs; None while the picture is not known."""
    picture = wanted.image_url or image_sha256
    if not picture:
        return None
    settings = {(name, value) for name, value in wanted.parameters.items() if not _is_default(name, value)}
    return server, picture, frozenset(settings)


def _is_default(name: str, value: Scalar) -> bool:
    return name in BY_NAME and BY_NAME[name].default == value
