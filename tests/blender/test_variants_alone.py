# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object shows is its own alone: it can be applied to, and what is done to all of it, its variants follow."""

import bpy
import numpy as np
import pytest
from artist import Artist
from leafing import choose, counted, points, seed_shown, seeds, variants


def apply() -> None:
    """Press Ctrl+A, All Transforms."""
    assert bpy.ops.object.transform_apply(location=True, rotation=True, scale=True) == {"FINISHED"}


def users(item: bpy.types.Object) -> list[int]:
    return [mesh.users for mesh in variants().meshes(item)]


def test_whatever_is_shown_can_be_applied_to(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    for _step in range(3):
        assert users(made) == [1, 1, 1]
        made.scale = (2.0, 2.0, 2.0)
        apply()
        made.modifiers.new("Decimate", "DECIMATE").ratio = 0.5
        assert bpy.ops.object.modifier_apply(modifier="Decimate") == {"FINISHED"}
        assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert seeds(made) == [100, 101, 102] and seed_shown(made) == 100
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert made.data.users == 1 and not len(made.trellis.variants)
    counted(ready, 1)
    assert users(made) == [1, 1]


def test_what_was_applied_to_the_shown_one_the_others_follow(ready: Artist, made: bpy.types.Object) -> None:
    made.rotation_euler, made.scale = (0.3, 0.0, 0.0), (1.0, 1.0, 2.0)
    apply()  # before there are others
    counted(ready, 1)
    made.location, made.rotation_euler, made.scale = (1.0, 2.0, 3.0), (0.4, 0.5, 0.6), (2.0, 3.0, 0.5)
    first = points(made)
    variants().step(made, 1)
    second = points(made)
    variants().step(made, 1)
    apply()
    assert points(made) == pytest.approx(first, abs=1e-4)
    variants().step(made, 1)
    assert points(made) == pytest.approx(second, abs=1e-4)
    made.scale = (1.0, -1.0, 1.0)
    second = points(made)
    apply()
    variants().step(made, 1)
    assert points(made) == pytest.approx(first * [1.0, -1.0, 1.0], abs=1e-4)
    assert bpy.ops.trellis.repeat_exactly() == {"FINISHED"}  # 100 once more: what comes later follows as well
    ready.wait()
    assert variants().shown(made) == 2 and points(made) == pytest.approx(first * [1.0, -1.0, 1.0], abs=1e-3)


def test_what_was_done_to_a_part_the_others_do_not_follow(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    other = variants().meshes(made)[1]
    before = [vertex.co.copy() for vertex in other.vertices]
    for vertex in made.data.vertices[: len(made.data.vertices) // 2]:
        vertex.co.x += 1.0
    edited = points(made)
    variants().step(made, 1)
    assert [vertex.co for vertex in other.vertices] == before
    variants().step(made, 1)
    assert points(made) == pytest.approx(edited, abs=1e-6)


def test_each_duplicate_has_its_own_to_work_on(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    choose(made)
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active
    variants().step(copy, 1)
    copy.scale = (2.0, 2.0, 2.0)
    apply()
    variants().step(made, 1)
    choose(made)
    made.scale = (3.0, 3.0, 3.0)
    apply()
    sizes = []
    for item, factor in ((made, 3.0), (copy, 2.0)):
        for _step in range(3):
            sizes.append(float(np.ptp(points(item), axis=0).max()) / factor)
            assert item.data.users == 1
            variants().step(item, 1)
    assert sizes == pytest.approx([1.0] * 6, rel=1e-3)
    assert seeds(made) == seeds(copy) == [100, 101, 102]


def test_linked_duplicates_share_until_they_leaf(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    choose(made)
    bpy.ops.object.duplicate(linked=True)
    twin = bpy.context.view_layer.objects.active
    shared = made.data
    variants().step(twin, 1)
    assert twin.data.users == 1 and made.data == shared
    variants().step(twin, 1)
    assert twin.data == made.data == shared


def test_a_mesh_that_the_artist_chooses_by_hand(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    first, second, _third = variants().meshes(made)
    made.data = second
    assert variants().shown(made) == 0 and len(variants().meshes(made)) == 2, "the first one is left behind"
    variants().step(made, 1)
    assert seeds(made) == [100, 101, 102] and seed_shown(made) == 102 and users(made) == [1, 1, 1]
    assert variants().meshes(made)[0] == first


def test_made_single_user_it_stays_the_same_variant(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    other = bpy.data.objects.new("other", made.data)
    bpy.context.scene.collection.objects.link(other)
    choose(made)
    assert bpy.ops.object.make_single_user(object=True, obdata=True) == {"FINISHED"}
    assert made.data != other.data
    made.scale = (2.0, 2.0, 2.0)
    apply()
    variants().step(made, 1)
    assert seeds(made) == [100, 101] and users(made) == [1, 1]
    assert np.ptp(points(made), axis=0).max() == pytest.approx(2.0, rel=1e-3)


def test_a_file_in_which_the_list_had_the_shown_one_as_well(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    entry = made.trellis.variants[0]
    entry.mesh, entry.is_shown, entry.job = made.data, False, ""
    assert users(made) == [2, 1] and variants().shown(made) == 0
    variants().step(made, 1)
    assert seeds(made) == [100, 101] and users(made) == [1, 1] and seed_shown(made) == 101
