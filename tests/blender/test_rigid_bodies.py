# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigid bodies: what takes the place of one is it in its stead, and copies that are looked at are none."""

from pathlib import Path
from typing import Any

import bpy
import crafted
import pictures
import pytest
from artist import Artist, module
from blocks import block, check, choose, fit, frame, oriented, points_of
from leafing import counted, make, prepare
from test_proxy_whole import twins
from test_several import placeholder, with_placeholder


@pytest.fixture
def floor() -> bpy.types.Object:
    """A plane that things fall on."""
    bpy.ops.mesh.primitive_plane_add(size=60)
    bpy.ops.rigidbody.object_add(type="PASSIVE")
    return bpy.context.object


def body(item: bpy.types.Object, kind: str) -> bpy.types.Object:
    choose(item)
    bpy.ops.rigidbody.object_add(type=kind)
    item.rigid_body.mass, item.rigid_body.collision_shape, item.rigid_body.friction = 7.0, "BOX", 0.25
    return item


def crate(kind: str, height: float = 1.0) -> bpy.types.Object:
    """Give a block above the floor that is a rigid body."""
    item = block("Crate")
    item.location.z = height
    return body(item, kind)


def play(last: int, first: int = 1) -> None:
    for number in range(first, last + 1):
        bpy.context.scene.frame_set(number)


def bodies() -> set[str]:
    return {item.name for item in bpy.context.scene.rigidbody_world.collection.objects}


def place(item: bpy.types.Object) -> Any:
    return pytest.approx(list(item.matrix_world.translation), abs=0.1)


@pytest.mark.any_blender
@pytest.mark.parametrize("kind", ["ACTIVE", "PASSIVE"])
def test_what_takes_the_place_of_one_is_it_in_its_stead(fitting: Artist, floor: bpy.types.Object, kind: str) -> None:
    """Both were active bodies at one place, and flew apart."""
    old = crate(kind)
    item = fit(fitting, stretched=True)
    own = item.rigid_body
    assert (own.type, own.mass, own.collision_shape, own.friction) == (kind, 7.0, "BOX", 0.25)
    assert not own.kinematic and own.collision_collections[0]
    assert [holder.name for holder in item.users_collection] == ["RigidBodyWorld", "Scene Collection"]
    play(30)
    assert list(item.matrix_world.translation) == pytest.approx([0.0, 0.0, 1.0], abs=0.1)
    (job,) = fitting.session.jobs.values()
    assert not fitting.session.intake.remarks[job.id]
    bpy.data.objects.remove(item)
    bpy.context.view_layer.objects.active = old
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    own = old.rigid_body
    assert (own.type, own.mass, own.kinematic) == (kind, 7.0, False)
    assert list(own.collision_collections) == [True, *[False] * 19]
    assert not module("blender.bodies").is_withdrawn(old)


@pytest.mark.any_blender
def test_it_stands_where_the_body_had_fallen_to(fitting: Artist, floor: bpy.types.Object) -> None:
    """It stood where the body began, below the floor."""
    old = crate("ACTIVE", 2.0)
    play(40)
    matrix = old.matrix_world.copy()
    assert matrix.translation.z == pytest.approx(1.0, abs=0.1)
    wanted = oriented(points_of(old), *frame(matrix))
    item = fit(fitting, stretched=True)
    check(item, wanted, matrix, stretched=True)
    play(42, 40)
    assert list(item.matrix_world.translation) == pytest.approx([0.0, 0.0, 1.0], abs=0.1)


@pytest.mark.parametrize("kind", ["ACTIVE", "PASSIVE"])
def test_one_in_several_parts(fitting: Artist, floor: bpy.types.Object, kind: str) -> None:
    """Those that are moved would fall by themselves, so they are none, and it is said."""
    old, known = crate(kind), set(bpy.data.objects)
    job = fitting.wait_for_state(fitting.order(), "downloaded")
    fitting.sent(job, crafted.glb(twins))
    fitting.wait(job)
    new = set(bpy.data.objects) - known
    assert len(new) == 3 and all(
        (part.rigid_body is not None) == (kind == "PASSIVE" and part.type == "MESH") for part in new
    )
    assert bodies() == {floor.name, old.name} | {part.name for part in new if part.rigid_body is not None}
    said = fitting.session.intake.remarks[job.id]
    assert said == "" if kind == "PASSIVE" else "Crate Proxy was a rigid body" in said


@pytest.fixture
def made(artist: Artist, tmp_path: Path) -> bpy.types.Object:
    prepare(artist, tmp_path)
    item = make()
    counted(artist, 2)
    return item


@pytest.mark.any_blender
@pytest.mark.parametrize("kind", ["ACTIVE", "PASSIVE"])
def test_variants_of_one_are_compared(made: bpy.types.Object, floor: bpy.types.Object, kind: str) -> None:
    """It failed, and left a copy in the simulation only."""
    body(made, kind)
    known = set(bpy.data.objects)
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    row = set(bpy.data.objects) - known
    assert len(row) == 2 and all(other.rigid_body is None and other.visible_get() for other in row)
    assert bodies() == {floor.name, made.name}
    choose(made)
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    assert set(bpy.data.objects) == known and made.rigid_body.mass == 7.0


@pytest.mark.any_blender
def test_levels_of_detail_of_one(made: bpy.types.Object, floor: bpy.types.Object) -> None:
    """They were simulated at its place, and blew it away."""
    body(made, "ACTIVE")
    assert bpy.ops.trellis.make_lods(levels=2) == {"FINISHED"}
    copies = module("blender.levels").made_before(made)
    assert len(copies) == 2 and all(copy.rigid_body is None for copy in copies)
    assert bodies() == {floor.name, made.name}


def test_a_placeholder_that_is_one_and_comes_in_parts(artist: Artist, floor: bpy.types.Object) -> None:
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    known = set(bpy.data.objects)
    job = artist.wait_for_state(with_placeholder(), "downloaded")
    body(placeholder(), "PASSIVE")
    artist.sent(job, crafted.glb(twins))
    artist.wait(job)
    new = set(bpy.data.objects) - known
    assert {item.name for item in new if item.type == "MESH"} | {floor.name} == bodies() and len(new) == 3


def hinge(first: bpy.types.Object, second: bpy.types.Object) -> bpy.types.Object:
    """Give an empty that holds two bodies together."""
    item = bpy.data.objects.new("Hinge", None)
    bpy.context.scene.collection.objects.link(item)
    choose(item)
    bpy.ops.rigidbody.constraint_add(type="HINGE")
    own = item.rigid_body_constraint
    own.object1, own.object2 = first, second
    return item


@pytest.mark.parametrize("kind", ["ACTIVE", "PASSIVE"])
def test_a_hinge_holds_what_takes_the_place(fitting: Artist, floor: bpy.types.Object, kind: str) -> None:
    """It went on holding the hidden proxy."""
    old = crate(kind)
    own = hinge(old, floor).rigid_body_constraint
    choose(old)
    item = fit(fitting, stretched=True)
    assert (own.object1, own.object2) == (item, floor)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = old
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    assert (own.object1, own.object2) == (old, floor)
    assert bpy.data.objects["Hinge"].get("trellis_held") is None


@pytest.mark.any_blender
@pytest.mark.parametrize("then", ["deleted", "another"])
def test_a_hinge_goes_back_but_not_from_what_the_artist_chose(
    fitting: Artist, floor: bpy.types.Object, then: str
) -> None:
    old = crate("ACTIVE")
    own = hinge(floor, old).rigid_body_constraint
    other = body(block("Other"), "ACTIVE")
    choose(old)
    item = fit(fitting, stretched=True)
    if then == "deleted":
        bpy.data.objects.remove(item)
    else:
        own.object2 = other
    bpy.context.view_layer.objects.active = old
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    assert (own.object1, own.object2) == (floor, old if then == "deleted" else other)


def test_a_hinge_holds_one_of_several_parts(fitting: Artist, floor: bpy.types.Object) -> None:
    """They are not moved, so that each holds as well."""
    old, known = crate("PASSIVE"), set(bpy.data.objects)
    own = hinge(old, floor).rigid_body_constraint
    known.add(bpy.data.objects["Hinge"])
    choose(old)
    job = fitting.wait_for_state(fitting.order(), "downloaded")
    fitting.sent(job, crafted.glb(twins))
    fitting.wait(job)
    new = set(bpy.data.objects) - known
    assert own.object1 in new and own.object1.rigid_body.type == "PASSIVE"


def test_a_hinge_of_a_placeholder_that_comes_in_parts(artist: Artist, floor: bpy.types.Object) -> None:
    """It held the empty, which is no body."""
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    job = artist.wait_for_state(with_placeholder(), "downloaded")
    own = hinge(floor, body(placeholder(), "PASSIVE")).rigid_body_constraint
    artist.sent(job, crafted.glb(twins))
    artist.wait(job)
    assert own.object2.type == "MESH" and own.object2.rigid_body.type == "PASSIVE"
    assert bpy.data.objects["Hinge"].get("trellis_held") is None
