# SPDX-License-Identifier: GPL-3.0-or-later
"""One panel for both editors: makes a class for each sidebar from one drawing mix-in."""

from typing import TYPE_CHECKING, Any

import bpy

from ..identity import TAB, TEXT_CONTEXT

_NARROW_PIXELS = 230
"""At 1x, below which a row of three choices would be cut off."""

LARGEST = 1.8
"""Height in rows of the one button that all above it leads to; nothing else in the panel is as large."""

SPACES = {"VIEW3D": "VIEW_3D", "IMAGE": "IMAGE_EDITOR"}


class Drawn:
    """Base of the drawing mix-ins: Blender gives a panel its ``layout`` for the time of a draw."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout


def is_narrow(context: bpy.types.Context) -> bool:
    """Whether the sidebar is too narrow for a row of choices."""
    region = context.region
    return region is not None and region.width / (context.preferences.system.ui_scale or 1.0) < _NARROW_PIXELS


def panels(name: str, mixin: type, *, parent: str = "", **attributes: Any) -> tuple[type, ...]:
    """Give the panel classes ``TRELLIS_PT_<name>_<space>``; ``parent`` is another panel's ``name``."""
    made = []
    for space, space_type in SPACES.items():
        idname = f"TRELLIS_PT_{name}_{space.lower()}"
        body = {
            "__doc__": mixin.__doc__,
            "__module__": mixin.__module__,
            "bl_idname": idname,
            "bl_space_type": space_type,
            "bl_region_type": "UI",
            "bl_category": TAB,
            "bl_translation_context": TEXT_CONTEXT,
            **attributes,
        }
        if parent:
            body["bl_parent_id"] = f"TRELLIS_PT_{parent}_{space.lower()}"
        made.append(type(idname, (mixin, bpy.types.Panel), body))
    return tuple(made)
