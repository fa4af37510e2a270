# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange over ``requests``: redirects, time-outs, cuts. Knows no calls of the API, no bpy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

import requests

from .certificates import trusted
from .connections import Connections
from .errors import AnswerError
from .network_faults import translated
from .proxies import proxies_for
from .route import USUAL, Route
from .version import version

MAXIMUM_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Authorize = Callable[[str], Mapping[str, str]]
"""Gives the headers that authorise a request to this address; none for a foreign origin."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait for a connection, and for the next bytes of an answer."""

    connect_seconds: float = 15.0
    read_seconds: float = 60.0
    submit_seconds: float = 915.0
    """For the POST that starts a job: the platform's own limit is 15 minutes [doc], and giving up
    before it would only lose the answer."""
    slowest_bytes_per_second: float = 512.0
    """A body that has run for ``read_seconds`` and is slower than this on average is given up."""

    def over(self, route: Route) -> Timeouts:
        """Give these as a route has them; how long a paid POST is waited for is not the artist's to say."""
        connect = self.connect_seconds if route.connect_seconds is None else route.connect_seconds
        read = self.read_seconds if route.read_seconds is None else route.read_seconds
        return replace(self, connect_seconds=connect, read_seconds=read)


class Body:
    """A request body that knows whether all of it was handed to the network."""

    def __init__(self, content: bytes = b"") -> None:
        """``content`` is sent as it is."""
        self._content = content
        self._position = 0

    def __len__(self) -> int:
        """Give the size in bytes; ``requests`` sends it as Content-Length."""
        return len(self._content)

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes."""
        end = len(self._content) if size < 0 else self._position + size
        piece = self._content[self._position : end]
        self._position += len(piece)
        return piece

    @property
    def exhausted(self) -> bool:
        """Whether the server may hold the whole request; while False, it cannot have accepted it."""
        return self._position >= len(self._content)


class Transport:
    """Sends requests and gives streamed answers; can be cut from another thread.

    Nothing but ``authorize`` identifies the artist: no cookies, no ``.netrc``.
    """

    def __init__(self, timeouts: Timeouts, *, authorize: Authorize = lambda _url: {}) -> None:
        """``authorize`` is asked anew for each address, so that a redirect cannot carry the key away."""
        self.timeouts = timeouts
        self.route = USUAL
        """Looked at anew for each request, as the time-outs are: both may be changed at any time."""
        self._authorize = authorize
        self._kept = Connections()
        self._once = Connections()
        self._session = self._kept.session()
        self._borrowed: dict[requests.Session, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Body | None = None,
        once: bool = False, line: Connections | None = None, check: Callable[[str], None] = lambda _url: None,
    ) -> Iterator[requests.Response]:  # fmt: skip
        """Send one request and give the streamed answer, whatever its status.

        ``once``: the request starts paid work. It goes over a fresh connection (a kept-alive one
        that the server has just closed would look like a lost answer), waits for the platform's own
        time-out, and is not redirected. ``line``: it goes over this, to be cut alone. ``check`` may
        raise for each address, redirects included. Raises :class:`TransportError`.
        """
        own = self._once if once else line
        session = own.session() if own is not None else self._borrow()
        read_seconds = self.timeouts.submit_seconds if once else self.timeouts.read_seconds
        try:
            for _hop in range(MAXIMUM_REDIRECTS + 1):
                check(url)
                sent = {"User-Agent": user_agent(), "Accept-Encoding": "identity", **(headers or {})}
                sent.update(self._authorize(url))
                verify = trusted(self.route) if url.lower().startswith("https:") else True
                with translated(lambda: body is None or body.exhausted):
                    response = session.request(
                        method, url, headers=sent, data=body, stream=True, allow_redirects=False,
                        timeout=(self.timeouts.connect_seconds, read_seconds), verify=verify,
                        proxies=dict(proxies_for(url, self.route)),
                    )  # fmt: skip
                    target = _target(method, url, response)
                if not target:
                    try:
                        yield response
                    finally:
                        response.close()
                    return
                response.close()
                url = target
            raise AnswerError("The server sends us in a circle of redirects. Check the server address.")
        finally:
            if own is not None:
                session.close()
            else:
                self._give_back(session)

    def line(self) -> Connections:
        """Give what one exchange can go over, so that it can be cut without the others; cut with all the same."""
        return Connections(within=self._kept)

    def renew(self) -> None:
        """Open new connections from now on; what is on its way goes on over the old ones, which end with it."""
        with self._lock:
            old, self._session = self._session, self._kept.session()
            is_idle = not self._borrowed.get(old)
        if is_idle:
            old.close()

    def _borrow(self) -> requests.Session:
        with self._lock:
            self._borrowed[self._session] = self._borrowed.get(self._session, 0) + 1
            return self._session

    def _give_back(self, session: requests.Session) -> None:
        with self._lock:
            others = self._borrowed[session] - 1
            self._borrowed[session] = others
            if not others:
                del self._borrowed[session]
            is_over = not others and session is not self._session
        if is_over:
            session.close()

    def cut(self, *, once: bool = True) -> None:
        """Break every connection for good; ``once``: those of paid POSTs too."""
        self._kept.cut()
        self._session.close()
        if once:
            self._once.cut()


def _target(method: str, url: str, response: requests.Response) -> str:
    """Give the address that an answer sends us to; empty when it is to be taken as it is."""
    location = response.headers.get("Location", "")
    if method != "GET" or response.status_code not in _REDIRECTS or not location:
        return ""
    return urljoin(url, location)


def user_agent() -> str:
    """Give the name and version we call ourselves by."""
    return f"trellis-blender/{version()}"
