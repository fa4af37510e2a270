# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes GLBs in the background and keeps them; knows pictures and recipes, no HTTP.

Both stores are bounded in bytes; a GLB that was dropped is made again from its picture.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

from .glb import Recipe, build
from .preprocessing import UnreadablePicture, decode

LARGEST_PICTURES_BYTES = 256 * 1024 * 1024
LARGEST_OBJECTS_BYTES = 512 * 1024 * 1024
WORKERS = 2


class Shelf:
    """Bytes by their key, the least recently used dropped beyond ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        """Hold at most ``limit`` bytes, but always the newest entry."""
        self._limit, self._size = limit, 0
        self._entries: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: object, data: bytes) -> None:
        """Store ``data``."""
        with self._lock:
            self._size += len(data) - len(self._entries.pop(key, b""))
            self._entries[key] = data
            while self._size > self._limit and len(self._entries) > 1:
                self._size -= len(self._entries.popitem(last=False)[1])

    def get(self, key: object) -> bytes | None:
        """Give what is stored, or None."""
        with self._lock:
            data = self._entries.get(key)
            if data is not None:
                self._entries.move_to_end(key)
            return data


class Workshop:
    """The only place where anything heavy is done."""

    def __init__(self) -> None:
        """Start idle; threads come with the first order."""
        self._pictures = Shelf(LARGEST_PICTURES_BYTES)
        self._objects = Shelf(LARGEST_OBJECTS_BYTES)
        self._orders: dict[tuple[str, Recipe], Future[bytes]] = {}
        self._readable: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="simulator-workshop")

    def keep(self, data: bytes) -> str:
        """Store a picture and give its SHA-256. Raises :class:`UnreadablePicture`."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._readable:
            decode(data)
            self._readable[digest] = None
            while len(self._readable) > 10_000:
                self._readable.popitem(last=False)
        self._pictures.put(digest, data)
        return digest

    def picture(self, digest: str) -> bytes | None:
        """Give a picture's bytes as received, if they are still held."""
        return self._pictures.get(digest)

    def order(self, digest: str, recipe: Recipe) -> Future[bytes]:
        """Have an object made, once however often it is ordered.

        The future raises :class:`.preprocessing.NoSubject`, or :class:`UnreadablePicture` when the
        picture is gone.
        """
        key = (digest, recipe)
        with self._lock:
            running = self._orders.get(key)
            if running is not None:
                return running
            done = self._objects.get(key)
            if done is not None:
                finished: Future[bytes] = Future()
                finished.set_result(done)
                return finished
            future = self._pool.submit(self._make, digest, recipe)
            self._orders[key] = future
        future.add_done_callback(lambda _done: self._drop(key))
        return future

    def stop(self) -> None:
        """End the threads; what is being made is finished first."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, digest: str, recipe: Recipe) -> bytes:
        data = self._pictures.get(digest)
        if data is None:
            raise UnreadablePicture("the picture is no longer held")
        made = build(decode(data), recipe)
        self._objects.put((digest, recipe), made)
        return made

    def _drop(self, key: tuple[str, Recipe]) -> None:
        with self._lock:
            self._orders.pop(key, None)
