# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing before anything can be sent, and one button that leads on. Draws only."""

import bpy

from .. import preferences, readiness
from ..identity import DASHBOARD, PACKAGE, PASTE_KEY
from ..text import draw_wrapped

_ALLOW_ONLINE = "extensions.userpref_allow_online"
"""Blender's own button, as on its page of extensions; it says itself why it is off."""


def draw(layout: bpy.types.UILayout) -> bool:
    """Draw it while the service cannot be asked; whether anything was drawn."""
    reason = readiness.service_reason()
    if not reason:
        return False
    box = layout.box().column()
    draw_wrapped(box, reason, icon="INFO")
    way_on = box.column()
    way_on.scale_y = 1.3
    if readiness.offline_reason():
        way_on.operator(_ALLOW_ONLINE, text="Allow Online Access", icon="CHECKMARK")
    elif preferences.settings_fault():
        way_on.operator("preferences.addon_show", text="Preferences").module = PACKAGE
    else:
        way_on.operator(PASTE_KEY, text="Paste API Key", icon="PASTEDOWN")
        row = box.row(align=True)
        if preferences.is_provider():
            row.operator(DASHBOARD, text="Get a Key")
        row.operator("preferences.addon_show", text="Preferences").module = PACKAGE
    return True
