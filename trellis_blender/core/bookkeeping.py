# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's money: asks for the balance, compares what was billed, sums up and exports the ledger. No bpy.

The balance is the least urgent of all requests: it is left out where the account's limit leaves no
room for it, and nothing that goes wrong with it disturbs a job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from . import ledger
from .checkup import Account, check_connection, defect
from .client import NOT_OFFERED, Client
from .database import StoreError
from .endpoint import Endpoint
from .errors import RateLimited, ServiceError, TrellisError
from .inquiry import Inquirer
from .jobs import ENDED, Job, advance
from .messages import BalanceTold, LedgerExported, LedgerTold
from .pacing import midnight
from .roster import Roster
from .sightings import Sighting, claim_of_file
from .workplace import Workplace

Errand = Callable[[], None]
_log = logging.getLogger(__name__)


class Bookkeeper:
    """Does its work in the engine's errands; every answer is a message."""

    def __init__(
        self, place: Workplace, clients: Mapping[str, Client], roster: Roster,
        errand: Callable[[Errand], None], is_online: Callable[[], bool],
    ) -> None:  # fmt: skip
        """``errand`` has something done by a worker; ``clients`` are by their server."""
        self.inquirer = Inquirer(place, clients, errand, is_online)
        self._place, self._clients, self._roster = place, clients, roster
        self._errand, self._is_online = errand, is_online
        self._server = ""
        self._sum_is_due = False
        self._without_account: set[str] = set()

    def tell_ledger(self) -> None:
        """Have what was spent told by a message; asked for often before it is, it is told once."""
        if not self._sum_is_due:
            self._sum_is_due = True
            self._errand(self.sum_up)

    def ask_balance(self, server: str) -> None:
        """Have the balance asked for, where that is possible now; always answered by a :class:`BalanceTold`."""
        self._errand(lambda: self._place.tell(self._balance(server)))

    def check_connection(self, endpoint: Endpoint, number: int = 0) -> None:
        """Ask the server whether it is there and takes the key; the answer comes as a message with this number."""
        client = self._clients[endpoint.base_url]
        self._errand(lambda: self._check(client, number))

    def export(self, path: Path) -> None:
        """Have the ledger written as CSV; told by a :class:`LedgerExported`."""
        self._errand(lambda: self._place.tell(self._export(path)))

    def bill(self, billed: Mapping[str, Decimal]) -> None:
        """Note what ended jobs were billed, as the account's usage says. On the main thread, where their ends are."""
        noted = []
        for job_id, amount in billed.items():
            job = self._roster.mine(job_id)
            if job is not None and job.state in ENDED and job.billed_usd != amount:
                noted.append(self._roster.note(advance(job, billed_usd=amount)))
        self._errand(lambda: self._record(noted))

    def sum_up(self) -> None:
        """Tell what was spent. For workers."""
        self._sum_is_due = False  # before it is read: what is paid from here on is another sum
        client = self._clients.get(self._server)
        offset = client.clock_offset if client is not None else 0.0
        try:
            paid = self._place.archive.payments()
        except StoreError as error:
            _log.warning("The ledger could not be read: %s", error)
            self._place.tell(LedgerTold(Decimal(0), Decimal(0), {}))  # the sum is waited for; that of no day is none
            return
        self._place.tell(ledger.told(paid, midnight=midnight(self._place.clock, offset), clock_offset=offset))

    def use(self, endpoint: Endpoint) -> None:
        """Take the day from this server's clock, and know what it offers, from now on."""
        self._server = endpoint.base_url
        self.inquirer.use(self._server)
        self.declare(endpoint)

    def declare(self, endpoint: Endpoint) -> None:
        """Note whether its owner calls a server free: jobs that wait to be sent follow it."""
        self._place.offers.declare(endpoint.base_url, is_free=endpoint.is_free)

    def _record(self, billed: Iterable[Job]) -> None:
        for job in billed:
            self._roster.record(job)
        self.sum_up()

    def _balance(self, server: str) -> BalanceTold:
        """Ask for the balance with one request, or with none."""
        client = self._clients.get(server)
        nothing = BalanceTold(server, self._place.clock.time())
        if client is None or not client.key or not self._is_online():
            return nothing
        if server in self._without_account:
            return replace(nothing, answered=True)
        if not self._place.spare_request(server):
            return nothing
        try:
            told = self._told(nothing, client.account())
        except RateLimited as error:
            self._place.pause_server(server, error.retry_after or self._place.pacing.longest_poll)
            return nothing
        except TrellisError as error:
            if isinstance(error, ServiceError) and error.status in NOT_OFFERED:
                self._without_account.add(server)
                return replace(nothing, answered=True)
            _log.info("The balance is not known: %s", error)
            return nothing
        except Exception as error:  # noqa: BLE001  # the answer is waited for; a defect of ours is logged
            defect(error)
            return nothing
        known = [(self._roster.jobs.get(job_id), amount) for job_id, amount in told.billed.items()]
        if otherwise := [job for job, amount in known if job is not None and job.price_usd != amount]:
            self.inquirer.doubt(server, otherwise)
        return told

    def _check(self, client: Client, number: int) -> None:
        server = client.endpoint.base_url
        asked = BalanceTold(server, self._place.clock.time())
        self._place.count_request(server)  # the artist has asked: it is sent in any case
        checked, account = check_connection(client)
        if checked.ok:
            self.inquirer.ask(client)
        self._place.tell(replace(checked, number=number))
        if account is not None:
            self._without_account.discard(server)
            self._place.tell(self._told(asked, account))

    def _told(self, asked: BalanceTold, account: Account) -> BalanceTold:
        usage, events = account
        balance = None if usage.balance_usd is None else Decimal(str(usage.balance_usd))
        return replace(asked, balance=balance, answered=True, billed=self._billed(asked.server, events))

    def _billed(self, server: str, events: Iterable[Sighting]) -> dict[str, Decimal]:
        """Give what our jobs at a server were billed, where that is news; by their ids here.

        Only of those that have ended: while one runs its event may not have the last word.
        """
        jobs = list(self._roster.jobs.values())
        ours = {job.id: job for job in jobs if job.server == server and job.state in ENDED}
        by_job_id = {job.job_id: job for job in ours.values() if job.job_id}
        found: dict[str, Decimal] = {}
        seen: set[str] = set()
        for event in events:
            job = by_job_id.get(event.job_id) if event.job_id else self._claimant(server, event, ours)
            if job is None or event.price is None or job.id in seen:
                continue
            seen.add(job.id)  # the newest event stands first
            amount = abs(event.price)  # some write what was taken from the balance as a negative amount
            if amount != job.billed_usd:
                found[job.id] = amount
        return found

    def _claimant(self, server: str, event: Sighting, ours: Mapping[str, Job]) -> Job | None:
        for url in event.output_urls:
            job = ours.get(self._place.archive.claimant(claim_of_file(server, url)))
            if job is not None:
                return job
        return None

    def _export(self, path: Path) -> LedgerExported:
        try:
            count = self._place.archive.export_ledger(path, self._roster.ahead())
        except OSError as error:
            why = error.strerror or type(error).__name__
            return LedgerExported(
                False, f"The ledger cannot be written to {path} ({why}). Choose another folder or name."
            )
        except StoreError as error:
            return LedgerExported(False, str(error))
        return LedgerExported(True, f"The ledger was written to {path}: {count} {'job' if count == 1 else 'jobs'}.")
