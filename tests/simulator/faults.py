# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehaviour on request: what to do wrong, where, when and how often; knows requests and replies only.

A faulty answer whose status is below 400 is given *after* the request took effect, one with an error
status instead of it; the option ``effect`` decides otherwise.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final

from .misbehaviour import BEFORE_BODY, MISBEHAVIOURS, Scene
from .wire import Reply, Request

ROUTES: Final = (
    "submit", "poll", "list", "cancel", "delete", "models", "model", "usage", "upload", "sign", "download",
)  # fmt: skip
"""The names of the routes that can misbehave; ``*`` is all of them but download."""

RUN_FAULTS: Final = ("never_finish", "fail", "slow")
"""What can go wrong with the work itself; the route is ``run``."""


@dataclass
class Fault:
    """One order to misbehave. ``times`` None is always; ``after`` good calls come first."""

    route: str
    kind: str
    times: int | None = 1
    after: int = 0
    job: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The orders that are still to be carried out, oldest first."""

    def __init__(self) -> None:
        """Start well behaved."""
        self._orders: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Take an order. Raises :class:`ValueError` for an unknown route, kind or option."""
        kinds = RUN_FAULTS if fault.route == "run" else tuple(MISBEHAVIOURS)
        if fault.route not in (*ROUTES, "*", "run"):
            raise ValueError(f"no route is called {fault.route}; routes are {', '.join(ROUTES)}, run and *")
        if fault.kind not in kinds:
            raise ValueError(f"{fault.route} cannot misbehave by {fault.kind}; faults are {', '.join(kinds)}")
        allowed = ("seconds", "shape", "code", "message") if fault.route == "run" else (
            "effect", *MISBEHAVIOURS[fault.kind].options,
        )  # fmt: skip
        unknown = set(fault.options) - set(allowed)
        if unknown:
            raise ValueError(f"{fault.kind} has no option {', '.join(sorted(unknown))}; it has {', '.join(allowed)}")
        with self._lock:
            self._orders.append(fault)

    def clear(self, route: str = "") -> None:
        """Behave well again, everywhere or on one route."""
        with self._lock:
            self._orders = [order for order in self._orders if route and order.route != route]

    def waiting(self) -> list[Fault]:
        """Give the orders not yet carried out."""
        with self._lock:
            return list(self._orders)

    def take(self, route: str, job_id: str = "", *, before_body: bool = False) -> Fault | None:
        """Give the fault that this call is to have, and count it.

        Called twice a request: ``before_body`` only finds, and counts, faults that need no body.
        """
        with self._lock:
            for order in self._orders:
                fits = order.route == route or (order.route == "*" and route not in ("download", "run"))
                if not fits or (order.job and order.job != job_id) or order.times == 0:
                    continue
                early = order.kind in BEFORE_BODY
                if early is not before_body:
                    if order.after == 0 and before_body:
                        return None  # an older order is to have this call, once its body is read
                    continue
                if order.after > 0:
                    order.after -= 1
                    continue
                if order.times is not None:
                    order.times -= 1
                self._orders = [kept for kept in self._orders if kept.times != 0]
                return order
        return None


def apply(fault: Fault, scene: Scene, request: Request, reply: Reply | None) -> Reply:
    """Make the faulty reply; ``reply`` is the good one when the request took effect."""
    faulty = MISBEHAVIOURS[fault.kind].make(scene, request, reply or Reply(200, b"{}"), fault.options)
    faulty.fault = faulty.fault or fault.kind
    return faulty


def takes_effect(fault: Fault) -> bool:
    """Whether the request is carried out before it is answered wrongly."""
    return bool(fault.options.get("effect", MISBEHAVIOURS[fault.kind].effect))
