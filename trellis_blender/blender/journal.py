# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what the extension logs while it is enabled. Shows nothing."""

import logging

from ..core.journal import Journal
from .identity import PACKAGE

_journal = Journal()


def lines() -> list[str]:
    """Give what was logged in this session, oldest first."""
    return _journal.lines()


def register() -> None:
    """Begin to listen."""
    global _journal
    _journal = Journal()
    _journal.attach(logging.getLogger(PACKAGE))


def unregister() -> None:
    """Listen no longer."""
    _journal.detach()
