# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that matter: the preset in force, and the rows it sets. Draws from memory; reads no folder."""

from typing import TYPE_CHECKING, Any

import bpy

from ...core.money import priced
from ...core.presets import BUILT_IN, Preset
from .. import dice, presets, properties, resets
from ..identity import APPLY_PRESET, PRESETS_PANEL, RANDOM_SEED, RESET, SAVE_PRESET
from ..language import said
from . import offered
from .spaces import is_narrow

CUSTOM = "Custom"
_NAME_SHARE = 0.62
_LABEL_SHARE = 0.4
"""Of the width, as Blender splits a row into name and value."""


class TRELLIS_PT_presets(bpy.types.Panel):
    """The presets as a list: Blockout, Standard, Hero, and the artist's own."""

    bl_idname = PRESETS_PANEL
    bl_label = "Quality Presets"
    bl_description = "Blockout, Standard, Hero, or a preset of your own: what it sets, and what an object costs by it"
    bl_space_type = "PROPERTIES"
    bl_region_type = "HEADER"  # Blender's own presets are drawn so: a popover, and a panel nowhere
    bl_ui_units_x = 11

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a row for each preset, and a field to keep another one."""
        presets.refresh()
        now = presets.active(properties.of(context.scene))
        column = self.layout.column(align=True)
        column.operator_context = "EXEC_DEFAULT"
        for place, preset in enumerate(presets.every()):
            if place == len(BUILT_IN):
                column.separator()
            _draw_preset(column, preset, is_active=preset == now)
        self.layout.separator()
        row = self.layout.row(align=True)
        row.operator_context = "EXEC_DEFAULT"
        row.prop(context.window_manager, "preset_name", text="")
        row.operator(SAVE_PRESET, text="", icon="ADD").name = context.window_manager.preset_name


def _draw_preset(column: bpy.types.UILayout, preset: Preset, *, is_active: bool) -> None:
    split = column.split(factor=_NAME_SHARE, align=True)
    button = split.operator(APPLY_PRESET, text=preset.name, translate=not preset.is_own, depress=is_active)
    button.preset = preset.name
    row = split.row(align=True)
    price = row.row(align=True)
    price.active = False
    price.alignment = "RIGHT"
    amount = presets.price(preset)
    price.label(text=said(priced(amount)) if amount is not None else "", translate=False)
    if preset.is_own:
        button = row.operator(SAVE_PRESET, text="", icon="REMOVE")
        button.name, button.remove_name = preset.name, True
    else:
        row.label(text="", icon="BLANK1")


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, settings: Any) -> None:
    """Draw the preset in force, then what it sets, then the seed."""
    column = layout.column()
    narrow = is_narrow(context)
    _draw_active(column, settings, is_narrow=narrow)
    if narrow:
        for name in ("resolution", "texture_size"):
            column.label(text=said(settings.bl_rna.properties[name].name))
            draw_setting(column, settings, name, text="")
    else:
        draw_setting(column, settings, "resolution", expand=True)
        draw_setting(column, settings, "texture_size")
    draw_setting(column, settings, "decimation_target")
    row = column.row(align=True)
    offered.draw(row, settings, "seed")
    die = dice.icon(context)
    row.operator(RANDOM_SEED, text="", **({"icon_value": die} if die else {"icon": "FILE_REFRESH"}))


def _draw_active(column: bpy.types.UILayout, settings: properties.TrellisSettings, *, is_narrow: bool) -> None:
    now = presets.active(settings)
    split = column.split(factor=0.5 if is_narrow else _LABEL_SHARE, align=True)
    name = split.row()
    name.alignment = "LEFT" if is_narrow else "RIGHT"
    name.label(text="Quality")
    split.popover(PRESETS_PANEL, text=_name(now), translate=False)


def _name(preset: Preset | None) -> str:
    """Give the name that is shown; the artist's own words are not translated."""
    if preset is not None and preset.is_own:
        return preset.name
    return said(preset.name if preset is not None else CUSTOM)


def draw_setting(layout: bpy.types.UILayout, settings: Any, name: str, **options: Any) -> None:
    """Draw one setting, with the way back to its default where it differs; ``options`` are those of ``prop``."""
    row = layout.row(align=True)
    offered.draw(row, settings, name, **options)
    _draw_way_back(row, settings, name)
    offered.draw_note(layout, name)


def draw_choice(layout: bpy.types.UILayout, settings: Any, name: str) -> None:
    """Draw an enumeration with its name on half of the row, where Blender would cut the name off."""
    split = layout.split(factor=0.5)
    split.label(text=said(settings.bl_rna.properties[name].name))
    row = split.row(align=True)
    row.use_property_split = False
    offered.draw(row, settings, name, text="")
    if name != "source":
        _draw_way_back(row, settings, name)


def _draw_way_back(row: bpy.types.UILayout, settings: properties.TrellisSettings, name: str) -> None:
    if resets.differs(settings, name):
        row.operator(RESET, text="", icon="LOOP_BACK").name = name


def _draw_mark(layout: bpy.types.UILayout, context: bpy.types.Context, group: str, *, is_short: bool) -> None:
    """Draw how many settings of a sub-panel differ; pressed, it resets them."""
    count = resets.differing(properties.of(context.scene), group)
    if count:
        layout.operator(
            RESET, text="" if is_short else f"{count}", icon="LOOP_BACK", emboss=False, translate=False
        ).group = group


class Marked:
    """Mix-in for a sub-panel whose heading says how many of its settings differ; ``group`` names them."""

    group: str

    if TYPE_CHECKING:
        layout: bpy.types.UILayout

    def draw_header(self, context: bpy.types.Context) -> None:
        """Draw it before the title where behind it there is no room."""
        if is_narrow(context):
            _draw_mark(self.layout, context, self.group, is_short=True)

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        """Draw it at the end of the heading."""
        if not is_narrow(context):
            _draw_mark(self.layout, context, self.group, is_short=False)


CLASSES = (TRELLIS_PT_presets,)
