# SPDX-License-Identifier: GPL-3.0-or-later
"""Small disks of their own for a run, where they can be mounted; a limit on the size of files where they cannot."""

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

SIZE = "24m"
FILLER = "filler"
LIMITED_BYTES = 2_000
_BLOCKS = (1 << 20, 1 << 12, 1)


def place(home: Path, what: str) -> Path:
    """Give the folder that has the small disk."""
    return home if what == "all" else home / what


def can_mount(folder: Path) -> bool:
    """Whether a small disk can be had, by having one."""
    with mounted(folder, "all") as is_real:
        return is_real


@contextlib.contextmanager
def mounted(home: Path, what: str) -> Iterator[bool]:
    """Have a small disk for a part of a run; gives whether it is one."""
    if not what:
        yield False
        return
    folder = place(home, what)
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "trellis-havoc", str(folder)]
    try:
        is_real = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    except (OSError, AttributeError):
        is_real = False
    try:
        yield is_real
    finally:
        if is_real:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def fill(home: Path, what: str) -> None:
    """Fill the small disk to the last byte; without one, let no file grow."""
    folder = place(home, what or "all")
    if not os.path.ismount(folder):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMITED_BYTES, resource.RLIM_INFINITY))
        return
    with (folder / FILLER).open("wb", buffering=0) as file:
        for block in _BLOCKS:
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * block)


def free(home: Path, what: str) -> None:
    """Make room again."""
    (place(home, what or "all") / FILLER).unlink(missing_ok=True)
