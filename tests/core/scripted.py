# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback that does to each connection exactly what a test says. Knows sockets only."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

CERTIFICATE = Path(__file__).with_name("localhost.pem")
HANDSHAKE_SECONDS = 3.0
"""A client that gave up without closing must not hold the test."""
WAIT_SECONDS = 120.0


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until something that another thread does has come about."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.002)


@dataclass
class Seen:
    """One request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Connection:
    """One accepted connection, for a script to use."""

    sock: socket.socket
    server: Scripted
    buffer: bytes = b""

    def head(self) -> Seen:
        while b"\r\n\r\n" not in self.buffer:
            piece = self.sock.recv(65536)
            if not piece:
                raise ConnectionError("no request came")
            self.buffer += piece
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        seen = Seen(method, target, headers)
        self.server.seen.append(seen)
        return seen

    def request(self) -> Seen:
        seen = self.head()
        size = int(seen.headers.get("content-length", "0"))
        while len(self.buffer) < size:
            piece = self.sock.recv(65536)
            if not piece:
                raise ConnectionError("the request was cut")
            self.buffer += piece
        seen.body, self.buffer = self.buffer[:size], self.buffer[size:]
        return seen

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def hold(self) -> None:
        """Say nothing until the client goes away or the server stops."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass


Script = Callable[[Connection], None]


def reply(status: int = 200, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}"]
    lines += ["Connection: close", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def answering(*replies: bytes) -> Script:
    """Read a whole request and give the next of these; the last one again and again."""
    rest = list(replies)

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(rest.pop(0) if len(rest) > 1 else rest[0])

    return script


@dataclass
class Scripted:
    """``with Scripted(script) as server:`` serves each connection in a thread, and leaves none behind."""

    script: Script
    tls: bool = False
    certificate: Path | None = None
    """Serves TLS with this one; ``tls`` is the usual one, for localhost."""
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._context: ssl.SSLContext | None = None
        if self.tls or self.certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.certificate or CERTIFICATE)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
        self._accepting.join()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in self._open:
            sock.close()

    def leave(self) -> None:
        """Take no more connections; those that are open stay."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._context is not None:
                sock.settimeout(HANDSHAKE_SECONDS)
                sock = self._context.wrap_socket(sock, server_side=True)
                sock.settimeout(None)
                self._open.append(sock)
            self.script(Connection(sock, self))
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()


def join(near: socket.socket, far: socket.socket, already: bytes, note: Callable[[bytes], None]) -> None:
    """Hand on what comes, in both directions, until one side ends; ``already`` came before."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                note(piece)
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    note(already)
    far.sendall(already)
    back = threading.Thread(target=pump, args=(far, near))
    back.start()
    pump(near, far)
    back.join()
