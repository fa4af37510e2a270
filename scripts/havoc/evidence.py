# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers what a run has left, as values: the server's own records, the store's rows, every file. Judges nothing."""

import base64
import hashlib
import json
import sqlite3
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

STORE = "store/jobs.sqlite3"


@dataclass
class Evidence:
    """What there is. ``served`` and ``posts`` are of the server, ``rows`` of the store, ``files`` of the disk."""

    served: list[dict[str, Any]] = field(default_factory=list)
    """Every job that the server accepted; ``sha256`` is its object's, empty when it has none."""
    posts: list[dict[str, Any]] = field(default_factory=list)
    billed: Decimal = Decimal(0)
    requests: list[float] = field(default_factory=list)
    """When each request with the key arrived."""
    violations: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Every file of the run by its path below the folder, with its SHA-256."""
    key_files: dict[str, int] = field(default_factory=dict)
    """The files in which the key is found, and how often."""


def gather(control: Any, home: Path, key: str, *searched: Path, known: dict[str, str] | None = None) -> Evidence:
    """Give the evidence of a run. The folders ``searched`` are looked through for the key besides ``home``.

    ``known`` keeps the hashes of objects between runs: a picture and a seed always give the same.
    """
    known = {} if known is None else known
    evidence = Evidence(violations=len(control.violations()), billed=Decimal(str(control.counters()["billed"])))
    for job in control.jobs():
        evidence.served.append({**job, "sha256": _model(control, job, known) if job["state"] == "completed" else ""})
    for entry in control.log():
        if entry["origin"] == "api" and entry["key_in"]:
            evidence.requests.append(entry["time"])
        if entry["method"] == "POST" and entry["path"].endswith("/generations") and not _turned_away(entry):
            evidence.posts.append(entry)
    evidence.rows = rows(home / STORE)
    for path in sorted(home.rglob("*")):
        if path.is_file():
            evidence.files[str(path.relative_to(home))] = hashlib.sha256(path.read_bytes()).hexdigest()
    for folder in (home, *searched):
        evidence.key_files.update(_key_files(folder, key))
    return evidence


def rows(path: Path) -> list[dict[str, Any]]:
    """Give the jobs in a store: the record's fields, and the row's own."""
    if not path.exists():
        return []
    connection = sqlite3.connect(path, timeout=5.0)
    try:
        found = connection.execute("SELECT id, state, accepted_at, price, hidden, record FROM jobs").fetchall()
    finally:
        connection.close()
    given = []
    for job_id, state, accepted_at, price, hidden, record in found:
        kept = json.loads(record)
        given.append(
            {**kept, "id": job_id, "state": state, "accepted_at": accepted_at, "price": Decimal(price),
             "hidden": bool(hidden), "order": _order(kept["image_sha256"], kept["request"]["parameters"])}
        )  # fmt: skip
    return given


def _turned_away(entry: dict[str, Any]) -> bool:
    """Whether the server plainly did not take a job on for the moment, so that it may be sent by itself once more."""
    return bool(entry["status"] == 429 or (entry["status"] == 503 and entry["fault"] == "503"))


def order_of(job: dict[str, Any]) -> str:
    """Give what a job at the server was ordered by."""
    return _order(job["picture"], job["effective"])


def _order(picture: str, parameters: dict[str, Any]) -> str:
    return f"{picture[:16]} {parameters.get('seed', 42)}"


def _model(control: Any, job: dict[str, Any], known: dict[str, str]) -> str:
    name = order_of(job)
    if name not in known:
        known[name] = hashlib.sha256(control.model(job["id"])).hexdigest()
    return known[name]


def _key_files(folder: Path, key: str) -> dict[str, int]:
    """Count the key in every file, plain and as Base64 at any offset."""
    plain = key.encode()
    forms = [plain, *(base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4] for shift in range(3))]
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            count = sum(content.count(form) for form in forms)
            if count:
                found[str(path)] = count
    return found
