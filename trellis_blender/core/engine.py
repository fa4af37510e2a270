# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker threads that run the jobs' steps when they are due, and one queue of messages. Imports no bpy.

The main thread calls :meth:`Engine.submit`, :meth:`~Engine.cancel` and the like, which only note
what is wanted and return, and empties :attr:`Engine.messages`. Workers do everything else.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from queue import SimpleQueue
from types import MappingProxyType
from typing import Final

from .agenda import Agenda
from .checkup import check_connection
from .client import Client
from .endpoint import Endpoint
from .errors import TrellisError
from .image import Source
from .jobs import CANCELLABLE, Job, State, advance
from .lifecycle import Storage, Workplace, step
from .messages import ConnectionChecked, JobChanged, Message
from .pacing import Clock, Pacing, RateLimiter, SystemClock
from .request import GenerationRequest
from .secrets import Key
from .submission import UNKNOWN
from .transport import Timeouts

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
    ) -> None:  # fmt: skip
        """Nothing is started yet."""
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self._clock = clock or SystemClock()
        self._timeouts = timeouts or Timeouts()
        self._storage = storage
        self._workers = workers
        self._clients: dict[str, Client] = {}
        self._every_client: weakref.WeakSet[Client] = weakref.WeakSet()
        self._jobs: dict[str, Job] = {}
        self._agenda = Agenda(long_places=max(workers - SHORT_PLACES, 1))
        self._cancelled: set[str] = set()
        self._errands: deque[Callable[[], None]] = deque()
        self._errands_running = 0
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._place = Workplace(
            commit=self._commit,
            client=lambda job: self._clients[job.server],
            storage=lambda: self._storage,
            cancel_wanted=lambda job: job.id in self._cancelled,
            running=self.running,
            clock=self._clock,
            limiter=limiter or RateLimiter(self._clock),
            pacing=pacing or Pacing(),
            stopping=threading.Event(),
        )

    def configure(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Use these from now on; running jobs stay with their server, and take its newest key."""
        known = self._clients.get(endpoint.base_url)
        if known is None or known.key.reveal() != key.reveal():
            client = Client(endpoint, key, timeouts=self._timeouts)
            self._clients[endpoint.base_url] = client
            self._every_client.add(client)
        self._storage = storage

    def submit(
        self, request: GenerationRequest, source: Source | None, *, name: str, endpoint: Endpoint,
        origin: Mapping[str, str] = MappingProxyType({}),
    ) -> Job:  # fmt: skip
        """Take on a job and return at once; ``source`` may be None when the request carries an image URL."""
        job = Job(name, request, endpoint.base_url, origin, created_at=self._clock.time())
        if source is not None:
            self._place.sources[job.id] = source
        self._commit(job)
        self._schedule(job.id)
        return job

    def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled, here or at the server; what came of it is told by a message."""
        job = self._jobs.get(job_id)
        if job is None or job.state not in CANCELLABLE:
            return
        with self._changed:
            self._cancelled.add(job_id)
            self._agenda.hasten(job_id, self._clock.monotonic())
            self._changed.notify()
        self.resume(job_id)

    def resume(self, job_id: str) -> None:
        """Go on with a job that stopped on our side. Costs nothing."""
        job = self._jobs.get(job_id)
        if job is None or not job.resumable:
            return
        if job.state is State.DOWNLOADED:
            job = advance(job, State.DOWNLOADING, path=None, ended_at=0.0)
        self._commit(replace(job, suspended=False, failures=0, error="", note=""))
        self._schedule(job_id)

    def imported(self, job_id: str) -> None:
        """Note that a job's object stands in a scene."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is State.DOWNLOADED:
            self._commit(advance(job, State.IMPORTED, error=""))

    def import_failed(self, job_id: str, sentence: str) -> None:
        """Note why a job's file could not be imported; the file is kept."""
        job = self._jobs.get(job_id)
        if job is not None:
            self._commit(advance(job, error=sentence))

    def forget(self, job_id: str) -> None:
        """Drop a job that nothing is being done for from the list; its file stays."""
        job = self._jobs.get(job_id)
        if job is not None and not job.running:
            del self._jobs[job_id]
            self._cancelled.discard(job_id)
            self._place.forget(job_id)

    def check_connection(self, endpoint: Endpoint) -> None:
        """Ask the server whether it is there and takes the key; the answer comes as a message."""
        client = self._clients[endpoint.base_url]
        with self._changed:
            self._errands.append(lambda: self._check(client))
            self._changed.notify()
        self._start()

    def running(self) -> int:
        """Give the number of jobs that something is being done for."""
        return sum(1 for job in list(self._jobs.values()) if job.running)

    @property
    def thread_count(self) -> int:
        """Give the number of worker threads that live."""
        return sum(thread.is_alive() for thread in self._threads)

    def close(self) -> None:
        """End every thread: what reads is cut off at once, a paid POST has a moment to hear its answer."""
        self._place.stopping.set()
        with self._changed:
            self._changed.notify_all()
        submitting = any(job.state is State.SUBMITTING for job in list(self._jobs.values()))
        self._end_threads(submissions=False, seconds=SUBMISSION_GRACE_SECONDS if submitting else _CLOSING_SECONDS)
        self._end_threads(submissions=True, seconds=_CLOSING_SECONDS)
        for job_id in list(self._place.sources):
            self._place.forget(job_id)
        if self.thread_count:
            _log.warning("%d worker threads are still connecting; they end by themselves", self.thread_count)

    def _end_threads(self, *, submissions: bool, seconds: float) -> None:
        for client in list(self._every_client):
            client.cut(submissions=submissions)
        deadline = self._clock.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - self._clock.monotonic(), 0.0))

    def _commit(self, job: Job) -> Job:
        """Take note of a changed job: the one place that every change passes, before the step it announces."""
        previous = self._jobs.get(job.id)
        if previous is None or previous.state is not job.state:
            _log.info("Job %s: %s", job.id, job.state.value)
        client = self._clients.get(job.server)
        if client is not None:  # a text may quote the server, which may quote the key
            hide = client.key.redact
            job = advance(job, None, **{name: hide(text) for name in _QUOTING if (text := getattr(job, name))})
        self._jobs[job.id] = job
        self.messages.put(JobChanged(job))
        return job

    def _schedule(self, job_id: str) -> None:
        with self._changed:
            self._agenda.put(job_id, self._clock.monotonic())
            self._changed.notify()
        self._start()

    def _start(self) -> None:
        """Have as many threads as there is work for, up to the limit."""
        with self._changed:
            wanted = min(self._agenda.size + len(self._errands) + self._errands_running, self._workers)
            if len(self._threads) >= wanted or self._place.stopping.is_set():
                return
            thread = threading.Thread(target=self._work, name=f"trellis-worker-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while not self._place.stopping.is_set():
            task = self._next()
            if task is not None:
                task()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next thing that is due and may be done; None when it is worth looking again."""
        with self._changed:
            if self._place.stopping.is_set():
                return None
            if self._errands:
                self._errands_running += 1
                return self._errands.popleft()
            turn = self._agenda.take(self._clock.monotonic(), self._jobs, self._place)
            if isinstance(turn, Job):
                return lambda: self._run(turn)
            self._clock.wait(self._changed, turn)
            return None

    def _run(self, job: Job) -> None:
        """Do one step of a job, and note when the next is due."""
        pause: float | None = None
        try:
            pause = step(job, self._place)
        except TrellisError as error:
            self._suspend(job, str(error))
        except Exception as error:  # noqa: BLE001  # a defect of ours must not take the thread, or the paid job
            self._suspend(job, f"{_defect(error)} The job is kept.")
        with self._changed:
            self._agenda.done(job.id)
            if pause is not None:
                # Under one lock with :meth:`cancel`, which could otherwise find nothing to hasten.
                now = self._clock.monotonic()
                self._agenda.put(job.id, now if self._cancel_is_due(job.id) else now + pause)

    def _cancel_is_due(self, job_id: str) -> bool:
        """Whether the artist pressed cancel while the last step was on its way."""
        job = self._jobs.get(job_id)
        wanted = job is not None and job_id in self._cancelled and job.state in CANCELLABLE
        return wanted and job is not None and not job.cancel_sent and job.failures == 0

    def _suspend(self, job: Job, sentence: str) -> None:
        current = self._jobs.get(job.id, job)
        if current.state is State.SUBMITTING:  # the POST may have been accepted: never to be sent again
            self._commit(advance(current, State.UNCERTAIN, error=f"{sentence} {UNKNOWN}", ended_at=self._clock.time()))
        else:
            self._commit(replace(current, suspended=True, error=sentence, note=""))

    def _check(self, client: Client) -> None:
        try:
            self._place.limiter.take(urgent=True)
            answer = check_connection(client)
        except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect is one, too
            answer = ConnectionChecked(False, _defect(error))
        with self._changed:
            self._errands_running -= 1
        self.messages.put(answer)


def _defect(error: Exception) -> str:
    """Log a defect of ours, and give the sentence for it."""
    _log.error("A step failed", exc_info=error)
    return f"Something went wrong inside the extension ({type(error).__name__}); the details are in Blender's console."
