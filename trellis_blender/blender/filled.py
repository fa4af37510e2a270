# SPDX-License-Identifier: GPL-3.0-or-later
"""The box around what an object really fills: Blender's own box of a curve or a text is another. Changes nothing."""

from typing import Final

import bpy
from mathutils import Vector

from . import extent

_OUTLINES: Final = frozenset({"CURVE", "SURFACE", "FONT"})
"""Their boxes, once evaluated, are of the control points: without bevel and depth, with a radius that is not seen."""


def corners(item: bpy.types.Object) -> list[Vector]:
    """Give the corners of the box around an evaluated object in its own space, as its modifiers leave it."""
    found = _surface(item) if item.type in _OUTLINES else _corners(item)
    return found or [Vector(corner) for corner in item.original.bound_box]


def corners_of_instance(entry: bpy.types.DepsgraphObjectInstance) -> list[Vector]:
    """Give the same for one of a depsgraph's instances; none for what is not seen itself, or comes as a mesh too."""
    return [] if entry.object.type in _OUTLINES else _corners(entry.object)


def _corners(item: bpy.types.Object) -> list[Vector]:
    """Give Blender's own box; none where there is nothing in it, as when nodes leave instances only."""
    found = [Vector(corner) for corner in item.bound_box]
    return found if any(corner != found[0] for corner in found) else []


def _surface(item: bpy.types.Object) -> list[Vector]:
    try:
        mesh = item.to_mesh()
        box = extent.box_of_mesh(mesh) if mesh is not None else None
        return extent.corners_of(box) if box is not None else []
    finally:
        item.to_mesh_clear()
