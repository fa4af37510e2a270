# SPDX-License-Identifier: GPL-3.0-or-later
"""Each server's limit of requests, counted over all Blenders of this user in the store's tables. Imports no bpy.

Times are of the monotonic clock, which all processes of a computer share and nobody can move.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

LONGEST_PAUSE_SECONDS: Final = 3600.0
GRACE_SECONDS: Final = 2.0
"""How late a Blender that was told when to come may be, before its place goes to the others."""
LATER_SECONDS: Final = 0.25
"""How long after those that were told to come a Blender that had its share comes back."""

TABLES: Final = """
    CREATE TABLE turns (server TEXT NOT NULL, owner TEXT NOT NULL, at REAL NOT NULL);
    CREATE INDEX turns_server ON turns (server, at);
    CREATE TABLE halts (server TEXT NOT NULL, set_at REAL NOT NULL, until REAL NOT NULL, until_date REAL NOT NULL);
    CREATE TABLE queues (server TEXT NOT NULL, owner TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (server, owner))
"""
"""Version 1 counted all servers together, in ``requests`` and ``pauses``. These stay, for a Blender with the earlier
extension that runs meanwhile."""


@dataclass(frozen=True)
class Moment:
    """One moment on both clocks: seconds that only grow, and seconds since 1970."""

    now: float
    date: float


class Turnstile:
    """The tables, for one Blender and one transaction."""

    def __init__(self, connection: sqlite3.Connection, owner: str) -> None:
        """``owner`` is the Blender's mark."""
        self._execute, self._owner = connection.execute, owner

    def take(self, server: str, moment: Moment, *, allowed: int, window: float, waits: bool = True) -> float:
        """Note one request to ``server``, of which a window holds ``allowed``; 0.0, or the seconds until it may go.

        Of several Blenders that wait, none has more than its share. One that will not come again for
        this request does not wait.
        """
        now = moment.now
        self._tidy(moment, window)
        halt = self._execute("SELECT max(until) FROM halts WHERE server=?", (server,)).fetchone()[0]
        if halt is not None:
            return float(halt) - now
        sent = self._execute("SELECT owner, at FROM turns WHERE server=? ORDER BY at", (server,)).fetchall()
        if len(sent) >= allowed:
            pause = max(float(sent[len(sent) - allowed][1]) + window - now, 0.01)
            return self._queue(server, now, pause) if waits else pause
        waiting, soonest = self._execute(
            "SELECT count(*), min(until) FROM queues WHERE server=? AND owner<>?", (server, self._owner)
        ).fetchone()
        mine = sum(1 for owner, _at in sent if owner == self._owner)
        if waiting and mine >= -(-allowed // (waiting + 1)):
            return max(float(soonest) - now, 0.0) + LATER_SECONDS
        self.count(server, moment)
        self._execute("DELETE FROM queues WHERE server=? AND owner=?", (server, self._owner))
        return 0.0

    def count(self, server: str, moment: Moment) -> None:
        """Note a request that is sent in any case."""
        self._execute("INSERT INTO turns VALUES (?, ?, ?)", (server, self._owner, moment.now))

    def pause(self, server: str, moment: Moment, seconds: float) -> None:
        """Let no Blender of this user send to ``server`` for so long."""
        values = (server, moment.now, moment.now + seconds, moment.date + seconds)
        self._execute("INSERT INTO halts VALUES (?, ?, ?, ?)", values)

    def _queue(self, server: str, now: float, pause: float) -> float:
        """Note that this Blender waits, and until when it was told to."""
        self._execute(
            "INSERT INTO queues VALUES (?, ?, ?) ON CONFLICT (server, owner) DO UPDATE SET until=excluded.until",
            (server, self._owner, now + pause),
        )
        return pause

    def _tidy(self, moment: Moment, window: float) -> None:
        """Drop what is over. What lies in the future is of an earlier run of the computer.

        A pause is over when either clock says so: one stands still in sleep, the other can be moved.
        """
        now, soon = moment.now, moment.now + 1.0
        self._execute("DELETE FROM turns WHERE at <= ? OR at > ?", (now - window, soon))
        self._execute(
            "DELETE FROM halts WHERE until <= ? OR until_date <= ? OR set_at > ? OR until > ?",
            (now, moment.date, soon, now + LONGEST_PAUSE_SECONDS),
        )
        self._execute("DELETE FROM queues WHERE until < ? OR until > ?", (now - GRACE_SECONDS, soon + window))
