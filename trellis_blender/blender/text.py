# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a layout: wrapped to the width at hand. Knows no data."""

from collections.abc import Iterator
from contextlib import contextmanager
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
DIALOG_FRAME = 24
"""What the borders of a dialog take of its width, in pixels at 1×."""
_QUESTION_COLUMNS = 64
_rooms: list[float] = []


@contextmanager
def room(pixels: float) -> Iterator[None]:
    """Have sentences wrapped to so many pixels at 1×: a popover or a dialog is not as wide as what it opened from."""
    _rooms.append(pixels)
    try:
        yield
    finally:
        _rooms.pop()


def in_lines(text: str) -> str:
    """Give a question in the artist's language, in lines: Blender makes its dialog as wide as the longest of them."""
    return "\n".join(wrap(said(text), _QUESTION_COLUMNS))


def draw_wrapped(layout: bpy.types.UILayout, text: str, *, icon: Icon = "NONE") -> None:
    """Draw a sentence in the artist's language, over as many lines as the region's width asks for."""
    width = (_rooms[-1] if _rooms else _region_width()) - (_ICON if icon != "NONE" else 0)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(wrap(said(text), max(int(width / _CHARACTER_WIDTH), 16))):
        mark: Icon = icon if number == 0 else ("BLANK1" if icon != "NONE" else "NONE")
        column.label(text=line, icon=mark, translate=False)


def _region_width() -> float:
    region = bpy.context.region
    return (region.width if region else 400) / (bpy.context.preferences.system.ui_scale or 1.0) - _MARGIN
