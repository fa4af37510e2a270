# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigid bodies: which collections are the simulation's own, and what takes part in that. Knows no job, no place."""

from collections.abc import Sequence
from typing import Any, Final

import bpy

from . import selection

_NOTE: Final = "trellis_body"
"""On what takes no part: how it took part."""
_HELD: Final = "trellis_held"
"""On what holds bodies together, as a hinge does: what it held by each end before, and what it does since."""
_ENDS: Final = ("object1", "object2")
_GROUPS: Final = "collision_collections"
_COMPOUND: Final = "COMPOUND"


def is_own(collection: bpy.types.Collection) -> bool:
    """Whether a collection is one that Blender keeps its rigid bodies in, or what holds them together.

    An artist may have it use one of the scene: that is the artist's.
    """
    return any(collection in kept for kept in _worlds()) and not any(
        collection == scene.collection or collection in set(scene.collection.children_recursive)
        for scene in bpy.data.scenes
    )


def leave(item: bpy.types.Object) -> None:
    """Have a copy of an object be no rigid body: Blender makes one of it at once where the object is one."""
    scene = bpy.context.scene
    can_leave = item.rigid_body is not None and item.library is None and scene.library is None
    if can_leave and scene.rigidbody_world is not None:
        with selection.lent(item):
            if bpy.ops.rigidbody.object_remove.poll():  # type: ignore[call-arg]
                bpy.ops.rigidbody.object_remove()
    for holder in item.users_collection:
        if holder.library is None and is_own(holder):
            holder.objects.unlink(item)


def hand_over(
    old: bpy.types.Object, new: bpy.types.Object, company: Sequence[bpy.types.Object], *, is_kept: bool
) -> None:
    """Have a new object be the rigid body that an old one is, in its stead, and be held by what holds that.

    With ``is_kept`` the old one may be it again, see :func:`rejoin`.
    One in several parts can only where it is not moved: each part would fall by itself.
    """
    worlds = [bodies for bodies, _held in _worlds() if bodies is not None and old in set(bodies.objects)]
    settings = _settings(old)
    if company and settings.get("type") != "PASSIVE":
        return
    for world in (world for world in worlds if world.library is None):
        for item in company or [new]:
            if item not in set(world.objects):
                world.objects.link(item)
    for item in company or [new]:
        for name, value in settings.items() if item.rigid_body is not None else ():
            setattr(item.rigid_body, name, value)
    body = next((item for item in company or [new] if item.rigid_body is not None), None)
    if body is not None:
        _hang(old, body, is_kept=is_kept)


def withdraw(item: bpy.types.Object) -> None:
    """Have an object take no part in the simulation: it is not moved, and nothing runs into it.

    It stays where Blender keeps its bodies: what is held by it would be held by nothing. What is linked from another
    file cannot be told, and leaves.
    """
    body: Any = item.rigid_body
    if body is None or item.get(_NOTE) is not None:
        return
    if item.library is not None:
        for bodies, _held in _worlds():
            if bodies is not None and bodies.library is None and item in set(bodies.objects):
                bodies.objects.unlink(item)
        return
    item[_NOTE] = {_GROUPS: [int(value) for value in body.collision_collections], "kinematic": int(body.kinematic)}
    body.collision_collections, body.kinematic = [False] * len(body.collision_collections), True


def rejoin(item: bpy.types.Object) -> None:
    """Have an object take part again as it did."""
    noted = _noted(item)
    if item.get(_NOTE) is not None:
        del item[_NOTE]
    for name, value in noted.items() if item.rigid_body is not None else ():
        setattr(item.rigid_body, name, value)
    _hang_back(item)


def is_withdrawn(item: bpy.types.Object) -> bool:
    """Whether an object takes no part in the simulation since its place was taken."""
    return item.get(_NOTE) is not None


def _hang(old: bpy.types.Object, new: bpy.types.Object, *, is_kept: bool) -> None:
    """Have what holds an old body hold a new one by that end, and note what it held."""
    for holder in _holders():
        own: Any = holder.rigid_body_constraint
        for end in _ENDS:
            if getattr(own, end) == old:
                setattr(own, end, new)
                if is_kept:
                    holder[_HELD] = _held(holder) | {end: {"before": old, "since": new}}


def _hang_back(old: bpy.types.Object) -> None:
    """Have what held a body hold it again, unless it was made to hold another meanwhile."""
    for holder in _holders():
        own: Any = holder.rigid_body_constraint
        held = _held(holder)
        for end in [end for end, noted in held.items() if noted.get("before") == old]:
            if getattr(own, end) in (None, held[end].get("since")):
                setattr(own, end, old)
            del held[end]
            holder[_HELD] = held
            if not held:
                del holder[_HELD]


def _holders() -> list[bpy.types.Object]:
    """Give what holds bodies together, and can be told to hold others."""
    return [item for item in bpy.data.objects if item.rigid_body_constraint is not None and item.library is None]


def _held(holder: bpy.types.Object) -> dict[str, dict[str, Any]]:
    """Give what was noted of the ends; nothing of one where somebody has written something else there."""
    noted: Any = holder.get(_HELD)
    found = {end: noted.get(end) for end in _ENDS} if hasattr(noted, "to_dict") else {}
    return {
        end: {key: item for key, item in each.items() if item is not None}
        for end, each in found.items()
        if hasattr(each, "to_dict")
    }


def _worlds() -> list[tuple[bpy.types.Collection | None, bpy.types.Collection | None]]:
    """Give the collections of each scene's simulation: of its bodies, and of what holds those together."""
    worlds = (scene.rigidbody_world for scene in bpy.data.scenes)
    return [(world.collection, world.constraints) for world in worlds if world is not None]


def _settings(item: bpy.types.Object) -> dict[str, Any]:
    """Give how an object takes part, or did."""
    body: Any = item.rigid_body
    if body is None:
        return {}
    fields = [field.identifier for field in body.bl_rna.properties if not field.is_readonly]
    found = {name: getattr(body, name) for name in fields}
    found[_GROUPS] = list(body.collision_collections)
    if found["collision_shape"] == _COMPOUND:
        found["collision_shape"] = "CONVEX_HULL"  # what it is composed of hangs on the old one
    return found | _noted(item)


def _noted(item: bpy.types.Object) -> dict[str, Any]:
    """Give what was noted; nothing where somebody has written something else there."""
    noted: Any = item.get(_NOTE)
    found = noted.to_dict() if hasattr(noted, "to_dict") else {}
    groups = found.get(_GROUPS)
    if not isinstance(groups, list) or len(groups) != 20 or "kinematic" not in found:
        return {}
    return {_GROUPS: [bool(value) for value in groups], "kinematic": bool(found["kinematic"])}
