# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``requests``, urllib3 and sockets raise -> our transport errors. Keeps none of their texts; imports no bpy."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests
import urllib3

from .errors import (
    ConnectionLost,
    ConnectionRefused,
    HostNotFound,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    TransportError,
)

NETWORK_FAULTS = (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException, ValueError)
"""Everything that one HTTP exchange can raise; ``requests``' own errors are OSErrors, odd addresses ValueErrors."""


PROXY_UNAUTHORIZED = " 407 "
"""What http.client says of a proxy that refuses a tunnel without a password."""


@contextmanager
def translated(sent: Callable[[], bool]) -> Iterator[None]:
    """Turn what an exchange raises into our tree; no text of theirs is kept, since it may quote headers.

    ``sent`` is asked whether the whole request may have left.
    """
    try:
        yield
    except NETWORK_FAULTS as error:
        raise translate(error, sent=sent()) from None


def translate(error: BaseException, *, sent: bool) -> TransportError:
    """Give our error for one of theirs; ``sent`` is whether the whole request may have left."""
    chain = list(_chain(error))
    for find in (_proxy, _address, _time_out, _name, _tls, _connection):
        found = find(error, chain, sent)
        if found is not None:
            return found
    return ConnectionLost("The connection to the server was cut. Check the network connection.", sent=sent)


def _has(chain: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(item, kinds) for item in chain)


def _proxy(error: BaseException, chain: list[BaseException], sent: bool) -> TransportError | None:
    kinds = (
        requests.exceptions.InvalidSchema,
        requests.exceptions.InvalidProxyURL,
        urllib3.exceptions.ProxySchemeUnknown,
    )
    if _has(chain, *kinds):
        # Only http and https addresses come here, so it is the proxy's that cannot be used.
        return ProxyFailed(
            "This kind of proxy cannot be used. Set an http proxy under Network in the extension's preferences.",
            sent=False,
        )
    if isinstance(error, requests.exceptions.ProxyError):
        if any(type(item) is OSError and PROXY_UNAUTHORIZED in str(item) for item in chain):
            return ProxyFailed(
                "The proxy asks for a user name and a password. Enter them under Network in the extension's "
                "preferences.",
                sent=False,
            )
        return ProxyFailed(
            "The proxy could not be used. Check it under Network in the extension's preferences, or in this "
            "computer's settings.",
            sent=sent,
        )
    return None


def _address(_error: BaseException, chain: list[BaseException], _sent: bool) -> TransportError | None:
    unusable = (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError, UnicodeError)
    if _has(chain, *unusable) and not _has(chain, ssl.SSLError):
        return HostNotFound("The server's address cannot be used. Check the server address.", sent=False)
    return None


def _time_out(error: BaseException, chain: list[BaseException], sent: bool) -> TransportError | None:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TimedOut("The server did not answer in time. Check the network connection.", sent=False)
    if _has(chain, requests.exceptions.Timeout, TimeoutError) or "timed out" in str(error).lower():
        return TimedOut("The server took too long to answer. Check the network connection.", sent=sent)
    return None


def _name(_error: BaseException, chain: list[BaseException], _sent: bool) -> TransportError | None:
    if _has(chain, socket.gaierror):
        return HostNotFound(
            "The server's name could not be looked up. Check the network connection and the server address.", sent=False
        )
    return None


def _tls(error: BaseException, chain: list[BaseException], sent: bool) -> TransportError | None:
    if _has(chain, requests.exceptions.SSLError, ssl.SSLError):
        return TlsFailed(
            "No trusted encrypted connection to the server. Check the clock of this computer. When your network uses "
            "certificates of its own, choose their file as CA File under Network in the extension's preferences.",
            sent=sent,
        )
    if isinstance(error, FileNotFoundError) or (type(error) is OSError and error.errno is None):
        # How ``requests`` says that the file is not there; it was just now, when it was looked at.
        return TlsFailed(
            "The file of the trusted certificates is not there any more. Choose another CA File under Network in the "
            "extension's preferences.",
            sent=False,
        )
    return None


def _connection(_error: BaseException, chain: list[BaseException], _sent: bool) -> TransportError | None:
    if _has(chain, ConnectionRefusedError) or any("NewConnectionError" in type(item).__name__ for item in chain):
        return ConnectionRefused(
            "The server cannot be reached. Check the network connection and the server address.", sent=False
        )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and everything it wraps, in whichever of the ways ``requests`` and urllib3 wrap."""
    queue: list[object] = [error]
    seen: set[int] = set()
    while queue:
        item = queue.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
