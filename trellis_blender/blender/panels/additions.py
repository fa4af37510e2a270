# SPDX-License-Identifier: GPL-3.0-or-later
"""*New at the Server*: a row for every parameter that only the server knows; none is sent until it is switched on."""

import bpy

from ...core.catalogue import Kind, Parameter, Stage
from .. import additions, offers, properties
from ..identity import USE_ADDITION
from ..text import draw_wrapped
from .spaces import Drawn, panels


class Additions(Drawn):
    """Parameters that only the server knows."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it where the server has any."""
        return bool(offers.current().new)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them as the server lists them."""
        layout = self.layout
        settings = properties.of(context.scene)
        for parameter in offers.current().new:
            _draw(layout, settings, parameter)


def _draw(layout: bpy.types.UILayout, settings: properties.TrellisSettings, parameter: Parameter) -> None:
    item = additions.find(settings, parameter.name)
    is_on = item is not None and item.use
    column = layout.column(align=True)
    row = column.row(align=True)
    button = row.operator(
        USE_ADDITION, text="", icon="CHECKBOX_HLT" if is_on else "CHECKBOX_DEHLT", emboss=False
    )  # fmt: skip
    button.parameter, button.use = parameter.name, not is_on
    if is_on:
        row.prop(item, additions.FIELDS[parameter.kind], text=parameter.label, translate=False)
    else:
        row.label(text=parameter.label, translate=False)
    if is_on and parameter.kind in (Kind.INT, Kind.FLOAT):
        quiet = column.column()
        quiet.active = False
        draw_wrapped(quiet, f"From {parameter.minimum} to {parameter.maximum}")


CLASSES = panels(
    "additions", Additions, parent="main", bl_label=Stage.NEW.value, bl_options={"DEFAULT_CLOSED"}, bl_order=20
)  # fmt: skip
