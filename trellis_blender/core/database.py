# SPDX-License-Identifier: GPL-3.0-or-later
"""One SQLite file: opened, checked, migrated, or set aside when it is damaged or another program's. Imports no bpy."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from .errors import TrellisError
from .schema import Damaged, check, statements

APPLICATION_ID: Final = 0x54524C53
"""``TRLS``: marks the file as ours."""
BUSY_TIMEOUT_SECONDS: Final = 15.0
GONE: Final = "The list of jobs was gone, and a new one was begun."
_log = logging.getLogger(__name__)


class StoreError(TrellisError):
    """The store cannot be written or read just now."""


def connect(path: Path, migrations: Sequence[str], *, was_used: bool = False) -> tuple[sqlite3.Connection, str]:
    """Open ``path`` at the newest schema; give the connection, and a sentence when an old file was set aside.

    Every commit is on disk when it returns (WAL, synchronous FULL). ``migrations[n]`` brings version
    n to n+1. ``was_used`` tells that there must be something in it. Raises :class:`StoreError` when the
    folder cannot be used, or when a newer version of the extension wrote the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            is_there = os.path.lexists(path)
            try:
                _refuse_what_is_no_database(path, was_used=was_used)
                return _open(path, migrations), "" if is_there or not was_used else GONE
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                aside = _set_aside(path)
                _log.error("The store was damaged and is kept as %s: %s", aside.name, error)
                sentence = (
                    f"The list of jobs was damaged. It is kept as {aside.name} in {aside.parent}, and a new one was "
                    "begun."
                )
                return _open(path, migrations), sentence
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"The list of jobs in {path.parent} cannot be used ({error}). Free some space or check the folder's "
            "permissions, then restart Blender."
        ) from error


def is_damage(error: sqlite3.Error) -> bool:
    """Whether it is the file that is wrong, rather than the disk, the folder or another process."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, Damaged) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other Blender open the store meanwhile: it would see it half made, or set aside what is new."""
    lock = path.with_name(path.name + ".opening")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(_locked(lock))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            # Under a second lock, so that only one of several Blenders sets it aside; then all hold the first.
            held.enter_context(_locked(lock.with_name(lock.name + "-anew")))
            try:
                held.enter_context(_locked(lock))
            except sqlite3.DatabaseError as still:
                if not is_damage(still):
                    raise
                _log.warning("What stood in the place of a lock is kept as %s: %s", _set_aside(lock).name, error)
                held.enter_context(_locked(lock))
        yield


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[None]:
    _refuse_what_is_no_database(lock)
    with contextlib.closing(sqlite3.connect(lock, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def _refuse_what_is_no_database(path: Path, *, was_used: bool = False) -> None:
    """Raise :class:`Damaged` for what SQLite would not call damage: a folder, a link that leads nowhere, an empty file.

    A file is also empty when a Blender was killed as it began it.
    """
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if os.path.lexists(name) and not name.is_file():
            raise Damaged(f"{name.name} is no file")
    if was_used and path.exists() and path.stat().st_size == 0:
        raise Damaged("it is empty")


def _open(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != APPLICATION_ID and (tables or mark):
            raise Damaged("it is another program's")
        if version > len(migrations):
            raise StoreError(
                "The list of jobs was written by a newer version of the extension. Update the extension to use it."
            )
        if tables and not version:
            raise Damaged("it does not tell its version")
        if version:
            check(connection, migrations, version)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _migrate(connection, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Bring the schema forward in one transaction; another process may be doing the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(migrations[version:], start=version + 1):
            for statement in statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={number}")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _set_aside(path: Path) -> Path:
    """Rename the file and its journal, all or none; nothing is ever deleted. Raises :class:`StoreError`."""
    moved: list[tuple[Path, Path]] = []
    try:
        aside = _free_name(path)
        for suffix in ("-wal", "-shm", ""):  # the file last: a journal that stayed would be played into the new one
            old, new = path.with_name(path.name + suffix), aside.with_name(aside.name + suffix)
            if os.path.lexists(old):
                old.rename(new)
                moved.append((old, new))
    except OSError as error:  # on Windows, when another program has it open
        for old, new in reversed(moved):
            new.rename(old)
        raise StoreError(
            f"The damaged list of jobs in {path.parent} cannot be set aside now ({error.strerror}). Nothing was "
            "deleted. Close the other Blenders and check the folder's permissions, then restart this one."
        ) from error
    return aside


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    return aside
