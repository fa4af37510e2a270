# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's address: what is an origin, which addresses may be used, what may carry the key. Imports no bpy."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from .errors import DownloadError, InvalidSetting

DEFAULT_BASE_URL: Final = "https://api.empiriolabs.ai"
DASHBOARD_URL: Final = "https://empiriolabs.ai/dashboard"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host in lower case, port."""


@dataclass(frozen=True)
class Endpoint:
    """A checked base address without path; build with :func:`parse`."""

    base_url: str
    origin: Origin

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine."""
        return is_loopback(self.origin[1])

    @property
    def is_default(self) -> bool:
        """Whether it is the provider's own service, which needs a key."""
        return self.base_url == DEFAULT_BASE_URL

    def url(self, path: str) -> str:
        """Give the full address of ``path``, which begins with ``/v1/``."""
        return self.base_url + path

    def may_carry_key(self, url: str) -> bool:
        """Whether ``url`` is on this very origin."""
        try:
            return origin_of(urlsplit(url)) == self.origin
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
            parts = urlsplit(url)
            scheme, host, _port = origin_of(parts)
        except ValueError:
            raise DownloadError("The finished job names an address that cannot be read.", transient=False) from None
        if scheme == "https" or (scheme == "http" and self.is_loopback and is_loopback(host)):
            return
        raise DownloadError(
            f"The finished job's file is at {scheme}://{host}, which is not encrypted; only https is accepted.",
            transient=False,
        )


def parse(base_url: str) -> Endpoint:
    """Check the address typed in the preferences; empty means the provider's own.

    A trailing slash and a trailing ``/v1`` are dropped. Raises :class:`InvalidSetting`.
    """
    text = base_url.strip().rstrip("/") or DEFAULT_BASE_URL
    text = text.removesuffix("/v1").rstrip("/")
    try:
        parts = urlsplit(text)
        origin = origin_of(parts)
    except ValueError:
        raise InvalidSetting(
            "The server address cannot be read; type it like https://api.example.com or leave it empty."
        ) from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidSetting("The server address must be plain, without user name, password, ? or #.")
    if origin[0] == "http" and not is_loopback(origin[1]):
        raise InvalidSetting("The server address must begin with https; http is accepted for this computer only.")
    return Endpoint(text, origin)


def origin_of(parts: SplitResult) -> Origin:
    """Give the origin of an address. Raises ValueError when it is not http(s) or has no host."""
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an http(s) address")
    return scheme, parts.hostname.lower(), parts.port or _DEFAULT_PORTS[scheme]


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
