# SPDX-License-Identifier: GPL-3.0-or-later
"""The last log records of this session, kept in memory and free of keys. Imports only our secrets; no bpy."""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

from .secrets import Key

RECORDS: Final = 500
_WITHOUT_KEYS: Final = Key("")
"""Knows no key, but what one looks like."""


class Journal(logging.Handler):
    """Keeps what one logger and those below it say, down to the smallest.

    While attached it stands between that logger and those above: what they heard before they hear still, and no more,
    so that nobody's console fills with what is only kept here.
    """

    def __init__(self, records: int = RECORDS) -> None:
        """Keep so many records; older ones are forgotten."""
        super().__init__(logging.DEBUG)
        self.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
        self._lines: deque[str] = deque(maxlen=records)
        self._logger: logging.Logger | None = None
        self._before = (logging.NOTSET, True)

    def attach(self, logger: logging.Logger) -> None:
        """Listen to a logger."""
        self._logger, self._before = logger, (logger.level, logger.propagate)
        logger.addHandler(self)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False

    def detach(self) -> None:
        """Leave the logger as it was; what was kept stays."""
        if self._logger is None:
            return
        self._logger.removeHandler(self)
        if self._logger.level == logging.DEBUG:  # else somebody has set it meanwhile
            self._logger.setLevel(self._before[0])
        self._logger.propagate = self._before[1]
        self._logger = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Keep a record, and hand it on to those above who would have heard it."""
        kept = bool(super().handle(record))
        logger = self._logger
        if logger is not None and logger.parent is not None and self._before[1]:
            threshold = self._before[0] or logger.parent.getEffectiveLevel()
            if record.levelno >= threshold:
                logger.parent.callHandlers(record)
        return kept

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as text."""
        self._lines.append(_WITHOUT_KEYS.redact(self.format(record)))

    def lines(self) -> list[str]:
        """Give what was kept, oldest first; an entry with a traceback has several lines."""
        return list(self._lines.copy())


class _Plain(logging.Formatter):
    """Names a module by its last two names: the rest is the same for all of ours. Keeps the record as it was."""

    def format(self, record: logging.LogRecord) -> str:
        short = logging.makeLogRecord({**record.__dict__, "name": ".".join(record.name.split(".")[-2:])})
        return super().format(short)
