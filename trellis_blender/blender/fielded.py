# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object's own fields in the sidebar and its properties say: read, compared, written. Knows no job."""

from collections.abc import Mapping
from typing import Final

import bpy

from . import parts

Value = bool | float | str
Fields = Mapping[tuple[str, int], Value]
"""What each field says, by its name and the number of a vector's component; 0 for what is none."""
_NAMES: Final = (
    "name location rotation_mode rotation_euler rotation_quaternion rotation_axis_angle scale delta_location "
    "delta_rotation_euler delta_rotation_quaternion delta_scale lock_location lock_rotation lock_scale color "
    "display_type hide_render hide_viewport hide_select show_name show_axis show_wire show_in_front show_bounds "
    "pass_index"
).split()


def read(item: bpy.types.Object) -> Fields:
    """Give what all of them say."""
    found: dict[tuple[str, int], Value] = {}
    for name in _NAMES:
        value = getattr(item, name)
        if isinstance(value, bool | int | float | str):
            found[name, 0] = value
        else:
            found |= {(name, index): each for index, each in enumerate(value)}
    return found


def since(item: bpy.types.Object, before: Fields) -> Fields:
    """Give those that say something else than before."""
    return {key: value for key, value in read(item).items() if value != before.get(key)}


def write(item: bpy.types.Object, fields: Fields) -> None:
    """Have some of them say so."""
    for (name, index), value in fields.items():
        if isinstance(getattr(item, name), bool | int | float | str):
            setattr(item, name, value)
        else:
            getattr(item, name)[index] = value
    if ("name", 0) in fields:
        parts.name(item, parts.of(item))
