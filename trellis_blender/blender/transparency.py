# SPDX-License-Identifier: GPL-3.0-or-later
"""From when on an object is taken for transparent, as the preferences have it. Reads one preference."""

import bpy

from .identity import PACKAGE

REPAIR, AS_DELIVERED = "REPAIR", "AS_DELIVERED"
ITEMS = (
    (REPAIR, "Repair", "Make objects opaque that only a few stray texels make transparent"),
    (AS_DELIVERED, "As Delivered", "Keep the transparency that the file has"),
)


def opaque_share() -> float:
    """Give the share of a texture below which transparency is an error; 0.0 keeps all as it was delivered."""
    preferences = bpy.context.preferences.addons[PACKAGE].preferences
    if preferences.transparency == AS_DELIVERED:  # type: ignore[attr-defined]
        return 0.0
    return float(preferences.transparency_threshold) / 100.0  # type: ignore[attr-defined]
