# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of jobs: what each is doing, how far it is, how long it has run, what can be done about it."""

import time

import bpy

from ...core import delivered
from ...core.endpoint import DASHBOARD_URL
from ...core.jobs import CANCELLABLE, FINISHED_THERE, Job, State
from ...core.money import dollars
from .. import session
from ..identity import CANCEL, CHOOSE, DASHBOARD, IMPORT, REMOVE, RESUME, SEND_AGAIN
from ..language import said
from ..text import Icon, draw_wrapped
from .spaces import Drawn, panels

STAGE_WORDS = {
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
RESUME_WORDS = {State.UNCERTAIN: "Look Again"}
_ICONS: dict[State, Icon] = {
    State.REFUSED: "CANCEL",
    State.UNCERTAIN: "QUESTION",
    State.FAILED: "ERROR",
    State.CANCELLED: "X",
    State.EXPIRED: "ERROR",
    State.DOWNLOADED: "IMPORT",
    State.IMPORTED: "CHECKMARK",
}
SHOWN_JOBS = 20
"""Newest first; the panel stays short."""


class Jobs(Drawn):
    """Jobs of this Blender, of earlier ones, and of others that run beside it."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it once there is a job, or something to say about the list."""
        live = session.current()
        return bool(live.jobs or live.store_sentence)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the newest jobs."""
        live = session.current()
        if live.store_sentence:
            draw_wrapped(self.layout, live.store_sentence, icon="ERROR")
        pause = live.paused_until - time.time()
        if pause > 1.0:
            draw_wrapped(self.layout, f"The service asks for a pause; it goes on in {pause:.0f} s", icon="TIME")
        if live.waiting:
            draw_wrapped(self.layout, live.waiting, icon="TIME")
        # By time, since the jobs of earlier sessions may be told after one that was ordered just now.
        for job in sorted(live.jobs.values(), key=lambda job: job.created_at, reverse=True)[:SHOWN_JOBS]:
            _draw_job(self.layout.box().column(align=True), job, live)
        hidden = len(live.jobs) - SHOWN_JOBS
        if hidden > 0:
            self.layout.label(text=said(f"{hidden} older jobs"))


def _draw_job(column: bpy.types.UILayout, job: Job, live: session.Session) -> None:
    row = column.row(align=True)
    row.label(text=job.name, translate=False, icon=_ICONS.get(job.state, "ERROR" if job.suspended else "SORTTIME"))
    time_taken = row.row()
    time_taken.alignment = "RIGHT"
    time_taken.label(text=elapsed(job), translate=False)
    foreign = live.is_foreign(job)
    if may_be_cancelled(job) and not foreign:
        cancel = row.row()
        cancel.enabled = not live.is_cancelling(job)
        cancel.operator(CANCEL, text="", icon="X", emboss=False).job = job.id
    elif not job.running and not foreign:
        row.operator(REMOVE, text="", icon="X", emboss=False).job = job.id
    if job.running:
        column.progress(factor=factor(job), text=said(stage_text(job, live.is_cancelling(job))))
    else:
        column.label(text=said(stage_text(job, job.state is State.UNCERTAIN and live.is_cancelling(job))))
    if job.error or job.note:
        draw_wrapped(column, job.error or job.note)
    if DASHBOARD_URL in job.error:
        column.operator(DASHBOARD, icon="URL")
    _draw_remarks(column, job, live)
    if job.importable:
        column.operator(IMPORT, text="Import Again" if job.state is State.IMPORTED else "Import").job = job.id
    if foreign:
        column.label(text="Of another Blender that is running")
    else:
        _draw_ways_on(column, job)


def _draw_remarks(column: bpy.types.UILayout, job: Job, live: session.Session) -> None:
    """Draw what came otherwise than it was asked for."""
    if job.billed_usd is not None and job.billed_usd != job.price_usd:
        draw_wrapped(column, f"Billed {dollars(job.billed_usd)} instead of {dollars(job.price_usd)}", icon="INFO")
    otherwise = delivered.difference(job)
    if otherwise:
        heavy = " Reduce makes it lighter." if delivered.is_too_heavy(job) else ""
        draw_wrapped(column, otherwise + heavy, icon="INFO")
    if live.intake.remarks.get(job.id):
        draw_wrapped(column, live.intake.remarks[job.id], icon="INFO")


def _draw_ways_on(column: bpy.types.UILayout, job: Job) -> None:
    for candidate in job.candidates:
        choice = column.operator(CHOOSE, text=said(f"This One: {candidate.partition('?')[0][-24:]}"))
        choice.job, choice.candidate = job.id, candidate
    if job.resumable:
        text = f"Send · ${job.price_usd}" if job.state is State.PREPARED else RESUME_WORDS.get(job.state, "Try Again")
        column.operator(RESUME, text=said(text)).job = job.id
    if job.state is State.UNCERTAIN and job.suspended:
        column.operator_context = "INVOKE_DEFAULT"
        column.operator(SEND_AGAIN, text=said(f"Send Again · ${job.price_usd}")).job = job.id


def may_be_cancelled(job: Job) -> bool:
    """Whether a row has the button to cancel it: one whose search has ended is removed, or sent again."""
    if job.state is State.UNCERTAIN or job.state in FINISHED_THERE:
        return job.running
    return job.state in CANCELLABLE


def stage_text(job: Job, cancelling: bool) -> str:
    """Give the stage in words, with percent where it is known."""
    if cancelling:
        return "Cancelled once it is found" if job.state is State.UNCERTAIN else "Cancelling…"
    text = STAGE_WORDS[job.state]
    if job.suspended and job.state is not State.UNCERTAIN:
        text = f"Stopped while {text.lower()}"
    if job.state is State.PROCESSING and job.progress is not None:
        return f"{text} {job.progress:.0%}"
    if job.state is State.DOWNLOADING and job.expected_bytes:
        return f"{text} {job.received_bytes / job.expected_bytes:.0%}"
    return f"{text} · {job.faces:,} faces" if job.state is State.IMPORTED else text


def factor(job: Job) -> float:
    """Give how far a job is, 0–1."""
    if job.state is State.DOWNLOADING and job.expected_bytes:
        return job.received_bytes / job.expected_bytes
    return job.progress or 0.0


def elapsed(job: Job) -> str:
    """Give the time since the start, or how long it took; nothing while it lies still, which may be for days."""
    if not job.ended_at and not job.running:
        return ""
    seconds = max(int((job.ended_at or time.time()) - job.created_at), 0)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


CLASSES = panels("jobs", Jobs, bl_label="Jobs", parent="main", bl_order=0)
