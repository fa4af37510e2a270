# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-up commands: quiet into a log file, loud when they fail."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .errors import RigError
from .paths import LOGS

SETUP_TIMEOUT_SECONDS = 1200
TAIL_LINES = 30


def say(text: str) -> None:
    """Tell the developer one line, at once."""
    print(f"rig: {text}", file=sys.stderr, flush=True)


@contextmanager
def announced(what: str) -> Iterator[None]:
    """Say that something starts, and how long it took when it is done."""
    say(f"{what} …")
    began = time.monotonic()
    yield
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


class CommandFailed(RigError):
    """A command of the set-up failed; ``text`` is all it said."""

    def __init__(self, argv: Sequence[str], status: str, log: Path, text: str) -> None:
        """Keep the whole text and show its tail."""
        tail = "\n".join(text.splitlines()[-TAIL_LINES:])
        super().__init__(f"{' '.join(argv)}\n{tail}\n({status}; the whole log is {log})")
        self.text = text


def run_logged(log_name: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run a command, add its output to a log and return it; raise ``CommandFailed`` when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{log_name}.log"
    status, text = "", ""
    try:
        done = processes.run(argv, env=env, timeout=SETUP_TIMEOUT_SECONDS)
        text = done.stdout
        if done.returncode != 0:
            status = f"exit status {done.returncode}"
    except subprocess.TimeoutExpired as expired:
        text = str(expired.output or "")
        status = f"ended after {SETUP_TIMEOUT_SECONDS} s"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(argv)}\n{text}\n")
    if status:
        raise CommandFailed(argv, status, log, text)
    return text
