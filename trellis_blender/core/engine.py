# SPDX-License-Identifier: GPL-3.0-or-later
"""All jobs of this Blender: takes orders, has them worked on, tells of every change in one queue. Imports no bpy.

The main thread calls :meth:`Engine.submit`, :meth:`~Engine.cancel` and the like, which only note
what is wanted and return, and empties :attr:`Engine.messages`. Workers do everything else.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import Final

from . import resumption
from .archive import Archive
from .checkup import check_connection
from .client import Client
from .crew import Crew
from .database import StoreError
from .endpoint import Endpoint
from .errors import TrellisError
from .image import Source
from .jobs import CANCELLABLE, Job, State, advance
from .lifecycle import Storage, Workplace, costs_request, step
from .messages import ConnectionChecked, JobChanged, Message, StoreOpened
from .pacing import Clock, Pacing, RateLimiter, SystemClock
from .request import GenerationRequest
from .secrets import Key
from .submission import UNKNOWN
from .transport import Timeouts
from .workplace import Pause

WORKERS: Final = 8
SHORT_PLACES: Final = 2
"""Workers that are kept free of long steps, so that polls and cancels go on beside ten slow downloads."""
SUBMISSION_GRACE_SECONDS: Final = 3.0
"""How long closing waits for the answer to a POST that may be paid for."""
_CLOSING_SECONDS: Final = 1.0
_QUOTING: Final = ("error", "note", "poll_url", "result_url")
_log = logging.getLogger(__name__)


class Engine:
    """Runs any number of jobs in a few threads, which start with the first job and end with :meth:`close`."""

    def __init__(
        self, storage: Storage, *, clock: Clock | None = None, pacing: Pacing | None = None,
        limiter: RateLimiter | None = None, timeouts: Timeouts | None = None, workers: int = WORKERS,
        store_folder: Path | None = None,
    ) -> None:  # fmt: skip
        """Nothing is started yet. Without ``store_folder`` nothing outlives the process: for tests of parts."""
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self._clock = clock or SystemClock()
        self._timeouts = timeouts or Timeouts()
        self._storage = storage
        self._clients: dict[str, Client] = {}
        self._every_client: weakref.WeakSet[Client] = weakref.WeakSet()
        self._jobs: dict[str, Job] = {}
        self._cancelled: set[str] = set()
        self._archive = Archive(store_folder)
        self._is_opened = False
        self._place = Workplace(
            commit=self._commit,
            note=self._note,
            client=lambda job: self._clients[job.server],
            storage=lambda: self._storage,
            cancel_wanted=lambda job: job.id in self._cancelled,
            running=self.running,
            clock=self._clock,
            limiter=limiter or RateLimiter(self._clock),
            pacing=pacing or Pacing(),
            stopping=threading.Event(),
            archive=self._archive,
        )
        self._crew = Crew(
            workers=workers, long_places=max(workers - SHORT_PLACES, 1), clock=self._clock, place=self._place,
            jobs=self._jobs, step=self._step, is_hurried=self._cancel_is_due,
        )  # fmt: skip

    def configure(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Use these from now on; running jobs stay with their server, and take its newest key."""
        known = self._clients.get(endpoint.base_url)
        if known is None or known.key.reveal() != key.reveal():
            client = Client(endpoint, key, timeouts=self._timeouts)
            self._clients[endpoint.base_url] = client
            self._every_client.add(client)
        self._storage = storage

    def open(self) -> None:
        """Have the store opened, and what was unfinished taken up again; both are told by messages."""
        if not self._is_opened:
            self._is_opened = True
            self._crew.open_with(self._open)

    def submit(
        self, request: GenerationRequest, source: Source | None, *, name: str, endpoint: Endpoint,
        origin: Mapping[str, str] = MappingProxyType({}),
    ) -> Job:  # fmt: skip
        """Take on a job and return at once; ``source`` may be None when the request carries an image URL."""
        self.open()
        job = Job(name, request, endpoint.base_url, origin, created_at=self._clock.time())
        if source is not None:
            self._place.sources[job.id] = source
        self._note(job)
        self._crew.schedule(job.id)
        return job

    def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled, here or at the server; what came of it is told by a message."""
        job = self._jobs.get(job_id)
        if job is None or job.state not in CANCELLABLE:
            return
        self._crew.hasten(job_id, lambda: self._cancelled.add(job_id))
        self.resume(job_id)

    def resume(self, job_id: str) -> None:
        """Go on with a job that stopped on our side. Costs nothing, but for one that was never sent."""
        job = self._jobs.get(job_id)
        if job is None or not job.resumable:
            return
        if job.state is State.DOWNLOADED:
            job = advance(job, State.DOWNLOADING, path=None, ended_at=0.0)
        job = self._note(replace(job, suspended=False, failures=0, error="", note="", candidates=()))
        self._crew.errand(lambda: self._take_up(job))

    def send_again(self, job_id: str) -> None:
        """Order once more what was most likely never accepted: a new job, because the artist says so."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is State.UNCERTAIN and job.suspended:
            self._crew.errand(lambda: self._send_again(job))

    def choose(self, job_id: str, candidate: str) -> None:
        """Take the artist's word for which job at the server an uncertain one is."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is State.UNCERTAIN and candidate in job.candidates:
            self._crew.errand(lambda: self._choose(job, candidate))

    def imported(self, job_id: str) -> None:
        """Note that a job's object stands in a scene."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is State.DOWNLOADED:
            self._keep(advance(job, State.IMPORTED, error=""))

    def import_failed(self, job_id: str, sentence: str) -> None:
        """Note why a job's file could not be imported; the file is kept."""
        job = self._jobs.get(job_id)
        if job is not None:
            self._keep(advance(job, error=sentence))

    def forget(self, job_id: str) -> None:
        """Drop a job that nothing is being done for from the list; its file and its price stay."""
        job = self._jobs.get(job_id)
        if job is not None and not job.running:
            del self._jobs[job_id]
            self._cancelled.discard(job_id)
            self._place.forget(job_id)
            self._crew.errand(lambda: self._archive.hide(job_id))

    def check_connection(self, endpoint: Endpoint) -> None:
        """Ask the server whether it is there and takes the key; the answer comes as a message."""
        client = self._clients[endpoint.base_url]
        self._crew.errand(lambda: self._check(client))

    def running(self) -> int:
        """Give the number of jobs that something is being done for."""
        return sum(1 for job in list(self._jobs.values()) if job.running)

    @property
    def thread_count(self) -> int:
        """Give the number of worker threads that live."""
        return sum(thread.is_alive() for thread in self._crew.threads)

    def close(self) -> None:
        """End every thread: what reads is cut off at once, a paid POST has a moment to hear its answer."""
        self._place.stopping.set()
        self._crew.stop()
        submitting = any(job.state is State.SUBMITTING for job in list(self._jobs.values()))
        self._end_threads(submissions=False, seconds=SUBMISSION_GRACE_SECONDS if submitting else _CLOSING_SECONDS)
        self._end_threads(submissions=True, seconds=_CLOSING_SECONDS)
        for job_id in list(self._place.sources):
            self._place.forget(job_id)
        if self.thread_count:
            _log.warning("%d worker threads are still connecting; they end by themselves", self.thread_count)
        else:
            self._archive.close()

    def _end_threads(self, *, submissions: bool, seconds: float) -> None:
        for client in list(self._every_client):
            client.cut(submissions=submissions)
        self._crew.join(seconds)

    def _commit(self, job: Job, result: Mapping[str, object] | None = None) -> Job:
        """Have a changed job on disk, then take note of it: before the step that the change announces. For workers."""
        self._archive.record(self._without_key(job), result)
        return self._note(job)

    def _keep(self, job: Job) -> None:
        """Take note of a changed job now, and have it on disk soon; for the main thread."""
        noted = self._note(job)
        self._crew.errand(lambda: self._archive.record(noted))

    def _note(self, job: Job) -> Job:
        """Take note of a changed job: the one place that every change passes."""
        previous = self._jobs.get(job.id)
        if previous is None or previous.state is not job.state:
            _log.info("Job %s: %s", job.id, job.state.value)
        job = self._without_key(job)
        self._jobs[job.id] = job
        self.messages.put(JobChanged(job))
        return job

    def _without_key(self, job: Job) -> Job:
        """Take the key out of a job's texts: they may quote the server, which may quote the key."""
        client = self._clients.get(job.server)
        if client is None:
            return job
        hide = client.key.redact
        return advance(job, None, **{name: hide(text) for name in _QUOTING if (text := getattr(job, name))})

    def _step(self, job: Job) -> Pause:
        """Do one step of a job, with the other Blenders' leave where it sends a request."""
        try:
            if costs_request(job, self._place):
                limiter = self._place.limiter
                pause = self._archive.take_request(
                    self._clock.monotonic(), limit=limiter.limit, window=limiter.window
                )  # fmt: skip
                if pause > 0.0:
                    return pause
            return step(job, self._place)
        except TrellisError as error:
            return self._suspend(job, str(error))
        except Exception as error:  # noqa: BLE001  # a defect of ours must not take the thread, or the paid job
            return self._suspend(job, f"{_defect(error)} The job is kept.")

    def _cancel_is_due(self, job_id: str) -> bool:
        """Whether the artist pressed cancel while the last step was on its way."""
        job = self._jobs.get(job_id)
        wanted = job is not None and job_id in self._cancelled and job.state in CANCELLABLE
        return wanted and job is not None and not job.cancel_sent and job.failures == 0

    def _suspend(self, job: Job, sentence: str) -> Pause:
        current = self._jobs.get(job.id, job)
        if current.state is State.SUBMITTING:  # the POST may have been accepted: never to be sent again
            self._note(advance(current, State.UNCERTAIN, error=f"{sentence} {UNKNOWN}", ended_at=self._clock.time()))
            return self._place.pacing.retry_delay(1)
        self._note(replace(current, suspended=True, error=sentence, note=""))
        return None

    def _check(self, client: Client) -> None:
        try:
            self._place.limiter.take(urgent=True)
            answer = check_connection(client)
        except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect is one, too
            answer = ConnectionChecked(False, _defect(error))
        self.messages.put(answer)

    def _open(self) -> None:
        """Open the store, and take up what was unfinished."""
        try:
            jobs, warning = self._archive.open()
        except StoreError as error:
            self.messages.put(StoreOpened(fault=str(error)))
            return
        for job in jobs:
            self._note(job)
            if job.running and self._archive.is_ours(job):
                self._take_up(job)
        self.messages.put(StoreOpened(warning=warning))

    def _take_up(self, job: Job) -> None:
        if resumption.take_up(job, self._place, knows_server=job.server in self._clients):
            self._crew.schedule(job.id)

    def _send_again(self, job: Job) -> None:
        fresh = resumption.send_again(job, self._place)
        if fresh is not None:
            self._crew.schedule(fresh.id)

    def _choose(self, job: Job, candidate: str) -> None:
        if resumption.choose(job, self._place, candidate):
            self._crew.schedule(job.id)


def _defect(error: Exception) -> str:
    """Log a defect of ours, and give the sentence for it."""
    _log.error("A step failed", exc_info=error)
    return f"Something went wrong inside the extension ({type(error).__name__}); the details are in Blender's console."
