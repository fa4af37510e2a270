# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies as they come: measured or not, in pieces, compressed, dripping, too large."""

from __future__ import annotations

import threading

import pytest

from tests.core.exchange import JOB, QUICK, client, close_connections, transport
from tests.core.scripted import Connection, Script, Scripted, answering, reply
from trellis_blender.core.answers import pieces, read_body, read_start
from trellis_blender.core.errors import (
    AnswerError,
    ConnectionLost,
    TimedOut,
)
from trellis_blender.core.transport import Timeouts

__all__ = ["close_connections"]


def read_all(script: Script, *, limit: int = 1000, timeouts: Timeouts = QUICK) -> bytes:
    with Scripted(script) as server, transport(timeouts).exchange("GET", server.url) as response:
        return read_body(response, timeouts, limit_bytes=limit)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> Script:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            connection.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        connection.send(end)

    return script


def unmeasured(body: bytes) -> Script:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)

    return script


@pytest.mark.parametrize(
    "script", [answering(reply(200, b"x" * 600)), chunked(b"x" * 300, b"x" * 300), unmeasured(b"x" * 600)]
)
def test_body(script: Script) -> None:
    assert read_all(script) == b"x" * 600


@pytest.mark.parametrize("script", [answering(reply(200, b"")), chunked(), unmeasured(b"")])
def test_empty_body(script: Script) -> None:
    assert read_all(script) == b""


@pytest.mark.parametrize(
    "script",
    [
        answering(reply(200, b"x" * 10, length=600)),
        answering(reply(200, b"", length=600)),
        chunked(b"x" * 10, end=b"5\r\nab"),
        chunked(b"x" * 10, end=b""),
        chunked(b"x" * 10, end=b"zz\r\n"),
    ],
)
def test_body_that_is_cut(script: Script) -> None:
    with pytest.raises(ConnectionLost) as caught:
        read_all(script)
    assert caught.value.sent


@pytest.mark.parametrize(
    "script", [answering(reply(200, b"x" * 1001)), chunked(*[b"x" * 100] * 11), unmeasured(b"x" * 5000)]
)
def test_body_over_the_limit(script: Script) -> None:
    with pytest.raises(AnswerError, match="larger than 0 MiB") as caught:
        read_all(script)
    assert caught.value.raw.startswith(b"x" * 1000)


def test_compressed_body_is_read_whole() -> None:
    import gzip

    packed = gzip.compress(b"x" * 900)
    assert read_all(answering(reply(200, packed, Content_Encoding="gzip"))) == b"x" * 900


def dripping(head: bytes, piece: bytes) -> Script:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(head)
        pause = threading.Event()
        while not pause.wait(0.02):
            connection.send(piece)

    return script


@pytest.mark.parametrize(
    "script",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    ],
)
def test_dripping_body_is_given_up(script: Script) -> None:
    """Each byte comes in time, so that no time-out of the socket ever strikes."""
    with pytest.raises(TimedOut, match="too slowly"):
        read_all(script, limit=10**6, timeouts=Timeouts(5.0, read_seconds=1.5))


def test_start_of_an_error_is_read_as_far_as_it_comes() -> None:
    for script, start in [
        (answering(reply(500, b"x" * 10, length=600)), b"x" * 10),
        (answering(reply(500, b"x" * 600)), b"x" * 100),
        (dripping(b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n", b"x"), b"x"),
    ]:
        timeouts = Timeouts(5.0, read_seconds=1.5)
        with Scripted(script) as server, transport(timeouts).exchange("GET", server.url) as response:
            assert read_start(response, timeouts, 100).startswith(start)


def test_pieces_come_as_they_arrive() -> None:
    """Progress, and a stop, must not wait until a large piece is full."""
    more = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(reply(200, b"x" * 10, length=20))
        more.wait(10)
        connection.send(b"y" * 10)

    with Scripted(script) as server, transport(QUICK).exchange("GET", server.url) as response:
        coming = pieces(response, QUICK)
        assert next(coming) == b"x" * 10
        more.set()
        assert b"".join(coming) == b"y" * 10


def test_connection_is_kept_for_the_next_poll() -> None:
    def keep(connection: Connection) -> None:
        for _ in range(3):
            connection.request()
            connection.send(reply(200, JOB).replace(b"Connection: close", b"Connection: keep-alive"))

    with Scripted(keep) as server:
        opened = client(server)
        for _ in range(3):
            opened.job("j")
    assert server.connections == 1


# --- cutting ---------------------------------------------------------------------------------------------------------
