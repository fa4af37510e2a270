# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that stand in the scene: an image empty, or a flat mesh with an image texture. Reads no pixels."""

from collections import defaultdict
from collections.abc import Sequence

import bpy
from mathutils import Vector

from . import colouring

FLAT = 1e-4
"""A mesh is a canvas when it is this thin beside its longest side: objects have textures, too."""
_ENOUGH_VERTICES = 64
"""As many are looked at first, since a panel asks at every draw."""
_MOST_VERTICES = 1024
_MOST_FACES = 1024
"""Of more, some all over tell which materials are seen."""


def selected(context: bpy.types.Context) -> bpy.types.Object | None:
    """Give the selected canvas, the active object first."""
    active = context.view_layer.objects.active
    if active is not None and active.select_get() and shown_on(active):
        return active
    # A panel asks at every draw: of many selected objects none is meant.
    if active is not None and active.select_get():
        return None
    # Without a window, as when one was just closed, the context has no selection, but the view layer has.
    others = getattr(context, "selected_objects", None) or list(context.view_layer.objects.selected)
    return others[0] if len(others) == 1 and shown_on(others[0]) else None


def shown_on(item: bpy.types.Object) -> tuple[bpy.types.Image, bpy.types.ImageUser] | None:
    """Give the image that an object carries, and its user, which says which frame."""
    if item.type == "EMPTY":
        if item.empty_display_type != "IMAGE" or not isinstance(item.data, bpy.types.Image):
            return None
        return item.data, item.image_user
    if item.type != "MESH" or not _is_flat(item):
        return None
    node = colouring.texture(_materials(item))
    return (node.image, node.image_user) if node is not None else None


def _is_flat(item: bpy.types.Object) -> bool:
    corners = item.bound_box
    sides = sorted(max(c[axis] for c in corners) - min(c[axis] for c in corners) for axis in range(3))
    if sides[1] > 0.0 and sides[0] <= FLAT * sides[2]:
        return True
    # Turned for good, its box has a depth. What modifiers make of it is told by its box alone.
    return not item.modifiers and isinstance(item.data, bpy.types.Mesh) and _is_plane(item.data)


def _is_plane(mesh: bpy.types.Mesh) -> bool:
    """Whether all vertices lie in one plane, whatever way it is turned. A picture's plane has few."""
    vertices = mesh.vertices
    if len(vertices) > _MOST_VERTICES:
        return False
    few = [vertices[at].co for at in range(0, len(vertices), len(vertices) // _ENOUGH_VERTICES + 1)]
    return _are_in_a_plane(few) and _are_in_a_plane([vertex.co for vertex in vertices])


def _are_in_a_plane(places: Sequence[Vector]) -> bool:
    """Whether they are within a hair of the plane of the three that are farthest apart; of a line not, which has none.

    Without numpy, as all that is asked at every draw.
    """
    sides = [place - places[0] for place in places]
    longest = max(sides, key=lambda side: side.length_squared, default=Vector())
    across = max((longest.cross(side) for side in sides), key=lambda normal: normal.length_squared, default=Vector())
    normal = across.normalized()
    depths = [normal.dot(side) for side in sides]
    return across.length_squared > 0.0 and max(depths) - min(depths) <= FLAT * longest.length


def _materials(item: bpy.types.Object) -> list[bpy.types.Material]:
    """Give the materials that an object's faces have, that of the most surface first."""
    mesh = _mesh(item)
    slots = [_in_slot(item, mesh, at) for at in range(max(len(item.material_slots), len(mesh.materials)))]
    if len(slots) < 2:
        return [material for material in slots if material is not None]
    faces, surface = mesh.polygons, defaultdict[int, float](float)
    for at in range(0, len(faces), len(faces) // _MOST_FACES + 1):
        surface[min(faces[at].material_index, len(slots) - 1)] += faces[at].area
    ordered = sorted(surface, key=lambda slot: (-surface[slot], slot != item.active_material_index))
    found = [slots[at] for at in ordered]
    return [material for material in found if material is not None]


def _mesh(item: bpy.types.Object) -> bpy.types.Mesh:
    """Give an object's mesh; as its nodes leave it, where it has any, for these may give it other materials."""
    depsgraph = bpy.context.view_layer.depsgraph
    if depsgraph is not None and any(modifier.type == "NODES" for modifier in item.modifiers):
        made = item.evaluated_get(depsgraph).data
        if isinstance(made, bpy.types.Mesh):
            return made
    return item.data  # type: ignore[return-value]


def _in_slot(item: bpy.types.Object, mesh: bpy.types.Mesh, at: int) -> bpy.types.Material | None:
    """Give the material that faces of an index have: what the object itself has there goes before what its mesh has."""
    slot = item.material_slots[at] if at < len(item.material_slots) else None
    if slot is not None and slot.link == "OBJECT":
        return slot.material
    found = mesh.materials[at] if at < len(mesh.materials) else None
    return found.original if found is not None else None
