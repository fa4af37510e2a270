# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.simulator``: the stand-in as its own process, for scripts and for Blender.

Prints one JSON line when it listens, and ends when its standard input closes or on SIGTERM.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from typing import Any

from .clock import ManualClock
from .server import Simulator


def main() -> int:
    """Run until told to end."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of the API; the system chooses by default")
    parser.add_argument("--key", default="", help="the key that opens it; one is made up by default")
    parser.add_argument("--job-seconds", type=float, default=1.5, help="how long a job takes (%(default)s)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="a switch, see settings.py")
    parser.add_argument("--manual-clock", action="store_true", help="time moves only when the control port says so")
    parser.add_argument("--keep", action="store_true", help="stay when standard input closes")
    given = parser.parse_args()
    switches = dict(_switch(entry) for entry in given.set)
    clock = ManualClock() if given.manual_clock else None
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with Simulator(key=given.key, port=given.port, clock=clock, **{"job_seconds": given.job_seconds, **switches}) as it:
        line = {"url": it.url, "key": it.key, "control_url": it.control_url, "download_url": it.download_url}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        if not given.keep:
            threading.Thread(target=_watch, args=(ending,), daemon=True).start()
        ending.wait()
    return 0


def _switch(entry: str) -> tuple[str, Any]:
    name, _, text = entry.partition("=")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def _watch(ending: threading.Event) -> None:
    # Not sys.stdin: its lock, held by a thread that is still reading, makes the interpreter's end fail.
    while os.read(0, 4096):
        pass
    ending.set()


if __name__ == "__main__":
    raise SystemExit(main())
