# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's face: the picture, the settings that matter, the button with its price."""

import bpy

from ...core.jobs import Job
from ...core.money import Cover
from ...core.twins import Having, having_of
from .. import menus, offers, placement, preferences, properties, readiness, session, sheets, sources, twins
from ..identity import BUTTON, DASHBOARD, GENERATE, PACKAGE
from ..language import said
from ..text import draw_wrapped
from . import jobs, quality, sheet, source, welcome
from .quality import draw_setting
from .spaces import LARGEST, Drawn, is_narrow, panels


class Main(Drawn):
    """Make an object of a picture."""

    def draw(self, context: bpy.types.Context) -> None:
        """Draw from top to bottom, as the work goes."""
        layout = self.layout
        layout.use_property_split = not is_narrow(context)  # else there is no room for the names
        layout.use_property_decorate = False
        settings = properties.of(context.scene)
        is_first = welcome.draw(layout)
        choice = sources.choose(context)
        source.draw(layout, context, settings)
        sheet.draw(layout, context, choice)
        layout.separator(factor=0.5)
        quality.draw(layout, context, settings)
        layout.separator(factor=0.5)
        _draw_size(layout.column(), context, settings)
        layout.separator(factor=0.5)
        _draw_generate(layout, context, choice, is_first=is_first)


def _draw_size(layout: bpy.types.UILayout, context: bpy.types.Context, settings: properties.TrellisSettings) -> None:
    """Draw how large the object will be: as typed, or as an object of the blockout is."""
    if not settings.fit_to_selection:
        draw_setting(layout, settings, preferences.OBJECT_SIZE)
    layout.prop(settings, "fit_to_selection")
    target = placement.proxy_in(context)
    if target is not None:
        layout.label(text=target.name, icon="OBJECT_DATA", translate=False)
        layout.row().prop(settings, "fit", expand=True)


def _draw_generate(
    layout: bpy.types.UILayout, context: bpy.types.Context, choice: sources.Choice, *, is_first: bool
) -> None:
    """Draw the button, and why it is off unless that is said above already."""
    reason = readiness.generate_reason(context)
    wanted = menus.asked(context)
    price = menus.price(wanted)
    amount = menus.tag(wanted)
    row = layout.row()
    is_split = sheets.is_split(context.scene, choice)
    twin = twins.of(context, choice)
    row.scale_y = 1.2 if is_split else LARGEST  # the button of a split sheet makes all of it, and is above
    row.operator_context = "INVOKE_DEFAULT"
    row.context_pointer_set(BUTTON, context.scene)
    if is_split:
        row.operator(GENERATE, text=said(f"Generate as One · {price}")).price = amount
    elif twin is not None:
        row.operator(GENERATE, text=said(f"Generate Again · {price}")).price = amount
    else:
        row.operator(GENERATE, text=said(f"Generate · {price}")).price = amount
    if is_first:
        return
    scene = context.scene
    told = choice.missing, readiness.picture_reason(choice, scene), readiness.taking_reason(choice, scene)
    is_said = reason in told
    if reason and not is_said:
        draw_wrapped(layout, reason, icon="INFO")
    if twin is not None:
        _draw_twin(layout, twin)
    if offers.fault():
        draw_wrapped(layout, "The server's newest description cannot be read: the price may have changed", icon="ERROR")
    _draw_money(layout, context, warned=bool(reason) and not is_said)


def _draw_twin(layout: bpy.types.UILayout, twin: Job) -> None:
    """Draw that the very same was paid for already, and how to have it for free.

    It stands below the button that pays, which is pressed time and again: that must not move as this comes and goes.
    """
    column = layout.column(align=True)
    having = having_of(twin)
    if having is Having.HERE:
        draw_wrapped(column, "You have this object already", icon="INFO")
    elif having is Having.COMING:
        draw_wrapped(column, "The very same object is being made", icon="INFO")
    else:
        draw_wrapped(
            column, "This object is made already" if twin.is_free else "This object is paid for already", icon="INFO"
        )
    jobs.draw_ways(column, twin, session.current(), is_short=True)


def _draw_money(layout: bpy.types.UILayout, context: bpy.types.Context, *, warned: bool) -> None:
    """Draw balance and spending in one quiet line, or a warning where they do not allow the next job."""
    outlook = readiness.outlook(context)
    if outlook is not None and not outlook.sentence:
        return  # it costs nothing
    if outlook is None or not outlook.warns:
        line = readiness.money_line()
        if line or session.current().jobs:  # it keeps its place: a job's button that pays came under the mouse with it
            row = layout.row()
            row.active = False
            row.label(text=said(line) if line else "", translate=False)
        return
    if not warned:
        draw_wrapped(layout, outlook.sentence, icon="ERROR")
    if outlook.cover is Cover.SHORT:
        layout.operator(DASHBOARD, icon="URL")
    else:
        layout.operator("preferences.addon_show", text="Preferences").module = PACKAGE


CLASSES = (*quality.CLASSES, *panels("main", Main, bl_label="TRELLIS"))
