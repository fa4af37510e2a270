# SPDX-License-Identifier: GPL-3.0-or-later
"""A plane with several image textures: the picture is the one whose colour is seen, by whichever way it gets there."""

from collections.abc import Callable
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist
from seen import chosen
from test_sources_canvas import place


@pytest.fixture
def canvas(artist: Artist) -> Any:
    """Give a plane's material: its mask goes into Alpha, is the first and the active node; its colour is not linked."""
    mesh = bpy.data.meshes.new("board")
    mesh.from_pydata(
        [(0, 0, 0), (3, 0, 0), (3, 1, 0), (0, 1, 0), (4, 0, 0), (4, 1, 0)], [], [(0, 1, 2, 3), (1, 4, 5, 2)]
    )
    material = _material("mask", "colour")
    tree = material.node_tree
    tree.links.new(tree.nodes["mask"].outputs["Color"], tree.nodes["Principled BSDF"].inputs["Alpha"])
    tree.nodes.active = tree.nodes["mask"]
    mesh.materials.append(material)
    place(bpy.data.objects.new("board", mesh))
    artist.settings.source = "AUTO"
    return material


def _material(*names: str) -> bpy.types.Material:
    material = bpy.data.materials.new(names[0])
    if material.node_tree is None:
        material.use_nodes = True
    for name in names:
        node = material.node_tree.nodes.new("ShaderNodeTexImage")
        node.name, node.image = name, pictures.put(name, pictures.mushroom(8, 8))
    return material


def _chain(tree: Any, *steps: tuple[Any, int, int]) -> None:
    """Link the colour to the surface through nodes, each with the number of its input and of its output."""
    source = tree.nodes["colour"].outputs["Color"]
    for node, inlet, outlet in steps:
        tree.links.new(source, node.inputs[inlet])
        source = node.outputs[outlet]
    tree.links.new(source, tree.nodes["Principled BSDF"].inputs["Base Color"])


def _mix(tree: Any) -> Any:
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type = "RGBA"
    return node


def _group(tree: Any) -> Any:
    """A group in a group, which pass a colour on beside a number."""
    inner, outer = (bpy.data.node_groups.new(name, "ShaderNodeTree") for name in ("inner", "outer"))
    for group in (inner, outer):
        for socket, side in (("NodeSocketFloat", "INPUT"), ("NodeSocketColor", "INPUT"), ("NodeSocketFloat", "OUTPUT"),
                             ("NodeSocketColor", "OUTPUT")):  # fmt: skip
            group.interface.new_socket("Value", in_out=side, socket_type=socket)
        ends = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
        between = group.nodes.new("ShaderNodeGamma" if group == inner else "ShaderNodeGroup")
        if group == outer:
            between.node_tree = inner
        group.links.new(ends[0].outputs[1], between.inputs[0 if group == inner else 1])
        group.links.new(between.outputs[0 if group == inner else 1], ends[1].inputs[1])
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = outer
    return node


WAYS: dict[str, Callable[[Any], list[tuple[Any, int, int]]]] = {
    "straight": lambda _tree: [],
    "mix, A": lambda tree: [(_mix(tree), 6, 2)],
    "mix, B": lambda tree: [(_mix(tree), 7, 2)],
    "old mix": lambda tree: [(tree.nodes.new("ShaderNodeMixRGB"), 2, 0)],
    "hue and gamma": lambda tree: [
        (tree.nodes.new("ShaderNodeHueSaturation"), 4, 0), (tree.nodes.new("ShaderNodeGamma"), 0, 0)
    ],
    "reroutes": lambda tree: [(tree.nodes.new("NodeReroute"), 0, 0), (tree.nodes.new("NodeReroute"), 0, 0)],
    "groups": lambda tree: [(_group(tree), 1, 1)],
    "curves, mix": lambda tree: [(tree.nodes.new("ShaderNodeRGBCurve"), 1, 0), (_mix(tree), 7, 2)],
    "ramp": lambda tree: [(tree.nodes.new("ShaderNodeValToRGB"), 0, 0)],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_colour_that_is_seen_and_not_the_mask(canvas: Any, way: str) -> None:
    assert chosen().name == "colour", "it is loose, and a mask never is a picture"
    _chain(canvas.node_tree, *WAYS[way](canvas.node_tree))
    assert chosen().name == "colour"
    canvas.node_tree.nodes["colour"].image = None
    assert not chosen().is_there, "and there is no other"


@pytest.mark.parametrize(("factor", "expected"), [(0.0, "colour"), (0.4, "colour"), (0.6, "paint"), (1.0, "paint")])
def test_of_two_that_are_mixed_the_one_that_there_is_more_of(canvas: Any, factor: float, expected: str) -> None:
    tree, mix = canvas.node_tree, _mix(canvas.node_tree)
    _chain(tree, (mix, 6, 2))
    paint = tree.nodes.new("ShaderNodeTexImage")
    paint.image = pictures.put("paint", pictures.mushroom(8, 8))
    tree.links.new(paint.outputs["Color"], mix.inputs[7])
    mix.inputs[0].default_value = factor
    assert chosen().name == expected
    tree.links.new(tree.nodes["mask"].outputs["Color"], mix.inputs[0])
    assert chosen().name == "colour", "the mask says where, and is no picture"
    tree.nodes["colour"].image.colorspace_settings.name = "Non-Color"
    assert chosen().name == "paint", "the other holds numbers"


def test_what_the_active_output_shows(canvas: Any) -> None:
    tree = canvas.node_tree
    _chain(tree)
    light, other = tree.nodes.new("ShaderNodeEmission"), tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(tree.nodes["mask"].outputs["Color"], light.inputs["Color"])
    tree.links.new(light.outputs[0], other.inputs["Surface"])
    tree.nodes["Material Output"].is_active_output = True
    assert chosen().name == "colour"
    other.is_active_output = True
    assert chosen().name == "mask", "there it is the colour of a light"


def test_a_shader_mixed_with_nothing_by_the_mask(canvas: Any) -> None:
    """The usual way of a plane that is cut out."""
    tree = canvas.node_tree
    _chain(tree)
    mix = tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(tree.nodes["mask"].outputs["Color"], mix.inputs[0])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mix.inputs[1])
    tree.links.new(tree.nodes["Principled BSDF"].outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], tree.nodes["Material Output"].inputs["Surface"])
    assert chosen().name == "colour"


def test_a_muted_node_passes_its_colour_on(canvas: Any) -> None:
    tree, mix = canvas.node_tree, _mix(canvas.node_tree)
    _chain(tree, (mix, 6, 2))
    paint = tree.nodes.new("ShaderNodeTexImage")
    paint.image = pictures.put("paint", pictures.mushroom(8, 8))
    tree.links.new(paint.outputs["Color"], mix.inputs[7])
    mix.inputs[0].default_value = 1.0
    assert chosen().name == "paint"
    mix.mute = True
    assert chosen().name == "colour"


def test_the_material_that_is_seen_most_whichever_slot_is_active(canvas: Any) -> None:
    _chain(canvas.node_tree)
    item = bpy.context.object
    other = _material("frame")
    nodes = other.node_tree.nodes
    other.node_tree.links.new(nodes["frame"].outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    item.data.materials.append(other)
    item.active_material_index = 1
    assert chosen().name == "colour", "no face has the other"
    item.data.polygons[1].material_index = 1
    assert chosen().name == "colour", "its face is a third as large"
    item.data.polygons[0].material_index = 1
    assert chosen().name == "frame"
    canvas.node_tree.nodes["Principled BSDF"].inputs["Base Color"].links[0].is_muted = True
    item.data.polygons[0].material_index = 0
    assert chosen().name == "frame", "what is seen goes before what is plugged into nothing that is"
