# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange over real sockets: what is known to have been sent, where the key goes, what the environment says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.scripted import CERTIFICATE, Connection, Script, Scripted, answering, proxying, reply, wait_for
from trellis_blender.core import endpoint
from trellis_blender.core.answers import pieces, read_body, read_start
from trellis_blender.core.api import Delivered, Submitted
from trellis_blender.core.client import Client
from trellis_blender.core.download import Landing
from trellis_blender.core.errors import (
    AnswerError,
    ConnectionLost,
    ConnectionRefused,
    HostNotFound,
    LinkExpired,
    NotFound,
    ProxyFailed,
    RequestRefused,
    TimedOut,
    TlsFailed,
    TransportError,
)
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Body, Timeouts, Transport
from trellis_blender.core.version import version

KEY = "sk-empiriolabs-transport"
QUICK = Timeouts(connect_seconds=5.0, read_seconds=10.0, submit_seconds=10.0)
JOB = b'{"job_id": "j", "status": "completed", "result": {}}'
BIG = 8 * 2**20
"""More than the buffers of two sockets hold."""


_opened: list[Client | Transport] = []


@pytest.fixture(autouse=True)
def close_connections() -> Iterator[None]:
    """Leave no connection to the garbage collector, which warns of it in some later test."""
    yield
    while _opened:
        _opened.pop().cut()


def client(server: Scripted | str, key: str = KEY, timeouts: Timeouts = QUICK) -> Client:
    base_url = server if isinstance(server, str) else server.url
    _opened.append(opened := Client(endpoint.parse(base_url), Key(key), timeouts=timeouts))
    return opened


def transport(timeouts: Timeouts) -> Transport:
    _opened.append(opened := Transport(timeouts))
    return opened


def submit(server: Scripted | str, tmp_path: Path, *, size: int = 10, timeouts: Timeouts = QUICK) -> Any:
    opened = client(server, timeouts=timeouts)
    landing = Landing(tmp_path / "model.glb")
    return opened.submit({"image": "x" * size}, price_usd=Decimal("0.249"), landing=landing)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_request_as_it_leaves(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, b'{"job_id": "j"}'))) as server:
        assert submit(server, tmp_path) == Submitted("j", "")
    [seen] = server.seen
    assert (seen.method, seen.target) == ("POST", "/v1/3d/generations")
    assert seen.body == b'{"image":"xxxxxxxxxx"}'
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["user-agent"] == f"trellis-blender/{version()}"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.headers["accept-encoding"] == "identity"
    assert "cookie" not in seen.headers


def test_no_key_no_header(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        client(server, "").job("j")
    assert "authorization" not in server.seen[0].headers


def test_job_id_cannot_leave_its_place() -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        client(server).job("../../x?y#z é")
        for job_id in (".", "..", ""):
            with pytest.raises(AnswerError):
                client(server).job(job_id)
    assert server.seen[0].target == "/v1/jobs/..%2F..%2Fx%3Fy%23z%20%C3%A9"
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_post_is_never_redirected(tmp_path: Path, status: int) -> None:
    with (
        Scripted(answering(reply(status, Location="/v1/elsewhere"))) as server,
        pytest.raises(RequestRefused) as caught,
    ):
        submit(server, tmp_path)
    assert caught.value.status == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_get_keeps_the_key_on_its_origin(status: int) -> None:
    with Scripted(answering(reply(status, Location="/v1/elsewhere"), reply(200, JOB))) as server:
        client(server).job("j")
    assert [seen.target for seen in server.seen] == ["/v1/jobs/j", "/v1/elsewhere"]
    assert all(seen.headers["authorization"] == f"Bearer {KEY}" for seen in server.seen)


def test_get_loses_the_key_on_another_origin() -> None:
    with (
        Scripted(answering(reply(200, JOB))) as other,
        Scripted(answering(reply(307, Location=f"{other.url}/x"))) as server,
    ):
        client(server).job("j")
    assert "authorization" not in other.seen[0].headers
    assert KEY not in repr(other.seen)


def test_key_comes_back_when_a_redirect_does() -> None:
    script: list[bytes] = []
    with (
        Scripted(lambda connection: answering(*script)(connection)) as other,
        Scripted(answering(reply(307, Location=f"{other.url}/x"), reply(200, JOB))) as server,
    ):
        script.append(reply(307, Location=f"{server.url}/y"))
        client(server).job("j")
    assert "authorization" not in other.seen[0].headers
    assert "authorization" in server.seen[1].headers


def test_download_never_has_the_key(tmp_path: Path) -> None:
    with Scripted(answering(reply(302, Location="/b"), reply(404))) as server, pytest.raises(LinkExpired):
        client(server).fetch(f"{server.url}/a", Landing(tmp_path / "m.glb"))
    assert len(server.seen) == 2
    assert all("authorization" not in seen.headers for seen in server.seen)


def test_redirects_end() -> None:
    with (
        Scripted(answering(reply(302, Location="/again"))) as server,
        pytest.raises(AnswerError, match="circle of redirects"),
    ):
        client(server).job("j")
    assert len(server.seen) == 6


def test_netrc_and_cookies_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login artist password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Scripted(answering(reply(200, JOB, Set_Cookie="a=b; Path=/"))) as server:
        keyless = client(server, "")
        keyless.job("j")
        keyless.job("j")
    assert all("authorization" not in seen.headers and "cookie" not in seen.headers for seen in server.seen)


# --- whether it was sent ---------------------------------------------------------------------------------------------


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


def silent(connection: Connection) -> None:
    connection.request()
    connection.hold()


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


# --- TLS and proxies -------------------------------------------------------------------------------------------------


def test_untrusted_certificate(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB)), tls=True) as server, pytest.raises(TlsFailed) as caught:
        submit(server, tmp_path)
    assert not caught.value.sent
    assert "REQUESTS_CA_BUNDLE" in str(caught.value)
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


def test_http_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(proxying) as proxy, Scripted(answering(reply(200, JOB))) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        client(server).job("j")
        assert proxy.seen[0].target == f"{server.url}/v1/jobs/j"
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        client(server).job("j")
    assert len(proxy.seen) == 1
    assert len(server.seen) == 2


def test_https_proxy_tunnels_and_never_sees_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with Scripted(proxying) as proxy, Scripted(answering(reply(200, JOB)), tls=True) as server:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client(server).job("j")
        assert (proxy.seen[0].method, proxy.seen[0].target) == ("CONNECT", f"localhost:{server.port}")
        assert KEY not in repr(proxy.seen)
        assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
        monkeypatch.setenv("NO_PROXY", "localhost")
        client(server).job("j")
    assert len(proxy.seen) == 1


def refusing(connection: Connection) -> None:
    connection.head()
    connection.send(reply(407))


@pytest.mark.parametrize(
    "proxy_url", ["refusing", "http://127.0.0.1:{free}", "socks5://127.0.0.1:{free}", "nonsense://x"]
)
def test_unusable_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy_url: str) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with Scripted(refusing) as proxy, Scripted(answering(reply(200, JOB)), tls=True) as server:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url if proxy_url == "refusing" else proxy_url.format(free=free_port()))
        with pytest.raises(ProxyFailed) as caught:
            submit(server, tmp_path)
    assert not caught.value.sent
    assert server.seen == []


# --- bodies ----------------------------------------------------------------------------------------------------------


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
        read_all(script, limit=10**6, timeouts=Timeouts(5.0, read_seconds=0.2))


def test_start_of_an_error_is_read_as_far_as_it_comes() -> None:
    for script, start in [
        (answering(reply(500, b"x" * 10, length=600)), b"x" * 10),
        (answering(reply(500, b"x" * 600)), b"x" * 100),
        (dripping(b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n", b"x"), b"x"),
    ]:
        timeouts = Timeouts(5.0, read_seconds=0.2)
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


def test_cancel_remembers_what_the_server_offers() -> None:
    with Scripted(answering(reply(405), reply(200, b'{"status": "cancelled"}'))) as server:
        opened = client(server)
        opened.cancel("a")
        opened.cancel("b")
    assert [seen.method for seen in server.seen] == ["POST", "DELETE", "DELETE"]
    for status in (404, 405, 501):
        with Scripted(answering(reply(status))) as server, pytest.raises(NotFound):
            client(server).cancel("a")
