# SPDX-License-Identifier: GPL-3.0-or-later
"""The vertex groups that an object's modifiers name, kept while it shows another mesh. Knows vertex groups only.

Blender keeps names and weights with the mesh. The names stay; the weights are of each mesh alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import bpy
import numpy as np
import numpy.typing as npt

_LOOKS: Final = 2048
"""So many vertices are looked at, one by one as Blender gives weights; of a larger mesh as many, spread evenly."""
_BARE: Final = "trellis_bare_groups"
"""On a mesh the groups that it came to here, by their names, each in a line: without a weight then."""


@contextmanager
def kept(item: bpy.types.Object) -> Iterator[None]:
    """Have an object's vertex groups stay, by their names, while its mesh is exchanged."""
    groups = item.vertex_groups
    before = [(group.name, group.lock_weight) for group in groups]
    active = groups.active.name if groups.active is not None else ""
    yield
    if item.data is None or item.data.library is not None:
        return
    missing = [(name, is_locked) for name, is_locked in before if name not in groups]
    for name, is_locked in missing:
        groups.new(name=name).lock_weight = is_locked
    if missing and isinstance(item.data, bpy.types.Mesh):
        item.data[_BARE] = "\n".join(dict.fromkeys([*_bare(item.data), *(name for name, _is_locked in missing)]))
    if active in groups:
        groups.active_index = groups[active].index


def remark(item: bpy.types.Object) -> str:
    """Say which modifier stands still or hides everything, since what is shown has no weights for it; or nothing."""
    for modifier in item.modifiers:
        names = _named_by(modifier) & {group.name for group in item.vertex_groups}
        if names and _are_empty(item, names):
            return (
                f"The modifier {modifier.name} goes by vertex groups, which have no weights on this variant: each mesh "
                "has its own. Paint them, or copy them with Transfer Mesh Data while the variants are side by side."
            )
    return ""


def _named_by(modifier: bpy.types.Modifier) -> set[str]:
    """Give the vertex groups that a modifier names; for an armature, those of its bones."""
    if isinstance(modifier, bpy.types.ArmatureModifier):
        rig = modifier.object.data if modifier.object is not None and modifier.use_vertex_groups else None
        return {bone.name for bone in rig.bones} if isinstance(rig, bpy.types.Armature) else set()
    fields = (field.identifier for field in modifier.bl_rna.properties if field.type == "STRING")
    return {getattr(modifier, name) for name in fields if "vertex_group" in name} - {""}


def _are_empty(item: bpy.types.Object, names: set[str]) -> bool:
    """Whether no vertex has a weight in any of these groups.

    A mesh of millions is leafed to at once, so not all of it is looked at: where nothing is found there, it is taken
    to be empty only if the groups came to it without weights. What the artist painted elsewhere may be small.
    """
    mesh = item.data
    if not isinstance(mesh, bpy.types.Mesh) or not len(mesh.vertices):
        return False
    numbers = {group.index for group in item.vertex_groups if group.name in names}
    for index in _looked_at(mesh):
        if any(held.group in numbers and held.weight > 0.0 for held in mesh.vertices[index].groups):
            return False
    return len(mesh.vertices) <= _LOOKS or names <= set(_bare(mesh))


def _bare(mesh: bpy.types.Mesh) -> list[str]:
    noted = mesh.get(_BARE)
    return noted.split("\n") if isinstance(noted, str) else []


def _looked_at(mesh: bpy.types.Mesh) -> list[int]:
    """Give the vertices to look at: some of all, and some of the selected ones, which *Assign* gave weights to last."""
    every = np.arange(len(mesh.vertices))
    selection = mesh.attributes.get(".select_vert")
    if len(every) <= _LOOKS or selection is None or len(selection.data) != len(every):
        return _spread(every)
    chosen = np.zeros(len(every), bool)
    selection.data.foreach_get("value", chosen)
    return _spread(every) if chosen.all() else [*_spread(every), *_spread(np.flatnonzero(chosen))]


def _spread(numbers: npt.NDArray[np.int64]) -> list[int]:
    return list(map(int, numbers[:: max(1, -(-len(numbers) // _LOOKS))]))
