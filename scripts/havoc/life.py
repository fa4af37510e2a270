# SPDX-License-Identifier: GPL-3.0-or-later
"""One life of the engine in a process of its own: orders jobs, works until all are at rest, or dies as it was told.

``python life.py '{"url": …}'``: reads its orders as JSON, prints what it knew at the end as one line of JSON.
"""

import contextlib
import json
import sys
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from havoc.fate import Fate, MovedClock, die, migrated
from tests.simulator.remote import Remote
from trellis_blender.core import endpoint, partial, request, upload
from trellis_blender.core.engine import Engine
from trellis_blender.core.image import Pixels
from trellis_blender.core.jobs import ABSENT, Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.messages import CleanedUp, JobChanged, StoreOpened
from trellis_blender.core.pacing import Pacing, RateLimiter
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Timeouts


class Hurried(Pacing):
    """Polls as if each job were the only one: there is no limit of requests here."""

    def poll_delay(self, polls: int, running: int, *_limits: Any, **_named: Any) -> float:
        return self._jittered(min(self.first_poll * self.poll_growth**polls, self.longest_poll))


PACING = Hurried(
    first_poll=0.02, poll_growth=1.2, longest_poll=0.1, first_retry=0.05, longest_retry=0.2, jitter=0.2,
    fair_wait=1.6, unanswered=0.6,
)  # fmt: skip
VARIANTS = 4
"""Few different orders, so that the server need not make each object anew."""
TIMEOUTS = Timeouts(connect_seconds=3.0, read_seconds=3.0, submit_seconds=3.0)
HASTY = Timeouts(connect_seconds=0.6, read_seconds=0.6, submit_seconds=0.6)
STRICT_WINDOW_SECONDS = 2.0
LIFE_SECONDS = 15.0
INSISTENCE = 3
WORTH_KEEPING_BYTES = 32 * 1024
"""Beginnings of downloads are kept from here on: the objects are small."""


def picture(number: int) -> Pixels:
    """A square whose colour tells one order from another."""
    values = np.zeros((40, 40, 4), np.float32)
    values[8:32, 8:32] = (*np.random.default_rng(number).random(3), 1.0)
    return Pixels(40, 40, 4, values.ravel())


def begun(orders: dict[str, Any], clock: MovedClock) -> Engine:
    folder = Path(orders["folder"])
    partial.WORTH_KEEPING_BYTES = WORTH_KEEPING_BYTES  # type: ignore[misc]
    if orders.get("uploads"):
        upload.UPLOAD_ABOVE_BYTES = 0  # type: ignore[misc]
    strict = orders.get("strict", 0)
    limiter = (
        RateLimiter(clock, limit=strict, reserve=2, window=STRICT_WINDOW_SECONDS)
        if strict else RateLimiter(clock, limit=100_000)
    )  # fmt: skip
    engine = Engine(
        Storage(folder / "objects"), clock=clock, pacing=PACING, limiter=limiter,
        timeouts=HASTY if orders.get("hasty") else TIMEOUTS, store_folder=folder / "store",
    )  # fmt: skip
    engine.configure(endpoint.parse(orders["url"]), Key(orders["key"]), Storage(folder / "objects"))
    engine.online = not orders.get("offline", False)
    engine.open()
    return engine


def order(engine: Engine, orders: dict[str, Any]) -> None:
    settings = {"resolution": "512", "decimation_target": 10000, "texture_size": "1024"}
    for number in range(orders.get("jobs", 0)):
        variant = 0 if orders.get("twins") else (orders.get("first", 0) + number) % VARIANTS
        asked = request.build({**settings, "seed": variant})
        place = endpoint.parse(orders["url"])
        engine.submit(asked, picture(variant), name=f"thing {number}", endpoint=place)


class Watch:
    """What the main thread of Blender would know and do."""

    def __init__(self, engine: Engine, orders: dict[str, Any]) -> None:
        self.jobs: dict[str, Job] = {}
        self.said: list[str] = []
        self.opened = self.cleaned = False
        self._engine, self._orders = engine, orders
        self._pressed: dict[str, int] = {}
        self.again: set[str] = set()

    def take(self, message: object, *, acting: bool = True) -> None:
        if isinstance(message, JobChanged):
            job = self.jobs[message.job.id] = message.job
            if acting and not self._engine.is_foreign(job.id):
                self._act(job)
        elif isinstance(message, StoreOpened):
            self.opened = True
            self.said += [text for text in (message.warning, message.fault) if text]
        elif isinstance(message, CleanedUp):
            self.cleaned = True

    def _act(self, job: Job) -> None:
        if job.state is State.DOWNLOADED and job.importable and self._orders.get("imports", True):
            self._engine.imported(job.id)
        if self._orders.get("send_again") and job.suspended and job.error.endswith(ABSENT):
            self.again.add(job.id)
            self._engine.send_again(job.id)
            self._engine.send_again(job.id)  # pressed twice
        elif self._orders.get("insist"):
            self._insist(job)

    def _insist(self, job: Job) -> None:
        """Try again, a few times; never order anew."""
        if job.state is State.PREPARED or job.candidates or not job.resumable:
            return
        if self._may_press(job.id, 1 if job.state is State.UNCERTAIN else INSISTENCE):
            self._engine.resume(job.id)

    def choose(self) -> bool:
        """Choose what one job is, now that all else has settled; whether there was a choice.

        The artist knows the own picture at the provider's dashboard, so what is chosen is right.
        """
        for job in self.jobs.values():
            if self._orders.get("insist") and job.candidates and self._may_press(f"{job.id} chosen", INSISTENCE):
                right = next((item for item in job.candidates if self._is_right(job, item)), "")
                if right:
                    self._engine.choose(job.id, right)
                else:
                    self._engine.resume(job.id)  # Look Again: the right one is not among them yet
                return True
        return False

    def _is_right(self, job: Job, candidate: str) -> bool:
        """Whether the server made a candidate of this job's picture, and it is no other job's."""
        seed = job.request.parameters.get("seed", 42)
        for made in Remote(self._orders["control_url"]).jobs():
            names = (made["id"], made["file_id"])
            if not any(name in candidate for name in names):
                continue
            taken = any(name in f"{known.job_id} {known.result_url}" for known in self.jobs.values() for name in names)
            return made["picture"] == job.image_sha256 and made["effective"]["seed"] == seed and not taken
        return False

    def _may_press(self, what: str, times: int) -> bool:
        self._pressed[what] = self._pressed.get(what, 0) + 1
        return self._pressed[what] <= times

    @property
    def at_rest(self) -> bool:
        return not any(job.running for job in self.jobs.values())

    @property
    def still(self) -> bool:
        """Whether nothing more will happen by itself: offline nothing does."""
        return self.at_rest or bool(self._orders.get("offline"))


def through(watch: Watch, orders: dict[str, Any]) -> bool:
    """Whether a life has done what it was there for."""
    known = len(watch.jobs) >= max(orders.get("jobs", 0), 0 if Path(orders.get("dead", "/-")).exists() else
                                   orders.get("await_jobs", 0))  # fmt: skip
    return watch.opened and watch.still and known


def live(orders: dict[str, Any]) -> dict[str, Any]:
    """Work through the orders; give the jobs as they are at the end."""
    clock = MovedClock(orders.get("clock", 0.0))
    fate = Fate(orders, clock)
    fate.install()
    migrated(orders, fate)
    if orders.get("die_after"):
        threading.Timer(orders["die_after"], die, (fate,)).start()
    time.sleep(orders.get("delay", 0.0))
    engine = begun(orders, clock)
    watch = Watch(engine, orders)
    order(engine, orders)
    _run(engine, watch, fate, orders)
    engine.close()
    while not engine.messages.empty():
        watch.take(engine.messages.get_nowait(), acting=False)
    told = [_told(job) for job in watch.jobs.values()]
    return {"jobs": told, "said": watch.said, "rested": watch.at_rest, "opened": watch.opened}


def _run(engine: Engine, watch: Watch, fate: Fate, orders: dict[str, Any]) -> None:
    deadline = time.monotonic() + orders.get("seconds", LIFE_SECONDS)
    rests = 0
    looked = time.monotonic()
    while time.monotonic() < deadline:
        if "close" in fate.wishes:
            return
        if "cancel" in fate.wishes:
            for job_id in list(engine._jobs):
                engine.cancel(job_id)
            fate.wishes.remove("cancel")
            fate.granted.set()
        with contextlib.suppress(Empty):
            watch.take(engine.messages.get(timeout=0.05))
            rests = 0
            continue
        if time.monotonic() - looked > 0.2:
            looked = time.monotonic()
            engine.refresh()
        if through(watch, orders):
            if watch.choose():
                rests = 0
                continue
            if orders.get("clean_up") and not watch.cleaned:
                engine.upkeep.clean_up(0)
                rests = -40
            rests += 1
            if rests >= 2:
                return


def _told(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state.value, "error": job.error, "suspended": job.suspended}


if __name__ == "__main__":
    told = live(json.loads(sys.argv[1]))
    sys.stdout.write(json.dumps(told) + "\n")
