# SPDX-License-Identifier: GPL-3.0-or-later
"""Says something under the mouse, where no operator is left that could report it. Knows no cause."""

import logging

import bpy

from ..core.wrapping import wrap
from . import footing
from .language import said

_COLUMNS = 70
_log = logging.getLogger(__name__)


def tell(sentence: str, title: str) -> None:
    """Show a sentence below a title; a Blender without windows logs it only."""
    _log.warning("%s: %s", title, sentence)
    manager = bpy.context.window_manager
    if bpy.app.background or not manager.windows:
        return

    def draw(menu: bpy.types.UIPopupMenu, _context: bpy.types.Context) -> None:
        for line in wrap(said(sentence), _COLUMNS):
            menu.layout.label(text=line, translate=False)

    with footing.at(window=manager.windows[0]):
        manager.popup_menu(draw, title=said(title), icon="ERROR")
