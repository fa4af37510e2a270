# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in server as a process of its own, on the host, for every Blender of the rig: loopback is shared."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import processes
from .errors import RigError
from .paths import CHECKOUT
from .venvs import ensure_dev_venv

ENVIRONMENT_NAME = "TRELLIS_SIMULATOR"
"""Where tests inside a Blender find what ``running`` gives, as JSON."""
START_TIMEOUT_SECONDS = 30.0


@contextmanager
def running(*arguments: str) -> Iterator[dict[str, Any]]:
    """Start ``python -m tests.simulator`` and give its url, key, download_url and control_url; end it afterwards."""
    command = [str(ensure_dev_venv()), "-m", "tests.simulator", "--keep", *arguments]
    process = processes.start(processes.contained(command), cwd=CHECKOUT)
    try:
        addresses = _addresses(process)
        # What it says later is let go: a full pipe would stop it.
        threading.Thread(target=_drain, args=(process,), daemon=True).start()
        yield addresses
    finally:
        processes.end(process)


def _addresses(process: "subprocess.Popen[str]") -> dict[str, Any]:
    said = process.stdout.readline() if process.stdout else ""
    try:
        addresses: dict[str, Any] = json.loads(said)
    except ValueError:
        # Whatever comes instead of the one line of JSON is the beginning of a traceback.
        rest, _ = process.communicate(timeout=START_TIMEOUT_SECONDS)
        raise RigError(f"The stand-in server did not start: {said}{rest}") from None
    return addresses


def _drain(process: "subprocess.Popen[str]") -> None:
    if process.stdout is not None:
        with process.stdout as said:
            for _ in said:
                pass
