# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the way: whether the request was sent, and what the artist can do about it."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.exchange import BIG, JOB, KEY, QUICK, client, close_connections, free_port, silent, submit
from tests.core.scripted import CERTIFICATE, Connection, Script, Scripted, answering, reply
from trellis_blender.core.api import Submitted
from trellis_blender.core.download import Landing
from trellis_blender.core.errors import (
    ConnectionLost,
    ConnectionRefused,
    HostNotFound,
    TimedOut,
    TlsFailed,
    TransportError,
)
from trellis_blender.core.transport import Timeouts

__all__ = ["close_connections"]


def lost(tmp_path: Path, script: Script, *, size: int = 10, timeouts: Timeouts = QUICK) -> TransportError:
    with Scripted(script) as server, pytest.raises(TransportError) as caught:
        submit(server, tmp_path, size=size, timeouts=timeouts)
    assert server.connections == 1, "a POST is never sent twice"
    assert str(caught.value)[-1] == "."
    return caught.value


def cut_after_head(connection: Connection) -> None:
    connection.head()
    connection.reset()


def cut_after_body(connection: Connection) -> None:
    connection.request()
    connection.reset()


def cut_in_reply(connection: Connection) -> None:
    connection.request()
    connection.send(reply(200, b'{"job', length=50))


def test_nothing_listens(tmp_path: Path) -> None:
    with pytest.raises(ConnectionRefused) as caught:
        submit(f"http://127.0.0.1:{free_port()}", tmp_path)
    assert not caught.value.sent


def test_name_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(HostNotFound) as caught:
        submit("https://no-such-host.invalid", tmp_path)
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["x" * 70 + ".example", "a..b"])
def test_name_is_impossible(tmp_path: Path, host: str) -> None:
    with pytest.raises(HostNotFound) as caught:
        submit(f"https://{host}", tmp_path)
    assert not caught.value.sent


def test_cut_in_the_middle_of_the_request_is_not_sent(tmp_path: Path) -> None:
    error = lost(tmp_path, cut_after_head, size=BIG)
    assert isinstance(error, ConnectionLost)
    assert not error.sent


def test_cut_after_the_request_may_be_sent(tmp_path: Path) -> None:
    for size in (10, BIG):
        error = lost(tmp_path, cut_after_body, size=size)
        assert isinstance(error, ConnectionLost)
        assert error.sent


def test_cut_in_the_reply_is_sent(tmp_path: Path) -> None:
    error = lost(tmp_path, cut_in_reply)
    assert isinstance(error, ConnectionLost)
    assert error.sent


def test_silence_is_sent(tmp_path: Path) -> None:
    error = lost(tmp_path, silent, timeouts=Timeouts(5.0, 10.0, submit_seconds=0.1))
    assert isinstance(error, TimedOut)
    assert error.sent


def test_silence_while_sending_is_not_sent(tmp_path: Path) -> None:
    def deaf(connection: Connection) -> None:
        connection.head()
        done.wait(20)

    done = threading.Event()
    try:
        with Scripted(deaf) as server, pytest.raises(TransportError) as caught:
            try:
                submit(server, tmp_path, size=3 * BIG, timeouts=Timeouts(0.3, 10.0, submit_seconds=0.2))
            finally:
                done.set()
    finally:
        done.set()
    assert not caught.value.sent


def test_kept_alive_connection_is_not_used_for_a_post(tmp_path: Path) -> None:
    """One that the server has just closed would look like a lost answer."""

    def keep(connection: Connection) -> None:
        connection.request()
        connection.send(reply(200, JOB).replace(b"Connection: close", b"Connection: keep-alive"))
        seen = connection.request()
        connection.send(reply(200, JOB if seen.method == "GET" else b"{}"))

    with Scripted(keep) as server:
        opened = client(server)
        opened.job("j")
        opened.job("j")
        assert server.connections == 1
        opened.submit({}, price_usd=Decimal(1), landing=Landing(tmp_path / "m.glb"))
        assert server.connections == 2


# --- TLS -----------------------------------------------------------------------------------------------------------


def test_untrusted_certificate(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB)), tls=True) as server, pytest.raises(TlsFailed) as caught:
        submit(server, tmp_path)
    assert not caught.value.sent
    assert "choose their file as CA File" in str(caught.value)
    assert server.seen == []


def test_own_certificates_are_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with Scripted(answering(reply(200, b'{"job_id": "j"}')), tls=True) as server:
        assert submit(server, tmp_path) == Submitted("j", "")
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("content", [None, b"not a certificate"])
def test_certificates_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with (
        Scripted(answering(reply(200, JOB)), tls=True) as server,
        pytest.raises(TlsFailed, match="REQUESTS_CA_BUNDLE") as caught,
    ):
        submit(server, tmp_path)
    assert not caught.value.sent


def test_something_else_than_tls(tmp_path: Path) -> None:
    def plain(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Scripted(plain) as server, pytest.raises(TlsFailed) as caught:
        submit(f"https://localhost:{server.port}", tmp_path)
    assert not caught.value.sent


def test_cut_during_the_handshake(tmp_path: Path) -> None:
    def script(connection: Connection) -> None:
        connection.sock.recv(65536)
        connection.reset()

    with Scripted(script) as server, pytest.raises(TransportError) as caught:
        submit(f"https://localhost:{server.port}", tmp_path)
    assert not caught.value.sent
