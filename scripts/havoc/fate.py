# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a life from within, at the moments that its orders name. Knows no jobs."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from trellis_blender.core import store
from trellis_blender.core.pacing import SystemClock

from . import disks, moments


class MovedClock(SystemClock):
    """A clock that is wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def time(self) -> float:
        return time.time() + self.seconds


class Fate:
    """What is to happen at which moment, and a sign on disk that it did, left before it does."""

    def __init__(self, orders: dict[str, Any], clock: MovedClock) -> None:
        self._events = [*orders.get("events", ())]
        if orders.get("die_at"):
            state, when = orders["die_at"]
            self._events.append({"moment": f"{when} {state}", "act": "kill", "nth": 1, "lines": ()})
        self._signs = orders.get("signs", "")
        self._home, self._disk, self._clock = Path(orders["folder"]), orders.get("disk", ""), clock
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self.wishes: list[str] = []
        self.granted = threading.Event()

    def install(self) -> None:
        if self._events:
            moments.watch(self.reached)
        for event in self._events:
            if event["lines"]:
                moments.trace_lines(event["module"], set(event["lines"]), self.reached)

    def reached(self, moment: str) -> None:
        with self._lock:
            count = self._counts[moment] = self._counts.get(moment, 0) + 1
            due = [event for event in self._events if event["moment"] == moment and event["nth"] == count]
        for event in due:
            self._happen(event)

    def sign(self, act: str) -> None:
        if not self._signs:
            return
        handle = os.open(self._signs, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{act}\n".encode())
        os.close(handle)

    def _happen(self, event: dict[str, Any]) -> None:
        act = event["act"]
        self.sign(act)
        if act == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif act == "sleep":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif act == "fill":
            disks.fill(self._home, self._disk)
        elif act == "clock":
            self._clock.seconds += event["value"]
        else:
            self.wishes.append(act)
            if act == "cancel":
                self.granted.wait(1.0)  # so that it is pressed in this state, not in a later one


class Fatal(str):
    """A step of the schema in which the process dies before a statement."""

    dies_at: int
    fate: Fate

    def split(self, *arguments: Any) -> Any:
        for number, statement in enumerate(str.split(self, *arguments)):
            if number == self.dies_at:
                self.fate.sign("kill")
                os.kill(os.getpid(), signal.SIGKILL)
            yield statement


def migrated(orders: dict[str, Any], fate: Fate) -> None:
    """Give the store one more step of its schema, or have the last one be fatal."""
    steps: list[str] = [*store._MIGRATIONS]
    if orders.get("migrations"):
        columns = [f"ALTER TABLE jobs ADD COLUMN later_{number} TEXT" for number in range(orders["migrations"])]
        steps.append(";".join([*columns, "UPDATE jobs SET later_0='x'"]))
    dies_at = orders.get("migration_dies_at", -1)
    for number, step in enumerate(steps if dies_at >= 0 else ()):
        if orders.get("migrations") and number < len(steps) - 1:
            continue  # done long ago
        fatal = steps[number] = Fatal(step)
        fatal.dies_at, fatal.fate = dies_at, fate
        dies_at -= step.count(";") + 1
    store._MIGRATIONS = tuple(steps)  # type: ignore[misc,assignment]


def die(fate: Fate) -> None:
    """End as by a crash, wherever the other threads are."""
    fate.sign("kill")
    os.kill(os.getpid(), signal.SIGKILL)
