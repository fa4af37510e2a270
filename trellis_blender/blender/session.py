# SPDX-License-Identifier: GPL-3.0-or-later
"""The one live object: owns the engine, drains its messages within a time budget, imports what arrives.

It belongs to Blender, not to a file, a window or an operator: :meth:`Session.tick` is called by
the modal timer of :mod:`.watch` while there is something to watch, and by scripts that wait.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Empty

import bpy

from ..core.afoot import Afoot
from ..core.endpoint import Endpoint
from ..core.engine import Engine
from ..core.errors import TrellisError
from ..core.forecast import Forecast
from ..core.history import History
from ..core.image import Ordered, Rgba, Source
from ..core.jobs import CANCELLABLE, Job, State
from ..core.lifecycle import Storage
from ..core.messages import ConnectionChecked, Message, Removed
from ..core.miniatures import OBJECT
from ..core.orders import Order, Orders
from ..core.preparation import USUAL, Preparation
from ..core.purse import Purse
from ..core.request import GenerationRequest
from ..core.secrets import Key
from . import lineage, listeners, mailbox, miniatures, placeholder, placement, screens, sheets
from .housekeeping import Housekeeping
from .intake import Intake
from .news import News
from .previews import Previews

TICK_BUDGET_SECONDS = 0.002
REFRESH_SECONDS = 5.0
"""How often it is asked how the jobs of other running Blenders stand."""
_log = logging.getLogger(__name__)


class Session:
    """The jobs of this run of Blender, as last told by the engine."""

    def __init__(self) -> None:
        """Start nothing; the engine comes with the first job."""
        self.jobs: dict[str, Job] = {}
        self.connection: ConnectionChecked | None = None
        self.opened, self.checking, self.question = False, False, 0
        self.tested: tuple[str, Key] | None = None
        self.money = Purse()
        self.paused_until = 0.0
        """Until when the service asked for a pause, in seconds since 1970."""
        self.store_sentence = ""
        """What was wrong with the list of jobs, for the panel."""
        self.housekeeping, self.previews = Housekeeping(), Previews()
        self._make_engine: Callable[[Storage], Engine] = lambda place: Engine(place, store_folder=place.store_folder)
        self._engine: Engine | None = None
        self.intake = Intake(self)
        self._cancelled, self._removed, self._refreshed, self.orders = set[str](), set[str](), 0.0, Orders()
        self.history, self.afoot, self.forecast, self.news = History(), Afoot(), Forecast(), News()
        self.removed: Removed | None = None
        """What came of the last deletion in the history."""

    @property
    def busy(self) -> bool:
        """Whether there is something to watch."""
        # What was not taken in for lack of time counts too: else the last word of a job stayed unread.
        engine = self._engine
        untold = engine is not None and ((engine.is_opened and not self.opened) or not engine.messages.empty())
        return self.checking or untold or self.intake.busy or bool(self.afoot.running)

    @property
    def waiting(self) -> str:
        """Why arrived objects are not imported yet, for the panel."""
        return self.intake.waiting

    @property
    def watched(self) -> bool:
        """Whether messages are expected: of jobs, of money, of a picture."""
        listed = sheets.is_busy() or bool(self.previews.pending) or miniatures.is_awaited()
        return self.busy or self.money.busy or listed or self.housekeeping.busy

    def is_cancelling(self, job: Job) -> bool:
        """Whether the artist has cancelled a job that has not ended yet."""
        return (job.cancel_wanted or job.id in self._cancelled) and job.state in CANCELLABLE

    def is_foreign(self, job: Job) -> bool:
        """Whether another running Blender works on a job: here it is only looked at."""
        return self._engine is not None and self._engine.is_foreign(job.id)

    def open(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Have the list of jobs read, and what is unfinished gone on with; returns at once."""
        self._configured(endpoint, key, storage)

    def open_unserved(self, storage: Storage) -> None:
        """Have the list of jobs read where the preferences name no server that can be asked: jobs wait for one."""
        self.started(storage).open()

    def submit(
        self, request: GenerationRequest, source: Ordered | None, *, name: str, origin: Mapping[str, str],
        endpoint: Endpoint, key: Key, storage: Storage, order: Order = (), preparation: Preparation = USUAL,
    ) -> Job:  # fmt: skip
        """Hand a job to the engine and return at once; ``order`` is for :attr:`orders`."""
        engine, origin = self._configured(endpoint, key, storage), lineage.signed(origin)
        job = engine.submit(request, source, name=name, endpoint=endpoint, origin=origin, preparation=preparation)
        self._note(job)
        self.orders.note(order, time.monotonic())
        return job

    def split(self, wish: sheets.Wish, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Have a picture split into its subjects; :mod:`.sheets` has them later."""
        self._configured(endpoint, key, storage).splits.ask(*wish)

    def show(self, source: Source, preparation: Preparation, token: str, storage: Storage) -> None:
        """Have it told what would be sent; needs neither key nor server."""
        self.started(storage).preview(source, preparation, token)
        self.previews.asked(token)

    def check_connection(self, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Ask the server whether it is there; :attr:`connection` tells later. The answer to an earlier one is lost."""
        self.question, self.checking, self.connection = self.question + 1, True, None
        self.tested = endpoint.base_url, key
        self._configured(endpoint, key, storage).money.check_connection(endpoint, self.question)

    def cancel(self, job_id: str) -> None:
        """Cancel a job, here or at the server."""
        self._cancelled.add(job_id)
        self.live().cancel(job_id)

    def resume(self, job_id: str, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Go on with a job that stopped on our side; one that was never sent is sent now."""
        self._configured(endpoint, key, storage).resume(job_id)

    def send_again(self, job_id: str, endpoint: Endpoint, key: Key, storage: Storage) -> None:
        """Order once more what was most likely never accepted; the new job takes its place in the scene."""
        self.intake.standins.expect_heir(job_id)
        self._configured(endpoint, key, storage).send_again(job_id)

    def order_again(
        self, job_id: str, asked: GenerationRequest, endpoint: Endpoint, key: Key, storage: Storage
    ) -> Job | None:  # fmt: skip
        """Order once more what was refused: a new job takes its place, in the list and in the scene; None for none."""
        job = self._configured(endpoint, key, storage).renewal.order_again(job_id, asked, endpoint.base_url)
        if job is not None:
            self._note(job)
            self.intake.standins.hand_over(self._dropped(job_id).id, job)
        return job

    def choose(self, job_id: str, candidate: str) -> None:
        """Say which job at the service an uncertain one is."""
        self.live().choose(job_id, candidate)

    def remove(self, *job_ids: str, files: bool = False) -> None:
        """Drop ended jobs from the list; their files stay, unless they are to go too."""
        self.removed = None
        self.live().removal.remove(job_ids, files=files)
        self.intake.standins.removed(*[self._dropped(job_id) for job_id in job_ids])

    def keep_picture(self, job_id: str, rgba: Rgba) -> None:
        """Have a small picture of a job's object kept for the history, in place of the grey one; returns at once."""
        if self._engine is not None and job_id in self.jobs:
            self._engine.gallery.keep(OBJECT + job_id, rgba)

    def offer_again(self, *, is_another_file: bool = True) -> None:
        """Another file was opened, or a step undone: import what is asked for there and has not come yet."""
        self.intake.standins.look_again(self.jobs, is_another_file=is_another_file)
        for job in self.jobs.values():
            offered = is_another_file or placeholder.MARK in job.origin
            if offered and job.id not in self.intake.arrivals and not self.is_foreign(job) and placement.wants(job):
                self.intake.arrivals.arrived(job.id)

    def settle(self) -> None:
        """Note for good which objects stand in a scene: the file was saved, or left on purpose."""
        if self._engine is not None:
            self._engine.settle()

    def tick(self, budget_seconds: float = TICK_BUDGET_SECONDS) -> bool:
        """Take in messages for so long, then import one arrived object; give whether anything changed."""
        self.orders.beat(time.monotonic())
        if self._engine is not None:
            self._engine.online = bool(bpy.app.online_access)
            if time.monotonic() - self._refreshed >= REFRESH_SECONDS:
                self._refreshed = time.monotonic()
                self._engine.refresh()
            self.money.look(now=time.time(), monotonic=time.monotonic())
        return self.drain(budget_seconds) | self.intake.step()

    def drain(self, budget_seconds: float = TICK_BUDGET_SECONDS) -> bool:
        """Take in the engine's messages for so long; give whether there were any."""
        deadline, changed = time.perf_counter() + budget_seconds, False
        while self._engine is not None and time.perf_counter() < deadline:
            try:
                message = self._engine.messages.get_nowait()
            except Empty:
                break
            self.take(message)
            changed = True
        return changed

    def wait(self, job_id: str, *, seconds: float = float("inf")) -> Job:
        """Block until nothing is left to do for a job in the background; for scripts. Other jobs go on meanwhile."""
        self.hear(lambda: not self.jobs[job_id].running or self.jobs[job_id].overdue, seconds)
        return self.jobs[job_id]

    def hear(self, enough: Callable[[], bool], seconds: float) -> None:
        """Block until enough was told, or for so long; for scripts."""
        deadline = time.monotonic() + seconds
        while not enough() and (left := deadline - time.monotonic()) > 0.0:
            with suppress(Empty):
                self.take(self.live().messages.get(timeout=min(left, 0.1)))

    def want(self, job_id: str, origin: Mapping[str, str]) -> None:
        """Have a job's object imported at a place, once its file was found whole or had again; returns at once."""
        self.intake.arrivals.want(job_id, origin)

    def import_job(self, job_id: str, place: placement.Place, *, select: bool) -> bpy.types.Object:
        """Import a job's object, and block until it stands there; for scripts. Raises :class:`TrellisError`."""
        return self.intake.import_now(job_id, place, select=select)

    def close(self) -> None:
        """End the engine and its threads."""
        sheets.forget()
        miniatures.forget()
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def take(self, message: Message) -> None:
        """Take note of what the engine tells."""
        mailbox.deliver(message, self)

    def take_job(self, job: Job) -> None:
        """Take note of how a job stands now, unless it was taken out of the list."""
        if job.id in self._removed:
            return
        known = self.jobs.get(job.id)
        self._note(job)
        self.news.take(job, known)
        self.money.follow(job, known)
        self.intake.standins.follow(job)
        arrived = job.state is State.DOWNLOADED and job.importable and (known is None or known.state is not job.state)
        if arrived and not self.is_foreign(job) and (known is not None or placement.wants(job)):
            self.intake.arrivals.arrived(job.id)

    def _dropped(self, job_id: str) -> Job:
        """Give a job that is in the list no longer."""
        self._removed.add(job_id)
        for held in (self.history, self.afoot, self.news):
            held.drop(job_id)
        return self.jobs.pop(job_id)

    def _note(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.history.take(self.intake.standins.as_seen(job))
        self.afoot.take(job)
        self.forecast.learn(job)

    def _configured(self, endpoint: Endpoint, key: Key, storage: Storage) -> Engine:
        listeners.restore()  # here for scripts: where there are windows a timer sees to it
        engine = self.started(storage)
        engine.online = bool(bpy.app.online_access)
        engine.configure(endpoint, key, storage)
        self.money.use(engine.money, endpoint.base_url, key)
        engine.open()
        return engine

    def started(self, storage: Storage) -> Engine:
        """Give the engine, which needs neither key nor server for what is here."""
        self._engine = self._engine or self._make_engine(storage)
        return self._engine

    def live(self) -> Engine:
        """Give the engine. Raises :class:`TrellisError` when there is none yet."""
        if self._engine is None:
            raise TrellisError("There is no job yet.")
        return self._engine


_session = Session()

redraw = screens.redraw


def current() -> Session:
    """Give the session of this Blender."""
    return _session


def register() -> None:
    """Begin a session."""
    global _session
    _session = Session()


def unregister() -> None:
    """End the session and its threads."""
    _session.close()
