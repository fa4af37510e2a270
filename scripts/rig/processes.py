# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes that never outlive us: a process and mount namespace each, so a kill takes all their children.

Where namespaces are not allowed (not root) a process group takes their place.
"""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from .errors import RigError
from .paths import CHECKOUT, RIG

CHROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Mounts are made inside a mount namespace of their own: they vanish with the process, whatever ends it, so no
# removal of a chroot can ever reach through them.
_ENTER_CHROOT = """
set -e
root=$1; directory=$2; binds=$3; shift 3
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
IFS='
'
for folder in $binds; do mkdir -p "$root$folder"; mount --bind "$folder" "$root$folder"; done
chroot "$root" env -C "$directory" "$@"
"""

_running: set["subprocess.Popen[str]"] = set()
_running_lock = threading.RLock()
_closing = threading.Event()


@functools.cache
def namespaces_allowed() -> bool:
    """Whether this user may make process and mount namespaces."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    trial = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def contained(argv: Sequence[str]) -> list[str]:
    """Return ``argv`` so that it and all its children die with us."""
    dies_with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    if not namespaces_allowed():
        return [*dies_with_us, *argv]
    namespace = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    # The shell stays as process 1: a program that is process 1 itself ignores signals it has no handler for.
    return [*dies_with_us, *namespace, "sh", "-c", '"$@"; exit $?', "contained", *argv]


def in_chroot(root: Path, argv: Sequence[str], cwd: Path | None = None, also: Iterable[Path] = ()) -> list[str]:
    """Return ``argv`` so that it runs inside ``root``.

    The checkout, the rig, the temporary folders and those of ``also`` have the same paths there as outside.
    """
    folders = {Path("/tmp"), Path(tempfile.gettempdir()).resolve(), CHECKOUT, RIG, *also}
    # Parents first: a folder in one that is bound already is bound inside that, not over it.
    binds = "\n".join(str(folder) for folder in sorted(folders, key=lambda folder: len(folder.parts)))
    return contained(["sh", "-c", _ENTER_CHROOT, "chroot", str(root), str(cwd or "/"), binds, *argv])


def start(
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[str] | int = subprocess.PIPE,
    stdin: int = subprocess.DEVNULL,
) -> "subprocess.Popen[str]":
    """Start a process in a session of its own and remember it until ``end``."""
    if _closing.is_set():
        raise RigError("Everything is being ended.")
    process = subprocess.Popen(
        list(argv),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with _running_lock:
        _running.add(process)
    return process


def end(process: "subprocess.Popen[str]") -> None:
    """End a process and everything it started, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with _running_lock:
        _running.discard(process)


def end_all() -> None:
    """Kill whatever runs and refuse to start more; safe in a signal handler, so it waits for nothing."""
    _closing.set()
    with _running_lock:
        for process in _running:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)


def run(
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[str] | None = None,
    timeout: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run to the end and return status and output (standard error joined in).

    With ``output`` the text goes to that file instead. Raises ``subprocess.TimeoutExpired`` after ending the process.
    """
    process = start(argv, env, cwd, output if output is not None else subprocess.PIPE)
    try:
        text, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        os.killpg(process.pid, signal.SIGKILL)
        text, _ = process.communicate()
        raise subprocess.TimeoutExpired(list(argv), expired.timeout, output=text) from None
    finally:
        end(process)
    return subprocess.CompletedProcess(list(argv), process.returncode, text or "")
