# SPDX-License-Identifier: GPL-3.0-or-later
"""Steers a stand-in that runs in another process. The standard library alone: it is used inside Blender too."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

TIMEOUT_SECONDS = 60.0


class Remote:
    """The methods of :class:`.control.Control`, over its port; arguments by name."""

    def __init__(self, control_url: str) -> None:
        """Talk to the port at ``control_url``."""
        self._url = control_url.rstrip("/")
        # The port is on loopback: a proxy from the environment has no business there.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change switches and give all of them."""
        return self._call("settings", changes)  # type: ignore[no-any-return]

    def misbehave(
        self, route: str, fault: str, *, times: int | None = 1, after: int = 0, job: str | None = None, **options: Any
    ) -> None:
        """Misbehave on ``route`` by ``fault``, ``times`` times (None: always), after ``after`` good calls."""
        self._call("misbehave", {"route": route, "fault": fault, "times": times, "after": after, "job": job, **options})

    def behave(self, route: str = "") -> None:
        """Forget the orders to misbehave."""
        self._call("behave", {"route": route})

    def faults(self) -> list[dict[str, Any]]:
        """Give the orders to misbehave that are still waiting."""
        return self._call("faults", {})  # type: ignore[no-any-return]

    def steer(self, job: str, **changes: Any) -> None:
        """Change a running job: ``seconds``, ``never_finish``, ``fail``."""
        self._call("steer", {"job": job, **changes})

    def log(self, since: int = 0, limit: int = 20_000) -> list[dict[str, Any]]:
        """Give the requests numbered above ``since``, oldest first."""
        return self._call("log", {"since": since, "limit": limit})  # type: ignore[no-any-return]

    def jobs(self) -> list[dict[str, Any]]:
        """Give every job ever accepted, oldest first."""
        return self._call("jobs", {})  # type: ignore[no-any-return]

    def uploads(self) -> list[dict[str, Any]]:
        """Give every stored picture, oldest first: where it is, what its form said, how many jobs named it."""
        return self._call("uploads", {})  # type: ignore[no-any-return]

    def image(self, job: str) -> bytes:
        """Give the picture's bytes as they were received."""
        return self._call("image", {"job": job})  # type: ignore[no-any-return]

    def model(self, job: str) -> bytes:
        """Give a completed job's GLB."""
        return self._call("model", {"job": job})  # type: ignore[no-any-return]

    def violations(self) -> list[dict[str, Any]]:
        """Give the requests that bore the key where it must never be."""
        return self._call("violations", {})  # type: ignore[no-any-return]

    def traffic(self, origin: str) -> bytes:
        """Give the requests to ``download``, whole, or the addresses of those to ``api``."""
        return self._call("traffic", {"origin": origin})  # type: ignore[no-any-return]

    def counters(self) -> dict[str, Any]:
        """Give the sums."""
        return self._call("counters", {})  # type: ignore[no-any-return]

    def advance(self, seconds: float) -> float:
        """Move the clock forward and give the time."""
        return self._call("advance", {"seconds": seconds})  # type: ignore[no-any-return]

    def now(self) -> float:
        """Give the stand-in's time in seconds since the epoch."""
        return self._call("now", {})  # type: ignore[no-any-return]

    def reset(self) -> None:
        """Make everything new but the clock."""
        self._call("reset", {})

    def _call(self, method: str, arguments: dict[str, Any]) -> Any:
        request = urllib.request.Request(f"{self._url}/{method}", json.dumps(arguments).encode(), method="POST")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                data = answer.read()
                return json.loads(data) if answer.headers["Content-Type"] == "application/json" else data
        except urllib.error.HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None


class Process:
    """``with Process(python, root, "--job-seconds", "1") as server:`` starts the stand-in and ends it.

    ``python`` is an interpreter that has its requirements, ``root`` the repository; has ``url``, ``key``,
    ``download_url``, ``control_url`` and ``control``.
    """

    def __init__(self, python: str | Path, root: str | Path, *arguments: str) -> None:
        """Start and wait until it listens. Raises :class:`RuntimeError` with what it said if it does not."""
        command = [str(python), "-m", "tests.simulator", *arguments]
        self._process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the stand-in ended at once with status {self._process.wait()}")
        said = json.loads(line)
        self.url, self.key = str(said["url"]), str(said["key"])
        self.download_url, self.control_url = str(said["download_url"]), str(said["control_url"])
        self.control = Remote(self.control_url)

    def stop(self) -> None:
        """Close its input and wait for it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Process:
        """Give the running stand-in."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()
