# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a server what it offers: with *Test Connection*, when it bills another price than it told, and once a day.

Blocks, for workers; no bpy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Final

from .api import parse_json
from .card import WHAT
from .checkup import defect
from .client import Client
from .errors import AnswerError, RateLimited, ServiceError, TrellisError
from .jobs import Job
from .messages import OfferTold
from .offer import Offer
from .records import redacted
from .workplace import Workplace

LOOK_SECONDS: Final = 3600.0
"""How often it is looked whether a new day has come, or another Blender was told something; and how often at most
the same prices are asked for anew because of a bill: some accounts are always billed otherwise."""
SOON_SECONDS: Final = 60.0
"""As above, while the network may not be used, or the account's limit leaves no room."""
_log = logging.getLogger(__name__)


class Inquirer:
    """Every answer that says something new is told by a message; nothing that goes wrong here disturbs a job."""

    def __init__(
        self, place: Workplace, clients: Mapping[str, Client], errand: Callable[[Callable[[], None]], None],
        is_online: Callable[[], bool],
    ) -> None:  # fmt: skip
        """``errand`` has something done by a worker; ``clients`` are by their server."""
        self._place, self._clients, self._errand, self._is_online = place, clients, errand, is_online
        self._server = ""
        self._due = float("-inf")
        self._told: dict[str, Offer] = {}
        self._sentences: dict[str, str] = {}
        self._doubted: dict[str, tuple[float, Offer]] = {}
        self._in_doubt: set[str] = set()

    def use(self, server: str) -> None:
        """Care for this server from now on."""
        if server != self._server:
            self._server, self._due = server, float("-inf")

    def look(self) -> None:
        """Have the server asked if that is due; cheap, and returns at once."""
        now = self._place.clock.monotonic()
        if self._server and now >= self._due:
            self._due = now + LOOK_SECONDS
            server = self._server
            self._errand(lambda: self._daily(server))

    def ask(self, client: Client) -> None:
        """Ask now, since the artist wants to know."""
        server = client.endpoint.base_url
        self._place.offers.claim_day(server, self._place.clock.time())
        self._place.count_request(server)
        self._ask(client, awaited=True)

    def doubt(self, server: str, jobs: Collection[Job]) -> None:
        """Ask anew, though it was asked today: these jobs were billed otherwise than it had told. For workers."""
        offer, now = self._place.offers.of(server), self._place.clock.monotonic()
        self._tell(server, offer, self._sentences.get(server, ""))  # another Blender may have asked since
        if all(offer.price_of(job.request.resolution) != job.price_usd for job in jobs):
            return
        asked_at, asked_of = self._doubted.get(server, (float("-inf"), offer))
        if now >= asked_at + LOOK_SECONDS or offer.prices != asked_of.prices:
            self._doubted[server] = now, offer
            self._in_doubt.add(server)
            self._errand(lambda: self._daily(server))

    def _daily(self, server: str) -> None:
        """Tell what is known, and ask if nobody has today, or if the answer is in doubt."""
        self._tell(server, self._place.offers.of(server), self._sentences.get(server, ""))
        client, now = self._clients.get(server), self._place.clock.time()
        if client is None or not (client.key or client.endpoint.is_loopback):
            return
        if not self._is_online():
            self._due = self._place.clock.monotonic() + SOON_SECONDS
            return
        is_first = self._place.offers.claim_day(server, now)
        if not is_first and server not in self._in_doubt:
            return
        if not self._place.spare_request(server):
            self._due = self._place.clock.monotonic() + SOON_SECONDS
        elif self._ask(client):
            self._in_doubt.discard(server)
            return
        if is_first:
            self._place.offers.give_back_day(server, now)

    def _ask(self, client: Client, *, awaited: bool = False) -> bool:
        """Ask with one request; whether there was an answer to the point."""
        server, offers = client.endpoint.base_url, self._place.offers
        sentence = ""
        try:
            body = redacted(parse_json(client.model_card(awaited=awaited), WHAT), client.key.redact)
            offers.take(server, body, told_at=self._place.clock.time() + client.clock_offset)
        except AnswerError as error:
            _log.warning("What the server offers cannot be made out: %s", error)
            sentence = str(error)
        except TrellisError as error:
            _log.info("The server did not tell what it offers: %s", error)
            if isinstance(error, RateLimited):
                self._place.pause_server(server, error.retry_after or self._place.pacing.longest_poll)
            if error.transient or not isinstance(error, ServiceError):
                return False
        except Exception as error:  # noqa: BLE001  # a strange answer must not be worse than none
            sentence = defect(error)
        self._tell(server, offers.of(server), sentence)
        return True

    def _tell(self, server: str, offer: Offer, sentence: str) -> None:
        """Tell what is news."""
        known, said = self._told.get(server), self._sentences.get(server, "")
        if known is None or known != offer or known.told_at != offer.told_at or said != sentence:
            self._told[server], self._sentences[server] = offer, sentence
            self._place.tell(OfferTold(server, offer, sentence))
