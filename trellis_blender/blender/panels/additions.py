# SPDX-License-Identifier: GPL-3.0-or-later
"""*New at the Server*: a row for every parameter that only the server knows; none is sent until it is switched on."""

import bpy

from ...core.catalogue import Kind, Parameter, Stage
from ...core.offer import LARGEST_FLOAT, LARGEST_INT
from .. import additions, offers, properties, resets
from ..identity import RESET, USE_ADDITION
from ..text import draw_wrapped
from .quality import Marked
from .spaces import Drawn, panels

_MOST_SENTENCES = 5


class Additions(Marked, Drawn):
    """Parameters that only the server knows; the heading says how many of them are sent."""

    group = resets.NEW

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it where the server has any."""
        offer = offers.current()
        return bool(offer.new or offer.left_out)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them as the server lists them."""
        layout = self.layout
        settings = properties.of(context.scene)
        offer = offers.current()
        for parameter in offer.new:
            _draw(layout, settings, parameter)
        if offer.new:
            layout.operator(RESET, text="Reset", icon="LOOP_BACK").group = self.group
        for sentence in offer.left_out[:_MOST_SENTENCES]:
            draw_wrapped(layout, sentence, icon="INFO")


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
    quiet = column.column()
    quiet.active = False
    draw_wrapped(quiet, _allowed(parameter))


def _allowed(parameter: Parameter) -> str:
    """Say in a line what a parameter is, and which values it takes."""
    if parameter.kind is Kind.BOOL:
        return "On or off"
    if parameter.kind is Kind.ENUM:
        return f"One of {', '.join(parameter.values)}"
    if parameter.kind is Kind.TEXT:
        return "A text"
    low, high = parameter.minimum, parameter.maximum
    if (low, high) in ((-LARGEST_INT, LARGEST_INT), (-LARGEST_FLOAT, LARGEST_FLOAT)):
        return "A whole number" if parameter.kind is Kind.INT else "A number"
    return f"A whole number from {low} to {high}" if parameter.kind is Kind.INT else f"A number from {low} to {high}"


CLASSES = panels(
    "additions", Additions, parent="main", bl_label=Stage.NEW.value, bl_options={"DEFAULT_CLOSED"}, bl_order=20
)  # fmt: skip
