# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's network on loopback: names that only its proxy knows, certificates that only its own CA vouches for."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.core.scripted import Connection, Script, Scripted, join, reply

CA_FILE = Path(__file__).with_name("company-ca.pem")
"""The certificate of a CA that nobody but this company trusts."""
SERVER_CERTIFICATE = Path(__file__).with_name("company-server.pem")
"""What it signed for trellis.test and all names below; with the server's own key, which opens nothing else."""


@dataclass
class Proxy:
    """A proxy, for tunnels and for plain requests: ``names`` says at which port of loopback a host is served.

    With ``credentials``, such as ``ada:secret``, it serves nobody else. ``asked`` is what it was asked for.
    """

    names: dict[str, int]
    credentials: str = ""
    asked: list[str] = field(default_factory=list)
    passed: bytes = b""
    """What went through in clear or not, in both directions: all that the proxy could read."""

    def __call__(self, connection: Connection) -> None:
        seen = connection.head()
        self.asked.append(f"{seen.method} {seen.target}")
        wanted = "Basic " + base64.b64encode(self.credentials.encode()).decode()
        if self.credentials and seen.headers.get("proxy-authorization") != wanted:
            connection.send(reply(407, Proxy_Authenticate='Basic realm="company"'))
            return
        is_tunnel = seen.method == "CONNECT"
        authority, _, path = seen.target.removeprefix("http://").partition("/")
        port = self.names.get(authority.rpartition(":")[0] or authority)
        if port is None:
            connection.send(reply(502))
            return
        with socket.create_connection(("127.0.0.1", port)) as far:
            if is_tunnel:
                connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                join(connection.sock, far, connection.buffer, self._note)
                return
            own = ("proxy-authorization", "proxy-connection", "connection")
            told = [f"{name}: {value}" for name, value in seen.headers.items() if name not in own]
            head = "\r\n".join([f"{seen.method} /{path} HTTP/1.1", *told, "Connection: close", "", ""]).encode()
            join(connection.sock, far, head + connection.buffer, self._note)

    def _note(self, piece: bytes) -> None:
        self.passed += piece


def serving(script: Script) -> Scripted:
    """Give a server of the company, at https://trellis.test."""
    return Scripted(script, certificate=SERVER_CERTIFICATE)


def passing_to(url: str) -> Callable[[Connection], None]:
    """Give a script that hands a connection's bytes on to a plain server: TLS in front of the stand-in."""
    port = int(url.rpartition(":")[2])

    def script(connection: Connection) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as far:
            join(connection.sock, far, b"", lambda _piece: None)

    return script
