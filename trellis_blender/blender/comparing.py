# SPDX-License-Identifier: GPL-3.0-or-later
"""Variants side by side: objects beside the one they are of, that show one each, until they are taken away again."""

from typing import Final

import bpy
from mathutils import Matrix, Vector

from . import home, provenance, selection, variants

_OF: Final = "trellis_compared"
_GAP: Final = 0.25
"""Room between one and the next, as a share of their widths."""


def is_comparing(item: bpy.types.Object) -> bool:
    """Whether an object's variants stand beside it."""
    return bool(standing(item))


def standing(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give the objects that stand beside another to be compared with it."""
    return [other for other in bpy.data.objects if _stands_beside(other) == item]


def lay_out(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Put an object for each of the other variants in a row, in the order of the variants; give them."""
    variants.enlist(item)
    row = [_copy(item, mesh) for mesh in variants.meshes(item) if mesh != item.data]
    bpy.context.view_layer.update()  # else nobody knows yet how wide they are
    low, high = _reach(item)
    width = high - low
    for other in row:
        own_low, own_high = _reach(other)
        own_width = own_high - own_low
        high += (width + own_width) / 2 * _GAP
        other.matrix_world = Matrix.Translation((high - own_low, 0.0, 0.0)) @ item.matrix_world
        high, width = high + own_width, own_width
    bpy.context.view_layer.update()
    return row


def take_away(item: bpy.types.Object) -> int:
    """Remove what stands beside an object; give how many there were."""
    there = standing(item)
    bpy.data.batch_remove(there)
    bpy.context.view_layer.update()
    return len(there)


def original(item: bpy.types.Object) -> bpy.types.Object | None:
    """Give the object that one stands beside to be compared with; None for any other."""
    first = _stands_beside(item)
    return first if first is not None and first.users_scene else None


def _stands_beside(item: bpy.types.Object) -> bpy.types.Object | None:
    if item.get(_OF) is None:  # asked first: to look at what we noted would note something in Blender 4.2
        return None
    first = variants.of(item).compared
    return first if isinstance(first, bpy.types.Object) and first != item else None


def _reach(item: bpy.types.Object) -> tuple[float, float]:
    """Give how far an object reaches to the left and to the right."""
    sides = [(item.matrix_world @ Vector(corner)).x for corner in item.bound_box]
    return min(sides), max(sides)


def _copy(item: bpy.types.Object, mesh: bpy.types.Mesh) -> bpy.types.Object:
    """Put one object where another stands, with the same modifiers and materials, and held by nothing."""
    world = item.matrix_world.copy()
    other = item.copy()  # with modifiers, constraints, material slots and custom properties
    other.name = f"{item.name} · {_seed(mesh)}"
    other.animation_data_clear()
    other.constraints.clear()
    other.parent = None
    variants.clear(other)
    variants.show_alone(other, mesh)
    other[_OF], variants.of(other).compared = True, item
    for attribute in ("delta_location", "delta_rotation_euler"):
        setattr(other, attribute, (0.0, 0.0, 0.0))
    other.delta_scale, other.delta_rotation_quaternion = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0)
    other.matrix_world = world
    for holder in item.users_collection:
        if home.takes(holder):
            holder.objects.link(other)
    selection.deselect([other], bpy.context.scene)
    other.select_set(False)
    return other


def _seed(mesh: bpy.types.Mesh) -> str:
    made = provenance.recipe_of(mesh)
    return str(made.seed) if made is not None else mesh.name
