# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of all jobs, for who must not act on half of it: those of earlier sessions are read from disk first."""

from collections.abc import Mapping
from typing import Final

import bpy

from ..core.errors import TrellisError
from ..core.jobs import Job
from . import preferences, session, watch

READ_SECONDS: Final = 60.0


def begin() -> None:
    """Have the list read, if it was not yet, and what is unfinished gone on with; returns at once.

    Raises :class:`TrellisError`.
    """
    if not session.current().opened:
        session.current().open(preferences.endpoint(), preferences.key(), preferences.storage())
        watch.start()


def read(*, waits: bool) -> Mapping[str, Job]:
    """Give all jobs by their ids; a script waits until the list was read. Raises :class:`TrellisError`."""
    live = session.current()
    begin()
    live.drain()
    if waits:
        live.hear(lambda: live.opened, READ_SECONDS)
    if not live.opened:
        raise TrellisError("The list of jobs is not read yet. Try again in a moment.")
    return live.jobs


def whole() -> Mapping[str, Job]:
    """Give all jobs by their ids: waited for in a Blender without windows, where nobody is held up."""
    return read(waits=bool(bpy.app.background))
