# SPDX-License-Identifier: GPL-3.0-or-later
"""What the box of the blockout's object is: modifiers, curves, texts, instances and what else can be fitted to."""

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np
import pytest
from artist import Artist, module
from blocks import WITHIN, block, choose, fit, points_of
from mathutils import Matrix


def test_modifiers_count(fitting: Artist) -> None:
    old = block()
    array = old.modifiers.new("row", "ARRAY")
    array.count, array.relative_offset_displace = 3, (1.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    item = fit(fitting, stretched=True)
    assert np.ptp(points_of(item), axis=0) == pytest.approx([6.0, 2.0, 2.0], rel=WITHIN)


def test_an_empty_is_a_block_too(fitting: Artist) -> None:
    old = bpy.data.objects.new("here", None)
    old.empty_display_type, old.empty_display_size = "CUBE", 0.5
    bpy.context.scene.collection.objects.link(old)
    old.location, old.scale = (1.0, 2.0, 3.0), (2.0, 2.0, 4.0)
    choose(old)
    item = fit(fitting, stretched=True)
    points = points_of(item)
    assert points.min(0) == pytest.approx([0.0, 1.0, 1.0], abs=0.01)
    assert points.max(0) == pytest.approx([2.0, 3.0, 5.0], abs=0.01)
    assert item.name == "here" and old.hide_get() and old.hide_render


def test_an_instance_of_a_collection(fitting: Artist) -> None:
    inner = bpy.data.collections.new("tree")
    inner.instance_offset = (0.0, 0.0, 1.0)
    for x in (0.0, 4.0):
        part = block("part", (-0.5, -0.5, 0.0), (0.5, 0.5, 2.0))
        bpy.context.scene.collection.objects.unlink(part)
        inner.objects.link(part)
        part.location.x = x
    old = bpy.data.objects.new("grove", None)
    old.instance_type, old.instance_collection = "COLLECTION", inner
    bpy.context.scene.collection.objects.link(old)
    old.location, old.rotation_euler.z, old.scale = (10.0, 0.0, 0.0), np.pi / 2, (2.0, 2.0, 2.0)
    choose(old)
    item = fit(fitting, stretched=True)
    points = points_of(item)
    assert points.min(0) == pytest.approx([9.0, -1.0, -2.0], abs=0.05)
    assert points.max(0) == pytest.approx([11.0, 9.0, 2.0], abs=0.05)
    assert [other.name for other in inner.objects] == ["part", "part.001"]


def bevelled_circle() -> bpy.types.Object:
    bpy.ops.curve.primitive_bezier_circle_add()
    bpy.context.object.data.extrude, bpy.context.object.data.bevel_depth = 0.5, 0.1
    return bpy.context.object


def bevelled_path() -> bpy.types.Object:
    bpy.ops.curve.primitive_nurbs_path_add()
    bpy.context.object.data.bevel_depth = 0.3
    return bpy.context.object


def circle_with_a_modifier() -> bpy.types.Object:
    bpy.ops.curve.primitive_bezier_circle_add()
    bpy.context.object.data.bevel_depth = 0.2
    bpy.context.object.modifiers.new("thicker", "SOLIDIFY").thickness = 0.2
    return bpy.context.object


def text_with_depth() -> bpy.types.Object:
    bpy.ops.object.text_add()
    bpy.context.object.data.body, bpy.context.object.data.extrude = "Hello", 0.2
    return bpy.context.object


def surface() -> bpy.types.Object:
    bpy.ops.surface.primitive_nurbs_surface_sphere_add()
    return bpy.context.object


def metaball() -> bpy.types.Object:
    bpy.ops.object.metaball_add()
    return bpy.context.object


def hair() -> bpy.types.Object:
    data = bpy.data.hair_curves.new("hair")
    data.add_curves([2, 2])
    data.attributes["position"].data.foreach_set("vector", [0.0, 0.0, 0.0, 1.0, 0.0, 3.0, 0.0, 1.0, 0.0, 0.0, 2.0, 3.0])
    item = bpy.data.objects.new("hair", data)
    bpy.context.scene.collection.objects.link(item)
    return item


KINDS = [
    (bevelled_circle, (2.2, 2.2, 1.2)),
    (bevelled_path, (4.0, 0.6, 0.6)),
    (circle_with_a_modifier, (2.4, 2.4, 0.4)),
    (text_with_depth, (2.087, 0.691, 0.4)),
    (surface, (1.994, 1.994, 2.0)),
    (metaball, (2.23, 2.23, 2.23)),
]


@pytest.mark.parametrize(("kind", "wanted"), KINDS)
def test_what_is_no_mesh_has_the_box_that_it_fills(
    fitting: Artist, kind: Callable[[], bpy.types.Object], wanted: tuple[float, float, float]
) -> None:
    old = kind()
    choose(old)
    assert tuple(old.dimensions) == pytest.approx(wanted, rel=WITHIN), "what the sidebar says"
    low = surface_of(old).min(0)
    old.location, old.rotation_euler.z, old.scale = (5.0, 0.0, 1.0), np.pi / 2, (1.0, 1.0, 2.0)
    old.data.update_tag()  # as after an edit: Blender's own box is right again once something else has changed
    bpy.context.view_layer.update()
    points = points_of(fit(fitting, stretched=True))
    width, depth, height = wanted
    assert np.ptp(points, axis=0) == pytest.approx([depth, width, height * 2], rel=WITHIN)
    assert points[:, 2].min() == pytest.approx(1.0 + low[2] * 2, abs=0.02)
    assert points[:, 1].min() == pytest.approx(low[0], abs=0.03)


def surface_of(item: bpy.types.Object) -> Any:
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    flat = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", flat)
    evaluated.to_mesh_clear()
    return flat.reshape(-1, 3)


def test_hair_has_the_box_that_the_sidebar_says(fitting: Artist) -> None:
    old = hair()
    choose(old)
    sides = tuple(old.dimensions)
    assert np.ptp(points_of(fit(fitting, stretched=True)), axis=0) == pytest.approx(sides, rel=WITHIN)


def test_curves_within_an_instance_of_a_collection(fitting: Artist) -> None:
    inner = bpy.data.collections.new("ring")
    part = bevelled_circle()
    bpy.context.scene.collection.objects.unlink(part)
    inner.objects.link(part)
    old = bpy.data.objects.new("here", None)
    old.instance_type, old.instance_collection = "COLLECTION", inner
    bpy.context.scene.collection.objects.link(old)
    choose(old)
    assert np.ptp(points_of(fit(fitting, stretched=True)), axis=0) == pytest.approx([2.2, 2.2, 1.2], rel=WITHIN)


@pytest.mark.parametrize("with_itself", [False, True])
def test_instances_of_nodes_count(fitting: Artist, with_itself: bool) -> None:
    """A plane of 4 m with a cube of 1 m on each corner, and the plane itself or not."""
    old = block("Field", (-2.0, -2.0, 0.0), (2.0, 2.0, 0.0))
    tree = bpy.data.node_groups.new("cubes", "GeometryNodeTree")
    for side in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=side, socket_type="NodeSocketGeometry")
    given, result, joined, cube, scattered = (
        tree.nodes.new(kind)
        for kind in ("NodeGroupInput", "NodeGroupOutput", "GeometryNodeJoinGeometry", "GeometryNodeMeshCube",
                     "GeometryNodeInstanceOnPoints")
    )  # fmt: skip
    tree.links.new(given.outputs[0], scattered.inputs["Points"])
    tree.links.new(cube.outputs["Mesh"], scattered.inputs["Instance"])
    tree.links.new(scattered.outputs[0], joined.inputs[0])
    if with_itself:
        tree.links.new(given.outputs[0], joined.inputs[0])
    tree.links.new(joined.outputs[0], result.inputs[0])
    old.modifiers.new("nodes", "NODES").node_group = tree
    old.location, old.rotation_euler.z, old.scale = (7.0, 0.0, 0.0), np.pi / 4, (1.0, 1.0, 3.0)
    choose(old)
    item = fit(fitting, stretched=True)
    assert np.ptp(points_of(item, Matrix.Identity(4)), axis=0) == pytest.approx([5.0, 5.0, 3.0], rel=WITHIN)
    assert item.location.x == 7.0 and points_of(item)[:, 2].min() == pytest.approx(-1.5, abs=0.01)


def test_grease_pencil_is_no_block(fitting: Artist) -> None:
    if bpy.app.version >= (4, 3, 0):
        bpy.ops.object.grease_pencil_add(type="STROKE")
    else:
        bpy.ops.object.gpencil_add(type="STROKE")
    choose(bpy.context.object)
    assert module("blender.readiness").generate_reason(bpy.context).startswith("Select the object of the blockout")


@pytest.mark.parametrize("is_hidden", [False, True])
@pytest.mark.parametrize(("kind", "wanted"), KINDS)
def test_render_selection_frames_the_same_box(
    artist: Artist, kind: Callable[[], bpy.types.Object], wanted: tuple[float, float, float], is_hidden: bool
) -> None:
    item = kind()
    item.location.x, item.hide_viewport = 5.0, is_hidden
    bpy.context.view_layer.update()
    found = module("blender.taking.framing").corners([item], bpy.context.evaluated_depsgraph_get())
    assert np.ptp(np.array([tuple(corner) for corner in found]), axis=0) == pytest.approx(wanted, rel=WITHIN)
