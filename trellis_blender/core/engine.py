# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker threads that run the jobs' steps when they are due, and one queue of messages. Imports no bpy.

The main thread calls :meth:`Engine.submit`, :meth:`~Engine.cancel` and the like, which only note
what is wanted and return, and empties :attr:`Engine.messages`. Workers do everything else.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from queue import SimpleQueue
from types import MappingProxyType
from typing import Final

from .checkup import check_connection
from .client import Client
from .endpoint import Endpoint
from .errors import TrellisError
from .image import Source
from .jobs import CANCELLABLE, Job, State, advance
from .lifecycle import Storage, Workplace, costs_request, is_urgent, step
from .messages import ConnectionChecked, JobChanged, Message
from .pacing import Clock, Pacing, RateLimiter, SystemClock
from .request import GenerationRequest
from .secrets import Key
from .transport import Timeouts

WORKERS: Final = 6
SUBMISSION_GRACE_SECONDS: Final = 3.0
"""How long closing waits for the answer to a POST that may be paid for."""
_log = logging.getLogger(__name__)

_Due = tuple[float, int, str]
"""Time on the monotonic clock, a number that keeps the order, a job's id."""


class Engine:
    """Runs any number of jobs in a few threads, which start with the first job and end with :meth:`close`."""

    def __init__(
        self, storage: Storage, *, clock: Clock | None = None, pacing: Pacing = Pacing(),
        limiter: RateLimiter | None = None, timeouts: Timeouts = Timeouts(), workers: int = WORKERS,
    ) -> None:  # fmt: skip
        """Nothing is started yet."""
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self._clock = clock or SystemClock()
        self._timeouts = timeouts
        self._storage = storage
        self._workers = workers
        self._clients: dict[str, Client] = {}
        self._jobs: dict[str, Job] = {}
        self._due: list[_Due] = []
        self._busy: set[str] = set()
        self._cancelled: set[str] = set()
        self._errands: list[Callable[[], None]] = []
        self._order = count()
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
            pacing=pacing,
            stopping=threading.Event(),
        )

    def configure(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Use these from now on; running jobs stay with their server, and take its newest key."""
        known = self._clients.get(endpoint.base_url)
        if known is None or known.key.reveal() != key.reveal():
            self._clients[endpoint.base_url] = Client(endpoint, key, timeouts=self._timeouts)
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
        self._schedule(job, 0.0)
        return job

    def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled, here or at the server; what came of it is told by a message."""
        with self._changed:
            self._cancelled.add(job_id)
            self._hasten(job_id)
        if self._jobs[job_id].state in CANCELLABLE:
            self.resume(job_id)

    def resume(self, job_id: str) -> None:
        """Go on with a job that stopped on our side. Costs nothing."""
        job = self._jobs[job_id]
        if not job.resumable:
            return
        if job.state is State.DOWNLOADED:
            job = advance(job, State.DOWNLOADING, path=None, ended_at=0.0)
        self._commit(replace(job, suspended=False, failures=0, error="", note=""))
        self._schedule(job, 0.0)

    def imported(self, job_id: str) -> None:
        """Note that a job's object stands in a scene."""
        job = self._jobs[job_id]
        if job.state is State.DOWNLOADED:
            self._commit(advance(job, State.IMPORTED, error=""))

    def import_failed(self, job_id: str, sentence: str) -> None:
        """Note why a job's file could not be imported; the file is kept."""
        self._commit(advance(self._jobs[job_id], error=sentence))

    def forget(self, job_id: str) -> None:
        """Drop an ended job from the list; its file stays."""
        if not self._jobs[job_id].running:
            del self._jobs[job_id]

    def check_connection(self, endpoint: Endpoint) -> None:
        """Ask the server whether it is there and takes the key; the answer comes as a message."""
        client = self._clients[endpoint.base_url]
        with self._changed:
            self._errands.append(lambda: self.messages.put(check_connection(client)))
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
        for submissions in (False, True):
            for client in list(self._clients.values()):
                client.cut(submissions=submissions)
            submitting = any(job.state is State.SUBMITTING for job in list(self._jobs.values()))
            deadline = self._clock.monotonic() + (SUBMISSION_GRACE_SECONDS if submitting or submissions else 1.0)
            for thread in self._threads:
                thread.join(max(deadline - self._clock.monotonic(), 0.0))
        if self.thread_count:
            _log.warning("%d worker threads are still connecting; they end by themselves", self.thread_count)

    def _commit(self, job: Job) -> Job:
        """Take note of a changed job: the one place that every change passes, before the step it announces."""
        previous = self._jobs.get(job.id)
        if previous is None or previous.state is not job.state:
            _log.info("Job %s: %s", job.id, job.state.value)
        self._jobs[job.id] = job
        self.messages.put(JobChanged(job))
        return job

    def _schedule(self, job: Job, pause: float) -> None:
        with self._changed:
            heapq.heappush(self._due, (self._clock.monotonic() + pause, next(self._order), job.id))
            self._changed.notify()
        self._start()

    def _hasten(self, job_id: str) -> None:
        """Make a waiting job due now; the caller holds the lock."""
        if any(item[2] == job_id for item in self._due):
            self._due = [item for item in self._due if item[2] != job_id]
            self._due.append((self._clock.monotonic(), next(self._order), job_id))
            heapq.heapify(self._due)
            self._changed.notify()

    def _start(self) -> None:
        """Have as many threads as there is work for, up to the limit."""
        with self._changed:
            idle_enough = len(self._threads) - len(self._busy) >= len(self._due) + len(self._errands)
            if idle_enough or len(self._threads) >= self._workers or self._place.stopping.is_set():
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
                return self._errands.pop(0)
            now = self._clock.monotonic()
            pauses = [item[0] - now for item in self._due if item[0] > now]
            for item in self._candidates(now):
                job = self._jobs.get(item[2])
                if job is None:
                    self._due.remove(item)
                    heapq.heapify(self._due)
                    return None
                pause = 0.0
                if costs_request(job, self._place):
                    pause = self._place.limiter.take(urgent=is_urgent(job, self._place))
                if pause == 0.0:
                    self._due.remove(item)
                    heapq.heapify(self._due)
                    self._busy.add(job.id)
                    return lambda: self._run(job)
                pauses.append(pause)
            self._clock.wait(self._changed, min(pauses, default=None))
            return None

    def _candidates(self, now: float) -> list[_Due]:
        """Give what is due, urgent first; of what waits for the limit alike, one of each is enough."""
        due = [item for item in self._due if item[0] <= now]

        def rank(item: _Due) -> tuple[bool, bool, float, int]:
            job = self._jobs.get(item[2])
            if job is None:
                return False, False, item[0], item[1]
            return costs_request(job, self._place), not is_urgent(job, self._place), item[0], item[1]

        due.sort(key=rank)
        kinds: dict[tuple[bool, bool], _Due] = {}
        for item in due:
            kinds.setdefault(rank(item)[:2], item)
        return list(kinds.values())

    def _run(self, job: Job) -> None:
        """Do one step of a job, and note when the next is due."""
        pause: float | None = None
        try:
            pause = step(job, self._place)
        except TrellisError as error:
            self._suspend(job, str(error))
        except Exception as error:  # a defect of ours must not take the thread, or the paid job, with it
            _log.exception("A step of job %s failed", job.id)
            self._suspend(
                job, f"Something went wrong inside the extension ({type(error).__name__}); the details are in Blender's "
                "console. The job is kept.",
            )  # fmt: skip
        with self._changed:
            self._busy.discard(job.id)
        if pause is not None:
            self._schedule(job, 0.0 if self._cancel_is_due(job.id) else pause)

    def _cancel_is_due(self, job_id: str) -> bool:
        """Whether the artist pressed cancel while the last step was on its way."""
        job = self._jobs[job_id]
        return job_id in self._cancelled and job.state in CANCELLABLE and not job.cancel_sent and job.failures == 0

    def _suspend(self, job: Job, sentence: str) -> None:
        current = self._jobs.get(job.id, job)
        if current.state is State.SUBMITTING:  # the POST may have been accepted: never to be sent again
            self._commit(advance(current, State.UNCERTAIN, error=sentence, ended_at=self._clock.time()))
        else:
            self._commit(replace(current, suspended=True, error=sentence, note=""))
