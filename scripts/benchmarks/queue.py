# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/bench queue``: many jobs at once under a strict limit of requests, on one clock that waits for nobody.

Engine and local server share a clock that stands still while anybody works and jumps when all wait,
so that a quarter of an hour takes seconds and the limit is tested to the request.
"""

import sys
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path
from queue import Empty
from typing import Any

from rig.paths import CHECKOUT

from .distribution import summary

JOBS = 200
LIMIT = 50
TARGET_P99_MS = 5.0
FEW_JOBS = 50
LOOKS = 10
"""How often the memory is looked at while the jobs run."""
LEFT_KIB_A_JOB = 8.0
"""What may be left of a job that is through: its record, in the list."""
LOOK_SECONDS = 0.02
GIVE_UP_SECONDS = 240.0


class SharedClock:
    """The engine's and the server's clock; ``seconds`` since it was made are told by :attr:`passed`."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._start = self._now = start
        self._waiting: dict[int, float] = {}
        self._condition: threading.Condition | None = None

    @property
    def passed(self) -> float:
        return self._now - self._start

    def now(self) -> float:
        return self._now

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        self._condition = condition
        self._waiting[threading.get_ident()] = self._now + seconds if seconds is not None else float("inf")
        condition.wait(LOOK_SECONDS)
        del self._waiting[threading.get_ident()]

    def jump(self, threads: int) -> None:
        """Go on to the first moment that anybody waits for, if all ``threads`` wait."""
        condition = self._condition
        if condition is None:
            return
        with condition:  # nobody leaves his wait meanwhile
            until = min(self._waiting.values(), default=float("inf"))
            if len(self._waiting) == threads and self._now < until < float("inf"):
                self._now = until
                condition.notify_all()


def measure(jobs: int = JOBS) -> dict[str, Any]:
    """Queue ``jobs`` at once; give what the server counted, and what the main thread spent."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.core.workbench import subject
    from tests.simulator.server import Simulator
    from trellis_blender.core import endpoint, request
    from trellis_blender.core.engine import Engine
    from trellis_blender.core.jobs import Job, State
    from trellis_blender.core.lifecycle import Storage
    from trellis_blender.core.messages import JobChanged
    from trellis_blender.core.pacing import Pacing
    from trellis_blender.core.secrets import Key

    clock = SharedClock()
    asked = request.build({"resolution": "512", "decimation_target": 10000, "texture_size": "1024"})
    submits: list[float] = []
    drains: list[float] = []
    known: dict[str, Job] = {}
    with tempfile.TemporaryDirectory() as folder, Simulator(
        clock=clock, rate_limit=LIMIT, job_seconds=20.0
    ) as server:  # fmt: skip
        storage = Storage(Path(folder) / "objects")
        engine = Engine(storage, clock=clock, pacing=Pacing(jitter=0.0), store_folder=Path(folder) / "store")
        place = endpoint.parse(server.url)
        engine.configure(place, Key(server.key), storage)
        picture = subject()
        tracemalloc.start()
        memory: list[int] = []
        for number in range(jobs):
            began = time.perf_counter()
            job = engine.submit(asked, picture, name=f"thing {number}", endpoint=place)
            submits.append((time.perf_counter() - began) * 1000.0)
            known[job.id] = job
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while any(job.running for job in known.values()) and time.monotonic() < deadline:
            began = time.perf_counter()
            while True:
                try:
                    message = engine.messages.get_nowait()
                except Empty:
                    break
                if isinstance(message, JobChanged):
                    known[message.job.id] = message.job
            drains.append((time.perf_counter() - began) * 1000.0)
            if sum(not job.running for job in known.values()) >= jobs * len(memory) // LOOKS:
                memory.append(_core_bytes())
            clock.jump(engine.thread_count)
            time.sleep(0.001)
        left = _core_bytes()
        tracemalloc.stop()
        engine.close()
        counted = server.control.counters()
    return {
        "jobs": jobs,
        "finished": sum(job.state is State.DOWNLOADED for job in known.values()),
        "requests": counted["requests"],
        "refused by the limit": counted["rate_limited"],
        "busiest minute": counted["busiest_minute"],
        "limit": LIMIT,
        "minutes on the clock": round(clock.passed / 60.0, 1),
        "KiB held at the most": round(max(*memory, left) / 1024.0),
        "KiB left at the end": round(left / 1024.0),
        "submit": summary(submits),
        "draining messages": summary(drains),
    }


def measure_both() -> dict[str, Any]:
    """Measure with few jobs and with many, and give what each further job costs in memory."""
    few, many = measure(FEW_JOBS), measure(JOBS)
    more = JOBS - FEW_JOBS
    return {
        **many,
        **{f"{name}, with {FEW_JOBS} jobs": few[name] for name in ("KiB held at the most", "KiB left at the end")},
        "KiB at the most for each further job": _each(few, many, "KiB held at the most", more),
        "KiB left for each further job": _each(few, many, "KiB left at the end", more),
    }


def _each(few: dict[str, Any], many: dict[str, Any], name: str, more: int) -> float:
    return round((many[name] - few[name]) / more, 1)


def is_good(result: dict[str, Any]) -> bool:
    """Whether all finished, never above the limit, and memory is left flat."""
    return (
        result["finished"] == result["jobs"]
        and result["refused by the limit"] == 0
        and result["busiest minute"] <= result["limit"]
        and result.get("KiB left for each further job", 0.0) <= LEFT_KIB_A_JOB
    )


def show(result: dict[str, Any]) -> None:
    """Print it for people."""
    for name, value in result.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {number}" for key, number in value.items())
        print(f"{name:<40} {value}")


def _core_bytes() -> int:
    """Give what the core holds; the server in the same process keeps a log that grows."""
    mine = [tracemalloc.Filter(True, "*/trellis_blender/core/*")]
    return sum(each.size for each in tracemalloc.take_snapshot().filter_traces(mine).traces)
