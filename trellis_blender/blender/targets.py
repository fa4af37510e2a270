# SPDX-License-Identifier: GPL-3.0-or-later
"""The object that a variant is of: how it is found again when the variant comes, and takes it in. Knows no engine."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import bpy
from mathutils import Matrix

from ..core import kin, stance
from ..core.errors import SeveralMeshes
from ..core.recipe import Recipe
from . import comparing, extent, filling, gauge, placement, presence, provenance, variants

_UID, _NAME, _SHOWN = "variant_uid", "variant_of", "variant_shown"
_NUMBERED = re.compile(r"\.\d{3,}$")
"""The end of a copy's name."""
_ALIGNED = 1e-4
"""Shift, as a share of the size, below which a mesh stands where it should already."""
APART = "Its file holds more than one mesh, so it is no variant, and came as an object of its own."
_GONE = "The object that this was a variant of is no longer in the file, so it came as an object of its own."


@dataclass(frozen=True)
class Target:
    """The object that a variant is of. Holds a datablock: for one call, never kept."""

    item: bpy.types.Object
    is_shown: bool
    """Whether the variant is shown when it comes."""
    place: int
    """Where it stands among the others: behind those with a lower number."""
    is_guessed: bool = False
    """Whether it is one of several copies, and nothing says which was meant; then the variant is not shown."""


def address(item: bpy.types.Object, made: Recipe, place: int, *, is_shown: bool) -> Mapping[str, str]:
    """Give what is needed to find an object again when one variant of it comes, as plain text.

    ``made`` is how what it shows was made. ``place`` is where the variant stands among the others if the object knows
    of none that was asked for later: the first that is asked for stands first, whichever comes first.
    """
    noted = variants.of(item)
    variants.mark(item)
    variants.enlist(item)
    noted.ordered = max(noted.ordered + 1, place)
    return {
        kin.SET: noted.set_id,
        kin.FROM: provenance.job_of(item.data) or made.job,
        _UID: str(item.session_uid),
        _NAME: item.name,
        _SHOWN: "1" if is_shown else "",
        kin.PLACE: str(noted.ordered),
    }


def set_of(origin: Mapping[str, str]) -> str:
    """Give which object's variant is to come, as its mark; empty for an object of its own."""
    return origin.get(kin.SET, "")


def find(origin: Mapping[str, str]) -> Target | None:
    """Give the object that a variant is of; None when it is no longer in a scene of the file.

    What was noted on the object is gone where the order was undone, or the file not saved since: then it is the one
    that shows, or can show, what the variant was ordered from.
    """
    same = placement.is_of_this_sitting(origin)
    found = _ours(lambda item: same and str(item.session_uid) == origin.get(_UID))
    found = found or _ours(lambda item: not same and variants.of(item).set_id == origin.get(kin.SET))
    found = found or _ours(lambda item: _could_be_meant(item, origin.get(kin.FROM, "")))
    if not found or (same and len(found) > 1):  # these are copies of one that was deleted
        return None
    item, is_sure = _choose(found, origin)
    return Target(item, is_sure and bool(origin.get(_SHOWN)), int(origin.get(kin.PLACE, "0")), not is_sure)


def _could_be_meant(item: bpy.types.Object, job_id: str) -> bool:
    """Whether an object has what a variant was ordered from, and does not stand beside another that has it."""
    if not job_id or job_id not in variants.jobs(item) | {provenance.job_of(item)}:
        return False
    return not variants.of(item).is_level and comparing.original(item) is None


def _choose(found: Sequence[bpy.types.Object], origin: Mapping[str, str]) -> tuple[bpy.types.Object, bool]:
    """Give the one of an object's copies that is meant, and whether that is sure: names are not given twice.

    Else it is one that shows what was ordered from, and rather one that Blender did not number as a copy.
    """
    named = [item for item in found if item.name == origin.get(_NAME)]
    if len(found) == 1 or named:
        return (named or found)[0], True
    shows = [item for item in found if provenance.job_of(item.data) == origin.get(kin.FROM)] or found
    return next((item for item in shows if not _NUMBERED.search(item.name)), shows[0]), False


def find_again(job_id: str, origin: Mapping[str, str]) -> Target | None:
    """Give the object that a variant goes back to, to be shown, when the artist has it imported once more.

    None when it never was one, when its object is gone, and when that has it: then it is an object of its own.
    """
    found = find(origin) if set_of(origin) else _who_discarded(job_id)
    if found is None or job_id in variants.jobs(found.item):
        return None
    return replace(found, is_shown=True)


def guess(target: Target) -> str:
    """Say that a variant may have been meant for another object, or nothing."""
    if not target.is_guessed:
        return ""
    return f"It is a variant of {target.item.name} now, one of several copies of the object that it was ordered for."


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
        raise SeveralMeshes(
            "The model file holds more than one mesh, so it cannot be a variant. The file is kept: press Import to "
            "have it as an object of its own."
        )
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


def _ours(is_meant: Callable[[bpy.types.Object], bool]) -> list[bpy.types.Object]:
    """Give the objects that are meant, can have variants and are in a scene; asked in this order, the dearest last."""
    meant = (item for item in bpy.data.objects if is_meant(item))
    return [item for item in meant if not variants.fault(item) and presence.is_in_scene(item)]


def _who_discarded(job_id: str) -> Target | None:
    """Give the object that a job's variant was discarded of; the first one that it had belongs before the others."""
    found = _ours(lambda item: bool(provenance.job_of(item)) and job_id in variants.of(item).discarded.split())
    return Target(found[0], is_shown=True, place=0) if len(found) == 1 else None


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
