# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges one run by the server's own records against the store and the disk. Knows no engine and no scenario.

What the engine says of itself is not asked: a lost object, a second POST, money without a record
and a stray file are each found from outside.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from .evidence import Evidence, order_of

THROUGH = ("imported", "refused", "failed", "cancelled", "downloaded")
"""States of a record whose picture is no longer needed."""
WITHOUT_OBJECT = ("expired", "completed", "downloading", "uncertain")
DOUBTFUL = ("submitting", "uncertain")
UNDER_WAY = ("prepared", "submitting", "accepted", "processing", "completed", "downloading")
SENT_STATES = ("accepted", "processing", "completed", "failed", "cancelled", "expired", "downloading", "downloaded",
               "imported")  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What may be in this run. ``answerable``: the server tells of past jobs, so nothing need stay in doubt."""

    answerable: bool = True
    gone: bool = False
    """Even the provider no longer has the objects; that must be said."""
    damaged: bool = False
    """The store was damaged: what was never sent may be in the file that was set aside only, and so its picture."""
    cleaned: bool = False
    """The artist had what was imported removed."""
    strict: int = 0
    strict_seconds: float = 0.0


@dataclass
class Verdict:
    """The counts of one run; ``faults`` are sentences."""

    accepted: int = 0
    stored: int = 0
    recovered: int = 0
    lost: int = 0
    said: int = 0
    """Objects that could not be had, where the record says so and nobody could know more."""
    orphans: int = 0
    posts: int = 0
    intents: int = 0
    most_posts: int = 0
    key_bytes: int = 0
    violations: int = 0
    faults: list[str] = field(default_factory=list)


def judge(evidence: Evidence, terms: Terms) -> Verdict:
    """Give the verdict on one run that has come to rest."""
    verdict = Verdict(accepted=len(evidence.served), stored=len(evidence.rows), violations=evidence.violations)
    _judge_objects(evidence, terms, verdict)
    _judge_posts(evidence, verdict)
    _judge_money(evidence, verdict)
    _judge_orphans(evidence, terms, verdict)
    _judge_rest(evidence, verdict)
    verdict.key_bytes = sum(evidence.key_files.values())
    if evidence.key_files:
        verdict.faults.append(f"the key is in {', '.join(sorted(evidence.key_files))}")
    if evidence.violations:
        verdict.faults.append(f"the key travelled where it must not, {evidence.violations} times")
    if terms.strict and (busiest := _busiest(evidence.requests, terms.strict_seconds)) > terms.strict:
        verdict.faults.append(f"{busiest} requests within {terms.strict_seconds} s, allowed are {terms.strict}")
    return verdict


def _judge_objects(evidence: Evidence, terms: Terms, verdict: Verdict) -> None:
    """Every object that the server finished must be on this disk, under a record that names it."""
    wanted = Counter(job["sha256"] for job in evidence.served if job["sha256"])
    have: Counter[str] = Counter()
    for row in evidence.rows:
        is_there = evidence.files.get(_below(row)) == row["sha256"] != ""
        was_cleaned = terms.cleaned and row["state"] == "imported" and _below(row) not in evidence.files
        if is_there or was_cleaned:
            have[row["sha256"]] += 1
        elif row["state"] in ("downloaded", "imported"):
            verdict.faults.append(f"record {row['id'][:8]} is {row['state']}, but its file is not there or not whole")
    missing = sum((wanted - have).values())
    excused = 0 if terms.answerable else sum(row["state"] == "uncertain" for row in evidence.rows if row["error"])
    if terms.gone:
        ended = [row for row in evidence.rows if row["state"] == "expired" or row["suspended"]]
        excused += sum(bool(row["error"]) for row in ended if row["state"] in WITHOUT_OBJECT)
    verdict.said = min(missing, excused)
    verdict.lost = missing - verdict.said
    verdict.recovered = sum(wanted.values()) - missing
    if verdict.lost:
        verdict.faults.append(f"{verdict.lost} objects are lost")
    for job in evidence.served:
        if job["state"] in ("queued", "processing"):
            verdict.faults.append(f"{job['id']} has not ended at the server, so it was not waited for")


def _judge_posts(evidence: Evidence, verdict: Verdict) -> None:
    """As often as an order was sent, so many intents of it must be on disk."""
    intents = [row for row in evidence.rows if row["submitted_at"]]
    bodies = Counter(entry["body_sha256"] for entry in evidence.posts if entry["body_sha256"])
    meant = Counter(row["order"] for row in intents)
    billed = Counter(order_of(job) for job in evidence.served)
    verdict.posts, verdict.intents = len(evidence.posts), len(intents)
    # A body tells the order, so it may come as often as the most meant order was.
    alike = max(meant.values(), default=1)
    verdict.most_posts = -(-max(bodies.values(), default=0) // alike)
    if len(evidence.posts) > len(intents):
        verdict.most_posts = max(verdict.most_posts, 2)
        verdict.faults.append(f"{len(evidence.posts)} POSTs reached the server, for {len(intents)} intents on disk")
    elif verdict.most_posts > 1:
        verdict.faults.append(f"one order was sent {max(bodies.values())} times, for {alike} intents")
    if twice := billed - meant:
        verdict.faults.append(f"billed more often than meant: {dict(twice)}")


def _judge_money(evidence: Evidence, verdict: Verdict) -> None:
    """The ledger must hold what the server billed: at least for certain or perhaps, and never more for certain."""
    certain = sum((row["price"] for row in evidence.rows if row["accepted_at"] > 0), Decimal(0))
    perhaps = sum(
        (row["price"] for row in evidence.rows if row["state"] in DOUBTFUL or row.get("given_up")), Decimal(0)
    )
    if certain > evidence.billed:
        told = ", ".join(
            f"{row['state']} {row['job_id'] or row['result_url']} {row['error'][-60:]}" for row in evidence.rows
        )
        verdict.faults.append(f"the ledger has ${certain}, the server billed only ${evidence.billed}: {told}")
    if certain + perhaps < evidence.billed:
        verdict.faults.append(f"the server billed ${evidence.billed}, the ledger has at most ${certain + perhaps}")


def _judge_orphans(evidence: Evidence, terms: Terms, verdict: Verdict) -> None:
    """Give every job at the server and every file a record that it belongs to."""
    found = _stray_files(evidence, terms)
    named = Counter(row["job_id"] for row in evidence.rows if row["job_id"])
    found += [f"record of {job_id}, which the server never had" for job_id in set(named) - _ids(evidence)]
    found += [f"{job_id} has {count} records" for job_id, count in named.items() if count > 1]
    nameless = sum(not row["job_id"] and (row["state"] in DOUBTFUL or row["accepted_at"] > 0) for row in evidence.rows)
    unnamed = [job_id for job_id in _ids(evidence) if job_id not in named]
    found += [f"{job_id}, which no record can be" for job_id in unnamed[nameless:]]
    verdict.orphans = len(found)
    if found:
        states = ", ".join(f"{row['id'][:8]} {row['state']}" for row in evidence.rows)
        verdict.faults.append(f"orphans: {', '.join(found)} (records: {states})")


def _judge_rest(evidence: Evidence, verdict: Verdict) -> None:
    """Nothing may be left half done: a record is at its end, or says why it is not."""
    for row in evidence.rows:
        if row["state"] in (*UNDER_WAY, "uncertain") and not (row["suspended"] and row["error"]):
            verdict.faults.append(f"record {row['id'][:8]} is left {row['state']} and says nothing")


def _stray_files(evidence: Evidence, terms: Terms) -> list[str]:
    ids = {row["id"]: row["state"] for row in evidence.rows}
    known = {_below(row) for row in evidence.rows}
    found = []
    for name in evidence.files:
        path = PurePath(name)
        job_id = path.name.removeprefix(".part-").split(".")[0].split("-")[0]
        state = ids.get(job_id, "")
        stray = {
            "objects": path.name != "filler" and name not in known and not _is_kept(path, state),
            "pictures": path.suffix == ".part" or state in THROUGH or (not state and not terms.damaged),
            "receipts": path.suffix == ".part" or not state,
        }.get(path.parent.name, False)
        if stray:
            found.append(f"{name} ({state or 'no record'})")
    return found


def _is_kept(path: PurePath, state: str) -> bool:
    """Whether a file is an answer kept because it may be paid for, or what a download that may go on has so far."""
    return bool(state) and (path.name.endswith(".answer.json") or (".partial" in path.name and state not in THROUGH))


def _below(row: dict[str, Any]) -> str:
    """Give a record's file by its path below the folder."""
    path = PurePath(row["path"] or "")
    return str(PurePath(*path.parts[-2:])) if row["path"] else ""


def _ids(evidence: Evidence) -> set[str]:
    return {job["id"] for job in evidence.served}


def _busiest(times: list[float], seconds: float) -> int:
    times = sorted(times)
    return max((sum(first <= time < first + seconds for time in times) for first in times), default=0)
