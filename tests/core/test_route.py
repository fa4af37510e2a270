# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a server: what a proxy's address may be, and that nothing of it but the address is ever shown."""

from __future__ import annotations

import pytest

from trellis_blender.core.errors import InvalidSetting
from trellis_blender.core.proxies import proxies_for
from trellis_blender.core.route import USUAL, Proxy, ProxyMode, Route, parse_proxy, split_credentials
from trellis_blender.core.transport import Timeouts

OWN = Route(ProxyMode.OWN, Proxy("http://proxy.example:8080", "ada", "p@ss:word"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("proxy.example:8080", "http://proxy.example:8080"), (" HTTP://Proxy.Example/ ", "http://proxy.example"),
        ("https://proxy.example:3128", "https://proxy.example:3128"), ("[::1]:8080", "http://[::1]:8080"),
        ("10.0.0.1:80", "http://10.0.0.1:80"),
    ],
)  # fmt: skip
def test_addresses_of_proxies(text: str, address: str) -> None:
    assert parse_proxy(text) == Proxy(address)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no address yet"), ("  ", "no address yet"), ("socks5://a:1", "SOCKS"), ("ftp://a", "cannot be read"),
        ("http://a:99999", "cannot be read"), ("http://a:0", "cannot be read"), ("a b", "cannot be read"),
        ("http://a/path", "cannot be read"), ("http://ada:secret@", "cannot be read"),
        ("http://ada:secret@a b", "cannot be read"), ("socks5://ada:secret@a", "SOCKS"),
    ],
)  # fmt: skip
def test_what_is_no_proxy(text: str, said: str) -> None:
    with pytest.raises(InvalidSetting, match=said) as caught:
        parse_proxy(text)
    assert "secret" not in str(caught.value) and "ada" not in str(caught.value)


def test_user_and_password_may_be_in_the_address() -> None:
    assert split_credentials(" http://ada:p%40ss%3Aword@proxy.example:8080 ") == (
        "http://proxy.example:8080", "ada", "p@ss:word",
    )  # fmt: skip
    assert split_credentials("ada@proxy.example") == ("proxy.example", "ada", "")
    assert split_credentials("http://a:b@c@proxy.example") == ("http://proxy.example", "a", "b@c")
    assert split_credentials("proxy.example:8080") == ("proxy.example:8080", "", "")
    assert parse_proxy("http://ada:old@proxy.example", "bob", "new") == Proxy("http://proxy.example", "bob", "new")


def test_what_opens_a_proxy_is_quoted_for_it_and_shown_nowhere() -> None:
    assert OWN.proxy is not None
    assert OWN.proxy.url() == "http://ada:p%40ss%3Aword@proxy.example:8080"
    assert Proxy("http://a", "ada").url() == "http://ada@a"
    for shown in (repr(OWN), str(OWN), f"{OWN.proxy}"):
        assert "p@ss" not in shown and "ada" not in shown


def test_which_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://system.example:1")
    monkeypatch.setenv("HTTP_PROXY", "http://system.example:1")
    monkeypatch.setenv("NO_PROXY", "near.example")
    far = "https://far.example/x"
    assert proxies_for(far, USUAL)["https"] == "http://system.example:1"
    assert proxies_for("https://near.example/x", USUAL) == {}
    assert proxies_for(far, Route(ProxyMode.NONE)) == {}
    assert proxies_for(far, OWN)["https"] == proxies_for("https://near.example/x", OWN)["https"] == OWN.proxy.url()  # type: ignore[union-attr]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "me.localhost"])
@pytest.mark.parametrize("route", [USUAL, OWN])
def test_no_proxy_to_this_computer(monkeypatch: pytest.MonkeyPatch, host: str, route: Route) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://system.example:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://system.example:1")
    assert proxies_for(f"http://{host}:8000/v1", route) == proxies_for(f"https://{host}/v1", route) == {}


def test_a_paid_post_is_waited_for_as_long_as_the_platform_may_take() -> None:
    usual = Timeouts(15.0, 60.0)
    assert usual.over(USUAL) == usual
    changed = usual.over(Route(connect_seconds=2.0, read_seconds=10.0))
    assert (changed.connect_seconds, changed.read_seconds) == (2.0, 10.0)
    assert changed.submit_seconds == usual.submit_seconds
