# SPDX-License-Identifier: GPL-3.0-or-later
"""A stream becomes a whole file or none: checked, capped, published by a rename."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.scripted import Connection, Script, Scripted, answering, reply
from trellis_blender.core import endpoint
from trellis_blender.core.download import Arrived, Interrupted, Landing, fetch, store
from trellis_blender.core.errors import DownloadError, FileTooLarge, LinkExpired
from trellis_blender.core.transport import Timeouts, Transport

QUICK = Timeouts(connect_seconds=5.0, read_seconds=10.0)


def glb(size: int = 4000, *, claims: int | None = None) -> bytes:
    return struct.pack("<4sII", b"glTF", 2, size if claims is None else claims) + b"\0" * (size - 12)


def arrive(script: Script, landing: Landing, timeouts: Timeouts = QUICK) -> Arrived:
    transport = Transport(timeouts)
    try:
        with Scripted(script) as server:
            return fetch(f"{server.url}/m.glb", landing, endpoint=endpoint.parse(server.url), transport=transport)
    finally:
        transport.cut()


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    made = Landing(tmp_path / "deep" / "er" / "model.glb", 10_000)
    yield made
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left in ([], ["model.glb"])


def test_whole_file(landing: Landing) -> None:
    content = glb()
    arrived = arrive(answering(reply(200, content)), landing)
    assert arrived == Arrived(landing.target, len(content), hashlib.sha256(content).hexdigest())
    assert landing.target.read_bytes() == content


def test_older_file_is_replaced_only_by_a_whole_one(landing: Landing) -> None:
    arrive(answering(reply(200, glb(100))), landing)
    with pytest.raises(DownloadError):
        arrive(answering(reply(200, glb(200)[:-1])), landing)
    assert landing.target.read_bytes() == glb(100)
    arrive(answering(reply(200, glb(200))), landing)
    assert landing.target.read_bytes() == glb(200)


def unmeasured(body: bytes) -> Script:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)

    return script


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> Script:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.send(b"%x\r\n%b\r\n" % (len(body), body) + end)

    return script


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answering(reply(200, glb()[:100], length=4000)), "was cut in the middle"),
        (answering(reply(200, glb()[:100])), "incomplete (100 of 4000 bytes)"),
        (answering(reply(200, glb(100, claims=90))), "10 bytes too many"),
        (unmeasured(glb()[:-1]), "incomplete (3999 of 4000 bytes)"),
        (chunked(glb(), end=b""), "was cut in the middle"),
        (chunked(glb()[:100]), "incomplete (100 of 4000 bytes)"),
        (answering(reply(200, b"")), "empty or cut short"),
        (answering(reply(200, b"gl")), "empty or cut short|incomplete"),
        (answering(reply(200, b"glTF")), "empty or cut short"),
        (answering(reply(200, b"PK\x03\x04" + b"\0" * 50)), "is something else instead of a model"),
        (answering(reply(200, b"<!DOCTYPE html>")), "is a web page instead of a model"),
        (answering(reply(200, b"\n <html>")), "is a web page instead of a model"),
        (answering(reply(200, b'{"error": 1}')), "is text instead of a model"),
        (answering(reply(500)), "HTTP 500"),
        (answering(reply(429)), "HTTP 429"),
    ],
)
def test_what_did_not_arrive_whole(landing: Landing, script: Script, words: str) -> None:
    with pytest.raises(DownloadError) as caught:
        arrive(script, landing)
    assert any(word in str(caught.value) for word in words.split("|"))
    assert caught.value.transient
    assert str(caught.value).endswith("trying again is free.")
    assert not landing.target.exists()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_expired_link(landing: Landing, status: int) -> None:
    with pytest.raises(LinkExpired) as caught:
        arrive(answering(reply(status)), landing)
    assert caught.value.transient


@pytest.mark.parametrize("status", [400, 418, 204 + 196])
def test_refused_for_good(landing: Landing, status: int) -> None:
    with pytest.raises(DownloadError) as caught:
        arrive(answering(reply(status)), landing)
    assert not caught.value.transient


@pytest.mark.parametrize("script", [answering(reply(200, glb(10_001))), chunked(glb(10_001)), unmeasured(glb(10_001))])
def test_file_over_the_limit(landing: Landing, script: Script) -> None:
    with pytest.raises(FileTooLarge, match="Raise the download limit") as caught:
        arrive(script, landing)
    assert not caught.value.transient
    arrive(answering(reply(200, glb(10_000))), landing)


def test_announced_size_over_the_limit_is_not_even_begun(landing: Landing) -> None:
    with pytest.raises(FileTooLarge):
        arrive(answering(reply(200, glb(100), length=10**15)), landing)
    assert not landing.target.parent.exists()


def test_redirect_to_an_unencrypted_address_is_refused(landing: Landing) -> None:
    with pytest.raises(DownloadError, match="only https is accepted"):
        arrive(answering(reply(302, Location="http://cdn.example.com/m.glb")), landing)
    with pytest.raises(DownloadError, match="cannot be read"):
        arrive(answering(reply(302, Location="file:///etc/passwd")), landing)


def test_interrupted(landing: Landing) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(reply(200, glb()[:100], length=4000))
        landing.stop.set()
        connection.send(glb()[100:])

    with pytest.raises(Interrupted):
        arrive(script, landing)
    assert not landing.target.exists()


def test_dripping_download_is_given_up(landing: Landing) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(reply(200, glb()[:100], length=4000))
        pause = threading.Event()
        while not pause.wait(0.02):
            connection.send(b"\0")

    with pytest.raises(DownloadError, match="sends too slowly"):
        arrive(script, landing, Timeouts(5.0, read_seconds=2.0))


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    landing = Landing(tmp_path / "m.glb", progress=lambda received, expected: told.append((received, expected)))
    arrive(answering(reply(200, glb())), landing)
    assert told[-1] == (4000, 4000)
    arrive(unmeasured(glb()), landing)
    assert told[-1] == (4000, None)


def test_header_in_single_bytes(tmp_path: Path) -> None:
    content = glb(64)
    landing = Landing(tmp_path / "m.glb")
    assert store((content[index : index + 1] for index in range(64)), landing).size == 64
    with pytest.raises(DownloadError, match="instead of a model"):
        store((bytes([byte]) for byte in b"glTx" + content[4:]), landing)


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DownloadError, match="Choose another download folder") as caught:
        store(iter([glb()]), Landing(tmp_path / "file" / "m.glb"))
    assert not caught.value.transient
    (tmp_path / "m.glb").mkdir()
    with pytest.raises(DownloadError, match="Choose another download folder"):
        store(iter([glb()]), Landing(tmp_path / "m.glb"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "m.glb"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a process's file sizes")
def test_full_disk(tmp_path: Path) -> None:
    """A limit of the process's file sizes stands in for the disk: it fails in the same call."""
    program = f"""
import resource, signal, struct, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from trellis_blender.core.download import Landing, store
from trellis_blender.core.errors import DownloadError
body = struct.pack("<4sII", b"glTF", 2, 400_000) + bytes(399_988)
try:
    pieces = (body[start:start + 10_000] for start in range(0, 400_000, 10_000))
    store(pieces, Landing(Path({str(tmp_path)!r}) / "m.glb"))
except DownloadError as error:
    print(error.transient, error)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False The disk is full: free some space")
    assert list(tmp_path.iterdir()) == []
