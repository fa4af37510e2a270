# SPDX-License-Identifier: GPL-3.0-or-later
"""A large file that was cut goes on where it stopped, if it is surely the same file; else it begins anew."""

from __future__ import annotations

import hashlib
import random
import struct
from pathlib import Path

import pytest

from tests.core.scripted import Connection, Scripted, reply
from trellis_blender.core import endpoint
from trellis_blender.core.client import Client
from trellis_blender.core.download import Arrived, Landing
from trellis_blender.core.errors import DownloadError
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Timeouts

SIZE = 3 * 2**20
FILE = b"glTF" + struct.pack("<II", 2, SIZE) + random.Random(1).randbytes(SIZE - 12)
OTHER = b"glTF" + struct.pack("<II", 2, SIZE) + random.Random(2).randbytes(SIZE - 12)
CUT = 2 * 2**20
WRITTEN = "Sun, 22 Nov 2026 10:00:00 GMT"


class Origin:
    """Cuts the first answer, and gives the later ones as told; keeps what was asked."""

    def __init__(self, *, etag: str = '"a"', later: str = "range", later_etag: str = "") -> None:
        self.etag, self.later, self.later_etag = etag, later, later_etag or etag
        self.asked: list[dict[str, str]] = []

    def __call__(self, connection: Connection) -> None:
        headers = connection.request().headers
        self.asked.append(headers)
        named = {"ETag": self.etag} if self.etag else {}
        if len(self.asked) == 1:
            connection.send(reply(200, FILE, **named)[: CUT - SIZE])
            return
        first = int(headers.get("range", "bytes=0-")[6:-1])
        same = headers.get("if-range") == self.later_etag
        if first and self.later == "416":
            connection.send(reply(416, b""))
        elif first and self.later == "wrong":
            part = f"bytes 0-{SIZE - 1}/{SIZE}"
            connection.send(reply(206, FILE, Content_Range=part, **named))
        elif first and self.later == "range" and same:
            part = f"bytes {first}-{SIZE - 1}/{SIZE}"
            connection.send(reply(206, FILE[first:], Content_Range=part, **named))
        else:
            named = {"ETag": self.later_etag} if self.later_etag else {}
            connection.send(reply(200, OTHER if self.later_etag != self.etag else FILE, **named))


def fetched(origin: Origin, target: Path, *, tries: int = 2) -> Arrived:
    """Fetch until it is there."""
    with Scripted(origin) as server:
        client = Client(endpoint.parse(server.url), Key(""), timeouts=Timeouts(5.0, 5.0, 5.0))
        for _ in range(tries - 1):
            with pytest.raises(DownloadError):
                client.fetch(f"{server.url}/x.glb", Landing(target))
        arrived = client.fetch(f"{server.url}/x.glb", Landing(target))
    assert sorted(path.name for path in target.parent.iterdir()) == [target.name]
    assert arrived.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    return arrived


def test_only_the_rest_is_asked_for(tmp_path: Path) -> None:
    origin = Origin()
    assert fetched(origin, tmp_path / "a.glb").path.read_bytes() == FILE
    kept = int(origin.asked[1]["range"][6:-1])
    assert 2**20 <= kept <= CUT
    assert origin.asked[1]["if-range"] == '"a"'


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_sure_version_it_begins_anew(tmp_path: Path, etag: str) -> None:
    origin = Origin(etag=etag)
    assert fetched(origin, tmp_path / "a.glb").path.read_bytes() == FILE
    assert "range" not in origin.asked[1]


def test_other_version_replaces_the_beginning(tmp_path: Path) -> None:
    assert fetched(Origin(later_etag='"b"'), tmp_path / "a.glb").path.read_bytes() == OTHER


@pytest.mark.parametrize("later", ["416", "wrong"])
def test_rest_that_does_not_fit_begins_anew(tmp_path: Path, later: str) -> None:
    origin = Origin(later=later)
    assert fetched(origin, tmp_path / "a.glb", tries=3).path.read_bytes() == FILE
    assert "range" not in origin.asked[2]


@pytest.mark.parametrize("named", [{"ETag": '"b"'}, {}])
def test_rest_of_another_version_is_never_put_behind_the_beginning(tmp_path: Path, named: dict[str, str]) -> None:
    """An origin that sends the rest of what it has now, whatever it was asked."""
    asked: list[dict[str, str]] = []

    def origin(connection: Connection) -> None:
        asked.append(connection.request().headers)
        if len(asked) == 1:
            connection.send(reply(200, FILE, ETag='"a"')[: CUT - SIZE])
            return
        first = int(asked[-1].get("range", "bytes=0-")[6:-1])
        part = {"Content_Range": f"bytes {first}-{SIZE - 1}/{SIZE}"} if first else {}
        connection.send(reply(206 if first else 200, OTHER[first:], **part, **named))

    assert fetched(origin, tmp_path / "a.glb", tries=3).path.read_bytes() == OTHER  # type: ignore[arg-type]
    assert ["range" in headers for headers in asked] == [False, True, False]


@pytest.mark.parametrize(("date", "is_sure"), [("Sun, 22 Nov 2026 10:05:00 GMT", True), (WRITTEN, False)])
def test_date_of_the_file_names_its_version_when_it_is_old_enough(tmp_path: Path, date: str, is_sure: bool) -> None:
    asked: list[dict[str, str]] = []
    named = {"Last_Modified": WRITTEN, "Date": date}

    def origin(connection: Connection) -> None:
        asked.append(connection.request().headers)
        if len(asked) == 1:
            connection.send(reply(200, FILE, **named)[: CUT - SIZE])
            return
        first = int(asked[-1].get("range", "bytes=0-")[6:-1])
        part = {"Content_Range": f"bytes {first}-{SIZE - 1}/{SIZE}"} if first else {}
        connection.send(reply(206 if first else 200, FILE[first:], **part, **named))

    assert fetched(origin, tmp_path / "a.glb").path.read_bytes() == FILE  # type: ignore[arg-type]
    assert ("range" in asked[1]) is is_sure
    assert asked[1].get("if-range") == (WRITTEN if is_sure else None)


def test_server_without_ranges_sends_the_whole_again(tmp_path: Path) -> None:
    assert fetched(Origin(later="whole"), tmp_path / "a.glb").path.read_bytes() == FILE


def test_what_a_killed_download_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".part-a-xyz.glb").write_bytes(b"left")
    assert fetched(Origin(), tmp_path / "a.glb").size == SIZE
