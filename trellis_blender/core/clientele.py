# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients of all servers that are known in this run of Blender, each with its newest key. Imports no bpy."""

from __future__ import annotations

import weakref

from .client import Client
from .endpoint import Endpoint
from .pacing import Clock
from .secrets import Key
from .transport import Timeouts


class Clientele(dict[str, Client]):
    """The clients by the addresses of their servers."""

    def __init__(self, clock: Clock, timeouts: Timeouts) -> None:
        """Know none yet."""
        super().__init__()
        self._clock, self._timeouts = clock, timeouts
        self._every: weakref.WeakSet[Client] = weakref.WeakSet()
        """Those with an earlier key, too: something may still hang in them."""

    def use(self, endpoint: Endpoint, key: Key) -> bool:
        """Have a server asked with this key from now on; give whether it was unknown until now."""
        known = self.get(endpoint.base_url)
        if known is None or not known.key.is_same(key):
            now, monotonic = self._clock.time, self._clock.monotonic
            client = Client(endpoint, key, timeouts=self._timeouts, now=now, monotonic=monotonic)
            self[endpoint.base_url] = client
            self._every.add(client)
        return known is None

    def cut(self, *, submissions: bool) -> None:
        """Break off what the clients wait for; what may be paid for only with ``submissions``."""
        for client in list(self._every):
            client.cut(submissions=submissions)
