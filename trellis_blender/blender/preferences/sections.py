# SPDX-License-Identifier: GPL-3.0-or-later
"""The page's sections: a heading that opens and closes. Draws nothing of its own."""

import bpy

from ..identity import PACKAGE
from ..language import said


def section(layout: bpy.types.UILayout, name: str, heading: str, *, closed: bool = False) -> bpy.types.UILayout | None:
    """Give the column below a heading, or None while it is closed; ``name`` is remembered by Blender."""
    header, body = layout.panel(f"{PACKAGE}.{name}", default_closed=closed)
    header.label(text=said(heading))
    if body is None:
        return None
    column = body.column()
    column.use_property_split = True
    column.use_property_decorate = False
    return column
