# SPDX-License-Identifier: GPL-3.0-or-later
"""How far jobs are, in words for the artist: stage, percent, time taken, time left. Values only; imports no bpy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .forecast import Forecast
from .jobs import FINISHED_THERE, Job, State
from .remedies import was_turned_away

STAGE_WORDS: Final = {
    State.PREPARED: "Preparing",
    State.SUBMITTING: "Sending",
    State.REFUSED: "Not accepted",
    State.UNCERTAIN: "Uncertain",
    State.ACCEPTED: "Queued",
    State.PROCESSING: "Generating",
    State.COMPLETED: "Finished",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.EXPIRED: "Expired",
    State.DOWNLOADING: "Downloading",
    State.DOWNLOADED: "Ready to import",
    State.IMPORTED: "Imported",
}
_STOPPED: Final = {
    State.PREPARED: "Stopped before it was sent",
    State.SUBMITTING: "Stopped while sending",
    State.ACCEPTED: "Stopped while queued",
    State.PROCESSING: "Stopped while generating",
    State.COMPLETED: "Stopped before the download",
    State.DOWNLOADING: "Stopped while downloading",
}
_SECONDS_STEP: Final = 10


def stage_text(job: Job, cancelling: bool) -> str:
    """Give the stage in words, with percent where it is known."""
    if cancelling:
        return "Cancelled once it is found" if job.state is State.UNCERTAIN else "Cancelling…"
    if job.suspended and job.state in _STOPPED:
        return _STOPPED[job.state]
    if job.state is State.REFUSED:
        return _refused(job)
    text = STAGE_WORDS[job.state]
    if job.state is State.PROCESSING and job.progress is not None:
        return f"{text} {job.progress:.0%}"
    if job.state is State.DOWNLOADING and job.expected_bytes:
        return f"{text} {job.received_bytes / job.expected_bytes:.0%}"
    return f"{text} · {job.faces:,} faces" if job.state is State.IMPORTED else text


def _refused(job: Job) -> str:
    if job.given_up:
        return "Sent again"
    return STAGE_WORDS[State.REFUSED] if was_turned_away(job) else "Not sent"


def factor(job: Job) -> float:
    """Give how far a job's stage is, 0–1."""
    if job.state is State.DOWNLOADING:  # what the server did before is another stage
        return job.received_bytes / job.expected_bytes if job.expected_bytes else 0.0
    return job.progress or 0.0


def share(job: Job) -> float | None:
    """Give how far a job is at the server, 0–1; None while nobody knows. The download does not count, nor go back."""
    if job.state in FINISHED_THERE:
        return 1.0
    return None if job.progress is None else min(max(job.progress, 0.0), 1.0)


def elapsed(job: Job, now: float) -> str:
    """Give the time since the start, or how long it took; nothing while it lies still, which may be for days."""
    if not job.ended_at and not job.running:
        return ""
    seconds = max(int((job.ended_at or now) - job.created_at), 0)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def left_text(job: Job, forecast: Forecast, now: float) -> str:
    """Say how long a running job is likely to take yet; nothing while too little is known, and never as a promise."""
    if not job.running or job.state is State.UNCERTAIN:
        return ""
    left = forecast.left(job, now)
    if left is None:
        expected = forecast.expected(job) if job.state is State.PREPARED else None
        return "" if expected is None else _usually(expected)
    if left <= 0.0:
        return "Longer than usual"
    if left < _SECONDS_STEP:
        return "A few seconds left"
    if left < 90.0:
        return f"About {round(left / _SECONDS_STEP) * _SECONDS_STEP} s left"
    return f"About {round(left / 60.0)} min left"


def _usually(seconds: float) -> str:
    if seconds < 90.0:
        return f"Usually {max(round(seconds / _SECONDS_STEP), 1) * _SECONDS_STEP} s"
    return f"Usually {round(seconds / 60.0)} min"


def summary(jobs: Iterable[Job], news: int = 0) -> str:
    """Say in a few words how many jobs run, how far they are together, and how many have ended unseen."""
    running = [job for job in jobs if job.running]
    if not running:
        return f"TRELLIS: {news} new" if news else ""
    count = len(running)
    told = [known for job in running if (known := share(job)) is not None]
    # One percent for all: those of which nothing is known have not begun.
    percent = round(sum(told) / count * 100) if told else None
    fresh = f" · {news} new" if news else ""
    if percent is None:
        return f"TRELLIS: 1 job{fresh}" if count == 1 else f"TRELLIS: {count} jobs{fresh}"
    return f"TRELLIS: 1 job · {percent}%{fresh}" if count == 1 else f"TRELLIS: {count} jobs · {percent}%{fresh}"
