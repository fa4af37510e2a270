# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an open database is whole, and as the version made it that it says it is of. Imports nothing of ours; no bpy.

Tables, columns and indices are compared by what they are, not by their text, which SQLite may write differently.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

Shape = dict[str, list[tuple[object, ...]]]


class Damaged(sqlite3.DatabaseError):
    """A database that is open, and not what it should be."""


def statements(script: str) -> list[str]:
    """Give the statements of a migration."""
    return [statement for statement in script.split(";") if statement.strip()]


def check(connection: sqlite3.Connection, migrations: Sequence[str], version: int) -> None:
    """Raise :class:`Damaged` unless all is there that ``version`` has, and the file passes SQLite's own check."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        for script in migrations[:version]:
            for statement in statements(script):
                model.execute(statement)
        wanted = _shape(model)
    found = _shape(connection)
    for name, columns in wanted.items():
        if found.get(name) != columns:
            raise Damaged(f"{name} is not as it should be" if name in found else f"{name} is gone")
    # The thorough check, also of what the indices hold: about as quick, since nothing large is indexed.
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise Damaged("it fails its own check")


def _shape(connection: sqlite3.Connection) -> Shape:
    """Give the columns of every table, and of every index with its table."""
    shape: Shape = {}
    made = connection.execute(
        "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for kind, name, table in made:
        told = connection.execute(f'PRAGMA {kind}_info("{name}")').fetchall()
        shape[name] = [(kind, table), *(row[1:] if kind == "table" else row for row in told)]
    return shape
