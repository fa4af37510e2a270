# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as the body of an upload, and where the answer says it is kept. Knows bytes only: no HTTP, no bpy."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_core import from_json

from .endpoint import Endpoint, is_loopback, origin_of
from .errors import AnswerError

UPLOAD_ABOVE_BYTES: Final = 8 * 10**6
"""A data URI longer than this is not sent: its picture is uploaded first, where the server has a place for it."""
UPLOAD_PATH: Final = "/v1/files/upload"
_FIELD: Final = "file"
_DATA_URI_OVERHEAD_BYTES: Final = len("data:;base64,")
_NAMES: Final = ("storage_path", "path", "url", "file_url", "uri", "id")
"""What the answer may call the place [guess]."""
_AROUND: Final = ("data", "file", "result", "files")
"""What may hold the names instead of the answer itself, as an object or a list of them [guess]."""
_STORED: Final = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+\Z", re.ASCII)
_LONGEST_PLACE: Final = 8192


def is_large(content: bytes, media_type: str) -> bool:
    """Whether a picture's data URI would be longer than ``UPLOAD_ABOVE_BYTES``; does not make it."""
    return _DATA_URI_OVERHEAD_BYTES + len(media_type) + -(-len(content) // 3) * 4 > UPLOAD_ABOVE_BYTES


def form(content: bytes, media_type: str) -> tuple[str, bytes]:
    """Give the content type and the body of a multipart form that holds the picture and nothing of the artist's.

    The whole is in memory once more; one join of 16 MB takes a few milliseconds, and there is no encoder in between.
    """
    boundary = secrets.token_hex(16)  # 128 random bits do not occur in a picture
    name = f"image.{media_type.rpartition('/')[2]}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_FIELD}"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    return f"multipart/form-data; boundary={boundary}", b"".join(
        (head.encode("ascii"), content, f"\r\n--{boundary}--\r\n".encode("ascii"))
    )


def read_place(raw: bytes, endpoint: Endpoint) -> str:
    """Give what an upload's answer says to send as ``image``; a storage path goes before an address.

    Raises :class:`AnswerError` when nothing in it can be sent.
    """
    try:
        body = from_json(raw)
    except ValueError:
        raise AnswerError("The service's answer to the upload is not JSON.", raw=raw) from None
    places = [place for place in _places(body) if _usable(place, endpoint)]
    if not places:
        raise AnswerError("The service's answer to the upload does not say where the picture is kept.", raw=raw)
    return min(places, key=lambda place: place.lower().startswith(("http://", "https://")))


def _places(body: object) -> Iterator[str]:
    """Give every text under the known names, those of the answer itself first."""
    if isinstance(body, list):
        body = body[0] if len(body) == 1 else None
    if not isinstance(body, Mapping):
        return
    for name in _NAMES:
        if isinstance(body.get(name), str):
            yield body[name].strip()
    for name in _AROUND:
        within = body.get(name)
        if isinstance(within, str):
            yield within.strip()
        else:
            yield from _places(within)


def _usable(place: str, endpoint: Endpoint) -> bool:
    """Whether it is a storage path, or an address that the service itself can read."""
    if not _STORED.match(place) or len(place) > _LONGEST_PLACE:
        return False
    scheme = place.partition("://")[0]
    if scheme not in ("http", "https"):
        return scheme not in ("file", "data")
    try:
        host = origin_of(place)[1]
    except ValueError:
        return False
    return scheme == "https" or (endpoint.is_loopback and is_loopback(host))
