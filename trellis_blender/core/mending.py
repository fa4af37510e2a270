# SPDX-License-Identifier: GPL-3.0-or-later
"""An open store for many threads, set aside and begun anew when it turns out damaged meanwhile. Imports no bpy."""

from __future__ import annotations

import functools
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from .database import StoreError, connect, is_damage

_MISSING: Final = ("no such table", "no such column", "has no column", "closed database")
"""What SQLite says of a file that is not as it was when it was opened; closed it is when it could not be mended."""
Method = TypeVar("Method", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


class StoreDamaged(StoreError):
    """The store turned out damaged while it was open; nothing was done."""


def mended(method: Method) -> Method:
    """Have a method called once more, on a new store, when the one it worked on turned out damaged."""

    @functools.wraps(method)
    def again(self: Mendable, *arguments: Any, **named: Any) -> Any:
        connection = self._connection
        try:
            return method(self, *arguments, **named)
        except StoreDamaged as error:
            self._mend(connection, error)
        return method(self, *arguments, **named)

    return cast("Method", again)


class Mendable:
    """One database and its connection. What is in it again after it was damaged is for others to say."""

    def __init__(self, path: Path, migrations: Sequence[str], *, was_used: bool) -> None:
        """Open or begin it. Raises :class:`StoreError`; :attr:`warning` says when an old file was set aside."""
        self._path, self._migrations = path, migrations
        self._connection, self.warning = connect(path, migrations, was_used=was_used)
        self._lock = threading.RLock()
        self.is_closed = False
        self.on_mended: Callable[[str], None] = lambda _said: None
        """Called with a sentence when the file was set aside; a write may be under way in another thread."""

    def _mend(self, broken: sqlite3.Connection, error: StoreError) -> None:
        """Open the file anew, which sets it aside if it is damaged, unless another thread did. Raises as opening."""
        with self._lock:
            if self.is_closed:
                raise error
            if self._connection is not broken:
                return
            _log.error("The store is opened anew: %s", error.__cause__)
            broken.close()
            self._connection, said = connect(self._path, self._migrations, was_used=True)
            self._refill()
        self.on_mended(said)

    def _refill(self) -> None:
        """Enter what is known in memory."""

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, _translated(self._path.parent):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, _translated(self._path.parent):
            yield


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error) or any(said in str(error) for said in _MISSING):
            raise StoreDamaged(
                f"The list of jobs in {folder} is damaged ({error}). Restart Blender: it is then set aside, and what "
                "was paid for is found again."
            ) from error
        raise StoreError(
            f"The list of jobs in {folder} cannot be written ({error}). Free some space on the disk, then try again."
        ) from error
