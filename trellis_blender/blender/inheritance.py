# SPDX-License-Identifier: GPL-3.0-or-later
"""How one object comes to stand and hang as another does, without being that. Knows no job."""

import bpy

from . import filling


def inherit(old: bpy.types.Object, new: bpy.types.Object) -> None:
    """Have an object stand as another does and hang where that hangs, with its scale applied."""
    new.rotation_mode = old.rotation_mode
    for name in ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "delta_location",
                 "delta_rotation_euler", "delta_rotation_quaternion", "delta_scale"):  # fmt: skip
        setattr(new, name, getattr(old, name))
    new.scale = filling.signs(old)
    new.parent = old.parent
    if old.parent is not None:
        new.parent_type = old.parent_type
        new.parent_bone = old.parent_bone
        new.parent_vertices = old.parent_vertices
        new.matrix_parent_inverse = old.matrix_parent_inverse
