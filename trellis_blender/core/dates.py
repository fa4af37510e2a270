# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates as mails and the headers of answers have them, and which times there are at all. Imports nothing of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_END: Final = datetime.max.replace(tzinfo=UTC).timestamp()


def read(text: str) -> datetime:
    """Read a date; it has no zone where it names one that is unknown. Raises :class:`ValueError` for what is none."""
    try:
        return parsedate_to_datetime(text)
    except OverflowError:  # a year of twenty digits
        raise ValueError("no date") from None


def is_time(seconds: float) -> bool:
    """Whether so many seconds since 1970 are a time, and not no number, endless or beyond the year 9999."""
    return abs(seconds) < _END
