# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed sub-panel for each stage of the pipeline, generated from the catalogue."""

import bpy

from ...core.catalogue import BY_NAME, Kind, Parameter, Stage
from .. import offers, properties, resets
from ..identity import RESET
from .quality import Marked, draw_choice, draw_setting
from .spaces import Drawn, panels


class StagePanel(Marked, Drawn):
    """Settings of one stage."""

    stage: Stage

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
        draw_choice(column, settings, parameter.name)
    else:
        draw_setting(column, settings, parameter.name)


def _classes() -> tuple[type, ...]:
    made: list[type] = []
    for order, stage in enumerate(Stage, start=1):  # below the jobs and the spending, which have 0
        if resets.GROUPS.get(stage.name):
            made += panels(
                stage.name.lower(), StagePanel, parent="main", stage=stage, group=stage.name, bl_label=stage.value,
                bl_options={"DEFAULT_CLOSED"}, bl_order=order,
            )  # fmt: skip
    return tuple(made)


CLASSES = _classes()
