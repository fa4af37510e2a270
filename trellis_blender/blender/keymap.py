# SPDX-License-Identifier: GPL-3.0-or-later
"""The shortcuts: Alt with a bracket or a page key leafs through variants. They are changed in Preferences > Keymap."""

from typing import Any

import bpy

from .identity import STEP_VARIANT

KEYMAP = "Object Mode"
KEYS: tuple[tuple[Any, int], ...] = (("LEFT_BRACKET", -1), ("RIGHT_BRACKET", 1), ("PAGE_UP", -1), ("PAGE_DOWN", 1))
"""With Alt: alone and with Shift, brackets select parents and children in Object Mode.

Many keyboards, as German, French and Spanish ones, have no bracket that Alt can be held with; all have page keys.
"""
_made: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


def register() -> None:
    """Add the shortcuts; a Blender without windows has no place for them."""
    configuration = bpy.context.window_manager.keyconfigs.addon
    if configuration is None:
        return
    keymap = configuration.keymaps.new(KEYMAP, space_type="EMPTY")
    for key, by in KEYS:
        item = keymap.keymap_items.new(STEP_VARIANT, key, "PRESS", alt=True)
        item.properties.by = by
        _made.append((keymap, item))


def unregister() -> None:
    """Take the shortcuts out."""
    for keymap, item in _made:
        keymap.keymap_items.remove(item)
    _made.clear()
