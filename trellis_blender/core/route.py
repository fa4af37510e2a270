# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a server as the artist set it: proxy, certificates, time-outs. Plain values; imports only our errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import quote, unquote

from .errors import InvalidSetting

CONNECT_SECONDS: Final = (2.0, 120.0)
READ_SECONDS: Final = (10.0, 900.0)
"""Least and most that may be set: less gives up servers that are merely far away, more holds a thread for nothing."""
_LARGEST_PORT: Final = 65535
_PROXY: Final = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)"
    r"(?::(?P<port>\d{1,5}))?/?", re.IGNORECASE | re.ASCII
)  # fmt: skip


class ProxyMode(Enum):
    """Which proxy is used. One on the way to this very computer never is."""

    SYSTEM = "system"
    """As this computer's settings and environment say."""
    NONE = "none"
    OWN = "own"


@dataclass(frozen=True)
class Proxy:
    """A checked proxy; build with :func:`parse_proxy`. Neither user nor password is ever shown."""

    address: str
    """Such as ``http://proxy.example:8080``."""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def url(self) -> str:
        """Give the address with what opens it; for the transport only, never for a text."""
        if not self.user:
            return self.address
        scheme, _, place = self.address.partition("://")
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        return f"{scheme}://{quote(self.user, safe='')}{secret}@{place}"


@dataclass(frozen=True)
class Route:
    """How servers are reached. None of the seconds: as whoever sends the request thinks best."""

    mode: ProxyMode = ProxyMode.SYSTEM
    proxy: Proxy | None = None
    """Only used, and always there, where the mode is OWN."""
    ca_file: str = ""
    """The certificates that are trusted, in PEM form; empty for the usual ones."""
    connect_seconds: float | None = None
    read_seconds: float | None = None


USUAL: Final = Route()


def parse_proxy(text: str, user: str = "", password: str = "") -> Proxy:
    """Check a proxy's address; what opens it may be in it, too. Raises :class:`InvalidSetting` without the text."""
    address, found_user, found_password = split_credentials(text.strip())
    if not address:
        raise InvalidSetting("The proxy has no address yet. Type it like http://proxy.example:8080.")
    if address.lower().startswith("socks"):
        raise InvalidSetting("SOCKS proxies cannot be used. Ask your network's administrator for an http proxy.")
    match = _PROXY.fullmatch(address)
    if match is None or (match["port"] and not 0 < int(match["port"]) <= _LARGEST_PORT):
        raise InvalidSetting("The proxy's address cannot be read. Type it like http://proxy.example:8080.")
    port = f":{match['port']}" if match["port"] else ""
    checked = f"{(match['scheme'] or 'http').lower()}://{match['host'].lower()}{port}"
    return Proxy(checked, user.strip() or found_user, password or found_password)


def split_credentials(text: str) -> tuple[str, str, str]:
    """Give a proxy's address without user and password, then these; also of one that is wrong otherwise."""
    scheme, mark, rest = text.strip().rpartition("://")
    credentials, _at, place = rest.rpartition("@")
    user, _, password = credentials.partition(":")
    return f"{scheme}{mark}{place}", unquote(user), unquote(password)
