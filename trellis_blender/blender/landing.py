# SPDX-License-Identifier: GPL-3.0-or-later
"""How what was built comes to a place, a placeholder's, a proxy's, or among an object's variants. Knows no job."""

from collections.abc import Sequence
from dataclasses import replace

import bpy
from mathutils import Vector

from . import home, placeholder, placement, proxy, selection, targets, variants
from .placement import Place
from .targets import Target


def land(
    item: bpy.types.Object, place: Place, company: Sequence[bpy.types.Object] = (), target: Target | None = None
) -> bpy.types.Object:
    """Have a new object stand at its place, and give what stands there then.

    That may be a placeholder that became it, or the ``target`` that it is a variant of now. Where a file brought
    several objects, ``company`` are all of them and ``item`` is one of the topmost.
    """
    objects = list(company) or [item]
    if target is not None:
        there = replace(place, location=Vector(), size=targets.size(target), turn=0.0, standing=None)
        placement.settle(item, there, company=objects)
        return targets.take_in(target, objects)
    placement.settle(item, place, company=objects)
    if place.instead and len(objects) == 1:
        item, box = placeholder.give_way(place.instead, item)
        variants.begin(item, box)
        return item
    if place.proxy is not None and len(objects) == 1:
        _unlink(item)
        variants.begin(item, proxy.replace(place.proxy, item, stretched=place.stretched))
        if not item.users_collection:
            home.link([item], place.scene)
        selection.deselect([item], place.scene)
        return item
    home.link(objects, place.scene, place.standing)
    if len(objects) == 1:
        variants.begin(item)
    selection.deselect(objects, place.scene)
    if place.instead:
        _follow(place.instead[0], objects)
    return item


def _follow(old: bpy.types.Object, objects: list[bpy.types.Object]) -> None:
    """Put several objects where one placeholder stands, and take it away."""
    bpy.context.view_layer.update()
    for top in [other for other in objects if other.parent is None]:
        top.matrix_world = old.matrix_world @ top.matrix_world
    holders = [holder for holder in old.users_collection if holder.library is None]
    for item in objects:
        _unlink(item)
        for holder in holders:
            holder.objects.link(item)
    mesh = old.data
    bpy.data.objects.remove(old)
    if isinstance(mesh, bpy.types.Mesh) and not mesh.users:
        bpy.data.meshes.remove(mesh)


def _unlink(item: bpy.types.Object) -> None:
    for holder in list(item.users_collection):
        holder.objects.unlink(item)
