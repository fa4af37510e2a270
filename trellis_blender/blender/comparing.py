# SPDX-License-Identifier: GPL-3.0-or-later
"""Variants side by side: objects beside the one they are of, that show one each, until they are taken away again.

What an artist makes of them stays, as objects of their own.
"""

from typing import Any, Final

import bpy
from bpy.app.handlers import persistent
from mathutils import Matrix, Vector

from . import bodies, handiwork, home, listeners, provenance, selection, variants

_OF: Final = "trellis_compared"
_GAP: Final = 0.25
"""Room between one and the next, as a share of their widths."""
_may_stand = True
"""Whether a row may be in the file: else nobody looks for one."""


def is_comparing(item: bpy.types.Object) -> bool:
    """Whether an object's variants stand beside it."""
    return bool(standing(item))


def standing(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Give the objects that stand beside another to be compared with it, as they were put there or changed since."""
    return [other for other in bpy.data.objects if _stands_beside(other) == item]


def lay_out(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Put an object for each of the other variants in a row, in the order of the variants; give them."""
    global _may_stand
    variants.enlist(item)
    _may_stand = True
    row = [_copy(item, mesh) for mesh in variants.meshes(item) if mesh != item.data]
    bpy.context.view_layer.update()  # else nobody knows yet how wide they are
    low, high = _reach(item)
    width = high - low
    for other in row:
        own_low, own_high = _reach(other)
        own_width = own_high - own_low
        high += (width + own_width) / 2 * _GAP
        other.matrix_world = Matrix.Translation((high - own_low, 0.0, 0.0)) @ item.matrix_world
        high, width = high + own_width, own_width
    bpy.context.view_layer.update()
    return row


def take_away(item: bpy.types.Object) -> list[bpy.types.Object]:
    """Remove what stands beside an object; give what stays, since the artist has made something of it."""
    marked = [other for other in bpy.data.objects if _compared_with(other) == item]
    there = [other for other in marked if _is_as_called(other)]
    mine = [other for other in there if handiwork.is_made_of(other, variants.of(other).compared_how)]
    stays = [other for other in marked if other in mine or other not in there]
    for other in stays:
        _release(other)
    for mesh in variants.meshes(item):
        shown_by = [other for other in stays if other.data == mesh]
        own = mesh.copy() if shown_by else mesh
        for other in shown_by:
            variants.show_alone(other, own)
    bpy.data.batch_remove([other for other in there if other not in mine])
    bpy.context.view_layer.update()
    return mine


def take(item: bpy.types.Object, one: bpy.types.Object) -> list[bpy.types.Object]:
    """Have an object show what one beside it shows, and take all of them away; give what stays."""
    mesh, job = one.data, provenance.job_of(one.data)
    kept = take_away(item)
    if not isinstance(mesh, bpy.types.Mesh):
        return kept
    known = variants.meshes(item)
    if mesh not in known and any(other.data == mesh for other in kept):
        mesh = mesh.copy()  # the artist's own
    elif mesh not in known:  # what was done to all variants meanwhile was done to another copy of it
        mesh = next((other for other in known if job and provenance.job_of(other) == job), mesh)
    variants.show(item, mesh)
    return kept


def original(item: bpy.types.Object) -> bpy.types.Object | None:
    """Give the object that one stands beside to be compared with; None for any other."""
    first = _stands_beside(item)
    return first if first is not None and first.users_scene else None


def _stands_beside(item: bpy.types.Object) -> bpy.types.Object | None:
    first = _compared_with(item)
    return first if first is not None and _is_as_called(item) else None


def _compared_with(item: bpy.types.Object) -> bpy.types.Object | None:
    """Give the object that one was put beside, or that it is a copy of one put beside it."""
    if item.get(_OF) is None:  # asked first: to look at what we noted would note something in Blender 4.2
        return None
    first = variants.of(item).compared
    return first if isinstance(first, bpy.types.Object) and first != item else None


def _is_as_called(item: bpy.types.Object) -> bool:
    """Whether an object has the name that it was put there with: a copy has another, and so has one of the artist's."""
    called = variants.of(item).compared_as
    return item.library is None and called in ("", item.name)  # files of earlier versions do not say


def _release(item: bpy.types.Object) -> None:
    """Have an object stand beside none any more."""
    del item[_OF]
    noted = variants.of(item)
    noted.compared, noted.compared_as, noted.compared_how = None, "", ""


def _reach(item: bpy.types.Object) -> tuple[float, float]:
    """Give how far an object reaches to the left and to the right."""
    sides = [(item.matrix_world @ Vector(corner)).x for corner in item.bound_box]
    return min(sides), max(sides)


def _copy(item: bpy.types.Object, mesh: bpy.types.Mesh) -> bpy.types.Object:
    """Put one object where another stands, with the same modifiers and materials, and held by nothing."""
    world = item.matrix_world.copy()
    other = item.copy()  # with modifiers, constraints, material slots and custom properties
    bodies.leave(other)
    other.name = f"{item.name} · {_seed(mesh)}"
    other.animation_data_clear()
    other.constraints.clear()
    other.parent = None
    variants.clear(other)
    variants.show_alone(other, mesh)
    for attribute in ("delta_location", "delta_rotation_euler"):
        setattr(other, attribute, (0.0, 0.0, 0.0))
    other.delta_scale, other.delta_rotation_quaternion = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0)
    other.matrix_world = world
    for holder in item.users_collection:
        if home.takes(holder):
            holder.objects.link(other)
    selection.deselect([other], bpy.context.scene)
    other.select_set(False)
    noted = variants.of(other)
    other[_OF], noted.compared, noted.compared_as = True, item, other.name
    noted.compared_how = handiwork.told(other)
    return other


def _seed(mesh: bpy.types.Mesh) -> str:
    made = provenance.recipe_of(mesh)
    return str(made.seed) if made is not None else mesh.name


def release_orphans() -> bool:
    """Have a row stand for itself whose object was deleted, which it would hold with all variants; whether any stands.

    What is in a collection of no scene was not deleted.
    """
    row = [(other, first) for other in bpy.data.objects if (first := _compared_with(other)) is not None]
    gone = {first for _other, first in row if not first.users_collection}
    for other, first in row:
        if first in gone and other.library is None:
            _release(other)
    return any(first not in gone for _other, first in row)


@persistent  # type: ignore[untyped-decorator]
def _updated(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph | None = None) -> None:
    """Look whether what a row is of was deleted; cheap where there is none."""
    global _may_stand
    if not _may_stand or depsgraph is None:
        return
    if depsgraph.id_type_updated("COLLECTION") or depsgraph.id_type_updated("SCENE"):  # as when an object is deleted
        _may_stand = release_orphans()


@persistent  # type: ignore[untyped-decorator]
def _came_anew(*_arguments: Any) -> None:
    """Undo and files bring rows."""
    global _may_stand
    _may_stand = True


@persistent  # type: ignore[untyped-decorator]
def _note_anew(*_arguments: Any) -> None:
    """Note how a row is that nothing was made of: before a file is saved by names, and by numbers when it is opened."""
    release_orphans()
    for other in bpy.data.objects:
        if other.library is None and other.get(_OF) is not None:
            noted = variants.of(other)
            noted.compared_how = handiwork.renewed(other, noted.compared_how)


_HEARD: Final = (
    ("save_pre", _note_anew), ("load_post", _note_anew), ("load_post", _came_anew), ("undo_post", _came_anew),
    ("redo_post", _came_anew), ("depsgraph_update_post", _updated),
)  # fmt: skip


def register() -> None:
    """Listen for files that are saved and opened, the latter after who notes that numbers are others then."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)
