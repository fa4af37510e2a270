# SPDX-License-Identifier: GPL-3.0-or-later
"""What was paid, read from the store's table of jobs: in sums, and line by line as CSV. Opens no database; no bpy.

A job's day is that of its paid POST by the server's clock, in the artist's time zone: a computer's
clock that was wrong, and set right, moves no spending to another day.
"""

from __future__ import annotations

import csv
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from .lineage import MARK, MARK_LENGTH, Asker, mark_of
from .messages import LedgerTold
from .records import UnreadableRecord, from_text

COLUMNS: Final = ("date", "name", "price", "billed", "state", "job id", "server", "file")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes a cell that begins so for; names, addresses and paths are from elsewhere."""
_CERTAIN: Final = "accepted_at > 0"
_GIVEN_UP: Final = "state = 'refused' AND instr(CAST(record AS TEXT), '\"given_up\": true') > 0"
"""Sent again with its fate unknown. Quotes inside of a record's texts are escaped, so none of them can look so."""
_ASKED: Final = f'"{MARK}": "'
_MARKED: Final = f"instr(CAST(record AS BLOB), CAST('{_ASKED}' AS BLOB))"
"""Found as above, and not in a column of its own: an earlier version would no longer open the store. By bytes, since
a damaged record may be no text."""
_MARK: Final = f"CASE WHEN {_MARKED} THEN substr(CAST(record AS BLOB), {_MARKED} + {len(_ASKED)}, {MARK_LENGTH}) END"
_PAID: Final = f"({_CERTAIN} OR state IN ('submitting', 'uncertain') OR {_GIVEN_UP})"


@dataclass(frozen=True)
class Spent:
    """Money in US dollars: what jobs have cost, and what jobs of unknown outcome may have cost besides."""

    certain: Decimal = Decimal(0)
    uncertain: Decimal = Decimal(0)

    @property
    def at_most(self) -> Decimal:
        """Both together; a cap counts this."""
        return self.certain + self.uncertain


@dataclass(frozen=True)
class Payment:
    """What one job cost, or may have cost; ``at`` in seconds since 1970."""

    at: float
    price: Decimal
    certain: bool
    asker: Asker


def payments(connection: sqlite3.Connection, *, since: float = 0.0) -> list[Payment]:
    """Give what was paid since a time, hidden jobs too, oldest first."""
    rows = connection.execute(
        f"SELECT created_at, price, {_CERTAIN}, file, {_MARK} FROM jobs "  # noqa: S608  # constants of ours
        f"WHERE created_at >= ? AND {_PAID} ORDER BY created_at, rowid",
        (since,),
    )
    return [
        Payment(at, Decimal(price), bool(certain), Asker(file, mark_of((mark or b"").decode("ascii", "replace"))))
        for at, price, certain, file, mark in rows.fetchall()
    ]


def spent(paid: Iterable[Payment]) -> Spent:
    """Sum up."""
    sums = {True: Decimal(0), False: Decimal(0)}
    for payment in paid:
        sums[payment.certain] += payment.price
    return Spent(sums[True], sums[False])


def told(paid: Iterable[Payment], *, midnight: float, clock_offset: float = 0.0) -> LedgerTold:
    """Sum up by day, by file and since ``midnight``; this clock is ``clock_offset`` seconds behind the server's."""
    paid = list(paid)
    by_file: defaultdict[Asker, Decimal] = defaultdict(Decimal)
    by_day: defaultdict[date, Decimal] = defaultdict(Decimal)
    for payment in paid:
        by_file[payment.asker] += payment.price
        by_day[date.fromtimestamp(payment.at)] += payment.price  # noqa: DTZ012  # the artist's own day
    total, today = spent(paid), spent(payment for payment in paid if payment.at >= midnight)
    return LedgerTold(
        today=today.at_most, total=total.at_most, by_file=dict(by_file), by_day=dict(by_day),
        uncertain_today=today.uncertain, uncertain=total.uncertain,
        day=date.fromtimestamp(midnight), clock_offset=clock_offset,  # noqa: DTZ012  # as above
    )  # fmt: skip


def lines(connection: sqlite3.Connection, ahead: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Give the ledger line by line, in the order of :data:`COLUMNS`; amounts in US dollars.

    ``ahead`` are the states of jobs that are further than the disk says, by the jobs' ids.
    """
    rows = connection.execute(
        "SELECT created_at, price, state, server, file, CAST(record AS BLOB) FROM jobs "  # noqa: S608  # as above
        f"WHERE {_PAID} ORDER BY created_at, rowid"
    )
    return [_line(ahead, *row) for row in rows.fetchall()]


def write_csv(rows: Iterable[tuple[str, ...]], path: Path) -> int:
    """Write lines to a file that is there whole or not at all; give how many. Raises :class:`OSError`."""
    count = 0
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:  # the mark is for spreadsheets
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for row in rows:
                writer.writerow([_cell(text) for text in row])
                count += 1
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return count


def _cell(text: str) -> str:
    """Give a text so that no spreadsheet works it out: behind an apostrophe, as they themselves mark one."""
    return f"'{text}" if text.startswith(_FORMULA) and not _is_amount(text) else text


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _line(
    ahead: Mapping[str, str], at: float, price: str, state: str, server: str, file: str, record: bytes
) -> tuple[str, ...]:  # fmt: skip
    when = datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    try:
        job = from_text(record.decode())
    except (UnicodeDecodeError, UnreadableRecord):  # its money was spent all the same
        return when, "", price, "", state, "", server, file
    billed = "" if job.billed_usd is None else str(job.billed_usd)
    state = "given up" if job.given_up else ahead.get(job.id, state)
    return when, job.name, str(job.price_usd), billed, state, job.job_id, server, file
