# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the money on the main thread: balance, ledger, prices, and when to ask anew. Asks nobody; no bpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

from .jobs import Job, State
from .lineage import Lineage
from .messages import BalanceTold, LedgerExported, LedgerTold, OfferTold
from .money import Outlook, dollars, outlook, rounded_down
from .offer import BUILT_IN, Offer
from .secrets import Key

ASK_SECONDS: Final = 5.0
"""The balance is asked for once in so long at most, however many jobs move money."""
AGED_SECONDS: Final = 3600.0
"""A balance that is older is shown with its age: other programs spend from it, too."""
MOVES_LEDGER: Final = frozenset({State.SUBMITTING, State.UNCERTAIN, State.ACCEPTED, State.REFUSED})
"""States with which the ledger changes."""
MOVES_BALANCE: Final = frozenset(
    {State.UNCERTAIN, State.ACCEPTED, State.REFUSED, State.DOWNLOADED, State.FAILED, State.CANCELLED}
)
"""States with which the service may have billed, given back, or found the balance wanting; once a job has ended, what
it was billed is looked for, too."""


class Teller(Protocol):
    """Whoever is asked: the engine's bookkeeper. Nothing of it waits."""

    def tell_ledger(self) -> None:
        """Have a :class:`LedgerTold` sent."""

    def ask_balance(self, server: str) -> None:
        """Have a :class:`BalanceTold` sent."""

    def export(self, path: Path) -> None:
        """Have a :class:`LedgerExported` sent."""

    def bill(self, billed: Mapping[str, Decimal]) -> None:
        """Note what ended jobs were billed, by their ids, and have a :class:`LedgerTold` sent."""


class Purse:
    """The money as last told. Times are seconds since 1970, but for ``due``, whose are monotonic."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.ledger: LedgerTold | None = None
        self.exported: LedgerExported | None = None
        self._of_file: tuple[LedgerTold | None, Lineage, Decimal] = None, Lineage(), Decimal(0)
        self._balances: dict[str, BalanceTold] = {}
        self._offers: dict[str, OfferTold] = {}
        self._wanted = False
        self._asking = False
        self._exporting = False
        self._summing = False
        self._asked = self._summed = float("-inf")
        self._teller: Teller | None = None
        self._server = ""
        self._key: Key | None = None

    @property
    def busy(self) -> bool:
        """Whether the balance is, or is to be, asked for; or the ledger summed up or written."""
        return self._wanted or self._asking or self._summing or self._exporting

    def due(self, now: float) -> bool:
        """Whether the balance is to be asked for now; if so, it is noted as asked."""
        if not self._wanted or self._asking or now - self._asked < ASK_SECONDS:
            return False
        self._wanted, self._asking, self._asked = False, True, now
        return True

    def use(self, teller: Teller, server: str, key: Key) -> None:
        """Ask of this server from now on; the balance of another account is wanted at once."""
        known, self._key = self._key, key
        if teller is not self._teller or server != self._server or known is None or known.reveal() != key.reveal():
            self._wanted = True
            self._balances.pop(server, None)
        self._teller, self._server = teller, server

    def look(self, *, now: float, monotonic: float) -> None:
        """Ask for what is due: the balance, and the ledger on a new day."""
        if self._teller is None:
            return
        if self.is_stale(now) and monotonic - self._summed >= ASK_SECONDS:
            self._summed, self._summing = monotonic, True
            self._teller.tell_ledger()
        if self.due(monotonic):
            self._teller.ask_balance(self._server)

    def follow(self, job: Job, known: Job | None) -> None:
        """Take note that a job is no longer as it was ``known``: it may have moved money."""
        if self._teller is None or (known is not None and known.state is job.state):
            return
        if job.state in MOVES_LEDGER:
            self._summing = True
            self._teller.tell_ledger()
        if job.state in MOVES_BALANCE and known is not None:
            self._wanted = True

    def export(self, path: Path) -> None:
        """Have the ledger written as CSV; :attr:`exported` tells later what came of it."""
        if self._teller is not None:
            self.exported, self._exporting = None, True
            self._teller.export(path)

    def take(self, told: LedgerTold | BalanceTold | LedgerExported | OfferTold) -> None:
        """Take note of what the engine told."""
        if isinstance(told, OfferTold):
            self._offers[told.server] = told
        elif isinstance(told, LedgerTold):
            self.ledger, self._summing = told, False
        elif isinstance(told, BalanceTold):
            self._take_balance(told)
        else:
            self.exported, self._exporting = told, False

    @property
    def knows_offers(self) -> bool:
        """Whether any server has told what it offers."""
        return bool(self._offers)

    def offer(self, server: str) -> Offer:
        """Give what a server offers, at which prices: as last told, else the built-in catalogue."""
        told = self._offers.get(server)
        return BUILT_IN if told is None else told.offer

    def offer_fault(self, server: str) -> str:
        """Give why the server's newest word on what it offers could not be used, or an empty text."""
        told = self._offers.get(server)
        return "" if told is None else told.sentence

    def _take_balance(self, told: BalanceTold) -> None:
        """Take note of an answer; where there was none, what was known before stands."""
        self._asking = False
        known = self._balances.get(told.server)
        if told.answered and (known is None or told.at >= known.at):
            self._balances[told.server] = told
        if told.billed and self._teller is not None:
            self._summing = True
            self._teller.bill(told.billed)

    def is_stale(self, now: float) -> bool:
        """Whether the ledger is of another day than today."""
        if self.ledger is None:
            return False
        return self.ledger.day != date.fromtimestamp(now + self.ledger.clock_offset)  # noqa: DTZ012  # the artist's own

    def spent_today(self, now: float) -> Decimal:
        """Give what was spent today, as far as it was told."""
        return Decimal(0) if self.ledger is None or self.is_stale(now) else self.ledger.today

    def unconfirmed_today(self, now: float) -> Decimal:
        """Give how much of what was spent today may not have been billed."""
        return Decimal(0) if self.ledger is None or self.is_stale(now) else self.ledger.uncertain_today

    def spent_in(self, file: Lineage) -> Decimal:
        """Give what was spent for a .blend, as far as it was told; worked out once for many draws."""
        ledger, known, total = self._of_file
        if ledger is not self.ledger or known != file:
            total = Decimal(0) if self.ledger is None else file.total(self.ledger.by_file)
            self._of_file = self.ledger, file, total
        return total

    def told_at(self, server: str) -> float:
        """Give when a balance was told at a server, as it was then; what no time comes after where none was."""
        told = self._balances.get(server)
        return float("inf") if told is None or told.balance is None else told.at

    def balance(self, server: str, jobs: Iterable[Job]) -> Decimal | None:
        """Give what is left at a server: as told, less the jobs accepted since. None where it is not known."""
        told = self._balances.get(server)
        if told is None or told.balance is None:
            return None
        since = sum((job.price_usd for job in jobs if job.server == server and _pays_after(job, told.at)), Decimal(0))
        return told.balance - since

    def outlook(
        self, server: str, jobs: Iterable[Job], price: Decimal, count: int, *, cap: Decimal, now: float
    ) -> Outlook:  # fmt: skip
        """Say whether balance and cap allow ``count`` more objects at ``price``."""
        jobs = list(jobs)
        pending = sum(
            (job.price_usd for job in jobs if job.server == server and job.state is State.PREPARED), Decimal(0)
        )
        spent, unconfirmed = self.spent_today(now), self.unconfirmed_today(now)
        return outlook(self.balance(server, jobs), pending, price, count, cap, spent, unconfirmed)

    def line(self, server: str, jobs: Iterable[Job], *, cap: Decimal, now: float) -> str:
        """Say balance and today's spending in one quiet line; nothing where nothing is known."""
        parts = []
        left = self.balance(server, jobs)
        if left is not None:
            age = now - self._balances[server].at
            parts.append(f"Balance {rounded_down(left)}" + (f", {_ago(age)}" if age >= AGED_SECONDS else ""))
        today = self.spent_today(now)
        if cap:
            parts.append(f"Today {dollars(today)} of {dollars(cap)}")
        elif today:
            parts.append(f"Today {dollars(today)}")
        return " · ".join(parts)


def _pays_after(job: Job, at: float) -> bool:
    """Whether a job was, or may have been, billed after a time, so that a balance of that time does not tell."""
    if job.state is State.SUBMITTING:
        return True
    if job.state is State.UNCERTAIN:
        return job.ended_at >= at
    return job.accepted_at >= at


def _ago(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{hours} h ago" if hours < 48 else f"{hours // 24} days ago"
