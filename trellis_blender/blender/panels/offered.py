# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside a setting that the server has otherwise than the catalogue, or no longer. Draws only."""

from typing import Any

import bpy

from ...core.catalogue import BY_NAME, Kind
from .. import offers
from ..open_fields import shown
from ..text import draw_wrapped

GONE = "Gone at the Server"


def draw(row: bpy.types.UILayout, settings: Any, name: str, **options: Any) -> None:
    """Draw a parameter's field, by ``prop``'s ``options``: disabled and with a word where the server has it no more."""
    if name in BY_NAME and offers.is_gone(name):
        row = row.row(align=True)  # only then: a row in a row would stand out of line with the others
        row.enabled = False
        row.label(text=GONE, icon="UNLINKED")
    row.prop(settings, shown(name) if name in BY_NAME else name, **options)


def draw_range(layout: bpy.types.UILayout, name: str) -> None:
    """Draw the range of a number under it, where it is not the one that its tooltip tells."""
    now = offers.parameter(name) if name in BY_NAME else None
    if now is None or now.kind not in (Kind.INT, Kind.FLOAT) or not offers.current().is_other(name):
        return
    column = layout.column()
    column.active = False
    draw_wrapped(column, f"From {now.minimum} to {now.maximum}")
