# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the bodies of answers: as they arrive, capped, and not for ever. Knows no calls of the API, no bpy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import requests

from .errors import AnswerError, ConnectionLost, TimedOut, TransportError
from .network_faults import translated
from .transport import Timeouts

PIECE_BYTES: Final = 128 * 1024
_START_PIECE_BYTES: Final = 4096


def pieces(response: requests.Response, timeouts: Timeouts, *, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """Give a body as it arrives, never waiting for a piece to fill up. Raises :class:`TransportError`.

    A connection that ends before the length it announced raises :class:`ConnectionLost`; one that
    drips, :class:`TimedOut`: a thread must not be held by a byte a minute.
    """
    read = _reader(response)
    started = time.monotonic()
    size = 0
    while True:
        with translated(lambda: True):
            piece = read(piece_bytes)
        if not piece:
            break
        size += len(piece)
        yield piece
        late = time.monotonic() - started - timeouts.read_seconds
        if size < late * timeouts.slowest_bytes_per_second:
            raise TimedOut("The server sends too slowly. Check the network connection.", sent=True)
    expected = length(response)
    if expected is not None and size < expected:
        raise ConnectionLost("The connection was cut in the middle of the answer. Check the network connection.",
                             sent=True)  # fmt: skip


def length(response: requests.Response) -> int | None:
    """Give the announced size of the body in bytes; None when it is not told, or is that of a compressed one."""
    declared = response.headers.get("Content-Length", "")
    if not (declared.isascii() and declared.isdecimal()) or "Content-Encoding" in response.headers:
        return None
    return int(declared[:19])


def read_body(response: requests.Response, timeouts: Timeouts, *, limit_bytes: int) -> bytes:
    """Read an answer into memory. Raises :class:`AnswerError` over the limit, and transport errors."""
    body = bytearray()
    for piece in pieces(response, timeouts):
        body += piece
        if len(body) > limit_bytes:
            raise AnswerError(
                f"The service's answer is larger than {limit_bytes // 2**20} MiB. Check the server address.",
                raw=bytes(body[:PIECE_BYTES]),
            )
    return bytes(body)


def read_start(response: requests.Response, timeouts: Timeouts, size: int) -> bytes:
    """Give the first bytes of an error's body, as far as they arrive; the status matters more than they do."""
    body = bytearray()
    try:
        for piece in pieces(response, timeouts, piece_bytes=_START_PIECE_BYTES):
            body += piece
            if len(body) >= size:
                break
    except TransportError:
        return bytes(body[:size])
    return bytes(body[:size])


def _reader(response: requests.Response) -> Any:
    """Give the function that reads what has arrived; urllib3 1.26, which Blender 4.2 has, hands on http.client's."""
    raw: Any = response.raw
    if hasattr(raw, "read1"):
        return lambda size: raw.read1(size, decode_content=True)
    if "Content-Encoding" in response.headers:
        return lambda size: raw.read(size, decode_content=True)
    arrived = raw._fp.read1  # noqa: SLF001  # there is no public way in 1.26
    return lambda size: arrived(size) or raw.read(1)  # which, at the end, gives the connection back
