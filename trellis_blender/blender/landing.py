# SPDX-License-Identifier: GPL-3.0-or-later
"""How what was built comes to a place, a placeholder's, a proxy's, or among an object's variants. Knows no job."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import bpy
from mathutils import Vector

from . import home, parts, placeholder, placement, proxy, selection, targets, variants
from .filling import Filling
from .placement import Place
from .targets import Target

heard: Final[list[Callable[[bpy.types.Object, bpy.types.Object], None]]] = []
"""Who is told of an object whose place another took, and of that one."""


def land(new: Sequence[bpy.types.Object], place: Place, target: Target | None = None) -> bpy.types.Object:
    """Have a new object stand at its place, and give what stands there then.

    That may be a placeholder that became it, or the ``target`` that it is a variant of now. Of ``new`` the first is the
    object; others are its parts, where a file brought several meshes.
    """
    item, company = new[0], new[1:]
    if target is not None:
        there = replace(place, location=Vector(), size=targets.size(target), turn=0.0, standing=None, matrix=None)
        placement.settle(item, there, company)
        return targets.take_in(target, new)
    placement.settle(item, place, company)
    if place.instead:
        return _replace_placeholders(place.instead, item, company)
    box = None
    if place.proxy is not None:
        _unlink(new)
        box = proxy.replace(place.proxy, item, company, scene=place.scene, stretched=place.stretched)
    else:
        home.link(new, place.scene, place.standing)
    _begin(item, company, box)
    if place.proxy is not None:
        for hear in heard:
            hear(place.proxy, item)
    selection.deselect(list(new), place.scene)
    return item


def _replace_placeholders(
    old: Sequence[bpy.types.Object], item: bpy.types.Object, company: Sequence[bpy.types.Object]
) -> bpy.types.Object:
    if company:
        _unlink([item, *company])
        item = placeholder.give_way_to_parts(old, item, company)
        _begin(item, company, None)
        return item
    for became, box in zip(old, placeholder.give_way(old, item), strict=True):
        _begin(became, company, box)
    return old[0]


def _begin(item: bpy.types.Object, company: Sequence[bpy.types.Object], box: Filling | None) -> None:
    if company:
        parts.display(item, company)
    else:
        variants.begin(item, box)


def _unlink(items: Sequence[bpy.types.Object]) -> None:
    for item in items:
        for holder in list(item.users_collection):
            holder.objects.unlink(item)
