# SPDX-License-Identifier: GPL-3.0-or-later
"""The variants of an object: meshes it can show one of, everything else of it staying. Knows no job that runs.

The list is a property of the object, so that its meshes are saved, appended and duplicated with it.
"""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import bpy
from mathutils import Matrix

from ..core import stance
from ..core.errors import ModelFileError
from . import datablocks, extent, overrides, placement, provenance

_SET, _UID, _NAME, _SHOWN, _PLACE = "variant_set", "variant_uid", "variant_of", "variant_shown", "variant_place"
_ALIGNED = 1e-4
"""Shift, as a share of the size, below which a mesh stands where it should already."""


@dataclass(frozen=True)
class Target:
    """The object that a variant is of. Holds a datablock: for one call, never kept."""

    item: bpy.types.Object
    is_shown: bool
    """Whether the variant is shown when it comes."""
    place: int
    """Where it stands among the others: behind those with a lower number."""


class TrellisVariant(bpy.types.PropertyGroup):
    """One mesh that an object can show."""

    mesh: bpy.props.PointerProperty(name="Mesh", type=bpy.types.Mesh)
    place: bpy.props.IntProperty(options={"HIDDEN"})
    is_kept: bpy.props.BoolProperty(name="Keep", description="Discard the Rest leaves this variant alone")


class TrellisObject(bpy.types.PropertyGroup):
    """What we note on an object."""

    set_id: bpy.props.StringProperty(options={"HIDDEN"})
    variants: bpy.props.CollectionProperty(type=TrellisVariant)
    ordered: bpy.props.IntProperty(options={"HIDDEN"})
    overrides: bpy.props.PointerProperty(type=overrides.TrellisOverrides)


def of(item: bpy.types.Object) -> TrellisObject:
    """Give what we noted on an object."""
    return item.trellis  # type: ignore[attr-defined]  # made by register


def meshes(item: bpy.types.Object) -> list[bpy.types.Mesh]:
    """Give the meshes an object can show, in the order they came."""
    return [entry.mesh for entry in of(item).variants if entry.mesh is not None]


def shown(item: bpy.types.Object) -> int:
    """Give which of its variants an object shows; -1 when it shows none of them."""
    entry = _entry(item)
    return meshes(item).index(entry.mesh) if entry is not None else -1


def is_kept(item: bpy.types.Object) -> bool:
    """Whether the variant that is shown is to be kept."""
    entry = _entry(item)
    return entry is not None and entry.is_kept


def fault(item: bpy.types.Object | None) -> str:
    """Give why an object cannot have variants, or an empty text."""
    if item is None or item.type != "MESH":
        return "Select an object that came from this service"
    if item.library is not None or item.override_library is not None:
        return "This object is linked from another file; make it local first"
    return ""


def mark(item: bpy.types.Object) -> None:
    """Give an object what tells it from others, also in another run of Blender."""
    of(item).set_id = of(item).set_id or uuid.uuid4().hex


def address(item: bpy.types.Object, *, is_shown: bool) -> Mapping[str, str]:
    """Give what is needed to find an object again when one variant of it comes, as plain text.

    The first that is asked for stands first among them, whichever comes first.
    """
    noted = of(item)
    mark(item)
    enlist(item)
    noted.ordered += 1
    box = extent.box_of_mesh(item.data)  # type: ignore[arg-type]  # fault was asked
    return {
        _SET: noted.set_id,
        _UID: str(item.session_uid),
        _NAME: item.name,
        _SHOWN: "1" if is_shown else "",
        _PLACE: str(noted.ordered),
        "size": str(float(stance.sides(box).max()) if box is not None else 0.0),
    }


def is_addressed(origin: Mapping[str, str]) -> bool:
    """Whether what comes is to be a variant."""
    return _SET in origin


def set_of(origin: Mapping[str, str]) -> str:
    """Give which object's variant is to come, as its mark; empty for an object of its own."""
    return origin.get(_SET, "")


def find(origin: Mapping[str, str]) -> Target | None:
    """Give the object that a variant is of; None when it is no longer in a scene of the file."""
    if placement.is_of_this_sitting(origin):
        found = [item for item in bpy.data.objects if str(item.session_uid) == origin.get(_UID)]
    else:
        found = [item for item in bpy.data.objects if of(item).set_id == origin.get(_SET)]
        if len(found) > 1:  # an object and its duplicates
            found = [item for item in found if item.name == origin.get(_NAME)]
    standing = [item for item in found if not fault(item) and item.users_scene]
    if len(standing) != 1:
        return None
    return Target(standing[0], bool(origin.get(_SHOWN)), int(origin.get(_PLACE, "0")))


def take_in(target: Target, new: Sequence[bpy.types.Object]) -> bpy.types.Object:
    """Make the mesh of a new object, which stands at the scene's origin and goes away, a variant; give whose."""
    mesh, item = new[0].data, target.item
    if len(new) > 1 or not isinstance(mesh, bpy.types.Mesh):
        raise ModelFileError("The model file holds more than one mesh, so it cannot be a variant. The file is kept.")
    _align(mesh, item.data)
    bpy.data.objects.remove(new[0], do_unlink=True)
    enlist(item)
    _add(item, mesh, target.place)
    if target.is_shown:
        show(item, mesh)
    return item


def enlist(item: bpy.types.Object) -> None:
    """See to it that what an object shows is among its variants, so that it is not lost when another is shown."""
    if any(entry.mesh == item.data for entry in of(item).variants):
        return
    entry = _entry(item)  # a duplicated object has its own copy of what it shows
    if entry is not None:
        entry.mesh = item.data
    else:
        _add(item, item.data, of(item).ordered)


def show(item: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """Have an object show a mesh; everything else of it stays, materials linked to the object as well."""
    enlist(item)
    show_alone(item, mesh)


def clear(item: bpy.types.Object) -> None:
    """Have an object know no variants."""
    of(item).variants.clear()
    of(item).set_id = ""


def show_alone(item: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """As :func:`show`, for an object without variants."""
    with overrides.kept(item, of(item).overrides):
        item.data = mesh
    provenance.carry(item)


def step(item: bpy.types.Object, by: int) -> None:
    """Show the next variant, or the one before; after the last comes the first."""
    enlist(item)
    every = meshes(item)
    show(item, every[(shown(item) + by) % len(every)])


def toggle_kept(item: bpy.types.Object) -> None:
    """Note that the variant that is shown is to be kept, or that it need not be."""
    enlist(item)
    entry = _entry(item)
    if entry is not None:
        entry.is_kept = not entry.is_kept


def discard_rest(item: bpy.types.Object) -> int:
    """Remove the variants that are neither shown nor kept from the file; give how many. Their files stay."""
    enlist(item)
    variants = of(item).variants
    gone = []
    for index in reversed(range(len(variants))):
        entry = variants[index]
        if entry.mesh is None or not (entry.is_kept or entry.mesh == item.data):
            gone.append(entry.mesh)
            variants.remove(index)
    removed = [mesh for mesh in gone if mesh is not None]
    _remove(removed)
    return len(removed)


def _add(item: bpy.types.Object, mesh: bpy.types.ID | None, place: int) -> None:
    """Put a mesh behind the variants that were asked for before it."""
    variants = of(item).variants
    behind = next((index for index, entry in enumerate(variants) if entry.place > place), len(variants))
    entry = variants.add()
    entry.mesh, entry.place = mesh, place
    variants.move(len(variants) - 1, behind)


def _entry(item: bpy.types.Object) -> TrellisVariant | None:
    """Give the entry of what an object shows: by the mesh itself, else by the job that it came from."""
    variants = of(item).variants
    found = next((entry for entry in variants if entry.mesh is not None and entry.mesh == item.data), None)
    job = provenance.job_of(item.data)
    if found is None and job:
        found = next((entry for entry in variants if provenance.job_of(entry.mesh) == job), None)
    return found


def _remove(gone: list[bpy.types.Mesh]) -> None:
    """Remove meshes that nothing else uses, and what only they used."""
    materials = {material for mesh in gone for material in mesh.materials if material is not None}
    nodes = (node for material in materials if material.node_tree for node in material.node_tree.nodes)
    images = {image for node in nodes if (image := getattr(node, "image", None)) is not None}
    datablocks.remove_unused(block for block in (*gone, *materials, *images) if not block.use_fake_user)


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


_CLASSES = (overrides.TrellisOverride, overrides.TrellisOverrides, TrellisVariant, TrellisObject)


def register() -> None:
    """Add the list to every object."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Object.trellis = bpy.props.PointerProperty(type=TrellisObject, name="TRELLIS")  # type: ignore[attr-defined]


def unregister() -> None:
    """Take the lists out; a saved file keeps them."""
    del bpy.types.Object.trellis  # type: ignore[attr-defined]
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
