# SPDX-License-Identifier: GPL-3.0-or-later
"""The vertex groups that an object's modifiers name, kept while it shows another mesh. Knows vertex groups only.

Blender keeps names and weights with the mesh. The names stay; the weights are of each mesh alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy


@contextmanager
def kept(item: bpy.types.Object) -> Iterator[None]:
    """Have an object's vertex groups stay, by their names, while its mesh is exchanged."""
    groups = item.vertex_groups
    before = [(group.name, group.lock_weight) for group in groups]
    active = groups.active.name if groups.active is not None else ""
    yield
    if item.data is None or item.data.library is not None:
        return
    for name, is_locked in before:
        if name not in groups:
            groups.new(name=name).lock_weight = is_locked
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
    """Whether no vertex has a weight in any of these groups."""
    mesh = item.data
    if not isinstance(mesh, bpy.types.Mesh) or not len(mesh.vertices):
        return False
    numbers = {group.index for group in item.vertex_groups if group.name in names}
    return not any(held.group in numbers and held.weight > 0.0 for vertex in mesh.vertices for held in vertex.groups)
