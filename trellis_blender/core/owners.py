# SPDX-License-Identifier: GPL-3.0-or-later
"""Which running Blender owns a job: a lock that the operating system lets go of when the process dies. No bpy.

The lock is an SQLite file held in an exclusive transaction, which works alike on every system,
needs no heartbeat and does not mind a clock that jumps.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import uuid
from pathlib import Path
from typing import Final

from .database import StoreError

_SUFFIX: Final = ".owner"
_log = logging.getLogger(__name__)


class Owner:
    """The mark of this process; alive as long as it is, or until :meth:`close`."""

    def __init__(self, folder: Path) -> None:
        """Take a new mark in ``folder``. Raises :class:`StoreError`."""
        self.id = uuid.uuid4().hex
        self._folder = folder
        self._path = folder / f"{self.id}{_SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._connection.execute("BEGIN EXCLUSIVE")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"The folder {folder} cannot be used ({error}). Check its permissions.") from error

    def is_alive(self, owner_id: str) -> bool:
        """Whether the process with that mark still runs. A mark whose file is gone is dead."""
        if owner_id == self.id:
            return True
        path = self._folder / f"{owner_id}{_SUFFIX}"
        if not owner_id or not path.exists():
            return False
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True  # locked, so somebody holds it
        except sqlite3.DatabaseError:
            return False
        return False

    def bury(self, owner_id: str) -> None:
        """Remove the mark of a dead process; its jobs have a new owner."""
        with contextlib.suppress(OSError):
            (self._folder / f"{owner_id}{_SUFFIX}").unlink()

    def close(self) -> None:
        """Let go of the mark."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            _log.info("The mark %s stays behind: %s", self._path.name, error)
