# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a scene's new objects shall be: as the preferences say, in metres, until it has a size of its own."""

from typing import Any

import bpy

from . import preferences


def annotations(own_suffix: str, set_suffix: str) -> dict[str, Any]:
    """Give the properties that hold it; the suffixes are those of whatever follows the preferences."""
    name = preferences.OBJECT_SIZE
    own, flag = name + own_suffix, name + set_suffix

    def read(settings: Any) -> float:
        if getattr(settings, flag):
            return float(getattr(settings, own))
        return preferred(settings.id_data)

    def write(settings: Any, value: float) -> None:
        setattr(settings, own, value)
        setattr(settings, flag, True)

    return {
        own: bpy.props.FloatProperty(name="Own Object Size", default=1.0, options={"HIDDEN"}),
        flag: bpy.props.BoolProperty(name="Has Own Object Size", default=False, options={"HIDDEN"}),
        name: bpy.props.FloatProperty(
            name="Object Size",
            description="Longest side of the object that comes",
            default=1.0,
            min=0.0001,
            soft_max=100.0,
            unit="LENGTH",
            get=read,
            set=write,
        ),
    }


def preferred(scene: bpy.types.Scene) -> float:
    """Give the preferences' size in a scene's own units."""
    return in_units(scene, preferences.get().object_size)


def in_units(scene: bpy.types.Scene, metres: float) -> float:
    """Give a length in a scene's own units; without a unit system, one of them is a metre."""
    units = scene.unit_settings
    return metres if units.system == "NONE" else metres / units.scale_length
