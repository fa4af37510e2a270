# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: which are accepted, which may carry the key, which may be downloaded from."""

from __future__ import annotations

import pytest

from trellis_blender.core import endpoint
from trellis_blender.core.errors import DownloadError, InvalidSetting


@pytest.mark.parametrize(
    ("typed", "base_url"),
    [
        ("", endpoint.DEFAULT_BASE_URL), ("  ", endpoint.DEFAULT_BASE_URL), ("https://a.b", "https://a.b"),
        ("https://a.b/", "https://a.b"), ("https://a.b/v1", "https://a.b"), ("https://a.b/v1/", "https://a.b"),
        ("https://a.b/api/v1", "https://a.b/api"), ("HTTPS://A.b:8443", "https://a.b:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://localhost:1/v1", "http://localhost:1"),
        ("https://a.b/v1/3d/generations", "https://a.b"), ("https://a.b/api/v1/3d/generations/", "https://a.b/api"),
        ("https://v1", "https://v1"), ("https://a.b/v10", "https://a.b/v10"), ("https://a.b//v1", "https://a.b"),
        ("http://[::1]:8000", "http://[::1]:8000"), ("http://127.8.9.1", "http://127.8.9.1"),
    ],
)  # fmt: skip
def test_accepted(typed: str, base_url: str) -> None:
    assert endpoint.parse(typed).base_url == base_url


def test_default_is_recognised_however_it_is_typed() -> None:
    assert endpoint.parse("").is_default
    assert endpoint.parse("https://API.Empiriolabs.ai/v1/").is_default
    assert not endpoint.parse("https://api.empiriolabs.ai.evil.example").is_default


@pytest.mark.parametrize(
    "typed",
    ["a.b", "ftp://a.b", "http://a.b", "http://10.0.0.1", "https://", "https://u:p@a.b", "https://u@a.b", "https://a b",
     "https://a.b?x=1", "https://a.b#x", "https://a.b:99999", "https://a.b:x", "https://[::1", "https://a.b\\@c.d",
     "https://a.b:0", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "javascript:alert(1)",
     "https://ä.b"],
)  # fmt: skip
def test_refused(typed: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        endpoint.parse(typed)
    assert str(caught.value).startswith("The server address")


HOME = endpoint.parse("https://api.example.com")


@pytest.mark.parametrize(
    "url", ["https://api.example.com/x", "https://API.example.com:443/?a", "https://api.example.com"]
)
def test_own_origin_may_carry_the_key(url: str) -> None:
    assert HOME.may_carry_key(url)


@pytest.mark.parametrize(
    "url",
    ["http://api.example.com/", "https://api.example.com:444/", "https://example.com", "https://api.example.com.evil.org",
     "https://evil.org\\@api.example.com/", "https://evil.org/@api.example.com", "https://api.example.com@evil.org/",
     "https://user@api.example.com/", "https://api.example.com\t/", "https://api.example.com\n.evil.org/", "//x", "",
     "https:// api.example.com/", "https://api.example.com\\.evil.org/", "https://[api.example.com]/"],
)  # fmt: skip
def test_nothing_else_may(url: str) -> None:
    assert not HOME.may_carry_key(url)


def test_poll_address_is_taken_on_the_own_origin_only() -> None:
    assert HOME.resolve("/v1/jobs/1") == "https://api.example.com/v1/jobs/1"
    assert HOME.resolve("v1/jobs/1") == "https://api.example.com/v1/jobs/1"
    assert HOME.resolve("https://api.example.com/v1/jobs/1") == "https://api.example.com/v1/jobs/1"
    for elsewhere in ("https://evil.org/v1/jobs/1", "//evil.org/x", "http://api.example.com/x", "https://[bad", "a:b"):
        assert HOME.resolve(elsewhere) is None


def test_downloads_are_encrypted_unless_all_is_on_this_computer() -> None:
    local = endpoint.parse("http://127.0.0.1:8000")
    HOME.check_download("https://cdn.example.com/a.glb")
    local.check_download("http://localhost:9/a.glb")
    local.check_download("https://cdn.example.com/a.glb")
    for server, url in [(HOME, "http://cdn.example.com/a"), (HOME, "http://127.0.0.1/a"), (local, "http://10.0.0.1/a")]:
        with pytest.raises(DownloadError, match="only https is accepted") as caught:
            server.check_download(url)
        assert not caught.value.transient
    for url in ("file:///etc/passwd", "ftp://a/b", "https://", "x", "https://[bad", "https://u:p@a.b/c"):
        with pytest.raises(DownloadError, match="cannot be read"):
            HOME.check_download(url)
