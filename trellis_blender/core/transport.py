# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange over ``requests``: proxies, TLS, redirects, time-outs, cuts. Knows no calls of the API, no bpy."""

from __future__ import annotations

import http.cookiejar
import logging
import socket
import ssl
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .errors import (
    AnswerError,
    ConnectionLost,
    ConnectionRefused,
    HostNotFound,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    TransportError,
)
from .version import version

_log = logging.getLogger(__name__)

CHUNK_BYTES: Final = 128 * 1024
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


class Body:
    """A request body that knows whether all of it was handed to the network."""

    def __init__(self, content: bytes) -> None:
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

    Proxies and CA bundles come from the environment, as ``requests`` reads them. ``.netrc`` and
    cookies are never used: nothing but ``authorize`` identifies the artist.
    """

    def __init__(self, timeouts: Timeouts = Timeouts(), *, authorize: Authorize = lambda _url: {}) -> None:
        """``authorize`` is asked anew for each address, so that a redirect cannot carry the key away."""
        self.timeouts = timeouts
        self._authorize = authorize
        self._kept: weakref.WeakSet[Any] = weakref.WeakSet()
        self._once: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._session = self._new_session(self._kept)

    @contextmanager
    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Body | None = None,
        once: bool = False, check: Callable[[str], None] = lambda _url: None,
    ) -> Iterator[requests.Response]:  # fmt: skip
        """Send one request and give the streamed answer, whatever its status.

        ``once``: the request starts paid work. It goes over a fresh connection (a kept-alive one
        that the server has just closed would look like a lost answer), waits for the platform's own
        time-out, and is not redirected. ``check`` may raise for each address, redirects included.
        Raises :class:`TransportError`.
        """
        session = self._new_session(self._once) if once else self._session
        read_seconds = self.timeouts.submit_seconds if once else self.timeouts.read_seconds
        try:
            for _hop in range(MAXIMUM_REDIRECTS + 1):
                check(url)
                sent = {"User-Agent": user_agent(), "Accept-Encoding": "identity", **(headers or {})}
                sent.update(self._authorize(url))
                with _translated(body):
                    response = session.request(
                        method, url, headers=sent, data=body, stream=True, allow_redirects=False,
                        timeout=(self.timeouts.connect_seconds, read_seconds),
                    )  # fmt: skip
                target = response.headers.get("Location", "")
                if method != "GET" or response.status_code not in _REDIRECTS or not target:
                    try:
                        yield response
                    finally:
                        response.close()
                    return
                response.close()
                url = urljoin(url, target)
            raise AnswerError("The server sends us in a circle of redirects. Check the server address.")
        finally:
            if once:
                session.close()

    def cut(self, *, once: bool = True) -> None:
        """Break every connection, so that threads waiting in one return at once; ``once``: those of paid POSTs too."""
        with self._lock:
            connections = [*self._kept, *(self._once if once else ())]
        for connection in connections:
            if connection.sock is not None:
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # closed already, which is what is wanted
        self._session.close()

    def _new_session(self, connections: weakref.WeakSet[Any]) -> requests.Session:
        def track(connection: object) -> None:
            with self._lock:
                connections.add(connection)

        session = requests.Session()
        session.auth = _no_netrc
        session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        adapter = _TrackedAdapter(track)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


def user_agent() -> str:
    """Give the name and version we call ourselves by."""
    return f"trellis-blender/{version()}"


def read_body(response: requests.Response, *, limit_bytes: int) -> bytes:
    """Read an answer into memory. Raises :class:`AnswerError` over the limit or when it ends early."""
    pieces: list[bytes] = []
    size = 0
    with _translated(None):
        for piece in response.iter_content(CHUNK_BYTES):
            size += len(piece)
            if size > limit_bytes:
                raise AnswerError(f"The service's answer is larger than {limit_bytes // 2**20} MiB.", raw=pieces[0])
            pieces.append(piece)
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and size < int(declared) and "Content-Encoding" not in response.headers:
        raise ConnectionLost("The connection was cut in the middle of the answer.", sent=True)
    return b"".join(pieces)


def read_start(response: requests.Response, size: int) -> bytes:
    """Give the first bytes of an error's body, as far as they arrive; the status matters more than they do."""
    pieces: list[bytes] = []
    try:
        for piece in response.iter_content(4096):
            pieces.append(piece)
            if sum(map(len, pieces)) >= size:
                break
    except requests.exceptions.RequestException as error:
        _log.info("An error's body was cut: %s", type(error).__name__)
    return b"".join(pieces)[:size]


@contextmanager
def _translated(body: Body | None) -> Iterator[None]:
    """Turn what ``requests`` raises into our tree; no text of theirs is kept, since it may quote headers."""
    try:
        yield
    except requests.exceptions.RequestException as error:
        raise translate(error, sent=body is None or body.exhausted) from None


def translate(error: BaseException, *, sent: bool) -> TransportError:
    """Give our error for one of ``requests``; ``sent`` is whether the whole request may have left."""
    chain = list(_chain(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(item, kinds) for item in chain)

    if isinstance(error, requests.exceptions.ProxyError):
        return ProxyFailed("The proxy could not be used. Check the proxy settings of this computer.", sent=sent)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TimedOut("The server did not answer in time. Check the network connection.", sent=False)
    if has(requests.exceptions.Timeout, TimeoutError) or "timed out" in str(error).lower():
        return TimedOut("The server took too long to answer.", sent=sent)
    if has(socket.gaierror):
        return HostNotFound(
            "The server's name could not be looked up. Check the network connection and the server address.", sent=False
        )
    if isinstance(error, requests.exceptions.SSLError) or has(ssl.SSLError):
        return TlsFailed(
            "No trusted encrypted connection to the server. Check the clock of this computer, and set "
            "REQUESTS_CA_BUNDLE when your network uses its own certificates.",
            sent=sent,
        )
    if has(ConnectionRefusedError) or any("NewConnectionError" in type(item).__name__ for item in chain):
        return ConnectionRefused(
            "The server cannot be reached. Check the network connection and the server address.", sent=False
        )
    return ConnectionLost("The connection to the server was cut.", sent=sent)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and everything it wraps, in whichever of the ways ``requests`` and urllib3 wrap."""
    queue: list[object] = [error]
    seen: set[int] = set()
    while queue:
        item = queue.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in as authentication, so that ``requests`` does not take one from ``.netrc``."""
    return request


class _TrackedAdapter(HTTPAdapter):
    """Reports every connection it opens, so that it can be cut."""

    def __init__(self, track: Callable[[object], None]) -> None:
        self._track = track
        super().__init__(pool_connections=4, pool_maxsize=16, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = self._pool_classes()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = self._pool_classes()
        return manager

    def _pool_classes(self) -> dict[str, type]:
        track = self._track

        class Plain(HTTPConnection):
            def connect(self) -> None:
                track(self)
                super().connect()

        class Encrypted(HTTPSConnection):
            def connect(self) -> None:
                track(self)
                super().connect()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        return {"http": PlainPool, "https": EncryptedPool}
