# SPDX-License-Identifier: GPL-3.0-or-later
"""How one object comes to stand and hang as another does, without being that. Knows no job."""

from typing import Any, Final

import bpy

from . import filling, selection

_OURS: Final = "trellis"
_OWN: Final = ("color", "lock_location", "lock_rotation", "lock_rotation_w", "lock_rotations_4d", "lock_scale",
               "pass_index")  # fmt: skip
_HIDING: Final = ("hide_select", "hide_viewport")


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


def inherit_own(old: bpy.types.Object, new: bpy.types.Object) -> None:
    """Have an object that is in no collection yet be animated as another, with what else the artist gave that.

    Modifiers are of a mesh, and stay behind where it has none.
    """
    for name in _OWN:
        setattr(new, name, getattr(old, name))
    for key in [key for key in old.keys() if not key.startswith(_OURS)]:  # noqa: SIM118  # not a mapping
        new[key] = old[key]
        if isinstance(old[key], bool | int | float | str):
            own: Any = new.id_properties_ui(key)
            own.update_from(old.id_properties_ui(key))
    for constraint in old.constraints:
        new.constraints.copy(constraint)
    if old.animation_data is not None:
        _animate(old, new)
    for name in _HIDING:
        setattr(new, name, getattr(old, name))


def _animate(old: bpy.types.Object, new: bpy.types.Object) -> None:
    """Copy action, drivers and strips by Blender's own operator, which looks at what is seen and selected only."""
    with selection.lent(old, new):
        bpy.ops.object.make_links_data(type="ANIMATION")
