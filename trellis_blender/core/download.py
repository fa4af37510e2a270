# SPDX-License-Identifier: GPL-3.0-or-later
"""A stream -> a capped, hashed, checked file, published by a rename. Never sees the key; imports no bpy."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from .answers import length, pieces
from .endpoint import Endpoint
from .errors import ConnectionLost, DownloadError, FileTooLarge, LinkExpired, TransportError, TrellisError
from .partial import Partial, version_of
from .refusals import retry_after
from .transport import Timeouts, Transport

GLB_MAGIC: Final = b"glTF"
DEFAULT_LIMIT_BYTES: Final = 512 * 2**20
PART_PREFIX: Final = ".part-"
_PARTIAL_CONTENT: Final = 206
_RANGE_REFUSED: Final = 416
_CONTENT_RANGE: Final = re.compile(r"bytes (?P<first>\d+)-\d+/(?P<whole>\d+|\*)\Z")
_HEADER: Final = struct.Struct("<4sII")
_FULL: Final = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}
_KINDS: Final = {b"<": "a web page", b"{": "text", b"[": "text"}
_log = logging.getLogger(__name__)


class _Cut(DownloadError):
    """The connection failed; what arrived is good."""


class Interrupted(TrellisError):
    """The download was stopped on purpose."""


@dataclass(frozen=True)
class Landing:
    """Where a file goes and what is allowed of it.

    ``progress`` is told the bytes so far and the bytes expected (None when unknown), from the
    downloading thread. ``stop`` ends the download with :class:`Interrupted`.
    """

    target: Path
    limit_bytes: int = DEFAULT_LIMIT_BYTES
    progress: Callable[[int, int | None], None] = lambda _received, _expected: None
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Arrived:
    """A whole GLB on disk. ``size`` in bytes, ``sha256`` in hexadecimal."""

    path: Path
    size: int
    sha256: str


def fetch(url: str, landing: Landing, *, endpoint: Endpoint, transport: Transport) -> Arrived:
    """Download ``url``; every address on the way is checked by ``endpoint``. Raises :class:`DownloadError`."""
    partial = Partial(landing.target)
    with transport.exchange("GET", url, headers=partial.wanted(), check=endpoint.check_download) as response:
        status = response.status_code
        if status == _RANGE_REFUSED:
            partial.drop()
            raise DownloadError("The beginning of the object no longer fits; it is downloaded anew, which is free.")
        if status in (401, 403, 404, 410):
            raise LinkExpired(f"The link to the finished object is no longer honoured (HTTP {status}).")
        if status // 100 != 2:
            error = DownloadError(
                f"The finished object could not be downloaded (HTTP {status}); trying again is free.",
                transient=status == 429 or status >= 500,
            )
            error.retry_after = retry_after(response.headers)
            raise error
        return receive(response, landing, transport.timeouts)


def unusable(folder: Path) -> str:
    """Give why objects cannot be kept in a folder, or an empty text. Creates the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # without a name: a process that dies here leaves nothing
            return ""
    except OSError as error:
        return (
            f"Objects cannot be kept in {folder} ({error.strerror}). Choose another download folder in the preferences."
        )


def receive(response: requests.Response, landing: Landing, timeouts: Timeouts) -> Arrived:
    """Stream an answer into ``landing``. Raises :class:`DownloadError`.

    Leaves no file then but a beginning worth keeping (see :mod:`.partial`); an answer with the
    status 206 continues one.
    """
    partial = Partial(landing.target)
    continued = response.status_code == _PARTIAL_CONTENT
    expected = length(response)
    if continued:
        expected = _whole_length(response, partial)
    if expected is not None and expected > landing.limit_bytes:
        raise _too_large(landing)
    version = version_of(response.headers)
    return store(
        _pieces(response, timeouts), landing, expected=expected, partial=partial, continued=continued, version=version
    )


def store(
    pieces: Iterator[bytes], landing: Landing, *, expected: int | None = None, partial: Partial | None = None,
    continued: bool = False, version: str = "",
) -> Arrived:  # fmt: skip
    """Write a GLB that arrives in pieces to a temporary name, check it, publish it by a rename.

    ``expected`` is the whole size in bytes when it is known. With ``continued`` the pieces follow
    what ``partial`` kept. The temporary name begins with ``PART_PREFIX``; when the connection fails,
    a beginning of a file of a known ``version`` is kept, in all other failures nothing is.
    """
    digest = hashlib.sha256()
    size = 0
    head = b""
    try:
        landing.target.parent.mkdir(parents=True, exist_ok=True)
        sweep(landing.target)
        prefix = f"{PART_PREFIX}{landing.target.stem}-"
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".glb", dir=landing.target.parent)
        part = Path(name)
        try:
            os.close(handle)
            if partial is not None and continued:
                size = partial.begin(part, digest)
                with part.open("rb") as beginning:
                    head = beginning.read(_HEADER.size)
            elif partial is not None:
                partial.drop()
            with part.open("ab") as file:
                for piece in _until(landing.stop, pieces):
                    size += len(piece)
                    if size > landing.limit_bytes:
                        raise _too_large(landing)
                    if len(head) < _HEADER.size:
                        head += piece[: _HEADER.size - len(head)]
                        _check_magic(head)
                    digest.update(piece)
                    file.write(piece)
                    landing.progress(size, expected)
                _check_length(head, size, expected)
                file.flush()
                os.fsync(file.fileno())
            part.replace(landing.target)
        except (_Cut, Interrupted):
            if partial is None or not partial.keep(part, version, expected):
                part.unlink(missing_ok=True)
            raise
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
            raise
    except OSError as error:
        raise _disk_error(error, landing.target.parent) from error
    _log.info("Downloaded %s, %d bytes", landing.target.name, size)
    return Arrived(landing.target, size, digest.hexdigest())


def sweep(target: Path) -> None:
    """Remove what downloads of a file have left behind that were killed; at most one runs at a time."""
    for stray in target.parent.glob(f"{PART_PREFIX}{target.stem}-*"):
        with contextlib.suppress(OSError):
            stray.unlink()


def _until(stop: threading.Event, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if stop.is_set():
            raise Interrupted("The download was stopped.")
        yield piece


def _pieces(response: requests.Response, timeouts: Timeouts) -> Iterator[bytes]:
    """Give the body in pieces; a trouble of the network becomes an error that says so."""
    try:
        yield from pieces(response, timeouts)
    except ConnectionLost:
        raise _Cut("The download was cut in the middle; trying again is free.") from None
    except TransportError as error:
        raise _Cut(f"The download stopped: {error} Trying again is free.") from None


def _whole_length(response: requests.Response, partial: Partial) -> int | None:
    """Give the size of the whole file that a 206 continues. Raises :class:`DownloadError` when it does not fit."""
    asked = partial.wanted().get("Range", "").removeprefix("bytes=").removesuffix("-")
    match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    if match is None or match["first"] != asked:
        partial.drop()
        raise DownloadError("The server sent another part of the object than asked; trying again is free.")
    whole = None if match["whole"] == "*" else int(match["whole"][:19])
    if not partial.is_continued_by(response.headers, whole):
        partial.drop()
        raise DownloadError("The object has changed at the server; it is downloaded anew, which is free.")
    return whole


def _check_magic(head: bytes) -> None:
    if not GLB_MAGIC.startswith(head[:4]) and head[:4] != GLB_MAGIC:
        kind = _KINDS.get(head.lstrip()[:1], "something else")
        raise DownloadError(f"What was downloaded is {kind} instead of a model; trying again is free.")


def _check_length(head: bytes, size: int, expected: int | None) -> None:
    if expected is not None and size != expected:
        raise DownloadError(f"The download is incomplete ({size} of {expected} bytes); trying again is free.")
    if len(head) < _HEADER.size:
        raise DownloadError("The downloaded file is empty or cut short; trying again is free.")
    _magic, _version, whole = _HEADER.unpack(head)
    if size < whole:
        raise DownloadError(f"The downloaded model is incomplete ({size} of {whole} bytes); trying again is free.")
    if size > whole:
        raise DownloadError(f"The downloaded model has {size - whole} bytes too many; trying again is free.")


def _too_large(landing: Landing) -> FileTooLarge:
    limit = landing.limit_bytes // 2**20
    return FileTooLarge(
        f"The finished object is larger than {limit} MiB. Raise the download limit in the preferences, then try again.",
        transient=False,
    )


def _disk_error(error: OSError, folder: Path) -> DownloadError:
    if error.errno in _FULL:
        return DownloadError(f"The disk is full: free some space for {folder}, then try again.", transient=False)
    return DownloadError(
        f"The object cannot be written to {folder} ({error.strerror or 'unknown error'}). Choose another download "
        "folder in the preferences, then try again.",
        transient=False,
    )
