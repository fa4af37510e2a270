# SPDX-License-Identifier: GPL-3.0-or-later
"""All jobs as they are known in this Blender: the one place that every change passes. Imports no bpy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any, Final

from .archive import Archive
from .client import Client
from .jobs import Job, advance
from .messages import JobChanged, Message

_QUOTING: Final = ("error", "note", "poll_url", "result_url")
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
        self._held: set[str] = set()

    def mine(self, job_id: str) -> Job | None:
        """Give a job that this Blender may change."""
        return None if job_id in self.foreign else self.jobs.get(job_id)

    def running(self) -> int:
        """Give the number of jobs that something is being done for here."""
        return sum(1 for job in list(self.jobs.values()) if job.running and job.id not in self.foreign)

    def commit(self, job: Job, result: Mapping[str, object] | None = None) -> Job:
        """Have a changed job on disk, then take note of it: before the step that the change announces. For workers."""
        client = self._clients.get(job.server)
        if result is not None and client is not None:
            result = {name: _hidden(value, client.key.redact) for name, value in result.items()}
        self._archive.record(self._without_key(job), result)
        return self.note(job)

    def note(self, job: Job) -> Job:
        """Take note of a changed job."""
        previous = self.jobs.get(job.id)
        if previous is None or previous.state is not job.state:
            _log.info("Job %s: %s", job.id, job.state.value)
        job = self._without_key(job)
        self.jobs[job.id] = job
        self._messages.put(JobChanged(job))
        return job

    def hold(self, job: Job) -> None:
        """Take note of a changed job that goes on disk only when it is released."""
        self._held.add(job.id)
        self.note(job)

    def released(self) -> list[Job]:
        """Give the jobs that were held back, and hold them back no longer."""
        held = [job for job_id in self._held if (job := self.jobs.get(job_id)) is not None]
        self._held.clear()
        return held

    def record(self, job: Job) -> None:
        """Have a job on disk as it is known by now. For workers."""
        self._archive.record(self.jobs.get(job.id, job))

    def _without_key(self, job: Job) -> Job:
        """Take the key out of a job's texts: they may quote the server, which may quote the key."""
        client = self._clients.get(job.server)
        if client is None:
            return job
        hide = client.key.redact
        return advance(job, None, **{name: hide(text) for name in _QUOTING if (text := getattr(job, name))})


def _hidden(value: Any, redact: Callable[[str], str]) -> Any:
    """Give a part of a server's answer with every text in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [_hidden(item, redact) for item in value]
    if isinstance(value, dict):
        return {redact(str(name)): _hidden(item, redact) for name, item in value.items()}
    return value
