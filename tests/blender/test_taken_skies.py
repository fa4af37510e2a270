# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the selection is transparent around its subject, whatever fills the scene's world."""

from collections.abc import Iterator

import bpy
import numpy as np
import pytest
import staged
from artist import Artist, module


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def picture() -> np.ndarray:
    """Render the selection, see that nothing changes, and give what became the source."""
    staged.render()
    return module("blender.captures").of(bpy.context.scene).rgba


def sky(name: str, density: float) -> bpy.types.World:
    """Give a bluish world, with fog where a density is given: keyed, and blown about by a picture."""
    world = bpy.data.worlds.new(name)
    if world.node_tree is None:
        world.use_nodes = True
    tree = world.node_tree
    background = next(node for node in tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.1, 0.2, 0.8, 1.0)
    if density:
        fog = tree.nodes.new("ShaderNodeVolumePrincipled")
        fog.inputs["Density"].default_value = density
        fog.inputs["Density"].keyframe_insert("default_value", frame=1)
        wind = tree.nodes.new("ShaderNodeTexImage")
        wind.image = bpy.data.images.new("wind", 4, 4)
        tree.links.new(wind.outputs[0], fog.inputs["Color"])
        tree.links.new(
            fog.outputs[0], next(node for node in tree.nodes if node.type == "OUTPUT_WORLD").inputs["Volume"]
        )
    return world


def lit(item: bpy.types.Object) -> None:
    """Have an object show what light falls on it."""
    item.data.materials.clear()


def test_fog_is_left_out(artist: Artist, stage: bpy.types.Scene) -> None:
    """The world lights as it does without; a mask there was none, and the colours were dull."""
    lit(stage.objects["red"])
    stage.world = sky("clear", 0.0)
    bpy.context.view_layer.update()
    clear = picture()
    stage.world = sky("foggy", 0.3)
    bpy.context.view_layer.update()
    got = picture()
    assert 0.75 < staged.filled(got) < 0.93
    assert staged.close(got, clear)
    colour = got[got[..., 3] > 250][:, :3].mean(axis=0)
    assert colour[2] > colour[0] > 0, "the sky's own blue"


def test_fog_of_a_view_layer(artist: Artist, stage: bpy.types.Scene) -> None:
    stage.world = sky("clear", 0.0)
    bpy.context.view_layer.world_override = sky("foggy", 0.3)
    bpy.context.view_layer.update()
    assert 0.75 < staged.filled(picture()) < 0.93
