# SPDX-License-Identifier: GPL-3.0-or-later
"""After each tick: what the screen says of the jobs is worked out, and only what says something else is drawn again.

Called by the timers; owns nothing but what was said last.
"""

import time
from collections.abc import Iterator

import bpy

from ..core import progress
from ..core.jobs import Job, State
from . import history, overlay, placeholder, placement, row_pictures, screens, session, statusbar
from .language import said
from .overlay import Label

CLOCK_SECONDS = 1.0
"""How often elapsed times are worked out anew."""
_said: tuple[str, ...] = ()
_looked = 0.0


def show(*, changed: bool) -> list[tuple[bool, str]]:
    """Bring the screen up to date; give what is to be reported, each with whether it is good news."""
    global _looked
    live, now = session.current(), time.monotonic()
    aged = live.news.age(now)
    if not (changed or aged) and now - _looked < CLOCK_SECONDS:
        return []
    _looked = now
    reports = live.news.told(live.intake.arrivals, _is_seen)
    running = list(live.afoot.running.values())
    statusbar.show(progress.summary(running, len(live.news.fresh)))
    overlay.show(_labels(live, running))
    listed = history.sync()
    if listed:
        row_pictures.have_ready()
    if _has_said_else(live, running) or changed or aged or listed or reports:
        screens.redraw(settling=changed or listed)
    return reports


def _has_said_else(live: session.Session, running: list[Job]) -> bool:
    """Whether a time that the sidebar shows has moved on."""
    global _said
    now = time.time()
    said = [f"{progress.elapsed(job, now)} {progress.left_text(job, live.forecast, now)}" for job in running]
    said.append(f"{max(live.paused_until - now, 0.0):.0f} {live.waiting}")
    before, _said = _said, tuple(said)
    return before != _said


def _labels(live: session.Session, running: list[Job]) -> Iterator[Label]:
    """Give what viewports say; in whole percent, so that they are drawn again a hundred times at most."""
    for job in running:
        if placeholder.MARK in job.origin:
            share = progress.share(job)
            stage = said(progress.stage_text(job, live.is_cancelling(job)))
            yield Label(job.id, job.name, stage, None if share is None else round(share, 2))


def _is_seen(job: Job) -> bool:
    """Whether the artist looks at our tab, and, where an object came, at the scene that it came into."""
    if next(screens.showing(), None) is None:
        return False
    if job.state is not State.IMPORTED:
        return True
    place = placement.find(job.origin)
    return place is None or any(window.scene == place.scene for window in bpy.context.window_manager.windows)
