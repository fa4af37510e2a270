# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's address: what is an origin, which addresses may be used, what may carry the key. Imports no bpy."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from .errors import DownloadError, InvalidSetting
from .route import USUAL, Route

DEFAULT_BASE_URL: Final = "https://api.empiriolabs.ai"
DASHBOARD_URL: Final = "https://empiriolabs.ai/dashboard"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_UNAMBIGUOUS: Final = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[1-9]\d{0,4})?([/?#][^\s\\\x00-\x1f\x7f]*)?\Z", re.IGNORECASE | re.ASCII
)
"""An http(s) address of which every parser makes the same."""


_UNDER_V1: Final = re.compile(r"([a-z]+://[^/?#]+(?:/[^?#]*?)?)/v1(?:/[^?#]*)?", re.IGNORECASE)
"""A base address and what is pasted along with it."""


Origin = tuple[str, str, int]
"""Scheme, host in lower case, port."""


@dataclass(frozen=True)
class Endpoint:
    """A checked base address without path, and the way there; build with :func:`parse`.

    ``is_free`` is its owner's word that nothing is paid for there.
    """

    base_url: str
    origin: Origin
    route: Route = USUAL
    is_free: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine."""
        return is_loopback(self.origin[1])

    @property
    def is_default(self) -> bool:
        """Whether it is the provider's own service, which needs a key."""
        return is_provider(self.base_url)

    def url(self, path: str) -> str:
        """Give the full address of ``path``, which begins with ``/v1/``."""
        return self.base_url + path

    def may_carry_key(self, url: str) -> bool:
        """Whether ``url`` is on this very origin."""
        try:
            return origin_of(url) == self.origin
        except ValueError:
            return False

    def resolve(self, reference: str) -> str | None:
        """Give ``reference`` as a full address on this origin, or None when it leads elsewhere."""
        try:
            url = urljoin(self.base_url + "/", reference)
        except ValueError:
            return None
        return url if self.may_carry_key(url) else None

    def check_download(self, url: str) -> None:
        """Raise :class:`DownloadError` unless ``url`` is https, or loopback http while the server is loopback."""
        try:
            scheme, host, _port = origin_of(url)
        except ValueError:
            raise DownloadError("The finished job names an address that cannot be read.", transient=False) from None
        if scheme == "https" or (scheme == "http" and self.is_loopback and is_loopback(host)):
            return
        raise DownloadError(
            f"The finished job's file is at {scheme}://{host}, which is not encrypted; only https is accepted.",
            transient=False,
        )


def parse(base_url: str, route: Route = USUAL, *, free: str = "") -> Endpoint:
    """Check the address typed in the preferences; empty means the provider's own, which is never free.

    A trailing slash is dropped, and ``/v1`` with all that follows it. ``free`` is the base address of the server that
    its owner calls free: one that is typed in its place is not. Raises :class:`InvalidSetting`.
    """
    base, origin = _read(base_url)
    return Endpoint(base, origin, route, is_free=base == free and not is_provider(base))


@lru_cache(maxsize=8)
def _read(base_url: str) -> tuple[str, Origin]:
    """Give the checked address and its origin; kept, since a panel asks for every number that it draws."""
    text = base_url.strip().rstrip("/") or DEFAULT_BASE_URL
    pasted = _UNDER_V1.fullmatch(text)
    if pasted:
        text = pasted[1].rstrip("/")
    try:
        origin = origin_of(text)
        parts = urlsplit(text)
    except ValueError:
        raise InvalidSetting(
            "The server address cannot be read; type it like https://api.example.com or leave it empty."
        ) from None
    if parts.query or parts.fragment:
        raise InvalidSetting("The server address must be plain, without ? or #.")
    if origin[0] == "http" and not is_loopback(origin[1]):
        raise InvalidSetting("The server address must begin with https; http is accepted for this computer only.")
    return f"{origin[0]}://{parts.netloc.lower()}{parts.path}", origin


def origin_of(url: str) -> Origin:
    """Give the origin of an address. Raises ValueError when it is not http(s), has no host, or is ambiguous.

    Ambiguous: with a user name, a backslash, a space or a control character the parsers in use
    disagree about the host, and the key must not hang on who is right.
    """
    if not _UNAMBIGUOUS.match(url):
        raise ValueError("not an http(s) address")
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("not an http(s) address")
    scheme = parts.scheme.lower()
    return scheme, parts.hostname.lower(), parts.port or _DEFAULT_PORTS[scheme]


def is_provider(base_url: str) -> bool:
    """Whether a base address is the provider's own, however it is written: the only one whose dashboard is known."""
    return _host_of(base_url) == _host_of(DEFAULT_BASE_URL)


@lru_cache(maxsize=32)
def _host_of(base_url: str) -> tuple[str, int]:
    """Give host and port; a host may be written with the dot of its root."""
    try:
        _scheme, host, port = origin_of(base_url)
    except ValueError:
        return base_url, 0
    return host.removesuffix("."), port


def account_of(base_url: str) -> str:
    """Give the name under which a server's limit of requests is counted: its origin, for paths share one account."""
    try:
        return "{}://{}:{}".format(*origin_of(base_url))
    except ValueError:
        return base_url


@lru_cache(maxsize=8)
def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


PROVIDER: Final = parse("")
"""The provider's own service."""
