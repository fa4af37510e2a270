# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture's address that the service is to fetch: its form, and who can reach it. Asks nobody; imports no bpy."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from .endpoint import Endpoint, is_loopback
from .errors import SourceError
from .secrets import Key

LONGEST_URL: Final = 8192
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.ASCII)
_ON_THIS_DISK: Final = re.compile(r"([a-z]:[\\/]|/|\\\\|~|\.{1,2}/|file:)", re.IGNORECASE | re.ASCII)
_HOST: Final = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?\Z", re.ASCII)
_LOOKS_LIKE_IP: Final = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?\Z", re.ASCII)
"""All ways to write an IPv4 address, of which some programs read most as names."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PRIVATE_ENDINGS: Final = ("local", "localhost", "localdomain", "lan", "home", "internal", "intranet", "corp", "arpa")
_BRACKETS: Final = ("()", "[]", "{}", "<>")
_STOPS: Final = ".,;:!?'\"*_"
"""What may follow such a bracket in the text that an address was copied out of."""
_KEPT: Final = "%/:=&?~+!$,;'@()*[]-._"
"""What stays as it is in a path and a query; ``%`` too, since the address is written as it travels already."""


def check_image_url(text: str, server: Endpoint) -> str:
    """Give the address as it is sent. Raises :class:`SourceError` with the one thing to put right.

    ``server`` is who will fetch it: a server on this computer, or in the same private network, may reach what the
    provider cannot. Letters beyond ASCII are written as they travel; what follows ``#`` never does.
    """
    text = text.strip()
    if not text:
        raise SourceError("Type the address of a picture first, like https://example.com/chair.png.")
    parts = _parted(text)
    if _has_stray_bracket(text):
        raise SourceError("The picture's address ends with a bracket that was never opened. Take it out.")
    host = _host(parts)
    if is_private(host) and not is_private(server.origin[1]):
        raise SourceError(
            f"The picture's address is on this computer or in its network ({host}), where the service cannot reach it. "
            "Choose the picture itself as the source."
        )
    port = f":{parts.port}" if parts.port is not None else ""
    netloc = (f"[{host}]" if ":" in host else host) + port
    path, query = quote(parts.path or "/", safe=_KEPT), quote(parts.query, safe=_KEPT)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def file_name(url: str) -> str:
    """Give the name of the file that an address leads to; empty when it names none, or is none."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return unquote(path).rstrip("/").rpartition("/")[2]


def is_private(host: str) -> bool:
    """Whether a host can be reached from this computer or its network only, as far as its name tells."""
    name = host.rstrip(".").lower()
    if is_loopback(name):
        return True
    try:
        address = _read_as_ip(name)
    except ValueError:
        return "." not in name or name.rpartition(".")[2] in _PRIVATE_ENDINGS
    return not _is_public(address)


def _read_as_ip(name: str) -> _Address:
    """Read an IP address in any form that is read as one. Raises ValueError for what is none."""
    if _LOOKS_LIKE_IP.match(name):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(name.rstrip(".")))
        except OSError as error:
            raise ValueError(f"{name} is no address") from error
    return ipaddress.ip_address(name)


def _is_public(address: _Address) -> bool:
    """Whether everybody can reach it: also what it stands for, where it only wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    # Reserved are those too that a network translates to IPv4 by itself; what has a zone is beside this computer.
    is_own = address.is_multicast or address.is_reserved or address.is_site_local or bool(address.scope_id)
    is_wrapped_well = address.sixtofour is None or _is_public(address.sixtofour)
    return address.is_global and not is_own and is_wrapped_well


def _parted(text: str) -> SplitResult:
    """Take an address apart; say what is wrong with it if that cannot be done."""
    if text.lower().startswith("data:"):
        raise SourceError("This is a picture, not its address. Save it to a file, and choose that as the source.")
    if _ON_THIS_DISK.match(text):
        raise SourceError(
            "This is a file on this computer, which the service cannot read. Press Open, and choose it there."
        )
    if len(text) > LONGEST_URL:
        raise SourceError(f"The picture's address is longer than {LONGEST_URL} characters. Use a shorter one.")
    if any(character.isspace() or not character.isprintable() for character in text) or "\\" in text:
        raise SourceError("The picture's address has a space, a line break or a backslash in it. Copy it again.")
    if Key("").redact(text) != text:
        raise SourceError("The picture's address holds an API key, which must not be sent. Take it out.")
    scheme = _SCHEME.match(text)
    if not scheme or not text[scheme.end() :].startswith("//") or scheme[1].lower() not in ("http", "https"):
        raise SourceError("The picture's address must begin with https:// or http://.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SourceError("The picture's address cannot be read. Copy it again.") from None
    if port == 0:
        raise SourceError("The picture's address names a port that does not exist. Copy it again.")
    if "@" in parts.netloc:
        raise SourceError("The picture's address holds a user name or a password, which the service would get. Use a "
                          "public address.")  # fmt: skip
    return parts


def _has_stray_bracket(text: str) -> bool:
    """Whether a bracket was copied with an address that was written inside it, as a link in a text is."""
    sent = text.partition("#")[0].rstrip(_STOPS)
    return any(sent.endswith(closing) and sent.count(closing) > sent.count(opening) for opening, closing in _BRACKETS)


def _host(parts: SplitResult) -> str:
    """Give the host in lower case, as it travels."""
    name = (parts.hostname or "").lower()
    if not name:
        raise SourceError("The picture's address names no server. Copy it again.")
    try:
        if "[" in parts.netloc:  # where newer standards allow more than an address, and no server is
            return str(ipaddress.IPv6Address(name))
        travelling = name if name.isascii() else name.encode("idna").decode("ascii")
        if _LOOKS_LIKE_IP.match(travelling):
            return str(_read_as_ip(travelling))
    except ValueError:
        travelling = ""
    if not _HOST.match(travelling) or len(travelling) > 253:
        raise SourceError(f"The picture's address names a server that cannot be ({name[:60]}). Copy it again.")
    return travelling
