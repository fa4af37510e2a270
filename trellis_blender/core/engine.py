# SPDX-License-Identifier: GPL-3.0-or-later
"""All jobs of this Blender: takes orders, has them worked on, tells of every change in one queue. Imports no bpy.

The main thread only notes what is wanted, and empties :attr:`Engine.messages`. Workers do everything else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import Final

from . import presence, resumption
from .archive import Archive
from .bookkeeping import Bookkeeper
from .checkup import defect
from .clientele import Clientele
from .crew import Crew
from .database import StoreError
from .endpoint import Endpoint
from .errors import TrellisError
from .gallery import Gallery
from .image import Ordered
from .jobs import CANCELLABLE, UNKNOWN, Job, State, advance
from .lifecycle import Storage, Workplace, cancel_is_due
from .messages import Message, StoreOpened
from .network import Network
from .offers import Offers
from .pacing import Clock, Pacing, RateLimiter, SystemClock
from .preparation import USUAL, Preparation
from .previews import Previews
from .remedies import Trouble, trouble_of
from .removal import Removal
from .renewal import Renewal
from .request import GenerationRequest
from .roster import Roster
from .route import Route
from .secrets import Key
from .splits import Splits
from .transport import Timeouts
from .upkeep import Upkeep
from .workplace import Pause

WORKERS: Final = 8
SHORT_PLACES: Final = 2
"""Workers that are kept free of long steps, so that polls and cancels go on beside ten slow downloads."""
SUBMISSION_GRACE_SECONDS: Final = 3.0
"""How long closing waits for the answer to a POST that may be paid for."""
_CLOSING_SECONDS: Final = 1.0
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
        self._clock, self._storage, self.is_opened = clock or SystemClock(), storage, False
        self._clients = Clientele(self._clock, timeouts or Timeouts())
        self._archive = Archive(store_folder)
        self._archive.tell = lambda said: self.messages.put(StoreOpened(warning=said))
        self._roster = Roster(self._archive, self.messages, self._clients)
        self._jobs, self._foreign = self._roster.jobs, self._roster.foreign
        self._place = Workplace(
            commit=self._roster.commit, note=self._roster.note, running=self._roster.running,
            client=lambda job: self._clients[job.server], storage=lambda: self._storage,
            cancel_wanted=self._roster.cancel_wanted, clock=self._clock,
            limiter=limiter or RateLimiter(self._clock), pacing=pacing or Pacing(),
            stopping=threading.Event(), tell=self.messages.put, archive=self._archive,
            offers=Offers(store_folder / "offers" if store_folder is not None else None),
        )  # fmt: skip
        self._crew = Crew(
            workers=workers, long_places=max(workers - SHORT_PLACES, 1), clock=self._clock, place=self._place,
            jobs=self._jobs, step=self._step, is_hurried=cancel_is_due, woke=lambda: self._network.came_back(),
        )  # fmt: skip
        self.money = Bookkeeper(self._place, self._clients, self._roster, self._crew.errand, lambda: self.online)
        self.preview = Previews(self._place, self._crew.errand).ask
        self.gallery = Gallery(self._place, self._crew.errand)
        self.removal = Removal(self._roster, self._place, self._crew.errand)
        self.renewal = Renewal(self._roster, self._place, self.removal, self._begin)
        self.splits, self.upkeep = Splits(self._place, self._crew.errand), Upkeep(self._place, self._crew.errand)
        self._network = Network(self._place, clients=self._clients, jobs=self._jobs, wake=self._crew.wake)

    @property
    def online(self) -> bool:
        """Whether the network may be used; while it may not, jobs lie still and everything local works."""
        return self._network.online

    @online.setter
    def online(self, on: bool) -> None:
        if self._network.switch(on=on):
            self.hasten()

    def hasten(self) -> None:
        """Go on at once with all that waits: there is reason to think that the network is back."""
        self._crew.errand(self._network.came_back)

    def configure(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Use these from now on; running jobs stay with their server, and take its newest key; others waited for it."""
        self.reroute(endpoint.route)
        if self._clients.use(endpoint, key) and self.is_opened:
            self._crew.errand(lambda: self._look_again(*self._roster.own()))
        self.money.use(endpoint)
        self._storage = storage

    def reroute(self, route: Route) -> None:
        """Reach every server this way from now on, and go on at once with what waits: it may have been the way."""
        if self._network.reroute(route):
            self.hasten()

    def open(self) -> None:
        """Have the store opened, and what was unfinished taken up again; both are told by messages."""
        if not self.is_opened:
            self.is_opened = True
            self._crew.open_with(self._open)

    def submit(
        self, request: GenerationRequest, source: Ordered | None, *, name: str, endpoint: Endpoint,
        origin: Mapping[str, str] = MappingProxyType({}), preparation: Preparation = USUAL,
    ) -> Job:  # fmt: skip
        """Take on a job and return at once; ``source`` may be None when the request carries an image URL."""
        self.open()
        job = Job(name, request, endpoint.base_url, origin, preparation, created_at=self._clock.time())
        if source is not None:
            self._place.sources[job.id] = source
        self._roster.note(job)
        self._crew.schedule(job.id, after=self._place.pacing.first_step)
        return job

    def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled, here or at the server; what came of it is told by a message."""
        if (job := self._roster.mine(job_id)) is None or job.state not in CANCELLABLE:
            self._crew.errand(lambda: self._roster.say_finished(job_id))
            return
        self._crew.hasten(job_id, lambda: self._roster.wishes.add(job_id))
        self._crew.errand(lambda: self._place.interrupt(job_id))
        self._crew.errand(lambda: self._roster.with_wish(job, then=lambda: self._crew.hasten(job_id)))
        self.resume(job_id)

    def resume(self, job_id: str) -> None:
        """Go on with a job that stopped on our side. Costs nothing, but for one that was never sent."""
        if (job := self._roster.mine(job_id)) is not None and job.resumable:
            job = self._roster.note(resumption.reopened(job))
            self._crew.errand(lambda: self._take_up(job))

    def send_again(self, job_id: str) -> None:
        """Order once more what was most likely never accepted: a new job, because the artist says so."""
        if (job := self._roster.mine(job_id)) is not None and job.state is State.UNCERTAIN and job.suspended:
            self._crew.withdraw(job_id)
            self._roster.note(replace(job, suspended=False))  # so that pressed twice it is sent once
            self._begin(job, lambda: resumption.send_again(job, self._place))

    def choose(self, job_id: str, candidate: str) -> None:
        """Take the artist's word for which job at the server an uncertain one is."""
        if (job := self._roster.mine(job_id)) is not None and candidate in job.candidates:
            self._crew.withdraw(job_id)
            job, own = self._roster.note(resumption.reopened(job)), self._roster.own
            self._begin(job, lambda: resumption.choose(job, self._place, candidate, own))

    def imported(self, job_id: str, *, is_saved: bool = True) -> None:
        """Note that a job's object stands in a scene; unless that is saved, a crash makes it *downloaded* again."""
        if (job := self._roster.mine(job_id)) is not None and job.state in (State.DOWNLOADED, State.IMPORTED):
            if is_saved:
                self._roster.release(job_id)
            (self._keep if is_saved else self._roster.hold)(advance(job, State.IMPORTED, error="", note=job.note))

    def settle(self) -> None:
        """Note for good what was imported: its scene was saved, or left on purpose."""
        for job in self._roster.released():
            self._keep(job)

    def import_failed(self, job_id: str, sentence: str) -> None:
        """Note why a job's file could not be imported; the file is kept."""
        if (job := self._roster.mine(job_id)) is not None:
            self._keep(advance(job, error=sentence, trouble=Trouble.MODEL_FILE.value))

    def is_foreign(self, job_id: str) -> bool:
        """Whether another running Blender works on a job: it is only looked at here."""
        return job_id in self._foreign

    def refresh(self) -> None:
        """Have the jobs of Blenders that ended meanwhile taken over, and told how those of the others stand."""
        if self.is_opened:
            self.money.inquirer.look()
            self._crew.errand(lambda: self._take_in(*self._archive.refresh()))

    def check_file(self, job_id: str) -> None:
        """Have a job's file looked at before an import, and had again if need be; told by a message."""
        self._crew.errand(lambda: presence.check(
            job_id, self._jobs, self._place, online=self.online, foreign=self.is_foreign(job_id), download=self._take_up
        ))  # fmt: skip

    def read_model(self, job_id: str, path: Path, *, encodes: bool = False) -> None:
        """Have a job's whole file read into arrays, as :func:`.model.read` does; told by a message."""
        self._crew.errand(lambda: presence.read(job_id, path, self._place, encodes=encodes))

    @property
    def thread_count(self) -> int:
        """Give the number of worker threads that live."""
        return self._crew.alive

    def close(self) -> None:
        """End every thread: what reads is cut off at once, a paid POST has a moment to hear its answer."""
        self._place.stopping.set()
        self._crew.stop()
        submitting = any(job.state is State.SUBMITTING for job in list(self._jobs.values()))
        self._end_threads(submissions=False, seconds=SUBMISSION_GRACE_SECONDS if submitting else _CLOSING_SECONDS)
        self._end_threads(submissions=True, seconds=_CLOSING_SECONDS)
        for job_id in list(self._place.sources):
            self._place.forget(job_id)
        self._roster.finish()
        if self.thread_count:
            _log.warning("%d worker threads are still connecting; they end by themselves", self.thread_count)
        else:
            self._archive.close()

    def _end_threads(self, *, submissions: bool, seconds: float) -> None:
        self._clients.cut(submissions=submissions)
        self._crew.join(seconds)

    def _keep(self, job: Job) -> None:
        """Take note of a changed job now, and have it on disk soon; for the main thread."""
        noted = self._roster.note(job)
        self._crew.errand(lambda: self._roster.record(noted))

    def _step(self, job: Job) -> Pause:
        """Do one step of a job, with the other Blenders' leave where it sends a request."""
        try:
            return self._network.step(self._roster.with_wish(job))
        except TrellisError as error:
            return self._suspend(job, str(error), trouble_of(error))
        except Exception as error:  # noqa: BLE001  # a defect of ours must not take the thread, or the paid job
            return self._suspend(job, f"{defect(error)} The job is kept.")

    def _suspend(self, job: Job, sentence: str, trouble: Trouble = Trouble.DEFECT) -> Pause:
        current = self._jobs.get(job.id, job)
        if current.state is State.SUBMITTING:  # the POST may have been accepted: never to be sent again
            said, now = f"{sentence} {UNKNOWN.of(job)}", self._place.server_time(current)
            self._roster.commit(advance(current, State.UNCERTAIN, error=said, answered_at=now, ended_at=now))
            return self._place.pacing.retry_delay(1)
        self._roster.note(replace(current, suspended=True, error=sentence, trouble=trouble.value, note=""))
        return None

    def _open(self) -> None:
        """Open the store, and take up what was unfinished."""
        try:
            *jobs, warning = self._archive.open()
        except StoreError as error:
            self.messages.put(StoreOpened(fault=str(error)))
            return
        self._take_in(*jobs)
        self.messages.put(StoreOpened(warning=warning))
        self.money.sum_up()

    def _take_in(self, ours: Sequence[Job], others: Sequence[Job]) -> None:
        """Take note of jobs from the store, and go on with those that are ours."""
        self._foreign.update(job.id for job in others)
        for job in (job for job in others if self._jobs.get(job.id) != job):
            self._roster.note(job)
        for job in ours:
            self._foreign.discard(job.id)
            self._roster.note(job)
            if job.running or job.state is State.UNCERTAIN:  # of one that was lost more may be told by now
                self._take_up(job)
            else:
                self._look_again(job)

    def _look_again(self, *ours: Job) -> None:
        for job in ours:
            if resumption.is_worth_a_look(job, self._place, self._clients):
                self._take_up(self._roster.note(resumption.reopened(job)))

    def _take_up(self, job: Job) -> None:
        self._go_on(job, lambda: resumption.take_up(job, self._place, knows_server=job.server in self._clients))

    def _begin(self, job: Job, begin: Callable[[], str]) -> None:
        self._crew.errand(lambda: self._go_on(job, begin))

    def _go_on(self, job: Job, begin: Callable[[], str]) -> None:
        """Do what a job needs to go on, and have the next step done of the one that ``begin`` names."""
        try:
            job_id = begin()
        except Exception as error:  # noqa: BLE001  # as for a step
            self._suspend(job, str(error) if isinstance(error, TrellisError) else defect(error), trouble_of(error))
        else:
            if job_id:
                self._crew.schedule(job_id)
