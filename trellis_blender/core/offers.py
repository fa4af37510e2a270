# SPDX-License-Identifier: GPL-3.0-or-later
"""What every server offers, as last told, in memory and on disk, for all Blenders of this user. Files only; no bpy.

A file holds the server's own description of the model, without the key, and is read by the same rules as an answer:
one that is damaged, or of another version, is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from . import card, dates, offer
from .api import parse_json
from .errors import AnswerError
from .offer import BUILT_IN, Offer

VERSION: Final = 1
DAY_SECONDS: Final = 86400
_LIMIT_BYTES: Final = 2 * card.LIMIT_BYTES
_log = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def for_nothing(told: Offer) -> Offer:
    """Give an offer at no price, as a server's owner says that it is; what the server itself tells stays."""
    if told.tells_prices:
        return told
    return replace(told, prices=MappingProxyType(dict.fromkeys(told.by_name["resolution"].values, Decimal(0))))


class Offers:
    """Thread-safe. Whatever looks at the disk belongs in a worker; without a folder nothing outlives the process."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look at nothing yet."""
        self._folder = folder
        self._known: dict[str, Offer] = {}
        self._seen: dict[str, int] = {}
        self._free: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def of(self, server: str) -> Offer:
        """Give what a server offers: what another Blender was told since counts, too."""
        with self._lock:
            self._read(server)
            return self._known.get(server, BUILT_IN)

    def declare(self, server: str, *, is_free: bool) -> None:
        """Note whether nothing is paid for at a server, by its owner's word; not kept, since it is told each time."""
        self._free = self._free | {server} if is_free else self._free - {server}

    def in_force(self, server: str) -> Offer:
        """Give what a server offers, at the prices that are to be counted."""
        told = self.of(server)
        return for_nothing(told) if server in self._free else told

    def take(self, server: str, body: Mapping[str, Any], *, told_at: float) -> Offer:
        """Take in what a server has told, and keep it. Raises :class:`AnswerError`, and then nothing has changed."""
        told = offer.merge(card.of(body), told_at=told_at)
        with self._lock:
            self._known[server] = told
            self._write(server, {"version": VERSION, "server": server, "told_at": told_at, "card": dict(body)})
        return told

    def claim_day(self, server: str, now: float) -> bool:
        """Take it on to ask a server today; False when it was asked today, by whichever Blender."""
        if self._folder is None:
            return True
        path = self._mark(server, now)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except OSError as error:
            if path.is_file():
                return False
            _log.warning("It cannot be noted that a server was asked for its prices: %s", error.strerror)
            return True
        for old in path.parent.glob(f"{_name(server)}-*.asked"):
            if old != path:
                with contextlib.suppress(OSError):
                    old.unlink()
        return True

    def give_back_day(self, server: str, now: float) -> None:
        """Note that the server could not be asked today after all."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                self._mark(server, now).unlink(missing_ok=True)

    def _mark(self, server: str, now: float) -> Path:
        return (self._folder or Path()) / f"{_name(server)}-{int(now // DAY_SECONDS)}.asked"

    def _place(self, server: str) -> Path:
        return (self._folder or Path()) / f"{_name(server)}.json"

    def _read(self, server: str) -> None:
        """Read a server's file, unless it is the one that was read or written last."""
        path = self._place(server)
        try:
            seen = path.stat().st_mtime_ns if self._folder is not None else None
            if seen is None or seen == self._seen.get(server):
                return
            self._seen[server] = seen
            with path.open("rb") as file:
                raw = file.read(_LIMIT_BYTES + 1)
        except FileNotFoundError:
            return
        except OSError as error:
            _log.warning("The prices and ranges that a server told cannot be read: %s", error.strerror)
            return
        try:
            self._known[server] = _kept(raw, server)
        except AnswerError as error:
            _log.warning("The prices and ranges that a server told are kept in a damaged file, %s: %s", path, error)

    def _write(self, server: str, content: Mapping[str, Any]) -> None:
        if self._folder is None:
            return
        path = self._place(server)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self._seen[server] = path.stat().st_mtime_ns
        except (OSError, UnicodeEncodeError) as error:
            _log.warning("The prices and ranges that a server told are not kept: %s", error)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _name(server: str) -> str:
    return hashlib.sha256(server.encode()).hexdigest()[:32]


def _kept(raw: bytes, server: str) -> Offer:
    """Read a file. Raises :class:`AnswerError`."""
    if len(raw) > _LIMIT_BYTES:
        raise AnswerError("It is too long.")
    body = parse_json(raw, card.WHAT)
    told, told_at = body.get("card"), body.get("told_at")
    if body.get("version") != VERSION or body.get("server") != server:
        raise AnswerError("It is of another version, or of another server.")
    if not isinstance(told, dict) or not isinstance(told_at, (int, float)) or not dates.is_time(told_at):
        raise AnswerError("It does not hold what it should.")
    return offer.merge(card.of(told), told_at=float(told_at))
