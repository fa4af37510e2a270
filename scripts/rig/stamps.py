# SPDX-License-Identifier: GPL-3.0-or-later
"""Made once, whole or not at all: a lock against two set-ups at once, and a stamp written last."""

import fcntl
import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .commands import say
from .paths import LOCKS


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock of that name; wait when another process has it."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another set-up of {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest(*asked: object) -> str:
    """Return a hash of what was asked for."""
    return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()


def is_made(stamp: Path, asked: str) -> bool:
    """Whether the stamp says that exactly this was made."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == asked


def write_stamp(stamp: Path, asked: str) -> None:
    """Say that it is made; call it last."""
    stamp.write_text(asked, encoding="utf-8")


def remove_tree(folder: Path) -> None:
    """Remove a half-made folder without ever leaving its file system."""
    subprocess.run(["rm", "-rf", "--one-file-system", "--", str(folder)], check=True)
