# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs scenarios against the local server, and counts what it accepted, what the store has, what was recovered."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .scenarios import Scenario

LIFE = Path(__file__).with_name("life.py")
LIVES = 5
LIFE_SECONDS = 60.0
_STORE = "store/jobs.sqlite3"


@dataclass
class Count:
    """The sums of a campaign; all but the first three are faults when they are not as they should be."""

    runs: int = 0
    accepted: int = 0
    stored: int = 0
    recovered: int = 0
    lost: int = 0
    orphans: int = 0
    posts: int = 0
    intents: int = 0
    most_posts_per_intent: int = 0
    key_bytes: int = 0
    violations: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, paid twice, left behind or shown."""
        return not (self.lost or self.orphans or self.key_bytes or self.violations or self.faults) and (
            self.most_posts_per_intent <= 1
        )


class Campaign:
    """One server for all runs; each run has a folder of its own."""

    def __init__(self, server: Any) -> None:
        """``server`` is a running stand-in, with its control port."""
        self._server = server
        self.count = Count()

    def run(self, scenario: Scenario) -> None:
        """Live through one scenario and count."""
        folder = Path(tempfile.mkdtemp(prefix="trellis-havoc-"))
        self._server.control.reset()
        self._server.control.settings(**scenario.settings)
        for route, fault, options in scenario.faults:
            self._server.control.misbehave(route, fault, **options)
        try:
            told, output = self._lives(scenario, folder)
            self._judge(scenario, folder, told, output)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _lives(self, scenario: Scenario, folder: Path) -> tuple[dict[str, Any], str]:
        """Let the engine live until everything is at rest; the later lives are left in peace."""
        base = {"url": self._server.url, "key": self._server.key, "folder": str(folder), "seed": scenario.seed}
        first = {
            **base, "jobs": scenario.jobs, "die_at": scenario.die_at, "die_after": scenario.die_after,
            "file_limit": scenario.file_limit, "clock": scenario.clocks[0],
        }  # fmt: skip
        others = [{**base, "seed": scenario.seed + 1, "jobs": 1, "clock": scenario.clocks[0]}] * (
            scenario.processes - 1
        )
        output = "".join(text for _told, text in _live(first, *others))
        if scenario.corrupt:
            _corrupt(folder / _STORE, scenario.corrupt)
        told: dict[str, Any] = {"jobs": [], "rested": False}
        for life in range(1, LIVES):
            clock = scenario.clocks[min(life, len(scenario.clocks) - 1)]
            ((result, text),) = _live({**base, "clock": clock, "insist": True})
            output += text
            if result is not None:
                told = result
            if told["rested"] and life > 1:
                break
        return told, output

    def _judge(self, scenario: Scenario, folder: Path, told: dict[str, Any], output: str) -> None:
        count, control = self.count, self._server.control
        accepted = [job for job in control.jobs() if job["state"] == "completed"]
        wanted = Counter(hashlib.sha256(control.model(job["id"])).hexdigest() for job in accepted)
        have = Counter(job["sha256"] for job in told["jobs"] if job["path"] and Path(job["path"]).is_file())
        lost = sum((wanted - have).values())
        posts = [
            entry for entry in control.log() if entry["method"] == "POST" and entry["path"].endswith("/generations")
        ]
        intents = [job for job in told["jobs"] if job["submitted_at"]]
        bodies = Counter(entry["body_sha256"] for entry in posts if entry["body_sha256"])
        meant = Counter(job["order"] for job in intents)
        billed = Counter(f"{job['picture']} {job['effective']['seed']}" for job in control.jobs())
        twice = billed - meant
        count.runs += 1
        count.accepted += len(control.jobs())
        count.stored += len(told["jobs"])
        count.recovered += len(accepted) - lost
        count.lost += lost
        count.posts += len(posts)
        count.intents += len(intents)
        # The body of a POST tells the order: as often as it came, so many intents must there be of one order at least.
        most = max(meant.values(), default=1)
        count.most_posts_per_intent = max(count.most_posts_per_intent, -(-max(bodies.values(), default=0) // most))
        if twice or len(posts) > len(intents):
            count.faults.append(f"seed {scenario.seed}: {len(posts)} POSTs for {len(intents)} intents, {dict(twice)}")
        if orphans := _orphans(folder, told):
            count.orphans += len(orphans)
            count.faults.append(f"seed {scenario.seed} ({scenario.kind}): orphans {', '.join(orphans)}, "
                                f"{[(job['id'], job['state'], job['error']) for job in told['jobs']]}")  # fmt: skip
        count.key_bytes += _key_bytes(folder, self._server.key) + output.count(self._server.key)
        count.violations += len(control.violations())
        if lost or not told["rested"] or "Traceback" in output:
            count.faults.append(f"seed {scenario.seed} ({scenario.kind}): lost {lost}, rested {told['rested']}, "
                                f"{len(meant)} orders\n{output[-1500:]}")  # fmt: skip


def _live(*orders: dict[str, Any]) -> Iterator[tuple[dict[str, Any] | None, str]]:
    """Start a process for each of the orders at once; give what each told, None for one that died, and its output."""
    processes = [
        subprocess.Popen(
            [sys.executable, str(LIFE), json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for order in orders
    ]
    for process in processes:
        try:
            out, err = process.communicate(timeout=LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += "\nTraceback: the life did not end"
        lines = out.strip().splitlines()
        yield (json.loads(lines[-1]) if process.returncode == 0 and lines else None), err


def _corrupt(path: Path, how: str) -> None:
    """Damage the store as disks and other programs do."""
    if not path.exists():
        return
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    content = bytearray(path.read_bytes())
    if how == "header":
        content[:64] = b"\xff" * 64
    elif how == "middle":
        for start in range(4096, len(content), 4096):
            content[start : start + 512] = b"\xaa" * len(content[start : start + 512])
    elif how == "foreign":
        content = bytearray(b"This is another program's file.\n" * 200)
    else:
        content = bytearray()
    path.write_bytes(content)


def _orphans(folder: Path, told: dict[str, Any]) -> list[str]:
    """Give the files that belong to nothing: half downloads, pictures of jobs that are through."""
    known = {Path(job["path"]).name for job in told["jobs"] if job["path"]}
    through = {job["id"] for job in told["jobs"] if job["state"] in ("imported", "refused", "failed", "cancelled")}
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        stray_object = path.parent.name == "objects" and path.suffix == ".glb" and path.name not in known
        stray_picture = path.parent.name == "pictures" and (path.stem in through or path.suffix == ".part")
        if stray_object or stray_picture or path.name.startswith(".part-"):
            found.append(str(path.relative_to(folder)))
    return found


def _key_bytes(folder: Path, key: str) -> int:
    """Count the key in every file, whole or in the store's pages."""
    return sum(path.read_bytes().count(key.encode()) for path in folder.rglob("*") if path.is_file())
