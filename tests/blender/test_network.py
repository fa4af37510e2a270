# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to servers as set on the page: it is in force at once, and what opens a proxy is kept apart and hidden."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import layouts
import pictures
import pytest
from artist import Artist, module

PASSWORD = "p@ss:word/of ada"


@pytest.fixture
def own(artist: Artist) -> Iterator[Any]:
    yield artist.preferences
    for name in ("proxy_mode", "proxy_url", "proxy_user", "proxy_password", "ca_file", "read_timeout"):
        artist.preferences.property_unset(name)


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield port


def test_what_opens_a_proxy_is_kept_apart_from_its_address(own: Any) -> None:
    preferences = module("blender.preferences")
    own.proxy_mode = "OWN"
    assert "no address yet" in preferences.settings_fault()
    own.proxy_url = "http://ada:p%40ss%3Aword%2Fof%20ada@proxy.example:8080"
    assert (own.proxy_url, own.proxy_user, own.proxy_password) == ("http://proxy.example:8080", "ada", PASSWORD)
    assert own.bl_rna.properties["proxy_password"].subtype == "PASSWORD"
    route = preferences.endpoint().route
    assert route.proxy.url().startswith("http://ada:p%40ss") and PASSWORD not in repr(preferences.endpoint())
    report = module("blender.diagnostics").report()
    assert "proxy_url: 'http://proxy.example:8080'" in report
    assert PASSWORD not in report and "proxy_password" not in report and "'ada'" not in report
    own.proxy_url = "socks5://proxy.example"
    assert "SOCKS" in preferences.settings_fault()
    assert not bpy.ops.trellis.test_connection.poll()
    own.proxy_mode = "SYSTEM"
    assert preferences.settings_fault() == "" and preferences.endpoint().route.proxy is None


def test_time_outs_are_bounded_and_only_go_along_when_they_were_changed(own: Any) -> None:
    preferences = module("blender.preferences")
    assert preferences.endpoint().route == module("core.route").USUAL
    own.read_timeout, own.connect_timeout = 5.0, 9999.0
    route = preferences.endpoint().route
    assert (route.read_seconds, route.connect_seconds) == (10.0, 120.0)
    own.property_unset("connect_timeout")


def test_a_change_reaches_the_engine_at_once_and_the_ca_file_is_looked_at(
    artist: Artist, own: Any, tmp_path: Path
) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.wait(artist.order())
    [client] = artist.session.live()._clients.values()
    assert client.route.read_seconds is None
    with closed_port() as port:
        own.read_timeout = 33.0
        own.proxy_mode, own.proxy_url = "OWN", f"127.0.0.1:{port}"
        assert client.route.proxy.address == f"http://127.0.0.1:{port}"
        bpy.ops.trellis.test_connection()  # the stand-in is on this computer: no proxy in between
        artist.wait_until(lambda: not artist.session.checking)
        assert artist.session.connection.ok, artist.session.connection
    own.ca_file = str(tmp_path / "none.pem")
    artist.wait_until(lambda: not artist.session.housekeeping.busy)
    assert "is not there" in artist.session.housekeeping.ca_file.fault
    assert client.route.ca_file == str(tmp_path / "none.pem")


def test_the_ca_file_may_be_named_from_the_home(
    artist: Artist, own: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the download folder may; it was looked for in a folder called ~."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    own.ca_file = " ~/company.pem "
    assert module("blender.preferences").endpoint().route.ca_file == str(tmp_path / "company.pem")
    artist.wait_until(lambda: not artist.session.housekeeping.busy)
    told = artist.session.housekeeping.ca_file
    assert str(tmp_path) in told.fault
    made = layouts.layout()
    module("blender.preferences.network").draw(made, own)
    assert "is not there" in " ".join(layouts.texts(made))


def test_what_is_kept_is_counted_by_a_worker(artist: Artist) -> None:
    keeping = module("blender.preferences.storage")
    assert artist.session.housekeeping.is_stale
    keeping._count()
    assert not artist.session.housekeeping.is_stale
    artist.wait_until(lambda: artist.session.housekeeping.counted is not None)
    assert artist.session.housekeeping.counted.objects == 0
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.wait(artist.order())
    keeping._count()
    artist.wait_until(lambda: not artist.session.housekeeping.busy)
    counted = artist.session.housekeeping.counted
    assert counted.objects == 1 and counted.object_bytes == sum(path.stat().st_size for path in artist.folder.iterdir())
    assert counted.folder == artist.folder and counted.sentence == ""
    artist.preferences.download_folder = "somewhere"
    keeping._count()
    assert "absolute path" in artist.session.housekeeping.counted.sentence
