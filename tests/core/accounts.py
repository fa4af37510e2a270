# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bench is told about money when it is asked: the balance, the ledger, and how many requests that took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.messages import BalanceTold, LedgerExported, LedgerTold

Told = BalanceTold | LedgerTold | LedgerExported


def listen(bench: Workbench) -> list[Told]:
    """Give the list that the bench's messages about money go into from now on."""
    told: list[Told] = []
    take = bench.take

    def both(message: object) -> None:
        take(message)
        if isinstance(message, (BalanceTold, LedgerTold, LedgerExported)):
            told.append(message)

    bench.take = both  # type: ignore[method-assign]
    return told


def answer(bench: Workbench, ask: Callable[[], None], kind: type[Told]) -> Any:
    """Ask, and give the answer."""
    bench.drain()
    told = listen(bench)
    ask()
    bench.until(lambda: any(isinstance(message, kind) for message in told))
    return next(message for message in told if isinstance(message, kind))


def balance(bench: Workbench) -> BalanceTold:
    found: BalanceTold = answer(
        bench, lambda: bench.engine.money.ask_balance(bench.endpoint.base_url), BalanceTold
    )  # fmt: skip
    return found


def ledger(bench: Workbench) -> LedgerTold:
    found: LedgerTold = answer(bench, bench.engine.money.tell_ledger, LedgerTold)
    return found


def questions(simulator: Simulator) -> int:
    return sum(entry["route"] == "usage" for entry in simulator.control.log())
