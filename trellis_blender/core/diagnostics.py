# SPDX-License-Identifier: GPL-3.0-or-later
"""A report for whoever helps: plain facts, without secrets and without the artist's name. Reads nothing, no bpy."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pydantic_core
import requests
import urllib3

from .jobs import Job

Section = tuple[str, Mapping[str, object]]
"""A heading, and facts by their names."""
FAULTS: Final = 10
LOG_LINES: Final = 60
HIDDEN: Final = "[hidden]"
_HIDE_FROM: Final = 3
"""A shorter secret is no secret, and replacing it would make the rest unreadable."""


def report(title: str, sections: Iterable[Section], log: Sequence[str] = ()) -> str:
    """Write it as text that a forum or an issue shows well."""
    parts = [title]
    for heading, facts in sections:
        parts.append("\n".join([f"## {heading}", *(f"- {name}: {value}" for name, value in facts.items())]))
    if log:
        parts.append("\n".join(["## Log", "```", *log[-LOG_LINES:], "```"]))
    return "\n\n".join(parts) + "\n"


def cleaned(text: str, *, secrets: Iterable[str], home: str) -> str:
    """Take secrets out of a text, and the artist's home folder, which has a name in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if len(secret) >= _HIDE_FROM:
            text = text.replace(secret, HIDDEN)
    plain = home.rstrip("/\\")
    if len(plain) > 1:
        text = text.replace(plain, "~").replace(plain.replace("\\", "/"), "~")
    return text


def libraries() -> str:
    """Give the versions of what we work with, which each Blender brings in others."""
    modules = (np, requests, urllib3, pydantic_core)
    told = [f"{module.__name__} {getattr(module, '__version__', 'unknown')}" for module in modules]
    return ", ".join([*told, ssl.OPENSSL_VERSION])


def counts(jobs: Iterable[Job]) -> Mapping[str, object]:
    """Give how many jobs are in each state."""
    found = Counter(f"{job.state.value}{', stopped' if job.suspended else ''}" for job in jobs)
    return {"all": sum(found.values()), **dict(sorted(found.items()))}


def faults(jobs: Iterable[Job]) -> Mapping[str, object]:
    """Give the last errors, newest first, by the job and when it was begun."""
    wrong = sorted((job for job in jobs if job.error), key=lambda job: job.created_at, reverse=True)
    return {f"{_date(job.created_at)} {job.id} {job.state.value}": job.error for job in wrong[:FAULTS]}


def of_job(job: Job) -> Mapping[str, object]:
    """Give what there is to know of a job; neither its picture nor its name, which are the artist's own."""
    facts: dict[str, object] = {
        "id": job.id,
        "state": f"{job.state.value}{', stopped' if job.suspended else ''}",
        "error": job.error or "none",
        "note": job.note or "none",
        "server": job.server,
        "id at the server": job.job_id or "none yet",
        "created": _date(job.created_at),
        "sent, by the server's clock": _date(job.submitted_at),
        "accepted": _date(job.accepted_at),
        "price": f"${job.price_usd}",
        "failures in a row": job.failures,
        "parameters": dict(job.request.parameters) or "defaults",
        "preparation": job.preparation.to_plain(),
    }
    return facts


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "never"
