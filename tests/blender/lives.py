# SPDX-License-Identifier: GPL-3.0-or-later
"""Several Blenders one after the other on one profile, each killed or at its end before the next; and what they left.

Each is ``one_life.py`` in a process of its own, with the extension as this suite installed it from the zip.
"""

import compileall
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from footprint import PACKAGE

ONE_LIFE = Path(__file__).with_name("one_life.py")
PATIENCE_SECONDS = 100.0
SERVER_PATIENCE_SECONDS = 600.0
"""How long an answer is waited for there: a server that is late holds a job for as long as a test may take."""
STEP_SECONDS = 0.01
BLENDERS_OWN = "blender_"
"""What Blender calls its own temporary folder, which it cannot remove when it is killed."""


class Lives:
    """One artist's profile, home and temporary folder."""

    def __init__(self, home: Path) -> None:
        """Move into ``home``; the extension must be in ``home/profile`` already."""
        self.home = home
        self.profile, self.temporary = home / "profile", home / "tmp"
        self.temporary.mkdir(exist_ok=True)
        user = self.profile / "extensions" / ".user" / "user_default" / PACKAGE.rpartition(".")[2]
        self.store, self.objects = user / "store", user / "objects"
        self.running: list[Life] = []
        self._count = 0

    def environment(self) -> dict[str, str]:
        return {**os.environ, "BLENDER_USER_RESOURCES": str(self.profile), "TMPDIR": str(self.temporary),
                "HOME": str(self.home)}  # fmt: skip

    def begin(self, *acts: tuple[str, Any]) -> "Life":
        """Start a Blender that does these."""
        self._count += 1
        self.running.append(Life(self, self._count, acts))
        return self.running[-1]

    def live(self, *acts: tuple[str, Any]) -> list[dict[str, Any]]:
        """Have a Blender do these to its end, and give what it told."""
        life = self.begin(*acts)
        life.await_end(0)
        return life.told()

    def on_disk(self) -> list[str]:
        """Give the states that the store has on disk, as another process reads them."""
        path = self.store / "jobs.sqlite3"
        if not path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return [state for (state,) in connection.execute("SELECT state FROM jobs ORDER BY created_at")]
        except sqlite3.OperationalError:  # it is being made
            return []

    def left_behind(self) -> list[str]:
        """Give every file that is not Blender's own, nor a finished object, nor kept with the list of jobs."""
        files = [path for path in self.temporary.rglob("*") if not path.name.startswith(BLENDERS_OWN)]
        files += [path for path in self.objects.rglob("*") if path.suffix != ".glb" or path.name.startswith(".")]
        known = [f"jobs.sqlite3{suffix}" for suffix in ("", "-wal", "-shm", ".opening")]
        kept = ("receipts", "sent", "small", "offers")
        files += [p for p in self.store.rglob("*") if p.name not in known and p.parent.name not in kept]
        return sorted(str(path.relative_to(self.home)) for path in files if path.is_file())


class Life:
    """A Blender that runs."""

    def __init__(self, lives: Lives, number: int, acts: tuple[tuple[str, Any], ...]) -> None:
        """Start it."""
        self._lives = lives
        self._told = lives.home / f"told-{number}.jsonl"
        self._output = lives.home / f"output-{number}.txt"
        orders = json.dumps({"told": str(self._told), "acts": acts})
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(ONE_LIFE), orders], env=lives.environment(), cwd=lives.home,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def told(self) -> list[dict[str, Any]]:
        """Give what it told so far."""
        if not self._told.exists():
            return []
        lines = self._told.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def output(self) -> str:
        return f"{self.told()}\n{self._output.read_text(encoding='utf-8', errors='replace')}"

    def wait_until(self, true: Callable[[], Any]) -> None:
        """Wait, as long as it lives."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(STEP_SECONDS)

    def kill(self) -> None:
        """Kill it, as a crash or the system does: nothing of it gets to say anything."""
        self.process.kill()
        self.await_end(-signal.SIGKILL)

    def await_end(self, status: int) -> None:
        """Wait for its end, which must be this one."""
        ended = self.process.wait(PATIENCE_SECONDS)
        self._lives.running.remove(self)
        assert ended == status, self.output()


def furnish(installed: Path, home: Path, server: dict[str, str]) -> Path:
    """Make a profile with the installed extension and an artist's preferences in it, for :func:`move`."""
    home.mkdir()
    extensions = home / "profile" / "extensions"
    shutil.copytree(installed / "extensions", extensions, ignore=shutil.ignore_patterns(".user"))
    # As Blender itself does at its first start: tests write nothing compiled, and each life would do it anew.
    compileall.compile_dir(extensions, quiet=2)
    Lives(home).live(("move in", server))
    return home


def move(furnished: Path, home: Path) -> Lives:
    """Give a new artist with a copy of a furnished profile."""
    shutil.copytree(furnished / "profile", home / "profile")
    return Lives(home)
