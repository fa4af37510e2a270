# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs to keep an eye on: what each is doing, how far it is, how long it takes, what can be done about it."""

import time

import bpy

from ...core import delivered, request
from ...core.history import Glance
from ...core.jobs import CANCELLABLE, FINISHED_THERE, Job, State
from ...core.money import dollars, priced
from ...core.progress import elapsed, factor, left_text, stage_text
from ...core.remedies import may_be_ordered_again
from .. import menus, offers, session, whereabouts
from ..identity import CANCEL, CHOOSE, IMPORT, ORDER_AGAIN, REMOVE, RESUME, SEND_AGAIN, SHOW_OBJECT, SHOW_WAITING
from ..language import said
from ..text import Icon, draw_wrapped
from . import remedy
from .spaces import Drawn, panels

RESUME_WORDS = {State.UNCERTAIN: "Look Again"}
ICONS: dict[State, Icon] = {
    State.REFUSED: "CANCEL",
    State.UNCERTAIN: "QUESTION",
    State.FAILED: "ERROR",
    State.CANCELLED: "X",
    State.EXPIRED: "ERROR",
    State.DOWNLOADED: "IMPORT",
    State.IMPORTED: "CHECKMARK",
}
SHOWN_JOBS = 12
"""So many are drawn; those that wait for the artist before those that run, and both before what has ended."""


class Jobs(Drawn):
    """Jobs of this Blender, of earlier ones, and of others that run beside it."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it once there is a job, or something to say about the list."""
        live = session.current()
        return bool(live.jobs or live.store_sentence)

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """Draw how many run, have stopped, and can be imported: it is all that is seen of them while it is closed."""
        whole = session.current().history.glance(time.time(), SHOWN_JOBS).whole
        row = self.layout.row(align=True)
        told: tuple[tuple[int, Icon], ...] = (
            (whole.running, "SORTTIME"), (whole.stopped, "ERROR"), (whole.ready, "IMPORT"),
        )  # fmt: skip
        for count, icon in told:
            if count:
                row.label(text=f"{count}", icon=icon, translate=False)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what goes on."""
        live, now = session.current(), time.time()
        if live.store_sentence:
            draw_wrapped(self.layout, live.store_sentence, icon="ERROR")
        pause = live.paused_until - now
        if pause > 1.0:
            draw_wrapped(self.layout, f"The service asks for a pause; it goes on in {pause:.0f} s", icon="TIME")
        if live.waiting:
            draw_wrapped(self.layout, live.waiting, icon="TIME")
        glance = live.history.glance(now, SHOWN_JOBS)
        for job_id in glance.shown:
            job = live.intake.standins.as_seen(live.jobs.get(job_id, live.history.rows[job_id].job))
            _draw_job(self.layout.box().column(align=True), job, live)
            live.news.drawn(job_id)
        _draw_hidden(self.layout, glance)
        if not glance.shown:
            self.layout.label(text="Nothing goes on; earlier jobs are in the history")


def _draw_hidden(layout: bpy.types.UILayout, glance: Glance) -> None:
    running, waiting = glance.running, glance.waiting
    if running:
        layout.label(text=said(f"{running} more are running"), icon="SORTTIME")
    if waiting:
        layout.operator(SHOW_WAITING, text=said(f"{waiting} More Wait for You"), icon="QUESTION")


def _draw_job(column: bpy.types.UILayout, job: Job, live: session.Session) -> None:
    row = column.row(align=True)
    row.label(text=job.name, icon=icon_of(job), translate=False)
    if live.news.is_new(job.id):
        fresh = row.row()
        fresh.alignment = "RIGHT"
        fresh.label(text=said("New"), translate=False)
    time_taken = row.row()
    time_taken.alignment = "RIGHT"
    time_taken.label(text=elapsed(job, time.time()), translate=False)
    foreign = live.is_foreign(job)
    if may_be_cancelled(job) and not foreign:
        cancel = row.row()
        cancel.enabled = not live.is_cancelling(job)
        cancel.operator(CANCEL, text="", icon="X", emboss=False).job = job.id
    elif not job.running and not foreign:
        row.operator_context = "INVOKE_DEFAULT"
        row.operator(REMOVE, text="", icon="X", emboss=False).job = job.id
    draw_stage(column, job, live)
    draw_ways(column, job, live, is_short=True)


def draw_stage(column: bpy.types.UILayout, job: Job, live: session.Session) -> None:
    """Draw how far a job is, how long it is likely to take, and what there is to say of it."""
    if job.running:
        column.progress(factor=factor(job), text=said(stage_text(job, live.is_cancelling(job))))
        left = left_text(job, live.forecast, time.time())
        if left:
            quiet = column.row()
            quiet.active = False
            quiet.label(text=said(left), translate=False)
    else:
        column.label(text=said(stage_text(job, job.state is State.UNCERTAIN and live.is_cancelling(job))))
    if job.error or job.note:
        draw_wrapped(column, job.error or job.note)
    _draw_remarks(column, job, live)


def draw_ways(column: bpy.types.UILayout, job: Job, live: session.Session, *, is_short: bool = False) -> None:
    """Draw what can be done about a job, but for taking it out of the list."""
    if job.importable:
        row = column.row(align=True)
        row.operator_context = "INVOKE_DEFAULT"
        if job.state is not State.IMPORTED:
            row.operator(IMPORT, text="Import").job = job.id
        else:
            row.operator(SHOW_OBJECT).job = job.id
            # Its object stands in a scene, so that another one is a rare wish: it takes no room where there is little.
            icon: Icon = "IMPORT" if is_short else "NONE"
            row.operator(IMPORT, text="" if is_short else "Import Again", icon=icon).job = job.id
    if live.is_foreign(job):
        column.label(text="Of another Blender that is running")
        return
    _draw_ways_on(column, job)
    remedy.draw(column, job)


def _draw_remarks(column: bpy.types.UILayout, job: Job, live: session.Session) -> None:
    """Draw what came otherwise than it was asked for."""
    if job.billed_usd is not None and job.billed_usd != job.price_usd:
        draw_wrapped(column, f"Billed {dollars(job.billed_usd)} instead of {dollars(job.price_usd)}", icon="INFO")
    otherwise = delivered.difference(job)
    if otherwise:
        heavy = " Reduce makes it lighter." if delivered.is_too_heavy(job) else ""
        draw_wrapped(column, otherwise + heavy, icon="INFO")
    remark = live.intake.remarks.get(job.id, "")
    if remark and not whereabouts.is_over(remark, bpy.context.view_layer):
        draw_wrapped(column, remark, icon="INFO")


def _draw_ways_on(column: bpy.types.UILayout, job: Job) -> None:
    column.operator_context = "INVOKE_DEFAULT"  # what is pressed does not wait
    for candidate in job.candidates:
        choice = column.operator(CHOOSE, text=said(f"This One: {candidate.partition('?')[0][-24:]}"))
        choice.job, choice.candidate = job.id, candidate
    if job.resumable:
        price = priced(job.price_usd)
        text = f"Send · {price}" if job.state is State.PREPARED else RESUME_WORDS.get(job.state, "Try Again")
        column.operator(RESUME, text=said(text)).job = job.id
    if job.state is State.UNCERTAIN and job.suspended:
        price = priced(job.price_usd)
        column.operator(SEND_AGAIN, text=said(f"Send Again · {price}")).job = job.id
    if may_be_ordered_again(job):
        wanted = request.priced(job.request, offers.current())
        price = menus.price(wanted)
        again = column.operator(ORDER_AGAIN, text=said(f"Try Again · {price}"))
        again.job, again.price = job.id, menus.tag(wanted)


def icon_of(job: Job) -> Icon:
    """Give the icon of how a job stands."""
    return ICONS.get(job.state, "ERROR" if job.suspended else "SORTTIME")


def may_be_cancelled(job: Job) -> bool:
    """Whether a row has the button to cancel it: one whose search has ended is removed, or sent again."""
    if job.state is State.UNCERTAIN or job.state in FINISHED_THERE:
        return job.running
    return job.state in CANCELLABLE


CLASSES = panels("jobs", Jobs, bl_label="Jobs", parent="main", bl_order=0)
