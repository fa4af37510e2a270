# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that stand where only their own scene puts them: another one has no rigid bodies. Changes no object."""

import bpy


def elsewhere(item: bpy.types.Object, scene: bpy.types.Scene) -> bool:
    """Whether an object, or one that it hangs on, is moved by the rigid bodies of its scene."""
    world = scene.rigidbody_world
    return world is not None and world.enabled and _is_moved(item, set())


def _is_moved(item: bpy.types.Object, seen: set[bpy.types.Object]) -> bool:
    if item in seen:
        return False
    seen.add(item)
    targets = [item.parent, *(getattr(constraint, "target", None) for constraint in item.constraints)]
    return item.rigid_body is not None or any(_is_moved(target, seen) for target in targets if target is not None)


def double(item: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> bpy.types.Object:
    """Give a copy of an object that stands by itself where the object is seen."""
    matrix = item.evaluated_get(depsgraph).matrix_world.copy()
    copy = item.copy()
    copy.animation_data_clear()
    copy.constraints.clear()
    copy.parent = None
    copy.matrix_world = matrix
    return copy
