# SPDX-License-Identifier: GPL-3.0-or-later
"""One life of the engine in a process of its own: orders jobs, works until all are at rest, or dies as it was told.

``python life.py '{"url": …}'``: reads its orders as JSON, prints what the store held at the end as one line of JSON.
"""

import json
import os
import random
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trellis_blender.core import endpoint, request
from trellis_blender.core.engine import Engine
from trellis_blender.core.image import Pixels
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.messages import JobChanged, StoreOpened
from trellis_blender.core.pacing import Pacing, RateLimiter, SystemClock
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Timeouts


class Hurried(Pacing):
    """Polls as if each job were the only one: there is no limit of requests here."""

    def poll_delay(self, polls: int, running: int, requests_per_minute: int = 50) -> float:
        return super().poll_delay(polls, 0, requests_per_minute)


PACING = Hurried(
    first_poll=0.02, poll_growth=1.2, longest_poll=0.1, first_retry=0.05, longest_retry=0.3, jitter=0.2,
    fair_wait=1.0, unanswered=1.0,
)  # fmt: skip
VARIANTS = 3
"""Few different orders, so that the server need not make each object anew."""
TIMEOUTS = Timeouts(connect_seconds=3.0, read_seconds=3.0, submit_seconds=3.0)


class MovedClock(SystemClock):
    """A clock that is wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        return time.time() + self._seconds


def picture(seed: int) -> Pixels:
    """A square whose colour tells one order from another."""
    values = np.zeros((40, 40, 4), np.float32)
    values[8:32, 8:32] = (*np.random.default_rng(seed).random(3), 1.0)
    return Pixels(40, 40, 4, values.ravel())


def die_at(engine: Engine, state: str, moment: str) -> None:
    """Have the process killed before or after the record of a state, as by a crash."""
    record = engine._archive.record

    def fatal(job: Job, result: Any = None) -> None:
        if job.state.value == state and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        record(job, result)
        if job.state.value == state and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    begin = engine._archive.begin

    def fatal_begin(job: Job, **limits: Any) -> Any:
        if state == "submitting" and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        return begin(job, **limits)

    engine._archive.begin = fatal_begin  # type: ignore[method-assign]
    engine._archive.record = fatal  # type: ignore[method-assign]


def die_after(seconds: float) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()


def insist(engine: Engine, job: Job) -> None:
    """Do what an artist does who wants the object: choose, and try again; but never order anew."""
    if job.candidates:
        engine.choose(job.id, job.candidates[0])
    elif job.resumable and job.state not in (State.UNCERTAIN, State.PREPARED):
        engine.resume(job.id)


def at_rest(jobs: dict[str, Job]) -> bool:
    return not any(job.running for job in jobs.values())


def begun(orders: dict[str, Any]) -> Engine:
    """Give an engine that will die, or find its disk full, as ordered."""
    folder = Path(orders["folder"])
    clock = MovedClock(orders.get("clock", 0.0))
    engine = Engine(
        Storage(folder / "objects"), clock=clock, pacing=PACING, limiter=RateLimiter(clock, limit=100_000),
        timeouts=TIMEOUTS, store_folder=folder / "store",
    )  # fmt: skip
    if orders.get("die_at"):
        die_at(engine, *orders["die_at"])
    if orders.get("die_after") is not None:
        die_after(orders["die_after"])
    if orders.get("file_limit"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (orders["file_limit"], resource.RLIM_INFINITY))
    engine.configure(endpoint.parse(orders["url"]), Key(orders["key"]), Storage(folder / "objects"))
    engine.open()
    return engine


def order(engine: Engine, orders: dict[str, Any]) -> None:
    dice = random.Random(orders["seed"])
    settings = {"resolution": "512", "decimation_target": 10000, "texture_size": "1024"}
    for number in range(orders.get("jobs", 0)):
        asked = request.build({**settings, "seed": dice.randrange(VARIANTS)})
        place = endpoint.parse(orders["url"])
        engine.submit(asked, picture(dice.randrange(VARIANTS)), name=f"thing {number}", endpoint=place)


class Watch:
    """What the main thread of Blender would know."""

    def __init__(self, engine: Engine, *, insisting: bool) -> None:
        self.jobs: dict[str, Job] = {}
        self.said: list[str] = []
        self.opened = False
        self._engine, self._insisting = engine, insisting

    def take(self, message: object, *, acting: bool = True) -> None:
        if isinstance(message, JobChanged):
            job = self.jobs[message.job.id] = message.job
            if acting and job.state is State.DOWNLOADED and job.importable:
                self._engine.imported(job.id)
            if acting and self._insisting:
                insist(self._engine, job)
        elif isinstance(message, StoreOpened):
            self.opened = True
            self.said += [text for text in (message.warning, message.fault) if text]


def live(orders: dict[str, Any]) -> dict[str, Any]:
    """Work through the orders; give the jobs as they are at the end."""
    engine = begun(orders)
    watch = Watch(engine, insisting=orders.get("insist", False))
    order(engine, orders)
    deadline = time.monotonic() + orders.get("seconds", 20.0)
    while time.monotonic() < deadline:
        if watch.opened and at_rest(watch.jobs) and len(watch.jobs) >= orders.get("jobs", 0):
            break
        try:
            watch.take(engine.messages.get(timeout=0.2))
        except Empty:
            continue
    engine.close()
    while not engine.messages.empty():
        watch.take(engine.messages.get_nowait(), acting=False)
    told = [_told(job) for job in watch.jobs.values()]
    return {"jobs": told, "said": watch.said, "rested": at_rest(watch.jobs)}


def _told(job: Job) -> dict[str, Any]:
    return {
        "id": job.id, "state": job.state.value, "job_id": job.job_id, "path": str(job.path or ""), "sha256": job.sha256,
        "error": job.error, "submitted_at": job.submitted_at, "candidates": list(job.candidates),
        "suspended": job.suspended, "replaces": job.replaces,
        "order": f"{job.image_sha256} {job.request.parameters.get('seed', 42)}",
    }  # fmt: skip


if __name__ == "__main__":
    told = live(json.loads(sys.argv[1]))
    sys.stdout.write(json.dumps(told) + "\n")
