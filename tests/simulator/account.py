# SPDX-License-Identifier: GPL-3.0-or-later
"""One account: who may ask, how often, and what there is left to spend; knows neither jobs nor sockets."""

from __future__ import annotations

import math
import threading
from collections import deque
from decimal import Decimal

from .clock import Clock
from .envelopes import Refusal
from .settings import Settings
from .wire import Request

WINDOW_SECONDS = 60.0


class Account:
    """The account behind the key. Money in USD."""

    def __init__(self, key: str, settings: Settings, clock: Clock) -> None:
        """Open the account with the balance in ``settings``."""
        self.key = key
        self.balance = Decimal(str(settings.balance))
        self.billed = Decimal(0)
        self.limited = 0
        """Requests refused with 429."""
        self._settings, self._clock = settings, clock
        self.busiest = 0
        """Most requests that came with the key within any minute, the refused ones too."""
        self._window: deque[float] = deque(maxlen=10_000)
        self._seen: deque[float] = deque(maxlen=10_000)
        self._lock = threading.Lock()

    def admit(self, request: Request) -> None:
        """Let a request in. Raises :class:`Refusal` with 401, or 429 over the limit."""
        given = request.headers.get("x-api-key", "")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            given = token.strip()
        if not given:
            raise Refusal(401, "missing_api_key", "No API key was provided.")
        if given != self.key:
            raise Refusal(401, "invalid_api_key", "The API key is not valid.")
        self._count()

    def _count(self) -> None:
        """Count every request of the last minute that was let in; the window slides."""
        limit = self._settings.rate_limit
        with self._lock:
            now = self._clock.now()
            for times in (self._window, self._seen):
                while times and times[0] <= now - WINDOW_SECONDS:
                    times.popleft()
            self._seen.append(now)
            self.busiest = max(self.busiest, len(self._seen))
            if not limit or len(self._window) < limit:
                self._window.append(now)
                return
            self.limited += 1
            wait = max(1, math.ceil(self._window[-limit] + WINDOW_SECONDS - now))
        headers = {"Retry-After": str(wait)} if self._settings.retry_after else {}
        raise Refusal(429, "rate_limit_exceeded", f"Rate limit of {limit} requests per minute exceeded.", headers)

    def charge(self, price: Decimal) -> None:
        """Take the price of an accepted job. Raises :class:`Refusal` with 402 when the balance does not cover it."""
        with self._lock:
            if self.balance < price:
                raise Refusal(
                    402, "insufficient_credits", f"This request costs ${price}; your balance is ${self.balance}."
                )
            self.balance -= price
            self.billed += price
