# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaking connections from outside: threads that wait wake up, and nothing new leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.exchange import JOB, client, close_connections, silent
from tests.core.scripted import CERTIFICATE, Connection, Scripted, answering, reply, wait_for
from trellis_blender.core.api import Delivered, Submitted
from trellis_blender.core.download import Landing
from trellis_blender.core.errors import (
    ServiceError,
    TransportError,
)
from trellis_blender.core.transport import Body, Timeouts

__all__ = ["close_connections"]


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("reading", [False, True])
def test_cut_wakes_a_thread_that_waits(monkeypatch: pytest.MonkeyPatch, tls: bool, reading: bool) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    waiting = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        if reading:
            connection.send(reply(200, b"{", length=100))
        waiting.set()
        connection.hold()

    for_ever = Timeouts(3600.0, 3600.0, 3600.0)
    with Scripted(script, tls=tls) as server:
        opened = client(server, timeouts=for_ever)
        caught: list[BaseException] = []
        thread = threading.Thread(target=lambda: caught.append(fails(lambda: opened.job("j"))))
        thread.start()
        waiting.wait(10)
        opened.cut()
        thread.join()
    assert isinstance(caught[0], TransportError)


def fails(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except TransportError as error:
        return error
    return AssertionError("it went well")


def test_after_a_cut_nothing_new_leaves(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        opened = client(server)
        opened.cut(submissions=False)
        with pytest.raises(TransportError):
            opened.job("j")
        with pytest.raises(TransportError):
            opened.fetch(f"{server.url}/x", Landing(tmp_path / "m.glb"))
        assert server.connections == 0
        assert isinstance(
            opened.submit({}, price_usd=Decimal(1), landing=Landing(tmp_path / "m.glb")), (Submitted, Delivered)
        )
        opened.cut()
        with pytest.raises(TransportError) as caught:
            opened.submit({}, price_usd=Decimal(1), landing=Landing(tmp_path / "m.glb"))
        assert not caught.value.sent
        assert server.connections == 1


def test_cutting_leaves_tls_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """``SSLSocket.shutdown`` would take it away first, and the next bytes sent would be readable by all."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with Scripted(silent, tls=True) as server:
        opened = client(server, timeouts=Timeouts(5.0, 10.0, 10.0))
        thread = threading.Thread(target=lambda: fails(lambda: opened.job("j")))
        thread.start()
        wait_for(lambda: bool(server.seen))
        [sock] = list(opened._transport._kept._open)
        kept: list[object] = []
        shutdown = sock.shutdown
        sock.shutdown = lambda how: (kept.append(how), shutdown(how))
        opened.cut()
        thread.join()
        assert kept == []


def test_body_counts_what_it_hands_out() -> None:
    body = Body(b"abcde")
    assert (len(body), body.exhausted) == (5, False)
    assert body.read(3) == b"abc"
    assert not body.exhausted
    assert body.read() == b"de"
    assert body.exhausted
    assert body.read(10) == b""


def test_cancel_is_one_request_and_what_is_not_offered_is_remembered() -> None:
    with Scripted(answering(reply(405), reply(200, b'{"status": "cancelled"}'))) as server:
        opened = client(server)
        with pytest.raises(ServiceError):
            opened.cancel("a")
        assert [seen.method for seen in server.seen] == ["POST"]
        assert opened.way_to_cancel(["POST"]) == "DELETE"
        opened.lacks_way_to_cancel("POST")
        way = opened.way_to_cancel()
        assert way == "DELETE"
        opened.cancel("b", way)
        opened.lacks_way_to_cancel(way)
        assert opened.way_to_cancel() is None
    assert [(seen.method, seen.target) for seen in server.seen] == [
        ("POST", "/v1/jobs/a/cancel"),
        ("DELETE", "/v1/jobs/b"),
    ]
