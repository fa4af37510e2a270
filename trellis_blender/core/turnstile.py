# SPDX-License-Identifier: GPL-3.0-or-later
"""The account's limit of requests, counted over all Blenders of this user in the store's tables. Imports no bpy."""

from __future__ import annotations

import sqlite3

LONGEST_PAUSE_SECONDS = 3600.0


def take_request(connection: sqlite3.Connection, now: float, *, limit: int, window: float) -> float:
    """Note one request of the account at ``now`` (monotonic seconds); 0.0, or the seconds until it may go.

    Entries of an earlier boot lie in the future, and are dropped. Belongs in a transaction.
    """
    connection.execute("DELETE FROM requests WHERE at <= ? OR at > ?", (now - window, now + 1.0))
    connection.execute("DELETE FROM pauses WHERE until <= ? OR until > ?", (now, now + LONGEST_PAUSE_SECONDS))
    pause = connection.execute("SELECT max(until) FROM pauses").fetchone()[0]
    if pause is not None:
        return float(pause) - now
    count, first = connection.execute("SELECT count(*), min(at) FROM requests").fetchone()
    if count >= limit:
        return max(float(first) + window - now, 0.01)
    connection.execute("INSERT INTO requests VALUES (?)", (now,))
    return 0.0


def pause_requests(connection: sqlite3.Connection, until: float) -> None:
    """Let no Blender of this user send before ``until`` (monotonic seconds)."""
    connection.execute("INSERT INTO pauses VALUES (?)", (until,))
