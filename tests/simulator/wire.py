# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets: reads requests, writes replies exactly as told, wrong ones too; knows nothing of what they mean."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

HEADER_TIMEOUT_SECONDS = 120.0
_BLOCK_BYTES = 256 * 1024
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One request as received; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    arrived: float = 0.0
    """When its head was read, on the stand-in's clock."""

    @property
    def path(self) -> str:
        """Give the path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Give the query's last value of each name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Delivery:
    """How a reply goes over the wire, where that is not as it should be.

    ``length`` replaces Content-Length (-1: none, the end of the connection ends the body); ``send`` is the share of
    the body that is sent; ``end`` is how the connection ends: ``keep``, ``close`` or ``reset``. ``at_once`` is the
    share of the body that does not go at ``bytes_per_second``.
    """

    delay_seconds: float = 0.0
    silent: bool = False
    length: int | None = None
    chunked: bool = False
    send: float = 1.0
    end: str = "keep"
    bytes_per_second: float = 0.0
    at_once: float = 0.0


@dataclass
class Reply:
    """What to answer. An empty ``content_type`` sends none."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    fault: str = ""
    """The name of the misbehaviour, for the record."""


def json_reply(value: Any, status: int = 200) -> Reply:
    """Answer with JSON."""
    return Reply(status, json.dumps(value).encode())


CUT = Delivery(silent=True, end="reset")
"""No answer at all, the connection reset."""


class Application(Protocol):
    """What a listening socket serves."""

    def opening(self, request: Request) -> Reply | None:
        """Answer before the body is read, or let it be read."""
        ...

    def answer(self, request: Request) -> Reply:
        """Answer a whole request."""
        ...

    def seen(self, request: Request, reply: Reply) -> None:
        """Record a request and what will be answered; called before the answer leaves."""
        ...


class Listener(ThreadingHTTPServer):
    """One listening socket on loopback with a thread a connection; ``stop`` ends every one of them."""

    daemon_threads = False
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, application: Application, name: str, now: Callable[[], float], port: int = 0) -> None:
        """Listen on ``port``, 0 for one of the system's choice; ``now`` is the clock that requests are stamped by."""
        self.now = now
        self.application = application
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=f"simulator-{name}")

    @property
    def url(self) -> str:
        """Give the origin, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Cut every connection and wait for every thread."""
        self.stopping.set()
        self.shutdown()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that ``stop`` can cut it."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "TrellisStandIn/1"
    timeout = HEADER_TIMEOUT_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_said: Any) -> None:
        """Keep quiet: the record says what was seen."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Date answers by the clock that everything in them is dated by."""
        return super().date_time_string(self.server.now() if timestamp is None else timestamp)

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle_one_request()
            return
        self.close_connection = True

    def _any(self) -> None:
        application = self.server.application
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, arrived=self.server.now())
        reply = application.opening(request)
        if reply is None:
            length = headers.get("content-length", "0")
            if "transfer-encoding" in headers or not length.isdigit():
                reply = Reply(411, b"", "")
            else:
                body = self.rfile.read(int(length))
                if len(body) != int(length):
                    self.close_connection = True
                    return
                request = dataclasses.replace(request, body=body)
                reply = self._answer(request)
        else:
            self.close_connection = True
            if not reply.delivery.silent:
                self._drain(headers.get("content-length", "0"))
        application.seen(request, reply)
        self._deliver(reply)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _any  # noqa: N815

    def _answer(self, request: Request) -> Reply:
        try:
            return self.server.application.answer(request)
        except Exception as error:
            _LOG.exception("the stand-in itself failed at %s %s", request.method, request.path)
            reply = json_reply({"error": {"message": f"the stand-in itself failed: {error!r}", "code": "bug"}}, 500)
            reply.fault = "bug"
            return reply

    def _drain(self, length: str) -> None:
        """Read a refused body away: closing before would reset the connection under the refusal."""
        left = int(length) if length.isdigit() else 0
        while left > 0:
            read = len(self.rfile.read(min(left, _BLOCK_BYTES)))
            left = left - read if read else 0

    def _deliver(self, reply: Reply) -> None:
        delivery = reply.delivery
        if delivery.delay_seconds and self.server.stopping.wait(delivery.delay_seconds):
            self.close_connection = True
            return
        if not delivery.silent:
            self._head(reply)
            self._body(reply)
        if delivery.end != "keep":
            self.close_connection = True
        if delivery.end == "reset":
            with contextlib.suppress(OSError):
                self.wfile.flush()
                if not delivery.silent:
                    self.server.stopping.wait(0.05)  # lets what was sent be read before the reset overtakes it
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

    def _head(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = reply.delivery.length
        if reply.delivery.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is None or length >= 0:
            self.send_header("Content-Length", str(len(reply.body) if length is None else length))
        if reply.delivery.end != "keep" or self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _body(self, reply: Reply) -> None:
        if self.command == "HEAD" or reply.status in (204, 304):
            return
        delivery = reply.delivery
        body = memoryview(reply.body)[: round(len(reply.body) * delivery.send)]
        block = _BLOCK_BYTES if not delivery.bytes_per_second else max(1, int(delivery.bytes_per_second / 20))
        first = round(len(body) * delivery.at_once)
        self.wfile.write(body[:first])
        for start in range(first, len(body), block):
            piece = body[start : start + block]
            if delivery.chunked:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), bytes(piece)))
            else:
                self.wfile.write(piece)
            if delivery.bytes_per_second:
                self.wfile.flush()
                if self.server.stopping.wait(len(piece) / delivery.bytes_per_second):
                    return
        if delivery.chunked and delivery.end != "reset":
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
