# SPDX-License-Identifier: GPL-3.0-or-later
"""What lights a picture of the selection: every lamp of the scene's own render, also of rigs and sets."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import staged
from artist import Artist, module

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
CLOSE = 1.5
"""Of 255, between the mean colours of two renders: the sampling differs with the frame."""


@pytest.fixture
def stage() -> Iterator[bpy.types.Scene]:
    """A white box is selected, before a camera; the scene has no lamp of its own."""
    with staged.no_temporary_files():
        made = staged.scene()
        red = made.objects["red"]
        red.data.materials.clear()
        red.rotation_euler = (0.4, 0.4, 0.0)
        bpy.data.lights.remove(made.objects["lamp"].data)
        made.view_settings.view_transform = "Standard"
        staged.select(red)
        yield made


def lamp(colour: tuple[float, float, float], at: tuple[float, float, float], power: float = 300.0) -> bpy.types.Object:
    """Give a point lamp that is in no collection yet; where it stands counts."""
    data = bpy.data.lights.new("lamp", "POINT")
    data.color, data.energy, data.use_shadow = colour, power, True
    made = bpy.data.objects.new("lamp", data)
    made.location = at
    return made


def collection(*items: bpy.types.Object, inside: bpy.types.Collection | None = None) -> bpy.types.Collection:
    """Give a collection of these objects, in another one or in none."""
    made = bpy.data.collections.new("rig")
    for item in items:
        made.objects.link(item)
    if inside is not None:
        inside.children.link(made)
    return made


def instance(of: bpy.types.Collection, at: tuple[float, float, float]) -> bpy.types.Object:
    """Give an empty that instances a collection; it is in no collection itself."""
    empty = bpy.data.objects.new("instance", None)
    empty.instance_type, empty.instance_collection, empty.location = "COLLECTION", of, at
    return empty


def seen_colour() -> np.ndarray:
    """Render the selection, see that nothing changes, and give the mean colour of what is opaque."""
    staged.render()
    got = module("blender.captures").of(bpy.context.scene).rgba
    return got[got[..., 3] > 200][:, :3].mean(axis=0)


def own_colour(scene: bpy.types.Scene, folder: Path) -> np.ndarray:
    """Give the same of Blender's own render, of all but the other boxes."""
    for name in ("blue", "wall"):
        scene.objects[name].hide_render = True
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 400, 400, 100
    scene.render.film_transparent = True
    bpy.ops.render.render(scene=scene.name)
    expected = seen.saved(bpy.data.images["Render Result"], folder, like=scene)
    return expected[expected[..., 3] > 200][:, :3].mean(axis=0)


def nested(scene: bpy.types.Scene) -> None:
    """A rig in a rig, with offsets, turned and scaled; the inner one has a parent, and is in two collections."""
    inner = collection(lamp(RED, (0.5, 0.0, 0.0)))
    inner.instance_offset = (0.5, 0.0, -1.0)
    holder = bpy.data.objects.new("holder", None)
    holder.rotation_euler = (0.0, 0.0, 1.0)
    inside = instance(inner, (0.0, 0.5, 0.0))
    inside.parent = holder
    blue = lamp(BLUE, (-1.0, -1.0, 1.0))
    outer = collection(holder, inside, blue)
    collection(inside, blue, inside=outer)
    outer.instance_offset = (0.0, 0.0, 1.0)
    empty = instance(outer, (0.9, -0.5, 1.5))
    empty.rotation_euler, empty.scale = (0.2, 0.0, 0.5), (1.2, 1.2, 0.8)
    scene.collection.objects.link(empty)


def twice_and_hidden_in_viewports(scene: bpy.types.Scene) -> None:
    """One rig in two places, one of which viewports do not show."""
    rig = collection(collection_lamp := lamp(RED, (0.0, 0.0, 1.0)))
    collection_lamp.hide_viewport = True
    for x in (0.0, 2.0):
        empty = instance(rig, (x, -0.8, 1.0))
        empty.hide_viewport = x > 0
        scene.collection.objects.link(empty)


def background_set(scene: bpy.types.Scene) -> None:
    """A set with a lamp and a rig, and a set of the set."""
    first, second = bpy.data.scenes.new("set"), bpy.data.scenes.new("set of the set")
    first.collection.objects.link(lamp(RED, (0.0, -1.0, 2.0)))
    first.collection.objects.link(instance(collection(lamp(BLUE, (0.0, 0.0, 1.0))), (2.0, 0.0, 1.0)))
    second.collection.objects.link(lamp((0.0, 1.0, 0.0), (1.5, 1.0, 1.5)))
    scene.background_set, first.background_set = first, second


def shared_set(scene: bpy.types.Scene) -> None:
    """A lamp that is in the scene and in its set."""
    shared = lamp(RED, (0.0, -1.0, 2.0), 30.0)
    scene.collection.objects.link(shared)
    scene.background_set = bpy.data.scenes.new("set")
    scene.background_set.collection.objects.link(shared)


def nodes(scene: bpy.types.Scene) -> None:
    """Nodes that show a lamp at two points; it stands nowhere in the scene itself."""
    mesh = bpy.data.meshes.new("points")
    mesh.from_pydata([(0.0, 0.0, 0.0), (1.5, 0.0, 0.5)], [], [])
    host = bpy.data.objects.new("host", mesh)
    host.location = (0.5, -0.5, 1.5)
    tree = bpy.data.node_groups.new("lamps", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    given, out = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    info, at = tree.nodes.new("GeometryNodeCollectionInfo"), tree.nodes.new("GeometryNodeInstanceOnPoints")
    info.inputs["Collection"].default_value = collection(lamp(RED, (0.0, 0.0, 0.3)))
    tree.links.new(given.outputs[0], at.inputs["Points"])
    tree.links.new(info.outputs[0], at.inputs["Instance"])
    tree.links.new(at.outputs[0], out.inputs[0])
    host.modifiers.new("lamps", "NODES").node_group = tree
    scene.collection.objects.link(host)


def vertices(scene: bpy.types.Scene) -> None:
    """A lamp at each vertex of its parent."""
    mesh = bpy.data.meshes.new("points")
    mesh.from_pydata([(0.0, 0.0, 0.0), (1.5, 0.0, 0.5)], [], [])
    host, hung = bpy.data.objects.new("host", mesh), lamp(RED, (0.0, 0.0, 0.0), 30.0)
    host.location, host.instance_type, hung.parent = (0.5, -0.5, 1.5), "VERTS", host
    scene.collection.objects.link(host)
    scene.collection.objects.link(hung)


@pytest.mark.parametrize("rig", [nested, twice_and_hidden_in_viewports, background_set, shared_set, nodes, vertices])
def test_lit_as_the_scene_is(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, rig) -> None:  # type: ignore[no-untyped-def]
    rig(stage)
    bpy.context.view_layer.update()
    got = seen_colour()
    assert got.max() > 20, "it is lit"
    assert got == pytest.approx(own_colour(stage, tmp_path), abs=CLOSE)


def test_what_is_hidden_or_selected_is_not_lit_by_once_more(
    artist: Artist, tmp_path: Path, stage: bpy.types.Scene
) -> None:
    """A blue rig that is selected with the box lights once; red ones that are hidden, in every way, do not."""
    hidden_lamp = lamp(RED, (0.0, 0.0, 1.0))
    hidden_lamp.hide_render = True
    hidden = collection(lamp(RED, (0.0, 0.0, 1.0)))
    hidden.hide_render = True
    outer = collection(hidden_lamp)
    outer.children.link(hidden)
    put_out = instance(collection(lamp(RED, (0.0, 0.0, 1.0))), (0.5, -0.5, 1.0))
    put_out.hide_render = True
    excluded = collection(instance(collection(lamp(RED, (0.0, 0.0, 1.0))), (0.5, -0.5, 1.0)), inside=stage.collection)
    bpy.context.view_layer.layer_collection.children[excluded.name].exclude = True
    blue = instance(collection(lamp(BLUE, (0.0, 0.0, 1.0))), (0.5, -0.5, 1.0))
    for item in (instance(outer, (0.5, -0.5, 1.0)), put_out, blue):
        stage.collection.objects.link(item)
    staged.select(stage.objects["red"], blue)
    got = seen_colour()
    assert got[2] > 40 > 2 > got[0], "blue alone"
    assert got == pytest.approx(own_colour(stage, tmp_path), abs=CLOSE)


def test_lamps_at_the_vertices_of_what_is_selected(artist: Artist, stage: bpy.types.Scene) -> None:
    """They come with it, and light."""
    red, hung = stage.objects["red"], lamp(RED, (0.0, 0.0, 1.0))
    red.instance_type, hung.parent = "VERTS", red
    stage.collection.objects.link(hung)
    staged.select(red)
    assert seen_colour()[0] > 20


@pytest.mark.parametrize("way", ["own", "in a rig"])
def test_lamp_that_cameras_see(artist: Artist, stage: bpy.types.Scene, way: str) -> None:
    """It lights, and is not in the picture: the selected objects alone are."""
    ball = lamp(BLUE, (0.3, 0.1, 0.0))
    ball.data.shadow_soft_size, ball.delta_location.z = 0.4, 1.0
    if way == "own":
        stage.collection.objects.link(ball)
    else:
        stage.collection.objects.link(instance(collection(ball), (0.5, 0.2, 0.0)))
    bpy.context.view_layer.update()
    staged.render()
    plain = module("blender.captures").of(stage).rgba
    ball.visible_camera = True
    bpy.context.view_layer.update()
    staged.render()
    got = module("blender.captures").of(stage).rgba
    assert staged.close(got, plain)
    assert got[got[..., 3] > 200][:, 2].mean() > 20, "it lights"
