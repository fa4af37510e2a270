# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender in a window of its own display, with the zip installed in a fresh profile; it answers questions.

``call`` evaluates Python on Blender's main thread (see agent.py). Knows nothing of what the window shows.
"""

import contextlib
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rig import chroots, processes
from rig.blenders import window_blender
from rig.paths import SHADERS
from rig.profiles import fresh_environment, temporary_home
from tests.gui.display import Display

AGENT = Path(__file__).with_name("agent.py")
START_TIMEOUT_SECONDS = 120.0
INSTALL_TIMEOUT_SECONDS = 120.0
CALL_TIMEOUT_SECONDS = 120.0
PATIENCE_SECONDS = 90.0
"""How long anything is waited for: a busy machine is ten times slower than a free one, and waiting costs nothing."""


class WindowError(Exception):
    """Blender's window did not do what was asked; the message has its traceback or the end of its log."""


class Program:
    """One Blender on one display; everything ends with the ``with`` block."""

    def __init__(
        self,
        blender: str,
        zip_path: Path | None,
        script: Path | None = None,
        size: tuple[int, int] = (1280, 800),
        env: Mapping[str, str] | None = None,
        home: Path | None = None,
        file: Path | None = None,
        artifacts: Path | None = None,
        profiles: Path | None = None,
        is_plain: bool = False,
    ) -> None:
        """Describe the window; ``with`` opens it.

        ``blender`` is a suite, version or series. ``zip_path`` is installed and enabled first; None leaves the profile
        as it is. ``script`` runs inside before anything else. ``home`` is kept and can be opened again; else a
        temporary one is used. ``file`` is a .blend to open. ``artifacts`` gets a screenshot and the log when the block
        fails. ``profiles`` is a folder that keeps the profile with the zip installed, for the next window to copy.
        ``is_plain`` has edges in the viewport drawn jagged, and all on one thread: smooth ones are drawn eight times.
        """
        self.blender = window_blender(blender)
        self.zip_path, self.script, self.size, self.file = zip_path, script, size, file
        self.env, self.artifacts = dict(env or {}), artifacts
        self._asked_home, self._profiles, self._is_plain = home, profiles, is_plain
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.root = chroots.ensure_chroot(self.blender.suite)
            self.home = stack.enter_context(temporary_home(self._asked_home))
            self.log = self.home / "blender.log"
            # A home can be deep in a temporary folder, and the path of a socket can have 107 bytes only.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-", dir="/tmp"))
            self._socket = Path(folder) / "agent.sock"
            self.display = Display(self.blender.suite, self.size)
            stack.callback(self.display.close)
            if self.zip_path is not None:
                self._install(self.zip_path)
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is not None and self.artifacts is not None:
                self.keep_evidence(self.artifacts)

    def keep_evidence(self, folder: Path) -> None:
        """Save a screenshot and Blender's log, to see why a test failed."""
        self.display.screenshot(folder / "failure.png")
        (folder / "failure.log").write_text(self.log_text(), encoding="utf-8")

    def call(self, code: str, timeout: float = CALL_TIMEOUT_SECONDS) -> Any:
        """Evaluate an expression, or run statements that set ``result``, on Blender's main thread.

        ``bpy`` and the functions of agent.py are there; names last from call to call. Raises ``WindowError`` with
        Blender's traceback, ``TimeoutError`` when the main thread is busy for that long.
        """
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(self._socket))
            with connection.makefile("rwb") as stream:
                stream.write(json.dumps({"code": code}).encode() + b"\n")
                stream.flush()
                line = stream.readline()
        if not line:
            raise WindowError(f"Blender ended during a call.\n{self.log_tail()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WindowError(answer["error"])
        return answer["result"]

    def wait_for(self, expression: str, timeout: float = PATIENCE_SECONDS) -> Any:
        """Ask again and again until the expression is true, and return its value."""
        deadline = time.monotonic() + timeout
        while not (value := self.call(expression, max(timeout, CALL_TIMEOUT_SECONDS))):
            if time.monotonic() > deadline:
                raise WindowError(f"Not true within {timeout} s: {expression} (last: {value!r})\n{self.log_tail()}")
            time.sleep(0.1)
        return value

    def kill(self) -> None:
        """End Blender at once, as a crash would."""
        processes.end(self._process)

    def wait_for_the_end(self, timeout: float) -> None:
        """Wait until Blender has ended by itself."""
        self._process.wait(timeout)

    def log_text(self) -> str:
        """Return all that Blender has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def log_tail(self, lines: int = 30) -> str:
        """Return the end of what Blender has printed."""
        return "\n".join(self.log_text().splitlines()[-lines:])

    def _environment(self) -> dict[str, str]:
        # In a fresh home the renderer would compile its shaders anew: half of what a window's start costs.
        shaders = SHADERS / self.blender.suite
        shaders.mkdir(parents=True, exist_ok=True)
        ours = {
            "DISPLAY": self.display.name,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "MESA_SHADER_CACHE_DIR": str(shaders),
            "TRELLIS_TEST_SOCKET": str(self._socket),
        }
        if self._is_plain:
            # On its own thread the renderer need not wait for others', which on a busy machine come late.
            ours |= {"TRELLIS_TEST_PLAIN": "1", "LP_NUM_THREADS": "0"}
        if self.script is not None:
            ours["TRELLIS_TEST_SCRIPT"] = str(self.script)
        return fresh_environment(self.home, processes.CHROOT_PATH, {**ours, **self.env})

    def _install(self, zip_path: Path) -> None:
        profile = self.home / "blender"
        kept = self._profiles / f"{self.blender.version}-{zip_path.stat().st_mtime_ns}" if self._profiles else None
        if kept is not None and kept.exists():
            shutil.copytree(kept, profile, dirs_exist_ok=True)
            return
        install = ["blender", "--command", "extension", "install-file", "-r", "user_default", "--enable", str(zip_path)]
        command = processes.in_chroot(self.root, install)
        done = processes.run(command, self._environment(), timeout=INSTALL_TIMEOUT_SECONDS)
        if done.returncode != 0:
            raise WindowError(f"The zip could not be installed (exit status {done.returncode}).\n{done.stdout}")
        if kept is not None:
            shutil.copytree(profile, kept)

    def _start(self, stack: contextlib.ExitStack) -> None:
        geometry = ["--window-geometry", "0", "0", *map(str, self.size)]
        files = [str(self.file)] if self.file else []
        argv = ["stdbuf", "-oL", "blender", *geometry, *files, "--python-exit-code", "1", "-P", str(AGENT)]
        output = stack.enter_context(self.log.open("w", encoding="utf-8"))
        self._process = processes.start(processes.in_chroot(self.root, argv), self._environment(), output=output)
        stack.callback(processes.end, self._process)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._socket.exists():
            if self._process.poll() is not None:
                raise WindowError(f"Blender ended with status {self._process.returncode}.\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise WindowError(f"Blender has not started within {START_TIMEOUT_SECONDS} s.\n{self.log_tail()}")
            time.sleep(0.1)
        self.call("bpy.app.version_string", timeout=START_TIMEOUT_SECONDS)
