# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs and their lives, as far as the clock has come; knows no HTTP."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .clock import Clock, iso
from .envelopes import failure
from .glb import Recipe
from .links import Links
from .settings import Settings
from .shapes import finished, name_file
from .workshop import Workshop

LARGEST_BOOK = 20_000
ENDED = ("completed", "failed", "cancelled")


@dataclass
class Job:
    """One accepted, and therefore billed, job. Times in seconds since the epoch."""

    model: str
    price: Decimal
    sent: dict[str, Any]
    """The body as received, without the picture."""
    effective: dict[str, Any]
    """Every setting, defaults filled in."""
    picture: str
    """SHA-256 of the picture's bytes; empty when they could not be had."""
    picture_bytes: int
    picture_from: str
    """``data``, ``stored``, ``url`` or ``made up``."""
    recipe: Recipe
    created: float
    seconds: float
    id: str = field(default_factory=lambda: f"job_{secrets.token_hex(12)}")
    file_id: str = field(default_factory=lambda: f"file_{secrets.token_hex(12)}")
    order: Future[bytes] | None = None
    never_finishes: bool = False
    failing: Any = None
    """The error it will end with; wrapped in a list of one, since ``null`` is an error's shape too."""
    state: str = "processing"
    ended: float | None = None
    error: Any = None
    polls: int = 0


class JobBook:
    """Every job by its id, bounded; the oldest are forgotten."""

    def __init__(self, settings: Settings, clock: Clock, workshop: Workshop, links: Links) -> None:
        """Start empty."""
        self._settings, self._clock, self._workshop, self._links = settings, clock, workshop, links
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._files: dict[str, str] = {}
        self._lock = threading.RLock()
        self.accepted = 0

    def open(self, job: Job) -> None:
        """Take a job in and start making its object."""
        with self._lock:
            self.accepted += 1
            self._jobs[job.id] = job
            self._files[job.file_id] = job.id
            if job.failing is None:
                job.order = self._workshop.order(job.picture, job.recipe)
            while len(self._jobs) > LARGEST_BOOK:
                self._files.pop(self._jobs.popitem(last=False)[1].file_id, None)

    def all(self) -> list[Job]:
        """Give every job, oldest first, brought up to date."""
        with self._lock:
            for job in self._jobs.values():
                self._advance(job)
            return list(self._jobs.values())

    def get(self, job_id: str) -> Job | None:
        """Give a job whatever its age, brought up to date."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job:
                self._advance(job)
            return job

    def by_file(self, file_id: str) -> Job | None:
        """Give the completed job whose output ``file_id`` is, inside its retention."""
        job = self.get(self._files.get(file_id, ""))
        if job is None or job.state != "completed" or job.ended is None:
            return None
        return job if self._clock.now() <= job.ended + self._settings.retention_seconds else None

    def kept(self, job: Job) -> bool:
        """Whether the service still knows the job's state."""
        return job.ended is None or self._clock.now() <= job.ended + self._settings.keep_seconds

    def cancel(self, job: Job) -> None:
        """Cancel a job that has not ended; one that has stays as it is."""
        with self._lock:
            self._advance(job)
            if job.state not in ENDED:
                job.state, job.ended = "cancelled", self._clock.now()

    def data(self, job: Job) -> bytes:
        """Give a completed job's GLB, made again if it was dropped."""
        return self._workshop.order(job.picture, job.recipe).result()

    def url(self, job: Job, *, fresh: bool = False) -> str:
        """Give the signed address of a completed job's GLB; not ``fresh``: as it was signed at completion."""
        since = self._clock.now() if fresh or job.ended is None else job.ended
        return self._links.sign(job.file_id, since + self._settings.url_seconds)

    def word(self, job: Job) -> str:
        """Give the job's status in the service's words."""
        return self._settings.status_words.get(job.state, job.state)

    def describe(self, job: Job) -> dict[str, Any]:
        """Give the answer to a poll."""
        answer: dict[str, Any] = {
            "job_id": job.id,
            "model": job.model,
            "status": self.word(job),
            "progress": self._progress(job),
            "created_at": iso(job.created),
            "completed_at": iso(job.ended) if job.ended is not None else None,
            "result": None,
            "error": job.error,
        }
        if job.state == "completed":
            answer.update(self.outcome(job))
        return answer

    def outcome(self, job: Job) -> dict[str, Any]:
        """Give the fields that only a completed job has."""
        inline = job.effective["response_format"] == "b64_json"
        shape, uri = self._settings.result_shape, self._settings.data_uri
        fields = finished(shape, self.url(job), lambda: self.data(job), inline=inline, data_uri=uri)
        if shape != "nothing":
            name_file(fields, job.file_id, self._settings.file_id_place)
        return fields

    def _progress(self, job: Job) -> float:
        if job.state == "completed":
            return 1.0
        if job.state == "queued":
            return 0.0
        share = (self._clock.now() - job.created) / job.seconds if job.seconds > 0 else 1.0
        return round(min(0.99, max(0.0, share)), 3)

    def _advance(self, job: Job) -> None:
        if job.state in ENDED:
            return
        now = self._clock.now()
        job.state = "queued" if now < job.created + self._settings.queue_seconds else "processing"
        due = job.created + job.seconds
        if now < due or job.never_finishes:
            return
        if job.failing is not None:
            job.state, job.ended, job.error = "failed", due, job.failing[0]
        elif job.order is not None and job.order.done():
            problem = job.order.exception()
            job.state, job.ended = ("completed", due) if problem is None else ("failed", due)
            if problem is not None:
                job.error = failure("object", "generation_failed", str(problem) or type(problem).__name__)
            job.order = None  # the bytes stay on the workshop's shelf, which is bounded
