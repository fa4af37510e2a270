# SPDX-License-Identifier: GPL-3.0-or-later
"""An object takes the place of one of the blockout: its oriented box is filled, however that stands."""

from collections.abc import Callable

import bpy
import numpy as np
import pytest
from artist import Artist
from blocks import WITHIN, block, check, fit, frame, oriented, points_of, rotated, scaled
from mathutils import Euler, Matrix


def flat(item: bpy.types.Object) -> None:
    item.scale = (3.0, 2.0, 0.25)


def turned_by_quaternion(item: bpy.types.Object) -> None:
    item.rotation_mode = "QUATERNION"
    item.rotation_quaternion = Euler((1.0, 0.2, 0.3)).to_quaternion()
    item.location.x = 3.0


def with_deltas(item: bpy.types.Object) -> None:
    item.delta_location, item.delta_rotation_euler = (1.0, 2.0, 3.0), (0.0, 0.0, 0.7)
    item.delta_scale = (1.0, 2.0, 0.5)


def parented(item: bpy.types.Object) -> None:
    scaled(item)
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.location, parent.rotation_euler, parent.scale = (1.0, 2.0, 3.0), (0.5, 0.6, 0.7), (2.0, 2.0, 2.0)
    item.parent = parent
    item.matrix_parent_inverse = Matrix.Translation((9.0, 0.0, 1.0)) @ Matrix.Rotation(0.4, 4, "X")


def constrained(item: bpy.types.Object) -> None:
    scaled(item)
    limit = item.constraints.new("LIMIT_LOCATION")
    limit.use_max_z, limit.max_z = True, 2.0


SHAPES = [rotated, scaled, flat, turned_by_quaternion, with_deltas, parented, constrained]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stretched", [False, True])
def test_fills_the_box(fitting: Artist, shape: Callable[[bpy.types.Object], None], stretched: bool) -> None:
    old = block(low=(-0.5, -1.0, 0.0), high=(2.0, 1.5, 3.0))
    shape(old)
    bpy.context.view_layer.update()
    matrix = old.matrix_world.copy()
    wanted = oriented(points_of(old), *frame(matrix))
    item = fit(fitting, stretched=stretched)
    check(item, wanted, matrix, stretched=stretched)
    assert tuple(item.scale) == (1.0, 1.0, 1.0)
    axes, place = frame(item.matrix_world)
    assert axes == pytest.approx(frame(matrix)[0], abs=1e-5) and place == pytest.approx(frame(matrix)[1], abs=1e-4)
    assert item.parent == old.parent and item.matrix_parent_inverse == old.matrix_parent_inverse


@pytest.mark.parametrize("scale", [(-1.0, 1.0, 1.0), (-2.0, 0.5, 1.0), (1.0, 1.0, -3.0)])
@pytest.mark.parametrize("stretched", [False, True])
def test_a_mirrored_block_has_a_mirrored_object(
    fitting: Artist, scale: tuple[float, float, float], stretched: bool
) -> None:
    old = block()
    rotated(old)
    old.scale = scale
    bpy.context.view_layer.update()
    matrix = old.matrix_world.copy()
    wanted = oriented(points_of(old), *frame(matrix))
    item = fit(fitting, stretched=stretched)
    axes, place = frame(matrix)
    box = oriented(points_of(item), axes, place)
    assert [abs(value) for value in item.scale] == [1.0, 1.0, 1.0]
    assert [value < 0.0 for value in item.scale] == [value < 0.0 for value in scale]
    sides, room = box[1] - box[0], wanted[1] - wanted[0]
    assert max(sides / room) == pytest.approx(1.0, abs=WITHIN) and (sides <= room * (1 + WITHIN)).all()
    assert not stretched or box == pytest.approx(wanted, abs=WITHIN)
    assert box[0][2] == pytest.approx(wanted[0][2], abs=WITHIN)
    count = len(item.data.polygons)
    normals, centres = np.empty(count * 3, np.float32), np.empty(count * 3, np.float32)
    item.data.polygons.foreach_get("normal", normals)
    item.data.polygons.foreach_get("center", centres)
    centres = centres.reshape(-1, 3)
    outward = (normals.reshape(-1, 3) * (centres - centres.mean(0))).sum(1) > 0.0
    assert outward.mean() > 0.7, "it is not inside out"


def test_is_not_distorted_by_an_uneven_parent(fitting: Artist) -> None:
    old = block()
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.scale = (1.0, 1.0, 4.0)
    old.parent = parent
    bpy.context.view_layer.update()
    item = fit(fitting)
    bpy.context.view_layer.update()
    seen = np.ptp(points_of(item), axis=0)
    fitting.settings.fit_to_selection = False
    fitting.settings.seed = 42
    fitting.wait(fitting.order())
    free = np.ptp(points_of(bpy.data.objects["crown"]), axis=0)
    assert seen / seen.max() == pytest.approx(free / free.max(), rel=1e-3)


@pytest.mark.any_blender
@pytest.mark.parametrize("stretched", [False, True])
def test_a_block_that_was_scaled_flat_has_an_object_that_is_not(fitting: Artist, stretched: bool) -> None:
    """It was as flat, and could not be seen from the front."""
    old = block(low=(-1.0, -1.0, -1.0), high=(1.0, 1.0, 3.0))
    rotated(old)
    old.scale = (2.0, 3.0, 0.0)
    item = fit(fitting, stretched=stretched)
    bpy.context.view_layer.update()
    assert tuple(item.scale) == (1.0, 1.0, 1.0) and list(item.rotation_euler) == list(old.rotation_euler)
    box = oriented(points_of(item), *frame(item.matrix_world))
    sides = box[1] - box[0]
    assert (sides[:2] <= np.array([4.0, 6.0]) * (1 + WITHIN)).all() and sides[2] > 1.0
    assert max(sides[:2] / (4.0, 6.0)) == pytest.approx(1.0, abs=WITHIN)
    assert not stretched or sides[:2] == pytest.approx([4.0, 6.0], rel=WITHIN)
    assert box[0][2] == pytest.approx(0.0, abs=WITHIN), "it stands on what the block was flattened to"
