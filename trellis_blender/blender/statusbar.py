# SPDX-License-Identifier: GPL-3.0-or-later
"""One short line in Blender's status bar while jobs run, or have ended unseen. Draws a text that was made before."""

from typing import Any

import bpy

from . import screens
from .identity import PACKAGE, SHOW_HISTORY
from .language import said

SWITCH = "status_bar"
"""The preference."""
_text = ""


def show(text: str) -> None:
    """Have this shown from now on, nothing for an empty text; has nothing drawn again when it is the same."""
    global _text
    wanted = text if getattr(bpy.context.preferences.addons[PACKAGE].preferences, SWITCH) else ""
    if wanted != _text:
        _text = wanted
        screens.redraw_status_bar()


def shown() -> str:
    """Give what stands there."""
    return _text


def draw(header: Any, _context: bpy.types.Context) -> None:
    """Draw the line, which opens the history."""
    screens.draw_beat(header.layout)
    if _text:
        header.layout.operator(SHOW_HISTORY, text=said(_text), icon="MESH_MONKEY", emboss=False, translate=False)


def register() -> None:
    """Stand at the end of the status bar."""
    screens.register()
    _header().append(draw)


def unregister() -> None:
    """Leave it as it was."""
    global _text
    _text = ""
    _header().remove(draw)
    screens.unregister()


def _header() -> Any:
    return bpy.types.STATUSBAR_HT_header
