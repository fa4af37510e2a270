# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside a setting that the server has otherwise than the catalogue, or no longer. Draws only."""

from typing import Any

import bpy

from ...core.catalogue import BY_NAME, Kind
from .. import offers
from ..open_fields import shown
from ..text import draw_wrapped


def draw(row: bpy.types.UILayout, settings: Any, name: str, **options: Any) -> None:
    """Draw a parameter's field, by ``prop``'s ``options``; disabled where the server has it no more."""
    if name in BY_NAME and offers.is_gone(name):
        row = row.row(align=True)  # only then: a row in a row would stand out of line with the others
        row.enabled = False
    row.prop(settings, shown(name) if name in BY_NAME else name, **options)


def draw_note(layout: bpy.types.UILayout, name: str) -> None:
    """Draw under a field that it is gone, or the range of a number where it is not the one that its tooltip tells."""
    if name not in BY_NAME:
        return
    now = offers.parameter(name)
    if now is None:
        _draw_quietly(layout, "The server no longer has this; it is not sent")
    elif now.kind in (Kind.INT, Kind.FLOAT) and offers.current().is_other(name):
        _draw_quietly(layout, f"From {now.minimum} to {now.maximum}")


def _draw_quietly(layout: bpy.types.UILayout, text: str) -> None:
    column = layout.column()
    column.active = False
    draw_wrapped(column, text)
