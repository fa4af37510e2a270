# SPDX-License-Identifier: GPL-3.0-or-later
"""Variants are picked by their pictures, and seen side by side in a row that goes away again."""

import itertools
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from artist import module
from mathutils import Matrix, Vector


def variants() -> Any:
    return module("blender.variants")


def seed_shown(item: bpy.types.Object) -> int:
    return module("blender.provenance").recipe_of(item).seed


def test_picked_among_them(several: bpy.types.Object) -> None:
    assert bpy.ops.trellis.pick_variant(index=2) == {"FINISHED"}
    assert seed_shown(several) == 102
    assert bpy.ops.trellis.pick_variant(index=4) == {"CANCELLED"}
    assert seed_shown(several) == 102


def furnish(item: bpy.types.Object) -> None:
    """Have it hang on a parent, moved by keys and held by a constraint."""
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.location, parent.rotation_euler = (3.0, 2.0, 1.0), (0.0, 0.0, 0.5)
    item.parent = parent
    for frame, x in ((1, 0.0), (20, 9.0)):
        item.location.x = x
        item.keyframe_insert("location", frame=frame)
    limit = item.constraints.new("LIMIT_LOCATION")
    limit.use_max_z, limit.max_z = True, 0.5
    item.modifiers.new("Decimate", "DECIMATE").ratio = 0.5
    item.delta_location.y = 1.0
    item.material_slots[0].link = "OBJECT"
    item.material_slots[0].material = bpy.data.materials.new("override")
    bpy.context.view_layer.update()


def test_side_by_side_and_back(several: bpy.types.Object) -> None:
    furnish(several)
    module("blender.variants").mark(several)
    bpy.ops.ed.undo_push(message="furnished")
    before = snapshot.take(but=("meshes", "images"))
    assert bpy.ops.trellis.compare_variants("EXEC_DEFAULT", True) == {"FINISHED"}
    bpy.context.view_layer.update()
    several = bpy.context.view_layer.objects.active
    row = sorted(module("blender.comparing").standing(several), key=lambda item: item.matrix_world.translation.x)
    assert [seed_shown(item) for item in row] == [101, 102, 103] and seed_shown(several) == 100
    places = [several, *row]
    for one, other in itertools.pairwise(places):
        step = other.matrix_world.translation - one.matrix_world.translation
        assert step.x > several.dimensions.x and step.yz.length == pytest.approx(0.0, abs=1e-4)
        assert max(abs(a - b) for a, b in zip(np.ravel(one.matrix_world.to_3x3()),
                                              np.ravel(other.matrix_world.to_3x3()), strict=True)) < 1e-5  # fmt: skip
    for item in row:
        assert item.parent is None and item.animation_data is None and not item.constraints
        assert item.modifiers[0].ratio == 0.5 and item.material_slots[0].material.name == "override"
    assert bpy.ops.trellis.compare_variants("EXEC_DEFAULT", True) == {"FINISHED"}
    several = bpy.context.view_layer.objects.active
    assert changes(before) == [] and not module("blender.comparing").is_comparing(several)
    bpy.ops.ed.undo()
    assert len(module("blender.comparing").standing(bpy.context.view_layer.objects.active)) == 3
    bpy.ops.ed.undo()
    assert changes(before) == []


def changes(before: dict[str, str]) -> list[str]:
    """Give what is not as it was, but for what Blender itself forgets at each undo, or makes again only when drawn."""
    bpy.context.view_layer.update()
    after = snapshot.take(but=("meshes", "images"))
    forgotten = (".particle_edit.object", ".node_tree.users", ".dimensions")
    return [f"{path}: {before.get(path)} -> {after.get(path)}" for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path) and not path.endswith(forgotten)]  # fmt: skip


def test_none_stands_in_another(several: bpy.types.Object) -> None:
    """Each is as wide as it is, and the parent's scale counts; the shown one is narrow, so its width says nothing."""
    for mesh, width in zip(variants().meshes(several), (0.1, 1.5, 0.3, 1.0), strict=True):
        mesh.transform(Matrix.Diagonal((width, 1.0, 1.0, 1.0)))
    several.scale, several.rotation_euler.z = (2.0, 2.0, 2.0), 0.4
    bpy.context.view_layer.update()
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    row = [several, *module("blender.comparing").standing(several)]
    reach = {seed_shown(item): [(item.matrix_world @ Vector(corner)).x for corner in item.bound_box] for item in row}
    for one, other in itertools.pairwise((100, 101, 102, 103)):
        gap = min(reach[other]) - max(reach[one])
        widths = [max(reach[seed]) - min(reach[seed]) for seed in (one, other)]
        assert 0.1 * max(widths) < gap < 0.3 * max(widths)


def test_one_of_the_row_is_taken(several: bpy.types.Object) -> None:
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    row = module("blender.comparing").standing(several)
    third = next(item for item in row if seed_shown(item) == 102)
    bpy.context.view_layer.objects.active = third
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    assert bpy.context.view_layer.objects.active == several and seed_shown(several) == 102
    assert [item.name for item in bpy.data.objects] == [several.name] and len(variants().meshes(several)) == 4


def test_discarding_while_they_stand_side_by_side(several: bpy.types.Object) -> None:
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert not variants().meshes(several) and len(bpy.data.objects) == 4
    assert [seed_shown(item) for item in bpy.data.objects] and None not in [item.data for item in bpy.data.objects]
