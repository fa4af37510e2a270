# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials that are linked to an object, kept while it shows another mesh. Knows material slots only.

Blender itself forgets them, and which slot is active, beyond the slots that a mesh has.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy


class TrellisOverride(bpy.types.PropertyGroup):
    """A material of an object that has, just now, no slot for it."""

    slot: bpy.props.IntProperty(options={"HIDDEN"})
    material: bpy.props.PointerProperty(name="Material", type=bpy.types.Material)


class TrellisOverrides(bpy.types.PropertyGroup):
    """What an object's slots were like beyond those that it has just now."""

    missing: bpy.props.CollectionProperty(type=TrellisOverride)
    active: bpy.props.IntProperty(default=-1, options={"HIDDEN"})
    """The slot that was active, if there is none of that number now."""


@contextmanager
def kept(item: bpy.types.Object, noted: TrellisOverrides) -> Iterator[None]:
    """Have an object's materials stay while its mesh is exchanged."""
    count = len(item.material_slots)
    linked = {number: slot.material for number, slot in enumerate(item.material_slots) if slot.link == "OBJECT"}
    linked |= {override.slot: override.material for override in noted.missing if override.slot >= count}
    active = noted.active if noted.active >= count else item.active_material_index
    yield
    noted.missing.clear()
    for number, material in sorted(linked.items()):
        if number < len(item.material_slots):
            slot = item.material_slots[number]
            slot.link = "OBJECT"
            slot.material = material
        else:
            override = noted.missing.add()
            override.slot, override.material = number, material
    fits = active < max(len(item.material_slots), 1)
    noted.active = -1 if fits else active
    if fits:
        item.active_material_index = active
