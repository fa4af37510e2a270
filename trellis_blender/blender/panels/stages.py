# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed sub-panel for each stage of the pipeline, generated from the catalogue."""

import bpy

from ...core.catalogue import Stage, settings_of
from .. import properties
from .main import draw_setting
from .spaces import Drawn, panels

_ON_MAIN_PANEL = frozenset({"resolution", "seed", "texture_size", "decimation_target"})


class StagePanel(Drawn):
    """Settings of one stage."""

    stage: Stage

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the stage's settings but those that stand above already."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = properties.of(context.scene)
        for parameter in settings_of(self.stage):
            if parameter.name not in _ON_MAIN_PANEL:
                draw_setting(layout, settings, parameter.name)


def _classes() -> tuple[type, ...]:
    made: list[type] = []
    for order, stage in enumerate(Stage, start=1):  # below the jobs and the spending, which have 0
        if any(parameter.name not in _ON_MAIN_PANEL for parameter in settings_of(stage)) and stage is not Stage.SOURCE:
            made += panels(
                stage.name.lower(), StagePanel, parent="main", stage=stage, bl_label=stage.value,
                bl_options={"DEFAULT_CLOSED"}, bl_order=order,
            )  # fmt: skip
    return tuple(made)


CLASSES = _classes()
