# SPDX-License-Identifier: GPL-3.0-or-later
"""The subjects of a split picture, as a list below the source: names, which to make, and the button for all of them."""

from typing import Any

import bpy

from ...core.errors import TrellisError
from ...core.money import priced
from ...core.preflight import Severity
from .. import properties, sheets, sources, subjects
from ..identity import DROP_SHEET, GENERATE_SHEET, MERGE_SUBJECTS, SHOW_SUBJECT, SPLIT_SHEET, SPLIT_SUBJECTS
from ..language import said
from ..text import draw_wrapped
from .source import ICONS
from .spaces import LARGEST

MOST_ROWS = 8


class TRELLIS_UL_subjects(bpy.types.UIList):
    """A row for each subject."""

    def draw_item(
        self, _context: bpy.types.Context, layout: bpy.types.UILayout, _data: Any, item: Any, _icon: int,
        _active_data: Any, _active_property: str, index: int = 0, _flag: int = 0,
    ) -> None:  # fmt: skip
        """Draw whether it is made, its picture, its name, what is wrong with it, and whether it is to be merged."""
        layout.use_property_split = False
        row = layout.row(align=True)
        found = sheets.verdicts(index)
        is_refused = bool(found) and found[0].is_refusal
        switch = row.row(align=True)
        switch.enabled = not is_refused or item.use  # what a script has switched on can be switched off
        switch.prop(item, "use", text="")
        named = row.row(align=True)
        named.active = item.use
        named.label(text="", icon_value=subjects.icon(index))
        named.prop(item, "name", text="", emboss=False)
        if found and (found[0].severity is not Severity.INFO or sheets.has_loose(index)):
            row.operator(SHOW_SUBJECT, text="", icon=ICONS[found[0].severity], emboss=False).index = index
        row.prop(item, "select", text="", icon="RESTRICT_SELECT_OFF" if item.select else "RESTRICT_SELECT_ON",
                 emboss=False)  # fmt: skip


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, choice: sources.Choice) -> None:
    """Draw the list once a picture was split, or why it could not be; else nothing."""
    state = sheets.of(context.scene)
    if state is None:
        return
    box = layout.box()
    _draw_head(box, state)
    if state.split is None:
        if state.sentence:
            draw_wrapped(box, state.sentence, icon="INFO")
        return
    reason = sheets.reason(context.scene, choice)
    if reason in sheets.SPLIT_AGAIN:
        draw_wrapped(box, reason, icon="ERROR")
        box.operator(SPLIT_SHEET)
        return
    if state.split.of_surround is not None:
        draw_wrapped(box, str(state.split.of_surround), icon=ICONS[state.split.of_surround.severity])
    group = subjects.group()
    count = len(group.subjects)
    box.template_list(
        TRELLIS_UL_subjects.__name__, "", group, "subjects", group, "active", rows=min(count, MOST_ROWS),
        maxrows=MOST_ROWS,
    )  # fmt: skip
    _draw_verdicts(box, group)
    _draw_left_out(box, sheets.left_out(context.scene))
    column = box.column(align=True)
    column.operator(MERGE_SUBJECTS)
    column.operator(SPLIT_SUBJECTS)
    _draw_button(box, context, reason)


def _draw_verdicts(layout: bpy.types.UILayout, group: Any) -> None:
    """Draw what is to be said of the active subject."""
    found = sheets.verdicts(group.active)
    if not found:
        return
    column = layout.column()
    column.label(text=group.subjects[group.active].name, icon_value=subjects.icon(group.active), translate=False)
    for verdict in found:
        draw_wrapped(column, str(verdict), icon=ICONS[verdict.severity])


def _draw_left_out(layout: bpy.types.UILayout, count: int) -> None:
    """Draw that something of the picture is in no subject."""
    several = f"{count} specks are in none of them: far smaller than any subject, they were taken for dirt."
    one = "A speck is in none of them: far smaller than any subject, it was taken for dirt."
    if count:
        draw_wrapped(layout, one if count == 1 else several, icon="INFO")


def _draw_head(layout: bpy.types.UILayout, state: sheets.State) -> None:
    row = layout.row()
    row.label(text="Splitting…" if state.is_awaited else f"Sheet {state.name}", translate=False)
    row.operator(DROP_SHEET, text="", icon="X", emboss=False)


def _draw_button(layout: bpy.types.UILayout, context: bpy.types.Context, reason: str) -> None:
    row = layout.row()
    row.scale_y = LARGEST
    row.operator_context = "INVOKE_DEFAULT"
    row.enabled = not reason
    row.operator(GENERATE_SHEET, text=said(f"Generate All · {_total(context)}"))
    if reason:
        draw_wrapped(layout, reason, icon="INFO")


def _total(context: bpy.types.Context) -> str:
    try:
        wanted = properties.build_request(properties.of(context.scene))
    except TrellisError:
        return "–"
    if not wanted.is_priced:
        return said("Price Unknown")
    return priced(wanted.price_usd * sum(item.use for item in subjects.listed()))


CLASSES = (TRELLIS_UL_subjects,)
