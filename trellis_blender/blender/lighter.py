# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer faces by a Decimate modifier, which stays adjustable; of an object in several parts in each of them."""

import re
from typing import cast

import bpy

from ..core.catalogue import BY_NAME
from . import decimating, parts, provenance

REDUCE = "Reduce"
"""Name of the modifier."""
_NAMED = re.compile(rf"{REDUCE}(\.\d{{3,}})?")


def fault(item: bpy.types.Object | None) -> str:
    """Give why an object cannot be made lighter, or an empty text. Cheap enough for polling."""
    found = pieces(item) if item is not None else []
    if not found or item is None:
        return "Select a mesh object"
    if any(piece.library is not None for piece in (item, *found)):
        return "This object is linked from another file; make it local or override it first"
    if any(piece.mode != "OBJECT" for piece in (item, *found)):
        return "Switch to Object Mode first"
    return "" if faces_of(item) else "This object has no faces"


def pieces(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give the mesh objects that an object consists of: itself, or its parts."""
    return [item] if item.type == "MESH" else parts.of(item)


def faces_of(item: bpy.types.Object) -> int:
    """Give the faces of an object's own meshes, counted as triangles: modifiers do not count."""
    return sum(decimating.faces_of(piece.data) for piece in pieces(item))


def reduce(item: bpy.types.Object, faces: int) -> tuple[int, int]:
    """Have a modifier leave about so many of the faces that an object is seen with; the meshes themselves stay.

    With 0 faces as many as were asked for. Give how many were wanted, and how many are left. What is seen counts:
    another modifier may have made more faces of the mesh.
    """
    found = [reduction(piece) or _new_reduction(piece) for piece in pieces(item)]
    _set(found, 1.0)
    has = _seen(item)
    wanted = faces or _asked(item, has)
    _set(found, min(wanted / max(has, 1), 1.0))
    return wanted, _seen(item)


def reduction(item: bpy.types.Object) -> bpy.types.DecimateModifier | None:
    """Give the modifier that makes an object lighter; the artist may have one of this name that does otherwise."""
    named = (modifier for modifier in item.modifiers if _NAMED.fullmatch(modifier.name))
    return next((found for found in named if isinstance(found, bpy.types.DecimateModifier)), None)


def _asked(item: bpy.types.Object, has: int) -> int:
    """Give what to reduce an object to: the faces that were asked for, or half if it has no more than those."""
    made = provenance.recipe_of(item)
    asked = made.parameters.get("decimation_target") if made is not None else None
    if asked is None:
        asked = BY_NAME["decimation_target"].default
    wanted = int(asked) if isinstance(asked, int | float) else has
    return wanted if wanted < has else max(has // 2, 1)


def _new_reduction(item: bpy.types.Object) -> bpy.types.DecimateModifier:
    modifier = cast(bpy.types.DecimateModifier, item.modifiers.new(REDUCE, "DECIMATE"))
    modifier.decimate_type = "COLLAPSE"
    return modifier


def _set(modifiers: list[bpy.types.DecimateModifier], ratio: float) -> None:
    for modifier in modifiers:
        modifier.ratio = ratio
    bpy.context.view_layer.update()


def _seen(item: bpy.types.Object) -> int:
    """Give the faces that an object is seen with, counted as triangles; its own where it is not seen."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    count = 0
    for piece in pieces(item):
        evaluated = piece.evaluated_get(depsgraph)
        count += decimating.faces_of(evaluated.to_mesh())  # its data may leave the subdividing to the graphics card
        evaluated.to_mesh_clear()
    return count or faces_of(item)
