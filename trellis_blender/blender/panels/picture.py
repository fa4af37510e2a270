# SPDX-License-Identifier: GPL-3.0-or-later
"""How the picture is made ready, in a closed sub-panel. Draws settings only."""

import bpy

from .. import properties, resets, sources
from ..identity import RESET
from ..text import draw_wrapped
from .quality import Marked, draw_setting
from .spaces import Drawn, panels


class Picture(Marked, Drawn):
    """How the picture is made ready before it is sent."""

    group = resets.PICTURE

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings; what has no effect now is greyed."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = properties.of(context.scene)
        if sources.choose(context).url:
            draw_wrapped(layout, "A picture on the web is sent as an address, and is not prepared.", icon="INFO")
        column = layout.column()
        column.active = not sources.choose(context).url
        draw_setting(column, settings, "crop")
        row = column.row()
        row.active = settings.crop
        draw_setting(row, settings, "margin", slider=True)
        draw_setting(column, settings, "background", expand=True)
        cutting = column.column()
        cutting.active = settings.background == "CUT"
        draw_setting(cutting, settings, "tolerance", slider=True)
        draw_setting(cutting, settings, "holes")
        layout.operator(RESET, text="Reset", icon="LOOP_BACK").group = resets.PICTURE


CLASSES = panels(
    "picture", Picture, parent="main", bl_label="Picture", bl_options={"DEFAULT_CLOSED"}, bl_order=1,
)  # fmt: skip
