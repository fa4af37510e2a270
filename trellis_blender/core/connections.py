# SPDX-License-Identifier: GPL-3.0-or-later
"""Knows every open connection of a ``requests`` session, so that another thread can cut them. Imports no bpy."""

from __future__ import annotations

import http.client
import http.cookiejar
import logging
import socket
import threading
import weakref
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

POOLED_CONNECTIONS: Final = 16
INTERIM_ANSWERS: Final = 100
"""How many of them may come before an answer: a server that sends nothing else must not hold a thread for ever."""
_log = logging.getLogger(__name__)


class Connections:
    """The open connections of one kind. Once cut, no new one is admitted.

    Kept are the sockets, since http.client lets go of one whose answer it is still reading.
    """

    def __init__(self, within: Connections | None = None) -> None:
        """Start with none. Those of a part are cut with the whole it is ``within``, or by themselves."""
        self._within = within
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_cut = False
        self._lock = threading.Lock()

    def admit(self, sock: Any = None) -> None:
        """Let a connection come about, and take note of its socket; raises ConnectionAbortedError after :meth:`cut`."""
        if self._within is not None:
            self._within.admit(sock)
        with self._lock:
            if self._is_cut:
                raise ConnectionAbortedError("connections are cut")
            if sock is not None:
                self._open.add(sock)

    def cut(self) -> None:
        """Break every connection, so that threads that wait in one return at once; for good."""
        with self._lock:
            self._is_cut = True
            sockets = list(self._open)
        for sock in sockets:
            _shut(sock)

    def session(self) -> requests.Session:
        """Give a new session whose connections are tracked here.

        It takes nothing from the environment: proxy and certificates are given with each request. ``.netrc`` and
        cookies are never used.
        """
        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        adapter = _TrackedAdapter(self)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


def _shut(sock: Any) -> None:
    """Shut a socket down below TLS.

    ``SSLSocket.shutdown`` first takes its TLS layer away: what another thread is about to send in
    that moment, the key among it, would go out in the clear.
    """
    plain = getattr(sock, "socket", sock)  # TLS inside a TLS proxy is a wrapper around its socket
    if isinstance(plain, socket.socket):
        try:
            socket.socket.shutdown(plain, socket.SHUT_RDWR)
        except OSError as error:  # closed already, which is what is wanted
            _log.debug("A connection was closed before it was cut (errno %s)", error.errno)


class _TrackedAdapter(HTTPAdapter):
    """Opens connections that report themselves. Works with urllib3 1.26, which Blender 4.2 has, and 2.x."""

    def __init__(self, connections: Connections) -> None:
        self._pools = _pool_classes(connections)
        super().__init__(pool_connections=4, pool_maxsize=POOLED_CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # whose connections are of their own kind
            manager.pool_classes_by_scheme = self._pools
        return manager


class _FinalAnswer(http.client.HTTPResponse):
    """Reads on until the answer itself: http.client passes over a 100, but takes a 102 or 103 for the last word."""

    def _read_status(self) -> tuple[str, int, str]:
        for _interim in range(INTERIM_ANSWERS):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("got more than so many interim answers")


def _pool_classes(connections: Connections) -> dict[str, type[HTTPConnectionPool]]:
    """Give urllib3's pools, with connections that ask ``connections`` before and after they connect."""

    class Plain(HTTPConnection):
        response_class = _FinalAnswer

        def connect(self) -> None:
            connections.admit()
            super().connect()
            _admit_connected(connections, self)

    class Encrypted(HTTPSConnection):
        response_class = _FinalAnswer

        def connect(self) -> None:
            connections.admit()
            super().connect()
            _admit_connected(connections, self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _admit_connected(connections: Connections, connection: HTTPConnection) -> None:
    """Let go of a connection that came about while all were being cut."""
    try:
        connections.admit(connection.sock)
    except ConnectionAbortedError:
        connection.close()
        raise
