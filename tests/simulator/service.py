# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the stand-in consists of behind its sockets, in one place for the routes to use."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

from .account import Account
from .clock import Clock
from .faults import Faults
from .jobs import JobBook
from .links import Links
from .record import Record
from .settings import Settings
from .workshop import Workshop

LARGEST_STORAGE = 1000


class Service:
    """The state of the stand-in. ``reset`` makes it new but for what the workshop has made."""

    def __init__(self, key: str, settings: Settings, clock: Clock) -> None:
        """Open with one account whose key is ``key``."""
        self.clock = clock
        self.initial = settings.values()
        self.settings = settings
        self.workshop = Workshop()
        self.api_origin = ""
        self.links = Links(secrets.token_bytes(16))
        self.record = Record()
        self.record.keys.add(key)
        self.faults = Faults()
        self.stopping = threading.Event()
        self.account = Account(key, settings, clock)
        self.jobs = JobBook(settings, clock, self.workshop, self.links)
        self.storage: OrderedDict[str, str] = OrderedDict()
        """Storage path -> SHA-256 of the uploaded picture."""

    def reset(self) -> None:
        """Forget jobs, events, uploads, faults, the record and every changed setting; time goes on."""
        self.settings.change(self.initial)
        self.faults.clear()
        self.record.clear()
        self.storage.clear()
        self.account = Account(self.account.key, self.settings, self.clock)
        self.jobs = JobBook(self.settings, self.clock, self.workshop, self.links)

    def store(self, digest: str) -> str:
        """Give the storage path of an uploaded picture."""
        path = f"bunny://uploads/{secrets.token_hex(10)}/{digest[:12]}"
        self.storage[path] = digest
        while len(self.storage) > LARGEST_STORAGE:
            self.storage.popitem(last=False)
        return path
