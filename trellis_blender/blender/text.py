# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a layout: wrapped to the width at hand. Knows no data."""

from typing import Any

import bpy

from ..core.wrapping import wrap
from .language import said

Icon = Any
"""An icon's name; Blender's stubs want one of a thousand literals."""

_CHARACTER_WIDTH = 6.2
"""Mean width of the interface font's characters at 1×, in pixels; measured at the default theme."""
_MARGIN, _ICON = 66, 18
"""What the tabs, the borders and a box take of the region's width, and an icon."""


def draw_wrapped(layout: bpy.types.UILayout, text: str, *, icon: Icon = "NONE") -> None:
    """Draw a sentence in the artist's language, over as many lines as the region's width asks for."""
    region = bpy.context.region
    scale = bpy.context.preferences.system.ui_scale or 1.0
    width = (region.width if region else 400) / scale - _MARGIN - (_ICON if icon != "NONE" else 0)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(wrap(said(text), max(int(width / _CHARACTER_WIDTH), 16))):
        mark: Icon = icon if number == 0 else ("BLANK1" if icon != "NONE" else "NONE")
        column.label(text=line, icon=mark, translate=False)
