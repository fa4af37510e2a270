# SPDX-License-Identifier: GPL-3.0-or-later
"""*Advanced*: in it a closed sub-panel for each stage of the pipeline, generated from the catalogue."""

import bpy

from ...core.catalogue import BY_NAME, Kind, Parameter, Stage
from .. import offers, properties, resets
from ..identity import RESET
from ..language import said
from .quality import Marked, draw_choice, draw_setting
from .spaces import Drawn, is_narrow, panels


class Advanced(Marked, Drawn):
    """The stages, out of the way of what is looked at all day; the heading says how many of their settings differ."""

    group = resets.ADVANCED

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw nothing: all is in the sub-panels."""


class StagePanel(Marked, Drawn):
    """Settings of one stage."""

    stage: Stage

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the stage's settings but those that stand above already; what is not confirmed comes last."""
        layout = self.layout
        settings = properties.of(context.scene)
        parameters = [offers.parameter(name) or BY_NAME[name] for name in resets.GROUPS[self.stage.name]]
        # Their names are too long for a column of their own: each stands inside its field.
        narrow = is_narrow(context)
        column = layout.column()
        for parameter in parameters:
            if parameter.confirmed:
                _draw_row(column, settings, parameter, is_narrow=narrow)
        uncertain = [parameter for parameter in parameters if not parameter.confirmed]
        if uncertain:
            row = column.row()
            row.active = False
            row.label(text="Not confirmed by the provider", icon="QUESTION")
            for parameter in uncertain:
                _draw_row(column, settings, parameter, is_narrow=narrow)
        layout.operator(RESET, text="Reset", icon="LOOP_BACK").group = self.stage.name


def _draw_row(
    column: bpy.types.UILayout, settings: properties.TrellisSettings, parameter: Parameter, *, is_narrow: bool
) -> None:  # fmt: skip
    """Draw a setting with its name inside its field, beside it, or above it, where there is no room for the name."""
    if is_narrow and parameter.kind is not Kind.BOOL:
        column.label(text=said(parameter.label))
        draw_setting(column, settings, parameter.name, text="")
    elif parameter.kind is Kind.ENUM:
        draw_choice(column, settings, parameter.name)
    else:
        draw_setting(column, settings, parameter.name)


def _classes() -> tuple[type, ...]:
    made = [
        *panels("advanced", Advanced, parent="main", bl_label="Advanced", bl_options={"DEFAULT_CLOSED"}, bl_order=2)
    ]
    for order, stage in enumerate(Stage):
        if resets.GROUPS.get(stage.name):
            made += panels(
                stage.name.lower(), StagePanel, parent="advanced", stage=stage, group=stage.name, bl_label=stage.value,
                bl_options={"DEFAULT_CLOSED"}, bl_order=order,
            )  # fmt: skip
    return tuple(made)


CLASSES = _classes()
