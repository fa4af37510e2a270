# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one scenario: forks the lives, does to the world what the plan says, and has the rest judged."""

import dataclasses
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import disks
from .damage import damage
from .evidence import gather, rows
from .judge import Terms, Verdict, judge
from .plan import Life, Scenario, Stage, as_orders

LIFE_SECONDS = 40.0
NAP_SECONDS = 1.1
SERVER_SECONDS = 10.0
PEACEFUL_LIVES = 4
LEAST_PEACEFUL = 2
STRICT_SECONDS = 1.5
_BREATH_SECONDS = 0.004


@dataclass
class Report(Verdict):
    """A verdict, and which run it is of."""

    kind: str = ""
    cell: str = ""
    seed: int = 0
    planned: int = 0
    happened: int = 0
    killed: int = 0
    seconds: float = 0.0
    told: str = ""
    lives: list[str] = field(default_factory=list)


@dataclass
class Process:
    """One forked life."""

    pid: int
    name: str
    root: Path
    began: float
    slept: float = 0.0
    status: int | None = None

    @property
    def told(self) -> dict[str, Any] | None:
        """What it knew at its end; None of one that died."""
        path = self.root / f"{self.name}.json"
        return json.loads(path.read_text()) if self.status == 0 and path.exists() else None


class Campaign:
    """One server for all runs; each run has a folder of its own."""

    def __init__(self, server: Any) -> None:
        """``server`` is a running stand-in, with its control port."""
        self._server, self._known = server, {}  # type: ignore[var-annotated]

    def run(self, scenario: Scenario) -> Report:
        """Live through one scenario and judge what is left."""
        began = time.monotonic()
        report = Report(kind=scenario.kind, cell=scenario.cell, seed=scenario.seed, planned=scenario.events)
        root = Path(tempfile.mkdtemp(prefix="trellis-havoc-"))
        control = self._server.control
        control.reset()
        control.settings(**scenario.settings)
        for route, fault, options in scenario.faults:
            control.misbehave(route, fault, **options)
        ahead = sum(stage.advance for stage in scenario.stages)
        try:
            (root / "home").mkdir()
            (root / "tmp").mkdir()
            with disks.mounted(root / "home", scenario.disk):
                Run(self._server, scenario, root, report).live()
                evidence = gather(control, root / "home", self._server.key, root, known=self._known)
                _count(report, judge(evidence, _terms(scenario, control.settings())))
        except Exception:  # noqa: BLE001  # one run that cannot be judged is a fault, and the others go on
            report.faults.append(f"the run itself failed: {traceback.format_exc()}")
        finally:
            if ahead:
                control.advance(-ahead)
            shutil.rmtree(root, ignore_errors=True)
        report.seconds = time.monotonic() - began
        return report


class Run:
    """The lives of one scenario."""

    def __init__(self, server: Any, scenario: Scenario, root: Path, report: Report) -> None:
        self._server, self._scenario, self._root, self._report = server, scenario, root, report
        self._home, self._signs, self._lives = root / "home", root / "signs", 0
        self._groups = 0

    def live(self) -> None:
        """Let the engine live as planned, then in peace until everything is at rest."""
        for stage in self._scenario.stages:
            self._stage(stage)
        self._report.happened += len(self._signs.read_text().split()) if self._signs.exists() else 0
        self._server.control.behave("run")
        disks.free(self._home, self._scenario.disk)
        self._await_server()
        rested = False
        peace = Life(insist=True, migrations=self._scenario.migrations, strict=self._scenario.strict)
        for number in range(PEACEFUL_LIVES):
            (process,) = self._together([peace], peaceful=True)
            told = process.told
            rested = told is not None and told["rested"] and told["opened"]
            if told is not None and not told["opened"]:
                self._report.faults.append(f"the store could not be opened: {told['said']}")
            if rested and number + 1 >= LEAST_PEACEFUL:
                break
        if not rested:
            self._report.faults.append("the jobs did not come to rest")

    def _await_server(self) -> None:
        """Come back when the server is through with what it was given, as it is by the next day."""
        until = time.monotonic() + SERVER_SECONDS
        while time.monotonic() < until and any(
            job["state"] in ("queued", "processing") for job in self._server.control.jobs()
        ):
            time.sleep(0.05)

    def _stage(self, stage: Stage) -> None:
        control = self._server.control
        if stage.settings:
            control.settings(**stage.settings)
        if stage.advance:
            control.advance(stage.advance)
        if stage.damage:
            self._report.planned += 1
            self._report.happened += damage(self._home, stage.damage)
        before = len(control.log())
        processes = self._together(stage.lives)
        offline = [process.told for process, life in zip(processes, stage.lives, strict=True) if life.offline]
        for told in offline:
            stored = {row["id"] for row in rows(self._home / "store/jobs.sqlite3") if not row["hidden"]}
            if told is not None and stored - {job["id"] for job in told["jobs"]}:
                self._report.faults.append("the list is not whole while Blender is offline")
            if len(control.log()) > before:
                self._report.faults.append("a request was sent while Blender is offline")

    def _together(self, lives: Any, *, peaceful: bool = False) -> list[Process]:
        self._groups += 1
        processes = [self._begin(life, number) for number, life in enumerate(lives)]
        self._wait(processes)
        for process in processes:
            killed = process.status is not None and process.status < 0
            self._report.killed += killed
            said = (self._root / f"{process.name}.log").read_text(errors="replace")
            self._report.lives.append(f"{process.name} ended with {process.status}\n{said[-2500:]}")
            if (process.status != 0 and not killed) or (killed and peaceful) or "Traceback" in said:
                self._report.faults.append(f"{process.name} failed ({process.status})")
        return processes

    def _begin(self, life: Life, number: int) -> Process:
        self._lives += 1
        name = f"life-{self._lives}"
        orders = {
            **as_orders(life), "url": self._server.url, "key": self._server.key,
            "control_url": self._server.control_url, "folder": str(self._home),
            "signs": str(self._signs), "disk": self._scenario.disk, "twins": self._scenario.twins,
            "uploads": self._scenario.uploads,
            "first": self._scenario.seed + 2 * number, "dead": str(self._root / f"dead-{self._groups}"),
        }  # fmt: skip
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _be(orders, self._root, name)
        return Process(pid, name, self._root, time.monotonic())

    def _wait(self, processes: list[Process]) -> None:
        """Wait for their ends, wake who sleeps, and end who does not."""
        while waiting := [process for process in processes if process.status is None]:
            for process in waiting:
                pid, status = os.waitpid(process.pid, os.WNOHANG | os.WUNTRACED)
                now = time.monotonic()
                if pid and os.WIFSTOPPED(status):
                    process.slept = now
                elif pid:
                    process.status = os.waitstatus_to_exitcode(status)
                    (self._root / f"dead-{self._groups}").touch()
                elif process.slept and now - process.slept > NAP_SECONDS:
                    process.slept = 0.0
                    os.kill(process.pid, signal.SIGCONT)
                elif now - process.began > LIFE_SECONDS:
                    self._report.faults.append(f"{process.name} did not end by itself")
                    os.kill(process.pid, signal.SIGCONT)
                    os.kill(process.pid, signal.SIGKILL)
            time.sleep(_BREATH_SECONDS)


def _be(orders: dict[str, Any], root: Path, name: str) -> None:
    """Be the life: this is the forked process, which never returns."""
    status = 1
    try:
        handle = os.open(root / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        tempfile.tempdir = str(root / "tmp")
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True)
        logging.logThreads = logging.logProcesses = False
        from . import life

        told = life.live(orders)
        (root / f"{name}.json").write_text(json.dumps(told))
        status = 0
    except BaseException:  # noqa: BLE001  # whatever it is, it must not go on in the parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _terms(scenario: Scenario, settings: dict[str, Any]) -> Terms:
    return Terms(
        answerable=settings["offers_list"] or settings["offers_usage"],
        gone=scenario.gone,
        damaged=any(stage.damage for stage in scenario.stages),
        cleaned=any(life.clean_up for stage in scenario.stages for life in stage.lives),
        strict=scenario.strict,
        strict_seconds=STRICT_SECONDS,
    )


def _count(report: Report, verdict: Verdict) -> None:
    for item in dataclasses.fields(verdict):
        if item.name != "faults":
            setattr(report, item.name, getattr(verdict, item.name))
    report.faults += verdict.faults
