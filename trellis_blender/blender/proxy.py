# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a blockout, whose place a new object takes: their box, and what is inherited. Knows no job, no session."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

import bpy
from mathutils import Matrix, Vector

from ..core import stance
from ..core.stance import Box
from . import assembly, asset_collections, bodies, filled, filling, home, inheritance, parts, presence, withdrawn
from .filling import Filling
from .taking import framing
from .withdrawn import SUFFIX

_TINY: Final = 1e-9
_LONGEST_NAME_BYTES: Final = 63


def of(context: bpy.types.Context) -> bpy.types.Object | None:
    """Give the object to fit to: the active one, if it is selected and has an extent. Cheap enough for drawing."""
    active = context.view_layer.objects.active
    if active is None or not active.select_get():
        return None
    if active.type == "EMPTY":
        return active if active.empty_display_type != "IMAGE" else None
    return active if active.type in assembly.SHAPES and active.dimensions.length > _TINY else None


def mark(item: bpy.types.Object, *, stretched: bool) -> Mapping[str, str]:
    """Give what is needed to find an object again, as plain text."""
    return {"proxy": item.name_full, "proxy_uid": str(item.session_uid), "stretched": "1" if stretched else ""}


def is_in(origin: Mapping[str, str]) -> bool:
    """Whether an object was marked."""
    return bool(origin.get("proxy"))


def find(origin: Mapping[str, str], *, is_same_session: bool) -> bpy.types.Object | None:
    """Give the object that was marked, or None where it is in no scene any more."""
    # By its number in this session, which renaming and undo leave alone.
    fits, wanted = ("session_uid", "proxy_uid") if is_same_session else ("name_full", "proxy")
    value = origin.get(wanted, "")
    found = (item for item in bpy.data.objects if str(getattr(item, fits)) == value and item.users_scene)
    return next(found, None) if value else None


def box_of(item: bpy.types.Object) -> Box | None:
    """Give the box around an object, in its own space, as its modifiers leave it; None where it has no extent.

    That of an empty is around all that it holds together.
    """
    whole = assembly.box_of(item, assembly.members(item))
    if whole is not None:
        return whole
    if item.type == "EMPTY" and item.instance_collection is None:
        reach = Vector.Fill(3, item.empty_display_size)
        return stance.box_of([-reach, reach])
    depsgraph = bpy.context.evaluated_depsgraph_get()
    evaluated = item.evaluated_get(depsgraph)
    if assembly.has_instances(item) and evaluated.matrix_world.determinant():
        back = evaluated.matrix_world.inverted()
        corners = [back @ corner for corner in framing.corners([item], depsgraph)]
    else:
        shapes = framing.shapes(evaluated, Matrix.Identity(4))
        corners = [matrix @ corner for matrix, shape in shapes for corner in filled.corners(shape)]
    box = stance.box_of(corners) if corners else None
    return box if box is not None and stance.sides(box).max() > _TINY else None


def replace(
    old: bpy.types.Object,
    new: bpy.types.Object,
    company: Sequence[bpy.types.Object] = (),
    *,
    scene: bpy.types.Scene,
    stretched: bool,
) -> Filling | None:
    """Have a new object that is in no collection yet take the place of an old one, which is hidden and kept.

    It is one mesh, or an empty with ``company`` as its parts. Gives the box that it fills in its own space now.
    What an old empty holds together is hidden as a whole. Where its collection is the asset that it is, the new object
    goes beside that, else both would be it.
    Where none of the old one's collections takes objects, it goes into that of the ``scene``.

    The old one's scale goes into the new mesh, its sign stays: so the object's scale is 1, or mirrors. Within the
    box it is uniformly scaled as it looks in the end, or ``stretched``.
    """
    bpy.context.view_layer.update()  # else it may stand elsewhere than it says
    bare, space, box, held = filling.bare(old), box_of(old), None, assembly.whole(old)
    if space is not None:
        box = filling.of_scaled(old, space, is_stretched=stretched)
        if company:
            parts.fill(company, box)
        else:
            filling.fill(cast(bpy.types.Mesh, new.data), box)
    inheritance.inherit(old, new)
    holders = _holders(old, scene)
    for holder in holders:
        for item in (new, *company):
            holder.objects.link(item)
    if not holders:
        home.link((new, *company), scene)
    bpy.context.view_layer.update()
    is_whole = bare.determinant() != 0.0  # else it is scaled to nothing along an axis, and the new one would be, too
    if is_whole and presence.has(bpy.context.view_layer.objects, new) and not filling.stands(new, bare):
        new.matrix_world = bare  # a constraint or a driver has the old one stand elsewhere than it says
    bodies.hand_over(old, new, company, is_kept=True)
    for item in (old, *held):
        withdrawn.hide(item)
    _name(old, new)
    parts.name(new, company)
    return box


def remark(old: bpy.types.Object, new: bpy.types.Object) -> str:
    """Say what could not be done about an object whose place another took, or nothing."""
    seen = next((item for item in (old, *assembly.whole(old)) if withdrawn.is_seen(item)), None)
    if seen is not None:
        return f"{seen.name} could not be hidden. Hide it in the Outliner."
    body = next((item for item in (old, *assembly.whole(old)) if bodies.is_withdrawn(item)), None)
    if body is not None and all(item.rigid_body is None for item in (new, *parts.of(new))):
        return f"{body.name} was a rigid body, and what took its place is none. Add one in the Physics properties."
    if old.library is None:
        return ""
    return f"{old.name} is linked from another file: it is hidden in the viewport, but it still renders."


def _holders(old: bpy.types.Object, scene: bpy.types.Scene) -> list[bpy.types.Collection]:
    """Give the collections that what takes an object's place goes into."""
    asset = asset_collections.of(parts.root_of(old) or old)
    closed = [asset] if isinstance(asset, bpy.types.Collection) else []
    holders = (holder for holder in old.users_collection if home.takes(holder))
    return list(dict.fromkeys(home.beside(closed, holder, scene) for holder in holders))


def _name(old: bpy.types.Object, new: bpy.types.Object) -> None:
    name = old.name.removesuffix(SUFFIX)
    if old.library is None and not old.name.endswith(SUFFIX):
        old.name = _stem(name) + SUFFIX
        parts.name(old, [part for part in parts.of(old) if part.library is None])
    new.name = name


def _stem(name: str) -> str:
    """Give as much of a name as leaves room for what comes behind it, a number too; older Blenders hold 63 bytes."""
    longest = _LONGEST_NAME_BYTES - len(SUFFIX) - len(".001")
    return name.encode()[:longest].decode(errors="ignore") if bpy.app.version < (5, 0, 0) else name
