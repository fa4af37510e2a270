# SPDX-License-Identifier: GPL-3.0-or-later
"""What an empty holds together, taken as one: which objects those are, and the box around them. Changes nothing."""

from typing import Final

import bpy
from mathutils import Matrix, Vector

from ..core import stance
from ..core.stance import Box
from . import extent, filled, parts, placeholder, presence
from .taking import framing

SHAPES: Final = frozenset({"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME"})
"""No grease pencil: its strokes are as thick as a line, so nothing would fit into its box."""
_NOT_SEEN: Final = frozenset({"LIGHT", "CAMERA", "LIGHT_PROBE", "SPEAKER"})


def members(root: bpy.types.Object) -> list[bpy.types.Object]:
    """Give what an empty holds together: its own parts if it came in several, else all that hangs on it.

    None where none of it has a shape, nor of anything but an empty: what hangs on a mesh is an object of its own. What
    is hidden does not count, unless all is.
    """
    held = _held(root)
    held = [item for item in held if not _is_hidden(item)] or held
    return held if any(_has_shape(item) for item in held) else []


def whole(root: bpy.types.Object) -> list[bpy.types.Object]:
    """Give what an empty holds together with what of it is hidden, which a render may show all the same."""
    return _held(root) if members(root) else []


def box_of(root: bpy.types.Object, items: list[bpy.types.Object]) -> Box | None:
    """Give the box around objects in the space of the empty that holds them; None where there is none."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    frame = root.evaluated_get(depsgraph).matrix_world
    if not frame.determinant():
        return None
    back = frame.inverted()
    corners = [back @ corner for item in items if has_instances(item) for corner in framing.corners([item], depsgraph)]
    for item in items:
        if not has_instances(item) and _has_shape(item):
            evaluated = item.evaluated_get(depsgraph)
            for matrix, shape in framing.shapes(evaluated, back @ evaluated.matrix_world):
                corners += _corners(matrix, shape)
    return stance.box_of(corners) if corners else None


def has_instances(item: bpy.types.Object) -> bool:
    """Whether there may be more to see of an object than itself, or what its collection holds."""
    return item.instance_type in ("VERTS", "FACES") or any(step.type == "NODES" for step in item.modifiers)


def _held(root: bpy.types.Object) -> list[bpy.types.Object]:
    if root.type != "EMPTY" or root.instance_collection is not None:
        return []
    below = parts.of(root) or root.children_recursive
    return [item for item in below if item.type not in _NOT_SEEN and not placeholder.is_one(item)]


def _corners(matrix: Matrix, shape: bpy.types.Object) -> list[Vector]:
    """Give corners of a box that an object just fits into: a mesh may be turned, its own box would be too large."""
    if isinstance(shape.data, bpy.types.Mesh):
        box = extent.box_of_mesh(shape.data, matrix)
        return extent.corners_of(box) if box is not None else []
    return [matrix @ corner for corner in filled.corners(shape)]


def _has_shape(item: bpy.types.Object) -> bool:
    return item.type in SHAPES or item.instance_collection is not None


def _is_hidden(item: bpy.types.Object) -> bool:
    """Whether an object is hidden by itself in a view layer that has it."""
    layers = [layer for scene in item.users_scene for layer in scene.view_layers if presence.has(layer.objects, item)]
    return item.hide_viewport or any(item.hide_get(view_layer=layer) for layer in layers)
