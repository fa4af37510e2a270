# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in as a whole: three listening sockets on loopback over one state."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Any, Self

from .api import Api
from .clock import Clock, WallClock
from .control import Control, ControlPort
from .delivery import Downloads
from .record import KEY_PREFIX
from .service import Service
from .settings import Settings
from .wire import Listener


class Simulator:
    """``with Simulator(job_seconds=0.1) as server:`` listens at once and leaves no thread behind.

    ``url``, ``download_url`` and ``control_url`` are three origins, ``key`` opens the first, and
    ``control`` steers it all without the wire.
    """

    def __init__(self, *, key: str = "", clock: Clock | None = None, port: int = 0, **switches: Any) -> None:
        """Take a key (one is made up otherwise), a shared clock, the API's port, and switches of :class:`Settings`."""
        settings = Settings()
        settings.change(switches)
        self.key = key or f"{KEY_PREFIX}standin-{secrets.token_hex(16)}"
        self.service = Service(self.key, settings, clock or WallClock())
        self.control = Control(self.service)
        now = self.service.clock.now
        self._api = Listener(Api(self.service), "api", now, port)
        self._downloads = Listener(Downloads(self.service), "downloads", now)
        self._control = Listener(ControlPort(self.control), "control", now)
        self.url, self.download_url, self.control_url = self._api.url, self._downloads.url, self._control.url
        self.service.api_origin, self.service.links.origin = self.url, self.download_url

    @property
    def clock(self) -> Clock:
        """Give the clock that jobs, addresses and the rate go by."""
        return self.service.clock

    def start(self) -> None:
        """Serve."""
        for listener in (self._api, self._downloads, self._control):
            listener.start()

    def stop(self) -> None:
        """Cut every connection and wait for every thread."""
        self.service.stopping.set()
        for listener in (self._api, self._downloads, self._control):
            listener.stop()
        self.service.workshop.stop()

    def __enter__(self) -> Self:
        """Serve."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()
