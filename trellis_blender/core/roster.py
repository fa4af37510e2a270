# SPDX-License-Identifier: GPL-3.0-or-later
"""All jobs as they are known in this Blender: the one place that every change passes. Imports no bpy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from queue import SimpleQueue
from typing import Final

from .archive import Archive
from .client import Client
from .database import StoreError
from .jobs import CANCELLABLE, FINISHED, FINISHED_THERE, HARMLESS, Job, State
from .messages import JobChanged, Message
from .records import redacted, without_key
from .secrets import Key

_NO_KEY: Final = Key("")
"""Hides what looks like a key, where it is not known which."""
_log = logging.getLogger(__name__)


class Roster:
    """The jobs by their ids; ``foreign`` are those that another running Blender works on."""

    def __init__(
        self, archive: Archive, messages: SimpleQueue[Message], clients: Mapping[str, Client]
    ) -> None:  # fmt: skip
        """Every change is told in ``messages``, without the key of the job's server."""
        self.jobs: dict[str, Job] = {}
        self.foreign: set[str] = set()
        self._archive, self._messages, self._clients = archive, messages, clients
        self._held: dict[str, State] = {}
        """The jobs that are held back, and the states that they have on disk meanwhile."""
        self.wishes: set[str] = set()
        """The jobs that are to be cancelled, as the artist said in this session."""
        self._kept: set[str] = set()
        """Those of them of which that is on disk."""
        self._late: set[str] = set()
        """Those that were cancelled when the server had finished; their rows say so until the object is here."""
        self._said: dict[str, str] = {}
        """The sentence that was logged last of each job: a retry clears it, and may end in the same words."""
        self._lock = threading.RLock()
        """Held by workers only, so that what one writes of a job is never older than what another has written."""

    def mine(self, job_id: str) -> Job | None:
        """Give a job that this Blender may change."""
        return None if job_id in self.foreign else self.jobs.get(job_id)

    def own(self) -> list[Job]:
        """Give the jobs that this Blender may change."""
        return [job for job in list(self.jobs.values()) if job.id not in self.foreign]

    def running(self) -> int:
        """Give the number of jobs that something is being done for here."""
        return sum(1 for job in self.own() if job.running)

    def commit(self, job: Job, result: Mapping[str, object] | None = None) -> Job:
        """Have a changed job on disk, then take note of it: before the step that the change announces. For workers."""
        if result is not None:
            result = redacted(result, self._redact(job))
        with self._lock:
            self._archive.record(self._as_kept(job), result)
            return self.note(job)

    def note(self, job: Job) -> Job:
        """Take note of a changed job."""
        previous = self.jobs.get(job.id)
        if previous is None or previous.state is not job.state:
            _log.info("Job %s: %s", job.id, job.state.value)
        job = self._as_kept(job)
        told = job.error or job.note
        if previous is not None and told and told != self._said.get(job.id):
            self._said[job.id] = told
            is_trouble = job.state is not State.CANCELLED and told not in HARMLESS
            _log.log(logging.WARNING if is_trouble else logging.INFO, "Job %s: %s", job.id, told)
        if job.state not in FINISHED_THERE:
            self._late.discard(job.id)
        self.jobs[job.id] = job
        self._messages.put(JobChanged(job))
        return job

    def hold(self, job: Job) -> None:
        """Take note of a changed job whose new state goes on disk only when it is released."""
        known = self.jobs.get(job.id, job)
        self._held.setdefault(job.id, known.state)
        self.note(job)

    def release(self, job_id: str) -> None:
        """Hold a job back no longer."""
        self._held.pop(job_id, None)

    def ahead(self) -> dict[str, str]:
        """Give the states of the jobs that are held back: those on disk are older."""
        return {job_id: job.state.value for job_id in list(self._held) if (job := self.jobs.get(job_id)) is not None}

    def released(self) -> list[Job]:
        """Give the jobs that were held back, and hold them back no longer."""
        held = [job for job_id in list(self._held) if (job := self.jobs.get(job_id)) is not None]
        self._held.clear()
        return held

    def record(self, job: Job) -> None:
        """Have a job on disk as it is known by now. For workers."""
        job = self.jobs.get(job.id, job)
        held = self._held.get(job.id) if job.state is State.IMPORTED else None
        self._archive.record(job if held is None else replace(job, state=held))

    def cancel_wanted(self, job: Job) -> bool:
        """Whether a job is to be cancelled now: one that was sent is when the wish is on disk, be it of earlier."""
        return job.cancel_wanted or job.id in (self.wishes if job.state is State.PREPARED else self._kept)

    def with_wish(self, job: Job, *, then: Callable[[], None] = lambda: None) -> Job:
        """Give a job with the artist's wish to cancel it, on disk by now, whether it can be sent or not. For workers.

        ``then`` is called when it was not on disk yet.
        """
        if job.cancel_wanted or job.id not in self.wishes:
            return job
        with self._lock:
            known = self.jobs.get(job.id, job)
            if known.state in CANCELLABLE:
                try:
                    self._archive.record(self._as_kept(known))
                except StoreError as error:  # of a job that was not sent, so that nothing is lost
                    _log.warning("The wish to cancel job %s is not on disk: %s", job.id, error)
        self._kept.add(job.id)
        then()
        return self._as_kept(job)

    def say_finished(self, job_id: str) -> None:
        """Have a job's row say that a cancel came too late, if the server had finished; it goes on. For workers."""
        with self._lock:
            job = self.mine(job_id)
            if job is not None and job.state in FINISHED_THERE:
                self._late.add(job_id)
                self.note(job)

    def finish(self) -> None:
        """Have on disk what is known in memory only: the wishes, and the jobs that were held back."""
        for job in self.released():
            self.record(job)
        for job in [job for job in list(self.jobs.values()) if job.id in self.wishes]:
            self.with_wish(job)

    def _as_kept(self, job: Job) -> Job:
        """Give a job with the wish to cancel it, and without the key: its texts may quote the server's."""
        if job.id in self.wishes and not job.cancel_wanted:
            job = replace(job, cancel_wanted=True)
        if job.id in self._late and not job.note and not job.error:
            job = replace(job, note=FINISHED)
        return without_key(job, self._redact(job))

    def _redact(self, job: Job) -> Callable[[str], str]:
        client = self._clients.get(job.server)
        return (client.key if client is not None else _NO_KEY).redact
