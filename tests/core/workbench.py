# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine at work against a server, watched: every message is kept, and nothing may be left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np

from trellis_blender.core import endpoint, request
from trellis_blender.core.engine import Engine
from trellis_blender.core.image import Ordered, Pixels
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.messages import ConnectionChecked, JobChanged, StoreOpened
from trellis_blender.core.pacing import Pacing, RateLimiter, SystemClock
from trellis_blender.core.preparation import USUAL, Preparation
from trellis_blender.core.route import Route
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Timeouts

QUICK = Pacing(
    first_step=0.0, first_poll=0.002, poll_growth=1.0, longest_poll=0.0, first_retry=0.0, longest_retry=0.0, jitter=0.0,
    fair_wait=0.0, unanswered=0.0, unknown_wait=0.0,
)  # fmt: skip
"""Polls as fast as loopback answers; ``longest_poll`` 0 makes every pause zero."""
SMALL: Mapping[str, object] = {"decimation_target": 10000, "texture_size": "1024", "resolution": "512"}
DEADLINE_SECONDS = 120.0


def unlimited() -> RateLimiter:
    return RateLimiter(SystemClock(), limit=1_000_000)


def subject(pixels: int = 48) -> Pixels:
    """A picture with something solid in it."""
    values = np.zeros((pixels, pixels, 4), np.float32)
    values[pixels // 4 : pixels * 3 // 4, pixels // 4 : pixels * 3 // 4] = (0.8, 0.3, 0.1, 1.0)
    return Pixels(pixels, pixels, 4, values.ravel())


class Workbench:
    """Drives one engine and takes in what it says."""

    def __init__(
        self, url: str, key: str, folder: Path, *, limit_bytes: int = 2**29, route: Route | None = None, **engine: Any
    ) -> None:
        self.storage = Storage(folder / "objects", limit_bytes)
        engine.setdefault("pacing", QUICK)
        engine.setdefault("store_folder", folder / "store")
        engine.setdefault("limiter", unlimited())
        engine.setdefault("timeouts", Timeouts(connect_seconds=5.0, read_seconds=20.0, submit_seconds=20.0))
        self.engine = Engine(self.storage, **engine)
        self.endpoint = endpoint.parse(url, route or Route())
        self.key = key
        self.engine.configure(self.endpoint, Key(key), self.storage)
        self.jobs: dict[str, Job] = {}
        self.told: list[Job] = []
        self.checked: list[ConnectionChecked] = []
        self.opened: list[StoreOpened] = []

    def open(self) -> StoreOpened:
        """Have the engine take up what the store holds, and wait until it has; give what it says of it."""
        self.engine.open()
        self.until(lambda: bool(self.opened))
        return self.opened[0]

    def submit(
        self,
        source: Ordered | None = None,
        *,
        image_url: str = "",
        preparation: Preparation = USUAL,
        **settings: object,
    ) -> str:
        asked = request.build({**SMALL, **settings}, image_url=image_url)
        if source is None and not image_url:
            source = subject()
        job = self.engine.submit(asked, source, name="a thing", endpoint=self.endpoint, preparation=preparation)
        self.jobs[job.id] = job
        return job.id

    def take(self, message: object) -> None:
        if isinstance(message, JobChanged):
            self.jobs[message.job.id] = message.job
            self.told.append(message.job)
        elif isinstance(message, ConnectionChecked):
            self.checked.append(message)
        elif isinstance(message, StoreOpened):
            self.opened.append(message)

    def drain(self) -> None:
        while True:
            try:
                self.take(self.engine.messages.get_nowait())
            except Empty:
                return

    def until(self, true: Callable[[], bool]) -> None:
        """Take in messages until something is true."""
        self.drain()
        while not true():
            self.take(self.engine.messages.get(timeout=DEADLINE_SECONDS))

    def finish(self, *job_ids: str) -> Job:
        """Wait until these jobs (all, if none is named) have come to rest; give the last."""
        wanted = job_ids or tuple(self.jobs)
        self.until(lambda: not any(self.jobs[job_id].running for job_id in wanted))
        return self.jobs[wanted[-1]]

    def reach(self, job_id: str, *states: State) -> Job:
        self.until(lambda: self.jobs[job_id].state in states)
        return self.jobs[job_id]

    def states(self, job_id: str) -> list[State]:
        """Give the states of a job in the order it had them."""
        history: list[State] = []
        for job in self.told:
            if job.id == job_id and (not history or history[-1] is not job.state):
                history.append(job.state)
        return history

    def files(self) -> list[str]:
        folder = self.storage.folder
        return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []

    def close(self) -> None:
        """Close the engine, and hold it to its promises."""
        self.engine.close()
        self.drain()
        assert self.engine.thread_count == 0
        assert not [name for name in self.files() if name.startswith(".part-")]
        self.search_for_key()

    def search_for_key(self) -> None:
        if not self.key:
            return
        for job in self.told:
            assert self.key not in repr(job), "a job's record holds the key"
        for checked in self.checked:
            assert self.key not in checked.sentence
        for name in self.files():
            assert self.key.encode() not in (self.storage.folder / name).read_bytes(), f"{name} holds the key"
