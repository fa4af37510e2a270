# SPDX-License-Identifier: GPL-3.0-or-later
"""Several campaigns side by side, each in a process with a server of its own, that take the next number when free."""

import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Queue
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = CHECKOUT / "scripts"


def run(numbers: Sequence[int], only: str, side_by_side: int) -> Iterator[dict[str, Any]]:
    """Run the scenarios of these numbers; give the reports as they come."""
    waiting: Queue[int] = Queue()
    for number in numbers:
        waiting.put(number)
    reports: Queue[dict[str, Any]] = Queue()
    threads = [
        threading.Thread(target=_feed, args=(waiting, reports.put, only), daemon=True)
        for _ in range(min(side_by_side, len(numbers)))
    ]
    for thread in threads:
        thread.start()
    for _ in numbers:
        report = reports.get()
        if "failed" in report:
            raise RuntimeError(report["failed"])
        yield report
    for thread in threads:
        thread.join()


def _feed(waiting: "Queue[int]", put: Callable[[dict[str, Any]], None], only: str) -> None:
    """Give one process its numbers, one at a time."""
    folders = [str(CHECKOUT), str(SCRIPTS)]
    program = f"import sys; sys.path[:0] = {folders!r}; from havoc import crowd; crowd.work()"
    argv = [sys.executable, "-c", program]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  # they are pipes
        while not waiting.empty():
            number = waiting.get()
            process.stdin.write(json.dumps([number, only]) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                put({"failed": f"the process that ran number {number} ended with {process.wait()}"})
                return
            put(json.loads(line))
        process.stdin.close()


def work() -> None:
    """Be one of the processes: read numbers, write reports. No threads, since it forks."""
    from havoc import life  # noqa: F401  # imported once, so that every life begins with it
    from havoc.campaign import Campaign
    from havoc.scenarios import draw
    from tests.simulator.remote import Process

    out = sys.stdout
    with Process(sys.executable, CHECKOUT) as server:
        campaign = Campaign(server)
        for line in iter(sys.stdin.readline, ""):
            number, only = json.loads(line)
            report = campaign.run(draw(number, only))
            out.write(json.dumps(dataclasses.asdict(report)) + "\n")
            out.flush()
