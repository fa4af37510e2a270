# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in the scene a job's object stands, and whether it can be seen there. Reads only; knows no engine."""

from collections.abc import Iterator
from typing import Final

import bpy
from mathutils import Vector

from . import bodies, presence, provenance, variants

_SOLID: Final = frozenset({"MESH", "CURVE", "SURFACE", "META", "FONT"})
_LARGEST: Final = 4.0
"""What is longer than so many times the object is a room that it stands in, and hides nothing."""
_MOST_OBJECTS: Final = 2000
"""With more there is no looking: it is done between two frames."""
_SLACK: Final = 1e-3

Bounds = tuple[Vector, Vector]


def of(job_id: str, view_layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Give the objects of a view layer that a job's mesh is shown by, or is a variant of."""
    return [item for item in view_layer.objects if job_id in _jobs(item)]


def hidden(item: bpy.types.Object) -> str:
    """Say that a new object is not to be seen since it is in what is hidden, or nothing."""
    view_layer = bpy.context.view_layer
    if view_layer is None or not _is_in_hidden(item, view_layer):
        return ""
    holder = next((held for held in item.users_collection if not bodies.is_own(held)), item.users_collection[0])
    return f"It is in the collection {holder.name}, which is hidden. Show that in the Outliner."


def remark(item: bpy.types.Object) -> str:
    """Say why a new object is not to be seen, or nothing: it is in what is hidden, or inside Blender's first cube."""
    view_layer, unseen = bpy.context.view_layer, hidden(item)
    if unseen:
        return unseen
    if item.type != "MESH" or view_layer is None or len(view_layer.objects) > _MOST_OBJECTS:
        return ""
    own = _bounds(item)
    size = _longest(own)
    hides = (other for other in _solids(view_layer) if other != item and _holds(_bounds(other), own, size))
    around = next(hides, None)
    return _inside(around.name) if around is not None else ""


def _inside(around_name: str) -> str:
    return f"It stands inside {around_name}. Hide or move that to see it."


_BEFORE, _BEHIND = _inside("\0").split("\0")


def is_over(said: str, view_layer: bpy.types.ViewLayer) -> bool:
    """Whether an object is gone, or hidden, that was said to be around another; cheap enough for drawing."""
    if not said.startswith(_BEFORE):
        return False
    around = view_layer.objects.get(said.removeprefix(_BEFORE).removesuffix(_BEHIND))
    return around is None or not around.visible_get(view_layer=view_layer)


def anew(said: str, item: bpy.types.Object) -> str:
    """Give what is to be said now of an object that something was said to be around: it may have been moved."""
    return remark(item) if said.startswith(_BEFORE) else said


def _is_in_hidden(item: bpy.types.Object, view_layer: bpy.types.ViewLayer) -> bool:
    """Whether an object of the scene that is open cannot be seen for its collections, and not for itself."""
    if item.hide_viewport or not presence.has(bpy.context.scene.objects, item) or not item.users_collection:
        return False
    if not presence.has(view_layer.objects, item):
        return True
    return not item.hide_get(view_layer=view_layer) and not item.visible_get(view_layer=view_layer)


def _jobs(item: bpy.types.Object) -> set[str]:
    return variants.jobs(item) | {provenance.job_of(item)}


def _solids(view_layer: bpy.types.ViewLayer) -> Iterator[bpy.types.Object]:
    return (
        item
        for item in view_layer.objects
        if item.type in _SOLID and item.display_type in ("SOLID", "TEXTURED") and item.visible_get()
    )


def _bounds(item: bpy.types.Object) -> Bounds:
    corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
    axes = list(zip(*(corner.to_tuple() for corner in corners), strict=True))
    return Vector([min(axis) for axis in axes]), Vector([max(axis) for axis in axes])


def _longest(bounds: Bounds) -> float:
    low, high = bounds
    return max((high - low).to_tuple())


def _holds(outer: Bounds, inner: Bounds, size: float) -> bool:
    slack = size * _SLACK
    (low, high), (own_low, own_high) = outer, inner
    if _longest(outer) > _LARGEST * size:
        return False
    return all(low[axis] <= own_low[axis] + slack and high[axis] >= own_high[axis] - slack for axis in range(3))
