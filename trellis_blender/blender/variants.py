# SPDX-License-Identifier: GPL-3.0-or-later
"""The variants of an object: meshes it can show one of, everything else of it staying. Knows no job that runs.

The list is a property of the object, so that its meshes are saved, appended and duplicated with it. What is shown
is not held by the list: so the object is its only user, and it can be edited and applied to like any other mesh.
"""

import re
import uuid
from collections.abc import Callable
from typing import Final

import bpy

from . import datablocks, extent, filling, gauge, localizing, overrides, parts, provenance, stirrings, weights
from .filling import Filling

_NUMBERED: Final = re.compile(r"\.\d{3,}$")
"""The end of the name of what is not the first of that name."""
heard: list[Callable[[bpy.types.Object], None]] = []
"""Who hears of each object that shows another variant."""


class TrellisVariant(bpy.types.PropertyGroup):
    """One mesh that an object can show. While it is shown, only the object has it."""

    mesh: bpy.props.PointerProperty(name="Mesh", type=bpy.types.Mesh)
    is_shown: bpy.props.BoolProperty(options={"HIDDEN"})
    job: bpy.props.StringProperty(options={"HIDDEN"})
    """Where what is shown came from, in case that the artist exchanges it by hand."""
    place: bpy.props.IntProperty(options={"HIDDEN"})
    is_kept: bpy.props.BoolProperty(name="Keep", description="Discard the Rest leaves this variant alone")


class TrellisObject(bpy.types.PropertyGroup):
    """What we note on an object."""

    set_id: bpy.props.StringProperty(options={"HIDDEN"})
    variants: bpy.props.CollectionProperty(type=TrellisVariant)
    ordered: bpy.props.IntProperty(options={"HIDDEN"})
    place: bpy.props.IntProperty(options={"HIDDEN"})
    """Where what is shown stands among others, while there are none."""
    discarded: bpy.props.StringProperty(options={"HIDDEN"})
    """The jobs of variants that were discarded, with blanks between."""
    is_level: bpy.props.BoolProperty(options={"HIDDEN"})
    """Whether it is a level of detail of another object."""
    level_depth: bpy.props.IntProperty(options={"HIDDEN"})
    """How often that is so: a level may have levels."""
    is_level_part: bpy.props.BoolProperty(options={"HIDDEN"})
    """Whether it was made as a part of a level, and not as a level by itself."""
    compared: bpy.props.PointerProperty(type=bpy.types.Object, options={"HIDDEN"})
    """The object that it stands beside to be compared with: that one, whatever copies of it there are."""
    compared_as: bpy.props.StringProperty(options={"HIDDEN"})
    """What it was called when it was put there; a copy that the artist makes of it has this, too, and another name."""
    compared_how: bpy.props.StringProperty(options={"HIDDEN"})
    """What it was like then, told by :mod:`.handiwork`."""
    overrides: bpy.props.PointerProperty(type=overrides.TrellisOverrides)
    gauge: bpy.props.PointerProperty(type=gauge.TrellisGauge)
    filling: bpy.props.PointerProperty(type=filling.TrellisFilling)


def of(item: bpy.types.Object) -> TrellisObject:
    """Give what we noted on an object."""
    return item.trellis  # type: ignore[attr-defined]  # made by register


def meshes(item: bpy.types.Object) -> list[bpy.types.Mesh]:
    """Give the meshes an object can show, in the order they came."""
    now = _entry(item)
    every = (item.data if entry == now else entry.mesh for entry in of(item).variants)
    return [mesh for mesh in every if isinstance(mesh, bpy.types.Mesh)]


def shown(item: bpy.types.Object) -> int:
    """Give which of its variants an object shows; -1 when it shows none of them."""
    every = meshes(item)
    return every.index(item.data) if item.data in every else -1


def jobs(item: bpy.types.Object) -> set[str]:
    """Give the jobs whose meshes an object shows or can show; one of them is empty for what no job made."""
    return {provenance.job_of(mesh) for mesh in (item.data, *meshes(item))}


def is_kept(item: bpy.types.Object) -> bool:
    """Whether the variant that is shown is to be kept."""
    entry = _entry(item)
    return entry is not None and entry.is_kept


def fault(item: bpy.types.Object | None) -> str:
    """Give why an object cannot have variants, or an empty text."""
    if item is not None and not of(item).variants and parts.came_with_others(item):
        return "This object came in several parts, so it has no variants; Re-roll Seed makes another object"
    return not_one_mesh(item)


def not_one_mesh(item: bpy.types.Object | None) -> str:
    """Give why an object is not one mesh of this file, or an empty text."""
    if item is not None and parts.of(item):
        return "This object has several parts; select one of them"
    if item is None or item.type != "MESH":
        return "Select an object that came from this service"
    if item.library is not None or item.override_library is not None:
        return "This object is linked from another file; make it local first"
    return ""


def begin(item: bpy.types.Object, fitted: Filling | None = None) -> None:
    """Note how a new object came, and the box that it was fitted to, for the variants that it may get."""
    if isinstance(item.data, bpy.types.Mesh):
        gauge.note(of(item).gauge, item.data)
    if fitted is not None:
        filling.note(of(item).filling, fitted)


def mark(item: bpy.types.Object) -> None:
    """Give an object what tells it from others, also in another run of Blender."""
    of(item).set_id = of(item).set_id or uuid.uuid4().hex


def enlist(item: bpy.types.Object) -> None:
    """See to it that what an object shows is among its variants, so that it is not lost when another is shown.

    Whatever was done to all of it since, such as Apply Scale, is done to the others.
    """
    noted, job = of(item), provenance.job_of(item.data)
    held = next((entry for entry in noted.variants if entry.mesh is not None and entry.mesh == item.data), None)
    entry = next((entry for entry in noted.variants if entry.is_shown), None)
    is_other = entry is not None and (held is not None or entry.job != job)
    lost = _orphan(entry.job) if entry is not None and is_other else None
    if entry is not None and (held is not None or lost is not None):  # the artist had the object show another mesh
        entry.mesh, entry.is_shown, entry = lost, False, None
        begin(item)
    else:
        _bring_along(item)
    if entry is None:
        entry = held if held is not None else add(item, None, noted.ordered if noted.variants else noted.place)
    entry.mesh, entry.is_shown, entry.job = None, True, job
    for index in reversed(range(len(noted.variants))):
        if noted.variants[index].mesh is None and not noted.variants[index].is_shown:
            noted.variants.remove(index)


def add(item: bpy.types.Object, mesh: bpy.types.Mesh | None, place: int) -> TrellisVariant:
    """Put a mesh behind the variants that were asked for before it."""
    variants = of(item).variants
    behind = next((index for index, entry in enumerate(variants) if entry.place > place), len(variants))
    entry = variants.add()
    entry.mesh, entry.place = mesh, place
    variants.move(len(variants) - 1, behind)
    return variants[behind]


def show(item: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """Have an object show a mesh; everything else of it stays, materials linked to the object as well."""
    enlist(item)
    if mesh == item.data:
        return
    noted = of(item)
    if all(entry.mesh != mesh for entry in noted.variants):
        add(item, mesh, noted.ordered)
    coming = next(entry for entry in noted.variants if entry.mesh == mesh)
    going = next(entry for entry in noted.variants if entry.is_shown)
    # An object that was made local left behind what it did not show.
    is_of_others = mesh.library is not None or _is_listed_elsewhere(mesh, item)
    own = localizing.copied(mesh, item.data) if is_of_others else mesh
    going.mesh, going.is_shown = item.data, False
    coming.mesh, coming.is_shown, coming.job = None, True, provenance.job_of(own)
    show_alone(item, own)
    begin(item)
    for follow in heard:
        follow(item)


def clear(item: bpy.types.Object) -> None:
    """Have an object know no variants."""
    noted = of(item)
    noted.variants.clear()
    noted.place = 0
    noted.set_id = noted.discarded = ""
    noted.is_level = noted.is_level_part = False
    noted.level_depth = 0
    noted.compared, noted.compared_as, noted.compared_how = None, "", ""


def show_alone(item: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """As :func:`show`, for an object without variants."""
    with overrides.kept(item, of(item).overrides), weights.kept(item):
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
    noted = of(item)
    gone: list[bpy.types.Mesh] = []
    for index in reversed(range(len(noted.variants))):
        entry = noted.variants[index]
        if entry.mesh is not None and not entry.is_kept:
            gone.append(entry.mesh)
            noted.variants.remove(index)
    jobs = (provenance.job_of(mesh) for mesh in reversed(gone))
    noted.discarded = " ".join(dict.fromkeys([*noted.discarded.split(), *filter(None, jobs)]))
    if len(noted.variants) == 1:
        noted.place = noted.variants[0].place
        noted.variants.clear()
    _remove(gone)
    return len(gone)


def _entry(item: bpy.types.Object) -> TrellisVariant | None:
    """Give the entry of what an object shows: one that has it, where the artist chose it by hand, else that noted."""
    variants = of(item).variants
    found = next((entry for entry in variants if entry.mesh is not None and entry.mesh == item.data), None)
    return found if found is not None else next((entry for entry in variants if entry.is_shown), None)


def _bring_along(item: bpy.types.Object) -> None:
    """Do to all variants what was done to the whole of the one that is shown."""
    noted = of(item)
    if not isinstance(item.data, bpy.types.Mesh):
        return
    change = gauge.follow(noted.gauge, item.data)
    for entry in noted.variants if change is not None else ():
        if entry.mesh is None:
            continue
        if entry.mesh.users - int(entry.mesh.use_fake_user) > 1 or entry.mesh.library is not None:
            entry.mesh = localizing.copied(entry.mesh, item.data)  # a duplicate's, too
        extent.change_mesh(entry.mesh, change)


def _orphan(job: str) -> bpy.types.Mesh | None:
    """Give a job's mesh that nothing uses, as the artist leaves behind who has an object show another."""
    unused = (mesh for mesh in bpy.data.meshes if mesh.users == int(mesh.use_fake_user))
    return next((mesh for mesh in unused if job and provenance.job_of(mesh) == job), None)


def _is_listed_elsewhere(mesh: bpy.types.Mesh, item: bpy.types.Object) -> bool:
    """Whether another object has a mesh among its variants, as duplicates do. Each needs its own to work on."""
    if mesh.users - int(mesh.use_fake_user) < 2:
        return False
    users = bpy.data.user_map(subset={mesh})[mesh]
    return any(isinstance(user, bpy.types.Object) and user != item and user.data != mesh for user in users)


def _remove(gone: list[bpy.types.Mesh]) -> None:
    """Remove meshes that nothing else uses, and what came with them and only they used."""
    pairs = ((mesh, material) for mesh in gone for material in mesh.materials if material is not None)
    materials = {material for mesh, material in pairs if _is_called_alike(mesh, material)}
    nodes = (node for material in materials if material.node_tree for node in material.node_tree.nodes)
    images = {image for node in nodes if (image := getattr(node, "image", None)) is not None}
    with stirrings.deaf():  # Blender tells that pictures have gone, not which: the source's is none of them
        datablocks.remove_unused(block for block in (*gone, *materials, *images) if not block.use_fake_user)


def _is_called_alike(mesh: bpy.types.Mesh, material: bpy.types.Material) -> bool:
    """Whether a material came with a mesh, and is none of the artist's: both are called as the object was."""
    return _NUMBERED.sub("", mesh.name) == _NUMBERED.sub("", material.name)


_CLASSES = (
    overrides.TrellisOverride, overrides.TrellisOverrides, gauge.TrellisGauge, filling.TrellisFilling, TrellisVariant,
    TrellisObject,
)  # fmt: skip


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
