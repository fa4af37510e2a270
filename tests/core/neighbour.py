# SPDX-License-Identifier: GPL-3.0-or-later
"""Another Blender: an engine in a process of its own, that works through its orders or lives until it is killed.

``python -m tests.core.neighbour '{"url": …}'`` prints a line when the first of its jobs has its answer, and one when
they are at rest.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.core.workbench import QUICK, Workbench
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import RateLimiter, SystemClock

_UNANSWERED = (State.PREPARED, State.SUBMITTING)
"""Killed in these, a job may be nowhere; that is tested elsewhere."""
ROOT = Path(__file__).resolve().parents[2]


def begin(**orders: Any) -> subprocess.Popen[str]:
    """Start one; ``url``, ``key``, ``folder``, ``store``, ``jobs``, ``limit``, ``window``."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.neighbour", json.dumps(orders)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def heard(process: subprocess.Popen[str]) -> list[str]:
    """Give the next line that it says: the states of its own jobs."""
    assert process.stdout is not None
    return [str(state) for state in json.loads(process.stdout.readline())]


def _live(orders: dict[str, Any]) -> None:
    limiter = RateLimiter(SystemClock(), limit=orders.get("limit", 100_000), window=orders.get("window", 60.0))
    bench = Workbench(
        orders["url"], orders["key"], Path(orders["folder"]), store_folder=Path(orders["store"]), limiter=limiter,
        pacing=QUICK,
    )  # fmt: skip
    own = [bench.submit() for _ in range(orders["jobs"])]
    bench.until(lambda: all(bench.jobs[job_id].state not in _UNANSWERED for job_id in own[:1]))
    _say(bench, own)
    bench.finish(*own)
    _say(bench, own)
    bench.close()


def _say(bench: Workbench, own: list[str]) -> None:
    sys.stdout.write(json.dumps([bench.jobs[job_id].state.value for job_id in own]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _live(json.loads(sys.argv[1]))
