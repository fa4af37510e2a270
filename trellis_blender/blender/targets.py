# SPDX-License-Identifier: GPL-3.0-or-later
"""The object that a variant is of: how it is found again when the variant comes, and takes it in. Knows no engine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import bpy
from mathutils import Matrix

from ..core import stance
from ..core.errors import ModelFileError
from . import extent, filling, gauge, placement, provenance, variants

_SET, _UID, _NAME, _SHOWN, _PLACE = "variant_set", "variant_uid", "variant_of", "variant_shown", "variant_place"
_ALIGNED = 1e-4
"""Shift, as a share of the size, below which a mesh stands where it should already."""
_GONE = "The object that this was a variant of is no longer in the file, so it came as an object of its own."


@dataclass(frozen=True)
class Target:
    """The object that a variant is of. Holds a datablock: for one call, never kept."""

    item: bpy.types.Object
    is_shown: bool
    """Whether the variant is shown when it comes."""
    place: int
    """Where it stands among the others: behind those with a lower number."""


def address(item: bpy.types.Object, *, is_shown: bool) -> Mapping[str, str]:
    """Give what is needed to find an object again when one variant of it comes, as plain text.

    The first that is asked for stands first among them, whichever comes first.
    """
    noted = variants.of(item)
    variants.mark(item)
    variants.enlist(item)
    noted.ordered += 1
    return {
        _SET: noted.set_id,
        _UID: str(item.session_uid),
        _NAME: item.name,
        _SHOWN: "1" if is_shown else "",
        _PLACE: str(noted.ordered),
    }


def set_of(origin: Mapping[str, str]) -> str:
    """Give which object's variant is to come, as its mark; empty for an object of its own."""
    return origin.get(_SET, "")


def find(origin: Mapping[str, str]) -> Target | None:
    """Give the object that a variant is of; None when it is no longer in a scene of the file."""
    if placement.is_of_this_sitting(origin):
        found = [item for item in bpy.data.objects if str(item.session_uid) == origin.get(_UID)]
    else:
        found = [item for item in bpy.data.objects if variants.of(item).set_id == origin.get(_SET)]
        if len(found) > 1:  # an object and its duplicates
            found = [item for item in found if item.name == origin.get(_NAME)]
    standing = [item for item in found if not variants.fault(item) and item.users_scene]
    if len(standing) != 1:
        return None
    return Target(standing[0], bool(origin.get(_SHOWN)), int(origin.get(_PLACE, "0")))


def find_again(job_id: str, origin: Mapping[str, str]) -> Target | None:
    """Give the object that a variant goes back to, to be shown, when the artist has it imported once more.

    None when it never was one, when its object is gone, and when that has it: then it is an object of its own.
    """
    found = find(origin) if set_of(origin) else _who_discarded(job_id)
    if found is None or job_id in _jobs(found.item):
        return None
    return replace(found, is_shown=True)


def remark(job_id: str, origin: Mapping[str, str]) -> str:
    """Say why a variant that was imported once more came as an object of its own, or nothing."""
    if not set_of(origin):
        return ""
    found = find(origin)
    if found is None:
        return _GONE
    return f"{found.item.name} has this variant already, so it came once more, as an object of its own."


def size(target: Target) -> float:
    """Give the longest side that a variant shall come with, before what was done to the whole of the others."""
    variants.enlist(target.item)
    mesh = target.item.data
    box = None
    if isinstance(mesh, bpy.types.Mesh):
        box = extent.box_of_mesh(mesh, gauge.moved(variants.of(target.item).gauge).inverted_safe())
    return float(stance.sides(box).max()) if box is not None else 0.0


def take_in(target: Target, new: Sequence[bpy.types.Object]) -> bpy.types.Object:
    """Make the mesh of a new object, which stands at the scene's origin and goes away, a variant; give whose."""
    mesh, item = new[0].data, target.item
    if len(new) > 1 or not isinstance(mesh, bpy.types.Mesh):
        raise ModelFileError("The model file holds more than one mesh, so it cannot be a variant. The file is kept.")
    variants.enlist(item)
    noted = variants.of(item)
    box, moved = filling.read(noted.filling), gauge.moved(noted.gauge)
    if box is not None:
        filling.fill(mesh, box)
    if moved == Matrix.Identity(4):
        _align(mesh, item.data)
    extent.change_mesh(mesh, moved)
    job = provenance.job_of(mesh)
    noted.discarded = " ".join(other for other in noted.discarded.split() if other != job)
    bpy.data.objects.remove(new[0], do_unlink=True)
    variants.add(item, mesh, target.place)
    if target.is_shown:
        variants.show(item, mesh)
    return item


def _who_discarded(job_id: str) -> Target | None:
    """Give the object that a job's variant was discarded of; the first one that it had belongs before the others."""
    ours = (item for item in bpy.data.objects if provenance.job_of(item) and item.users_scene)
    found = [item for item in ours if job_id in variants.of(item).discarded.split() and not variants.fault(item)]
    return Target(found[0], is_shown=True, place=0) if len(found) == 1 else None


def _jobs(item: bpy.types.Object) -> set[str]:
    return {provenance.job_of(mesh) for mesh in (item.data, *variants.meshes(item))}


def _align(mesh: bpy.types.Mesh, shown_mesh: bpy.types.ID | None) -> None:
    """Move a mesh so that it stands where the one stands that is shown, should that have another origin."""
    if not isinstance(shown_mesh, bpy.types.Mesh):
        return
    here, there = extent.box_of_mesh(mesh), extent.box_of_mesh(shown_mesh)
    if here is None or there is None:
        return
    x, y, z = (float(value) for value in stance.foot(there) - stance.foot(here))
    if math.hypot(x, y, z) > _ALIGNED * float(stance.sides(there).max()):
        extent.change_mesh(mesh, Matrix.Translation((x, y, z)))
