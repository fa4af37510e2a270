# SPDX-License-Identifier: GPL-3.0-or-later
"""Which small picture a row of the history shows, and having it here before that is opened. Draws nothing.

An open popover is not drawn anew for a picture that comes late: only once the mouse moves over it.
"""

from collections.abc import Callable

from ..core.history import Row
from ..core.miniatures import OBJECT
from . import history, miniatures, session

AHEAD = 24
"""For so many rows of the list the pictures are had ahead: more than a popover shows at first."""


def ask(name: str) -> None:
    """Have a picture read; it comes with a later tick."""
    live = session.current()
    if live.jobs:
        live.live().gallery.ask(name)


def icon_of(row: Row, ask: Callable[[str], None] = ask) -> int:
    """Give the number of a row's picture: that of the object where there is one, else what was sent; 0 for none yet."""
    if row.job.running:
        return 0
    shown = miniatures.icon(OBJECT + row.job.id, ask) if row.job.path is not None else 0
    return shown or miniatures.icon(row.job.image_sha256, ask)


def have_ready() -> None:
    """Have the pictures read of the rows that the history begins with."""
    rows = session.current().history.rows
    for job_id in history.first(AHEAD):
        if job_id in rows:
            icon_of(rows[job_id])
