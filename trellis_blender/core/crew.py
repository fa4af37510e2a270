# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker threads: they do errands in order, and steps of jobs when they are due. Knows no job's states; no bpy."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from .agenda import Agenda
from .jobs import Job
from .pacing import Clock
from .waking import Waking
from .workplace import Pause, Workplace

LOOK_SECONDS: Final = 5.0
"""How long a thread waits at most without a look at the clocks: the computer may have slept."""
Errand = Callable[[], object]
_log = logging.getLogger(__name__)


class Crew:
    """As many threads as there is work for, up to a limit; the first errand is done before any other work."""

    def __init__(
        self, *, workers: int, long_places: int, clock: Clock, place: Workplace, jobs: Mapping[str, Job],
        step: Callable[[Job], Pause], is_hurried: Callable[[Job | None, Workplace], bool],
        woke: Callable[[], None],
    ) -> None:  # fmt: skip
        """``step`` does a job's next step; ``is_hurried`` says whether the one after must not wait.

        ``woke`` is called after the computer slept, before any other work is begun.
        """
        self._agenda = Agenda(long_places=long_places)
        self._workers, self._clock, self._place, self._jobs = workers, clock, place, jobs
        self._step, self._is_hurried, self._woke = step, is_hurried, woke
        self._waking = Waking(clock)
        self._woken: set[str] = set()
        self._withdrawn: set[str] = set()
        self._errands: deque[Errand] = deque()
        self._errands_running = 0
        self._opening: Errand | None = None
        self._is_open = True
        self._changed = threading.Condition()
        self.threads: list[threading.Thread] = []

    def open_with(self, errand: Errand) -> None:
        """Have ``errand`` done before anything else is."""
        with self._changed:
            self._is_open, self._opening = False, errand
            self._changed.notify()
        self._begin()

    def errand(self, errand: Errand) -> None:
        """Have something done soon, after the errands that were given before."""
        with self._changed:
            self._errands.append(errand)
            self._changed.notify()
        self._begin()

    def schedule(self, job_id: str, *, after: float = 0.0) -> None:
        """Have a job's next step done now, or after so many seconds."""
        with self._changed:
            self._withdrawn.discard(job_id)
            self._agenda.put(job_id, self._clock.monotonic() + after)
            self._changed.notify()
        self._begin()

    def hasten(self, job_id: str, note: Callable[[], None] = lambda: None) -> None:
        """Take ``note`` of a wish and have a waiting job's next step done now, in one."""
        with self._changed:
            note()
            self._agenda.hasten(job_id, self._clock.monotonic())
            self._changed.notify()

    def withdraw(self, job_id: str) -> None:
        """Do no further step of a job by itself: the artist has said what is to become of it."""
        with self._changed:
            self._agenda.withdraw(job_id)
            self._withdrawn.add(job_id)

    def wake(self, is_woken: Callable[[Job], bool]) -> list[str]:
        """Have the next steps of waiting jobs done now, and those of jobs in hand right after; give their ids."""
        with self._changed:
            now = self._clock.monotonic()
            woken = [job.id for job in list(self._jobs.values()) if is_woken(job)]
            for job_id in woken:
                self._agenda.hasten(job_id, now)
            self._woken.update(job_id for job_id in woken if self._agenda.has_in_hand(job_id))
            self._changed.notify_all()
            return woken

    def stop(self) -> None:
        """Begin no more work."""
        with self._changed:
            self._changed.notify_all()

    @property
    def alive(self) -> int:
        """The number of threads that live."""
        return sum(thread.is_alive() for thread in self.threads)

    def join(self, seconds: float) -> None:
        """Wait for the threads to end, for so long at most."""
        deadline = self._clock.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(deadline - self._clock.monotonic(), 0.0))

    def _begin(self) -> None:
        """Have one thread, which calls the others: to start a thread is to wait for it, so the caller does it once."""
        if not self.threads:
            self._start()

    def _start(self) -> None:
        """Have as many threads as there is work for, and one to take what comes meanwhile, up to the limit."""
        with self._changed:
            waiting = len(self._errands) + (self._opening is not None)
            wanted = min(self._agenda.size + waiting + self._errands_running + 1, self._workers)
            if len(self.threads) >= wanted or self._place.stopping.is_set():
                return
            thread = threading.Thread(target=self._work, name=f"trellis-worker-{len(self.threads)}", daemon=True)
            self.threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while not self._place.stopping.is_set():
            task = self._next()
            if task is not None:
                self._start()
                task()
        self._finish_errands()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next thing that is due and may be done; None when it is worth looking again."""
        with self._changed:
            if self._place.stopping.is_set():
                return None
            if self._opening is not None:
                opening, self._opening = self._opening, None
                self._errands_running += 1
                return lambda: self._open(opening)
            if not self._is_open:
                self._clock.wait(self._changed, None)
                return None
            self._look()
            if self._errands:
                self._errands_running += 1
                errand = self._errands.popleft()
                return lambda: self._do(errand)
            turn = self._agenda.take(self._clock.monotonic(), self._jobs, self._place)
            if isinstance(turn, Job):
                return lambda: self._run(turn)
            self._wait(turn)
            return None

    def _wait(self, seconds: float | None) -> None:
        """Wait until something is due, and notice when that took far longer than it should have."""
        asked = None if seconds is None else min(seconds, LOOK_SECONDS)
        began = self._clock.monotonic()
        self._clock.wait(self._changed, asked)
        if asked is not None:
            self._look(overslept=self._clock.monotonic() - began - asked)

    def _look(self, overslept: float = 0.0) -> None:
        if self._waking.has_slept(overslept=overslept):
            _log.info("The computer slept, or its clock was set forward")
            self._woke()

    def _open(self, errand: Errand) -> None:
        self._do(errand)
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def _run(self, job: Job) -> None:
        """Do one step of a job, and note when the next is due."""
        pause = self._step(job)
        with self._changed:
            self._agenda.done(job.id)
            if pause is not None and job.id not in self._withdrawn:
                # Under one lock with :meth:`hasten` and :meth:`wake`, which could otherwise find nothing to hasten.
                now = self._clock.monotonic()
                hurried = job.id in self._woken or self._is_hurried(self._jobs.get(job.id), self._place)
                self._agenda.put(job.id, now if hurried else now + pause)
            self._woken.discard(job.id)
            self._changed.notify()

    def _do(self, errand: Errand) -> None:
        try:
            errand()
        except Exception:  # noqa: BLE001  # a defect of ours must not take the thread
            _log.exception("An errand failed")
        with self._changed:
            self._errands_running -= 1
            self._changed.notify()

    def _finish_errands(self) -> None:
        """Do what is still to be put on disk, before the last thread ends."""
        while self._is_open:
            with self._changed:
                if not self._errands:
                    return
                errand = self._errands.popleft()
                self._errands_running += 1
            self._do(errand)
