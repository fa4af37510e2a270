# SPDX-License-Identifier: GPL-3.0-or-later
"""Images on canvases in the scene: an empty or a plane that is selected, and what goes before what."""

from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
from artist import Artist, module
from mathutils import Euler, Vector
from seen import chosen, show
from test_sources import render


def place(item: bpy.types.Object) -> bpy.types.Object:
    """Put an object into the scene, selected and active, and no other."""
    scene = bpy.context.scene
    for other in scene.objects:
        other.select_set(False)
    scene.collection.objects.link(item)
    item.select_set(True)
    bpy.context.view_layer.objects.active = item
    bpy.context.view_layer.update()
    return item


def image_empty(image: bpy.types.Image | None, name: str = "reference") -> bpy.types.Object:
    empty = bpy.data.objects.new(name, None)
    empty.empty_display_type = "IMAGE"
    empty.data = image
    return place(empty)


def plane(images: list[bpy.types.Image], *, linked: int | None = None, active: int | None = None, z: float = 0.0):
    """A quad, or a wedge when ``z`` is not 0, with image nodes; one of them linked to the base colour, or active."""
    mesh = bpy.data.meshes.new("board")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, z), (-1, 1, z / 2)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("board")
    if material.node_tree is None:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    surface = nodes.new("ShaderNodeBsdfPrincipled")
    made = []
    for image in images:
        node = nodes.new("ShaderNodeTexImage")
        node.image = image
        made.append(node)
    if linked is not None:
        links.new(made[linked].outputs["Color"], surface.inputs["Base Color"])
    nodes.active = made[active] if active is not None else surface
    mesh.materials.append(material)
    return place(bpy.data.objects.new("board", mesh))


def test_selected_image_empty(artist: Artist, tmp_path: Path) -> None:
    image = pictures.put("sketch", pictures.mushroom())
    image_empty(image)
    artist.settings.source = "AUTO"
    assert (chosen().image, chosen().note, chosen().name) == (image, "On reference", "sketch")
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())


def test_empty_without_an_image_or_of_another_kind_is_none(artist: Artist) -> None:
    artist.settings.source = "AUTO"
    image_empty(None)
    assert not chosen().is_there
    empty = image_empty(pictures.put("sketch", pictures.mushroom()), "other")
    empty.empty_display_type = "CUBE"
    assert not chosen().is_there
    empty.empty_display_type = "IMAGE"
    assert chosen().is_there
    empty.select_set(False)
    assert not chosen().is_there, "active, but not selected"


@pytest.mark.parametrize(("linked", "active", "expected"), [
    (1, None, "b"), (1, 2, "b"), (None, 2, "c"), (None, None, "a"),
])  # fmt: skip
def test_selected_plane(artist: Artist, tmp_path: Path, linked: int | None, active: int | None, expected: str) -> None:
    images = [pictures.put(name, pictures.mushroom()) for name in "abc"]
    plane(images, linked=linked, active=active)
    artist.settings.source = "AUTO"
    assert (chosen().name, chosen().note) == (expected, "On board")
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())


def test_object_with_a_texture_is_no_canvas(artist: Artist) -> None:
    """Its texture is no picture of anything: what was generated must not be sent by accident."""
    plane([pictures.put("atlas", pictures.mushroom())], linked=0, z=0.5)
    artist.settings.source = "AUTO"
    assert not chosen().is_there


def test_order_of_auto(artist: Artist) -> None:
    artist.settings.source = "AUTO"
    shown, on_canvas = pictures.put("shown", pictures.mushroom()), pictures.put("canvas", pictures.mushroom())
    editor = show()
    render(bpy.context.scene, pictures.mushroom())
    assert chosen().is_render
    editor.spaces.active.image = shown
    assert chosen().image == shown
    image_empty(on_canvas)
    assert chosen().image == on_canvas
    with module("blender.footing").at(area=editor):
        assert chosen().image == shown


def test_canvas_that_shows_a_sequence(artist: Artist, tmp_path: Path) -> None:
    for number, colour in ((1, (1, 0, 0)), (2, (0, 1, 0))):
        rows = seen.gradient(8, 6, alpha=False)
        rows[..., :3] = colour
        seen.write(tmp_path, f"walk{number}.png", rows, "PNG")
    image = bpy.data.images.load(str(tmp_path / "walk1.png"))
    image.source = "SEQUENCE"
    empty = image_empty(image)
    empty.image_user.frame_start, empty.image_user.frame_duration = 11, 2
    bpy.context.scene.frame_current = 12
    artist.settings.source = "AUTO"
    assert (seen.received(artist, tmp_path)[..., :3] == (0, 255, 0)).all()


def test_grey_and_alpha_of_a_canvas_are_as_saved(artist: Artist, tmp_path: Path) -> None:
    path = seen.write(tmp_path, "grey.png", seen.gradient(), "PNG", mode="BW", depth="16", is_float=True)
    image_empty(bpy.data.images.load(str(path)))
    artist.settings.source = "AUTO"
    got = seen.as_rgba(seen.received(artist, tmp_path))
    assert pictures.same(got, seen.saved(bpy.data.images["grey.png"], tmp_path), tolerance=seen.TOLERANCE)
    assert np.ptp(got[..., 0]) > 100


@pytest.mark.parametrize("is_data", [False, True], ids=["linked to relief", "also not a colour"])
def test_plane_with_relief_linked_first(artist: Artist, is_data: bool) -> None:
    mesh = bpy.data.meshes.new("plane")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("plane")
    if material.node_tree is None:
        material.use_nodes = True
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    textures = [tree.nodes.new("ShaderNodeTexImage") for _ in range(2)]
    for node, name in zip(textures, ("relief", "colour"), strict=True):
        node.image = pictures.put(name, pictures.mushroom(8, 8))
    if is_data:
        textures[0].image.colorspace_settings.name = "Non-Color"
        tree.links.new(textures[0].outputs[0], shader.inputs["Roughness"])
        mix = tree.nodes.new("ShaderNodeMixRGB")
        tree.links.new(textures[1].outputs[0], mix.inputs["Color1"])
        tree.links.new(mix.outputs[0], shader.inputs["Base Color"])
    else:
        relief = tree.nodes.new("ShaderNodeNormalMap")
        tree.links.new(textures[0].outputs[0], relief.inputs["Color"])
        tree.links.new(relief.outputs[0], shader.inputs["Normal"])
        tree.links.new(textures[1].outputs[0], shader.inputs["Base Color"])
    tree.nodes.active = textures[0]
    mesh.materials.append(material)
    place(bpy.data.objects.new("plane", mesh))
    artist.settings.source = "AUTO"
    assert chosen().image.name == "colour"


@pytest.mark.parametrize("cuts", [1, 20], ids=["quad", "grid"])
def test_plane_that_was_turned_for_good(artist: Artist, cuts: int) -> None:
    item = plane([pictures.put("picture", pictures.mushroom())], linked=0)
    steps = np.linspace(-1.0, 1.0, cuts + 1)
    turn = Euler((0.5, 0.6, 0.7)).to_matrix()
    places = [turn @ Vector((x, y, 0.0)) for y in steps for x in steps]
    wide = cuts + 1
    faces = [(at, at + 1, at + wide + 1, at + wide) for at in range(cuts * wide) if at % wide < cuts]
    item.data.clear_geometry()
    item.data.from_pydata(places, [], faces)
    bpy.context.view_layer.update()
    artist.settings.source = "AUTO"
    assert (chosen().name, chosen().note) == ("picture", "On board")
    item.data.vertices[wide * wide // 2 + 1].co += turn @ Vector((0.0, 0.0, 0.1))
    item.data.update()
    bpy.context.view_layer.update()
    assert not chosen().is_there, "one vertex stands out, so it is an object"


def test_texture_inside_a_node_group(artist: Artist) -> None:
    item = plane([pictures.put("loose", pictures.mushroom())])
    tree = item.active_material.node_tree
    surface = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    loose = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(surface.outputs[0], output.inputs["Surface"])
    group = bpy.data.node_groups.new("paint", "ShaderNodeTree")
    group.interface.new_socket("Color", in_out="OUTPUT", socket_type="NodeSocketColor")
    inner = group.nodes.new("ShaderNodeTexImage")
    inner.image = pictures.put("inside", pictures.mushroom())
    group.links.new(inner.outputs[0], group.nodes.new("NodeGroupOutput").inputs[0])
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    artist.settings.source = "AUTO"
    assert chosen().name == "loose", "the group is linked to nothing"
    tree.links.new(node.outputs[0], surface.inputs["Base Color"])
    assert chosen().name == "inside"
    tree.links.remove(node.outputs[0].links[0])
    tree.nodes.remove(loose)
    assert chosen().name == "inside", "there is no other"


def test_material_whose_nodes_are_off_shows_no_picture(artist: Artist) -> None:
    """What is nowhere to be seen was the source. From Blender 5.0 on they cannot be switched off."""
    material = plane([pictures.put("picture", pictures.mushroom())], linked=0).active_material
    artist.settings.source = "AUTO"
    assert chosen().name == "picture"
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = False
        assert not chosen().is_there


def test_material_that_nodes_give_to_a_plane(artist: Artist) -> None:
    """Its mesh has none of its own, or another one, which is not seen."""
    item = plane([pictures.put("own", pictures.mushroom())], linked=0)
    own = item.active_material
    given = own.copy()
    node = next(node for node in given.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    node.image = pictures.put("given", pictures.mushroom())
    tree = bpy.data.node_groups.new("dress", "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
    start, end = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    dress = tree.nodes.new("GeometryNodeSetMaterial")
    dress.inputs["Material"].default_value = given
    tree.links.new(start.outputs[0], dress.inputs["Geometry"])
    tree.links.new(dress.outputs[0], end.inputs[0])
    modifier = item.modifiers.new("dress", "NODES")
    modifier.node_group = tree
    artist.settings.source = "AUTO"
    bpy.context.view_layer.update()
    assert chosen().name == "given"
    item.data.materials.clear()
    bpy.context.view_layer.update()
    assert (chosen().name, chosen().note) == ("given", "On board")
    assert chosen().user == node.image_user
    item.modifiers.remove(modifier)
    bpy.context.view_layer.update()
    assert not chosen().is_there


def test_selected_without_a_window(artist: Artist) -> None:
    """Blender's context has no selection then, as when a script has closed a window: each update was a traceback."""
    canvas = image_empty(pictures.put("cup", pictures.mushroom(32, 24)))
    bpy.context.view_layer.objects.active = None
    with bpy.context.temp_override(window=None):
        assert not hasattr(bpy.context, "selected_objects")
        assert module("blender.sources.canvas").selected(bpy.context) == canvas
        canvas.select_set(False)
        assert module("blender.sources.canvas").selected(bpy.context) is None
