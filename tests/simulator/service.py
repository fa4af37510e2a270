# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the stand-in consists of behind its sockets, in one place for the routes to use."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from .account import Account
from .clock import Clock
from .faults import Faults
from .jobs import JobBook
from .links import Links
from .record import Record
from .settings import Settings
from .workshop import Workshop

LARGEST_STORAGE = 1000


@dataclass
class Upload:
    """One stored picture, and what the form said of it."""

    digest: str
    size: int
    name: str
    content_type: str
    uses: int = 0


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
        self.storage: OrderedDict[str, Upload] = OrderedDict()
        """Storage path -> what was uploaded."""

    def reset(self) -> None:
        """Forget jobs, events, uploads, faults, the record and every changed setting; time goes on."""
        self.settings.change(self.initial)
        self.faults.clear()
        self.record.clear()
        self.storage.clear()
        self.account = Account(self.account.key, self.settings, self.clock)
        self.jobs = JobBook(self.settings, self.clock, self.workshop, self.links)

    def store(self, upload: Upload) -> str:
        """Give the storage path of an uploaded picture, or its address where the answer gives one."""
        path = f"uploads/{secrets.token_hex(10)}/{upload.digest[:12]}"
        place = f"https://storage.example.com/{path}.png" if self.settings.upload_address else f"bunny://{path}"
        self.storage[place] = upload
        while len(self.storage) > LARGEST_STORAGE:
            self.storage.popitem(last=False)
        return place

    def stored(self, place: str) -> str:
        """Give the SHA-256 of what is stored at a place, and count the use; empty when there is nothing, or no more."""
        upload = self.storage.get(place)
        allowed = self.settings.upload_uses
        if upload is None or (allowed and upload.uses >= allowed):
            return ""
        upload.uses += 1
        return upload.digest
