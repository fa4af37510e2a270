# SPDX-License-Identifier: GPL-3.0-or-later
"""The history: all jobs as a list to search, and what was chosen in it. Draws what is in memory, asks for pictures."""

from contextlib import nullcontext
from datetime import datetime

import bpy

from ...core.history import Row
from ...core.jobs import Job
from ...core.miniatures import OBJECT
from .. import history, miniatures, row_pictures, session, watch
from ..history import TrellisHistory
from ..identity import (
    CLEAR_FILTERS,
    COPY_JOB_SETTINGS,
    DELETE_JOBS,
    HISTORY_POPOVERS,
    REVEAL_JOB,
    SHOW_HISTORY,
)
from ..language import said
from ..text import Icon, draw_wrapped, room
from . import jobs
from .spaces import Drawn, panels

ROWS, WIDE_ROWS = 6, 14
LEAST_WIDE_UNITS, LEAST_FILTER_UNITS = 24, 30
"""A popover of fewer units has no room for the columns, and for the filters in a row."""
_COLUMN_UNITS = {"source": 7.0, "seed": 5.0, "resolution": 3.0, "price": 3.5, "date": 7.5}
_PICTURE_SCALE, _PICTURE_SHARE = 5.0, 0.3
_UNIT_PIXELS, _FRAME_PIXELS = 20, 24


class _Rows:
    """Jobs in one line each. No list of Blender's itself: it loses the class of one that another is derived from."""

    columns: tuple[str, ...] = ()
    has_filters_above = False
    """Whether the list stands below a row of the filters."""

    def filter_items(self, _context: bpy.types.Context, _data: object, _name: str) -> tuple[list[int], list[int]]:
        """Show all: the rows are those that were asked for, in their order."""
        return [], []

    def draw_filter(self, context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
        """Draw our own filters below the list."""
        draw_filters(layout.column(align=True), history.of(context), is_rest=self.has_filters_above)

    def draw_item(
        self, _context: bpy.types.Context, layout: bpy.types.UILayout, data: TrellisHistory,
        item: history.TrellisHistoryRow, _icon: int, _active_data: object, _active_name: str, _index: int = 0,
    ) -> None:  # fmt: skip
        """Draw a row; only those that can be seen are."""
        live = session.current()
        row = live.history.rows.get(item.name)
        if row is None:
            return
        line = layout.row(align=True)
        if data.several:
            line.prop(item, "ticked", text="")
        picture = row_pictures.icon_of(row, _ask)
        line.label(
            text=row.job.name, translate=False, **({"icon_value": picture} if picture else {"icon": "FILE_IMAGE"})
        )
        if self.columns:
            _draw_columns(line, row, self.columns)
        else:
            _right(line, said(row.price))
        new = live.news.is_new(row.job.id)
        line.label(text="", icon="LAYER_ACTIVE" if new else "BLANK1")
        line.label(text="", icon=jobs.icon_of(row.job))
        live.news.drawn(row.job.id)


class TRELLIS_UL_history(_Rows, bpy.types.UIList):
    """Jobs in one line each, for a sidebar."""


class TRELLIS_UL_history_wide(_Rows, bpy.types.UIList):
    """Jobs in one line each, with all that is known, for a popover."""

    columns = ("source", "seed", "resolution", "price", "date")
    has_filters_above = True


class TRELLIS_UL_history_medium(_Rows, bpy.types.UIList):
    """Jobs in one line each, for a popover with less room."""

    columns = ("seed", "resolution", "price", "date")
    has_filters_above = True


class TRELLIS_UL_history_short(_Rows, bpy.types.UIList):
    """Jobs in one line each, for a popover with little room."""

    columns = ("resolution", "price", "date")


_LISTS = {38: TRELLIS_UL_history_wide, 30: TRELLIS_UL_history_medium, LEAST_WIDE_UNITS: TRELLIS_UL_history_short}
"""By the width of a popover."""


class History(Drawn):
    """Every job that was not deleted, also of earlier times and other files."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it once there is a job."""
        return bool(session.current().history.rows)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list, then what is chosen in it."""
        draw(self.layout, context)


class Large(Drawn):
    """Every job, with as much of what is known of it as a window has room for."""

    bl_ui_units_x = max(HISTORY_POPOVERS)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list, then what is chosen in it."""
        units = int(self.bl_ui_units_x)
        with room(units * _UNIT_PIXELS - _FRAME_PIXELS):
            draw(self.layout, context, units)


class Filter(Drawn):
    """What the history shows, and in which order."""

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the filters."""
        draw_filters(self.layout.column(), history.of(context))


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, units: int = 0) -> None:
    """Draw the whole history; ``units`` is how wide a popover is."""
    held, is_wide = history.of(context), units >= LEAST_WIDE_UNITS
    row = layout.row(align=True)
    row.prop(held, "text", text="", icon="VIEWZOOM")
    if units >= LEAST_FILTER_UNITS:
        for name in (*history.FILTERS, "order"):
            row.prop(held, name, text="")
    else:
        row.popover(panel="TRELLIS_PT_history_filter_view3d", text="", icon="FILTER")
        if not units:
            row.operator_context = "INVOKE_DEFAULT"
            row.operator(SHOW_HISTORY, text="", icon="WINDOW")
    kind = _LISTS.get(units, TRELLIS_UL_history)
    layout.template_list(kind.__name__, "", held, "rows", held, "active", rows=WIDE_ROWS if is_wide else ROWS)
    _draw_count(layout, held)
    live = session.current()
    chosen = live.history.rows.get(history.active_id())
    if chosen is not None and not held.several:
        share = 1.0 - _PICTURE_SHARE if is_wide else 1.0
        with room(units * _UNIT_PIXELS * share - _FRAME_PIXELS) if units else nullcontext():
            job = live.intake.standins.as_seen(live.jobs.get(chosen.job.id, chosen.job))
            _draw_chosen(layout, job, chosen, live, is_wide=is_wide)
    elif held.several:
        row = layout.row()
        row.operator_context = "INVOKE_DEFAULT"
        row.operator(DELETE_JOBS, icon="TRASH")
    _draw_removed(layout, live)


def draw_filters(column: bpy.types.UILayout, held: TrellisHistory, *, is_rest: bool = False) -> None:
    """Draw what the list is asked for; ``is_rest`` leaves out what stands above the list already."""
    arrow: Icon = "SORT_DESC" if held.reverse else "SORT_ASC"
    if is_rest:
        column.prop(held, "reverse", icon=arrow)
    else:
        for name in history.FILTERS:
            column.prop(held, name)
        row = column.row(align=True)
        row.prop(held, "order")
        row.prop(held, "reverse", text="", icon=arrow)
    column.prop(held, "several")


def _draw_count(layout: bpy.types.UILayout, held: TrellisHistory) -> None:
    shown, count = history.counts()
    row = layout.row()
    quiet = row.row()
    quiet.active = False
    if not count:
        quiet.label(text="Nothing was sent yet")
    elif shown == count:
        quiet.label(text=said(f"{count} jobs"))
    else:
        quiet.label(text=said(f"{shown} of {count} jobs"))
        if held.text or history.is_filtered():
            row.operator(CLEAR_FILTERS, icon="X")


def _draw_chosen(
    layout: bpy.types.UILayout, job: Job, row: Row, live: session.Session, *, is_wide: bool
) -> None:  # fmt: skip
    """Draw all there is to a job, and what can be done with it."""
    box = layout.box()
    parts = box.split(factor=_PICTURE_SHARE) if is_wide else box
    pictures = parts.row(align=True)
    pictures.alignment = "CENTER"
    for name in (job.image_sha256, OBJECT + job.id):
        number = miniatures.icon(name, _ask) if not job.running else 0
        if number:
            pictures.template_icon(icon_value=number, scale=_PICTURE_SCALE)
    column = parts.column(align=True)
    column.label(text=job.name, icon=jobs.icon_of(job), translate=False)
    _fact(column, "Source", row.source)
    _fact(column, "Seed", str(row.seed))
    _fact(column, "Resolution", row.resolution)
    _fact(column, "Price", said(row.price))
    _fact(column, "Sent", _date(row.when))
    if row.asker.path:
        _fact(column, "File", bpy.path.basename(row.asker.path))
    jobs.draw_stage(column, job, live)
    jobs.draw_ways(column, job, live)
    buttons = box.row(align=True) if is_wide else box.column(align=True)
    buttons.operator(COPY_JOB_SETTINGS, icon="PASTEDOWN").job = job.id
    if not is_wide:
        buttons = buttons.row(align=True)  # else there is no room for the words of all
    if job.path is not None:
        buttons.operator(REVEAL_JOB, icon="FILE_FOLDER").job = job.id
    if not job.running and not live.is_foreign(job):
        buttons.operator_context = "INVOKE_DEFAULT"
        buttons.operator(DELETE_JOBS, text="", icon="TRASH").jobs = job.id


def _draw_removed(layout: bpy.types.UILayout, live: session.Session) -> None:
    told = live.removed
    if told is None:
        return
    if told.sentence:
        draw_wrapped(layout, told.sentence, icon="ERROR")
    elif told.kept:
        sentence = f"{told.kept} files stay: they were changed, belong to other jobs too, or cannot be deleted"
        draw_wrapped(layout, sentence, icon="INFO")


def _draw_columns(line: bpy.types.UILayout, row: Row, columns: tuple[str, ...]) -> None:
    texts = {"source": row.source, "seed": str(row.seed), "resolution": row.resolution, "price": said(row.price),
             "date": _date(row.when)}  # fmt: skip
    for name in columns:
        cell = line.row()
        cell.ui_units_x = _COLUMN_UNITS[name]
        cell.active = False
        cell.label(text=texts[name], translate=False)


def _right(line: bpy.types.UILayout, text: str) -> None:
    cell = line.row()
    cell.alignment = "RIGHT"
    cell.active = False
    cell.label(text=text, translate=False)


def _fact(column: bpy.types.UILayout, name: str, value: str) -> None:
    row = column.row()
    row.label(text=said(name))
    _right(row, value)


def _date(when: float) -> str:
    return f"{datetime.fromtimestamp(when).astimezone():%Y-%m-%d %H:%M}"


def _ask(name: str) -> None:
    row_pictures.ask(name)
    watch.start()


CLASSES = (
    TRELLIS_UL_history,
    *_LISTS.values(),
    *panels("history", History, parent="main", bl_label="History", bl_options={"DEFAULT_CLOSED"}, bl_order=30),
    *(
        cls
        for units, idname in HISTORY_POPOVERS.items()
        for cls in panels(
            idname.removeprefix("TRELLIS_PT_").removesuffix("_view3d"),
            Large,
            bl_label="Job History",
            bl_options={"INSTANCED"},
            bl_ui_units_x=units,
        )
    ),
    *panels("history_filter", Filter, bl_label="Filter", bl_options={"INSTANCED"}, bl_ui_units_x=12),
)
