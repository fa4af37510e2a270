# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed sub-panel for each stage of the pipeline, generated from the catalogue."""

import bpy

from ...core.catalogue import BY_NAME, Kind, Parameter, Stage
from .. import offers, properties, resets
from ..identity import RESET
from ..language import said
from .quality import draw_mark, draw_setting
from .spaces import Drawn, panels


class StagePanel(Drawn):
    """Settings of one stage."""

    stage: Stage

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        """Draw how many of them differ from the defaults."""
        draw_mark(self.layout, context, self.stage.name)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the stage's settings but those that stand above already; what is not confirmed comes last."""
        layout = self.layout
        settings = properties.of(context.scene)
        parameters = [offers.parameter(name) or BY_NAME[name] for name in resets.GROUPS[self.stage.name]]
        # Their names are too long for a column of their own: each stands inside its field.
        column = layout.column()
        for parameter in parameters:
            if parameter.confirmed:
                _draw_row(column, settings, parameter)
        uncertain = [parameter for parameter in parameters if not parameter.confirmed]
        if uncertain:
            row = column.row()
            row.active = False
            row.label(text="Not confirmed by the provider", icon="QUESTION")
            for parameter in uncertain:
                _draw_row(column, settings, parameter)
        layout.operator(RESET, text="Reset", icon="LOOP_BACK").group = self.stage.name


def _draw_row(column: bpy.types.UILayout, settings: properties.TrellisSettings, parameter: Parameter) -> None:
    """Draw a setting with its name inside its field, or in half of the row where the field has no room for it."""
    if parameter.kind is Kind.ENUM:
        split = column.split(factor=0.5)
        split.label(text=said(parameter.label))
        draw_setting(split, settings, parameter.name, text="")
    else:
        draw_setting(column, settings, parameter.name)


def _classes() -> tuple[type, ...]:
    made: list[type] = []
    for order, stage in enumerate(Stage, start=1):  # below the jobs and the spending, which have 0
        if resets.GROUPS.get(stage.name):
            made += panels(
                stage.name.lower(), StagePanel, parent="main", stage=stage, bl_label=stage.value,
                bl_options={"DEFAULT_CLOSED"}, bl_order=order,
            )  # fmt: skip
    return tuple(made)


CLASSES = _classes()
