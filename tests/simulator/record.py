# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in saw: every request, every place where the key turned up, and where it must not have been."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import unquote

from .wire import Reply, Request

KEY_PREFIX = "sk-empiriolabs-"
"""Whatever starts so counts as a key, known or not."""
LARGEST_LOG = 20_000


class Record:
    """The log, bounded: the oldest entries are forgotten."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._log: deque[dict[str, Any]] = deque(maxlen=LARGEST_LOG)
        self._violations: deque[dict[str, Any]] = deque(maxlen=LARGEST_LOG)
        self._traffic: deque[tuple[str, bytes]] = deque(maxlen=LARGEST_LOG)
        self._number = 0
        self.keys: set[str] = set()

    def note(self, origin: str, route: str, request: Request, reply: Reply) -> None:
        """Record one request to ``origin`` (``api`` or ``download``), and the violation that it may be."""
        found = self.key_places(request)
        entry = {
            "origin": origin,
            "route": route,
            "time": request.arrived,
            "wall_time": time.time(),
            "method": request.method,
            "path": self._hidden(request.path),
            "query": {self._hidden(name): self._hidden(value) for name, value in request.query.items()},
            "headers": sorted(request.headers),
            "user_agent": request.headers.get("user-agent", ""),
            "key_in": found,
            "body_bytes": len(request.body),
            "body_sha256": hashlib.sha256(request.body).hexdigest() if request.body else "",
            "status": 0 if reply.delivery.silent else reply.status,
            "fault": reply.fault,
        }
        misplaced = self.misplaced(origin, request, found)
        with self._lock:
            self._number += 1
            entry["number"] = self._number
            self._log.append(entry)
            self._traffic.append((origin, self._raw(origin, request)))
            if misplaced:
                self._violations.append({**entry, "violation": misplaced})

    def key_places(self, request: Request) -> list[str]:
        """Name the places of a request where a key occurs: ``url``, ``body``, ``header:<name>``."""
        found = ["url"] if self._bears(request.target) or self._bears(unquote(request.target)) else []
        found += [f"header:{name}" for name, value in sorted(request.headers.items()) if self._bears(value)]
        if any(key.encode() in request.body for key in (KEY_PREFIX, *self.keys)):
            found.append("body")
        return found

    def misplaced(self, origin: str, request: Request, found: list[str]) -> str:
        """Say what is wrong with where the key is; empty when nothing is."""
        if origin == "download":
            bare = [name for name in ("authorization", "x-api-key", "proxy-authorization") if name in request.headers]
            if found or bare:
                return "the download origin was sent " + ", ".join(found or bare)
            return ""
        beside = [place for place in found if place not in ("header:authorization", "header:x-api-key")]
        return "the key travelled in " + ", ".join(beside) if beside else ""

    def log(self, since: int = 0, limit: int = LARGEST_LOG) -> list[dict[str, Any]]:
        """Give the entries numbered above ``since``, oldest first, at most ``limit``."""
        with self._lock:
            return [entry for entry in self._log if entry["number"] > since][:limit]

    def violations(self) -> list[dict[str, Any]]:
        """Give the requests that bore the key where it must never be."""
        with self._lock:
            return list(self._violations)

    def traffic(self, origin: str) -> bytes:
        """Give what requests to an origin were, a line each: whole those for downloads, of the others the address."""
        with self._lock:
            return b"\n".join(raw for place, raw in self._traffic if place == origin)

    def clear(self) -> None:
        """Forget everything but the known keys."""
        with self._lock:
            self._log.clear()
            self._violations.clear()
            self._traffic.clear()
            self._number = 0

    def _raw(self, origin: str, request: Request) -> bytes:
        parts = [request.target.encode()]
        if origin == "download":
            parts += [f"{name}: {value}".encode() for name, value in request.headers.items()] + [request.body]
        return b" ".join(parts)

    def _hidden(self, text: str) -> str:
        """Give ``text`` with every key replaced: the record may be printed."""
        for key in self.keys:
            text = text.replace(key, "<key>")
        return text

    def _bears(self, text: str) -> bool:
        return KEY_PREFIX in text or any(key in text for key in self.keys)
