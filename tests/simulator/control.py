# SPDX-License-Identifier: GPL-3.0-or-later
"""How tests steer the stand-in: the same methods in their own process, over a port, and in ``remote``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from .clock import iso
from .envelopes import failure
from .faults import Fault
from .jobs import Job
from .record import LARGEST_LOG
from .service import Service
from .wire import Reply, Request, json_reply


class Control:
    """Every method takes and gives what JSON can carry, but for ``image`` and ``model``, which give bytes."""

    def __init__(self, service: Service) -> None:
        """Steer ``service``."""
        self._service = service

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change switches and give all of them. Raises :class:`ValueError` for what cannot be."""
        self._service.settings.change(changes)
        if "balance" in changes:
            account = self._service.account
            account.balance = type(account.balance)(str(changes["balance"]))
        return self._service.settings.values()

    def misbehave(
        self, route: str, fault: str, *, times: int | None = 1, after: int = 0, job: str | None = None, **options: Any
    ) -> None:
        """Misbehave on ``route`` by ``fault``, ``times`` times (None: always), after ``after`` good calls.

        Raises :class:`ValueError` for an unknown route, fault or option.
        """
        self._service.faults.add(Fault(route, fault, times, after, job, options))

    def behave(self, route: str = "") -> None:
        """Forget the orders to misbehave, all or those of one route."""
        self._service.faults.clear(route)

    def faults(self) -> list[dict[str, Any]]:
        """Give the orders to misbehave that are still waiting."""
        return [dataclasses.asdict(fault) for fault in self._service.faults.waiting()]

    def steer(self, job: str, *, seconds: float | None = None, never_finish: bool | None = None,
              fail: str | None = None) -> None:  # fmt: skip
        """Change a running job: how long it takes from its acceptance, whether it ends, or that it fails (shape)."""
        found = self._service.jobs.get(job)
        if found is None:
            raise ValueError(f"no job {job}")
        if seconds is not None:
            found.seconds = float(seconds)
        if never_finish is not None:
            found.never_finishes = never_finish
        if fail is not None:
            found.failing = [failure(fail, "upstream_error", "The stand-in was told to fail.")]

    def log(self, since: int = 0, limit: int = LARGEST_LOG) -> list[dict[str, Any]]:
        """Give the requests numbered above ``since``, oldest first."""
        return self._service.record.log(since, limit)

    def jobs(self) -> list[dict[str, Any]]:
        """Give every job ever accepted, oldest first, whatever the service still says of it."""
        return [_told(job) for job in self._service.jobs.all()]

    def uploads(self) -> list[dict[str, Any]]:
        """Give every stored picture, oldest first: where it is, what its form said, how many jobs named it."""
        return [{"place": place, **dataclasses.asdict(upload)} for place, upload in self._service.storage.items()]

    def image(self, job: str) -> bytes:
        """Give the picture's bytes as they were received."""
        found = self._service.jobs.get(job)
        return (self._service.workshop.picture(found.picture) if found else None) or b""

    def model(self, job: str) -> bytes:
        """Give a completed job's GLB, without the wire."""
        found = self._service.jobs.get(job)
        return self._service.jobs.data(found) if found and found.state == "completed" else b""

    def violations(self) -> list[dict[str, Any]]:
        """Give the requests that bore the key where it must never be; empty is good."""
        return self._service.record.violations()

    def traffic(self, origin: str) -> bytes:
        """Give the requests to ``download``, whole, or the addresses of those to ``api``, a line each."""
        return self._service.record.traffic(origin)

    def counters(self) -> dict[str, Any]:
        """Give the sums: accepted POSTs, money in USD, refused for their rate, and the busiest minute."""
        account, log = self._service.account, self._service.record.log()
        return {
            "requests": len(log),
            "posts": sum(entry["route"] == "submit" for entry in log),
            "accepted": self._service.jobs.accepted,
            "billed": float(account.billed),
            "balance": float(account.balance),
            "rate_limited": account.limited,
            "busiest_minute": account.busiest,
            "violations": len(self.violations()),
        }

    def advance(self, seconds: float) -> float:
        """Move the clock forward and give the time."""
        self._service.clock.advance(float(seconds))
        return self._service.clock.now()

    def now(self) -> float:
        """Give the stand-in's time in seconds since the epoch."""
        return self._service.clock.now()

    def reset(self) -> None:
        """Make everything new but the clock."""
        self._service.reset()


METHODS = (
    "settings", "misbehave", "behave", "faults", "steer", "log", "jobs", "uploads", "image", "model", "violations",
    "traffic", "counters", "advance", "now", "reset",
)  # fmt: skip


class ControlPort:
    """Serves ``POST`` (or, without arguments, ``GET``) ``/<method>`` with keyword arguments as a JSON object."""

    def __init__(self, control: Control) -> None:
        """Serve ``control``."""
        self._control = control

    def opening(self, _request: Request) -> Reply | None:
        """Let every body be read."""
        return None

    def answer(self, request: Request) -> Reply:
        """Call one method."""
        name = request.path.strip("/")
        if name not in METHODS:
            return json_reply({"error": f"there is no {name}; there is {', '.join(METHODS)}"}, 404)
        method: Callable[..., Any] = getattr(self._control, name)
        try:
            given = json.loads(request.body) if request.body else {n: _read(v) for n, v in request.query.items()}
            result = method(**given)
        except (ValueError, TypeError, KeyError) as error:
            return json_reply({"error": str(error)}, 400)
        return Reply(200, result, "application/octet-stream") if isinstance(result, bytes) else json_reply(result)

    def seen(self, _request: Request, _reply: Reply) -> None:
        """Record nothing: this is not part of the service."""


def _read(text: str) -> Any:
    """Read a query's value: JSON, or else the text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _told(job: Job) -> dict[str, Any]:
    return {
        "id": job.id, "file_id": job.file_id, "model": job.model, "price": float(job.price), "sent": job.sent,
        "effective": job.effective, "picture": job.picture, "picture_bytes": job.picture_bytes,
        "picture_from": job.picture_from, "created": job.created, "created_at": iso(job.created), "ended": job.ended,
        "seconds": job.seconds, "state": job.state, "cancelled": job.state == "cancelled", "error": job.error,
        "polls": job.polls,
    }  # fmt: skip
