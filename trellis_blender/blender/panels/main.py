# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's face: the picture, the settings that matter, the button with its price."""

import bpy

from ...core.errors import TrellisError
from ...core.money import Cover
from .. import placement, preferences, properties, readiness, sources
from ..identity import DASHBOARD, FOLLOW_PREFERENCE, GENERATE, PACKAGE
from ..text import draw_wrapped
from . import sheet, source
from .spaces import Drawn, panels


class Main(Drawn):
    """Make an object of a picture."""

    def draw(self, context: bpy.types.Context) -> None:
        """Draw from top to bottom, as the work goes."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = properties.of(context.scene)
        source.draw(layout, context, settings)
        sheet.draw(layout, context, sources.choose(context))
        column = layout.column()
        column.row().prop(settings, "resolution", expand=True)
        column.prop(settings, "seed")
        for name in ("texture_size", "decimation_target"):
            draw_setting(column, settings, name)
        _draw_size(column, context, settings)
        _draw_generate(layout, context, settings)


def draw_setting(layout: bpy.types.UILayout, settings: properties.TrellisSettings, name: str) -> None:
    """Draw one setting; what follows the preferences has a way back to them once it was changed."""
    row = layout.row(align=True)
    row.prop(settings, name)
    if name in preferences.FOLLOWED and properties.is_own(settings, name):
        row.operator(FOLLOW_PREFERENCE, text="", icon="LOOP_BACK").parameter = name


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
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: properties.TrellisSettings
) -> None:
    reason = readiness.generate_reason(context)
    row = layout.row()
    row.scale_y = 1.5
    row.operator_context = "INVOKE_DEFAULT"
    row.operator(GENERATE, text=f"Generate · ${_price(settings)}")
    if reason:
        draw_wrapped(layout, reason, icon="INFO")
    if readiness.service_reason():
        row = layout.row(align=True)
        row.operator("preferences.addon_show", text="Preferences").module = PACKAGE
        row.operator(DASHBOARD, text="Get a Key")
        return
    _draw_money(layout, context, warned=bool(reason))


def _draw_money(layout: bpy.types.UILayout, context: bpy.types.Context, *, warned: bool) -> None:
    """Draw balance and spending in one quiet line, or a warning where they do not allow the next job."""
    outlook = readiness.outlook(context)
    if outlook is None or not outlook.warns:
        line = readiness.money_line()
        if line:
            row = layout.row()
            row.active = False
            row.label(text=line)
        return
    if not warned:
        draw_wrapped(layout, outlook.sentence, icon="ERROR")
    if outlook.cover is Cover.SHORT:
        layout.operator(DASHBOARD, icon="URL")
    else:
        layout.operator("preferences.addon_show", text="Preferences").module = PACKAGE


def _price(settings: properties.TrellisSettings) -> str:
    try:
        return str(properties.build_request(settings).price_usd)
    except TrellisError:
        return "–"


CLASSES = panels("main", Main, bl_label="TRELLIS")
