# SPDX-License-Identifier: GPL-3.0-or-later
"""Metaballs of one family melt into one surface: whichever of them is selected, the picture is of what is seen."""

from collections.abc import Iterator

import bpy
import numpy as np
import pytest
import staged
from artist import Artist, module


@pytest.fixture
def stage() -> Iterator[bpy.types.Scene]:
    """A camera, a lamp and three balls of a family, which melt; one of another family beside them."""
    with staged.no_temporary_files():
        made = staged.scene()
        made.camera.location.z = 9.0
        for name, x in (("ball", -0.8), ("ball.001", 0.4), ("ball.002", 1.6), ("other", 4.0)):
            item = bpy.data.objects.new(name, bpy.data.metaballs.new(name))
            item.data.elements.new()
            item.data.resolution = item.data.render_resolution
            item.location.x = x
            made.collection.objects.link(item)
        yield made


def picture() -> np.ndarray:
    """Render the selection, see that nothing changes, and give what became the source."""
    staged.render()
    return module("blender.captures").of(bpy.context.scene).rgba


def fused(scene: bpy.types.Scene) -> bpy.types.Object:
    """Give what is seen of the family as a mesh of its own."""
    ball = scene.objects["ball"].evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = bpy.data.objects.new("fused", bpy.data.meshes.new_from_object(ball))
    mesh.matrix_world = ball.matrix_world
    scene.collection.objects.link(mesh)
    return mesh


@pytest.mark.parametrize("names", [("ball",), ("ball.001",), ("ball.002", "ball.001")])
def test_family_is_rendered_and_framed(artist: Artist, stage: bpy.types.Scene, names: tuple[str, ...]) -> None:
    staged.select(*(stage.objects[name] for name in names))
    got = picture()
    assert 0.75 < staged.filled(got) < 0.93
    staged.select(fused(stage))
    assert staged.close(got[..., 3:], picture()[..., 3:])
