# SPDX-License-Identifier: GPL-3.0-or-later
"""EEVEE reckons a camera's view from the camera alone: an evaluated copy sees for a moment what the window shows."""

from typing import Any

import bpy
import pytest
import snapshot
from artist import Artist, module
from mathutils import Matrix

SIZES = [(2048, 1365), (900, 2048), (2048, 2048)]
KINDS: list[dict[str, Any]] = [
    {"type": "PERSP", "lens": 85.0, "shift_x": 0.1, "shift_y": -0.2},
    {"type": "PERSP", "lens": 300.0, "sensor_fit": "VERTICAL", "sensor_height": 10.0},
    {"type": "ORTHO", "ortho_scale": 7.0, "shift_x": 0.25, "sensor_fit": "VERTICAL"},
]


@pytest.fixture
def camera(artist: Artist) -> bpy.types.Object:
    """A camera that is seen through."""
    made = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    bpy.context.scene.collection.objects.link(made)
    bpy.context.scene.camera = made
    return made


def shown(camera: bpy.types.Object, size: tuple[int, int]) -> Matrix:
    """Give the projection of a camera, as evaluated, that fills a surface."""
    return camera.calc_matrix_camera(bpy.context.evaluated_depsgraph_get(), x=size[0], y=size[1])


def in_window(camera: bpy.types.Object, size: tuple[int, int], zoom: float, aside: float, above: float) -> Matrix:
    """Give the projection of a window that shows a camera's frame smaller or larger, and elsewhere."""
    matrix = shown(camera, size)
    matrix[0][0], matrix[1][1] = matrix[0][0] * zoom, matrix[1][1] * zoom
    column = 3 if camera.data.type == "ORTHO" else 2
    matrix[0][column], matrix[1][column] = matrix[0][column] * zoom + aside, matrix[1][column] * zoom + above
    return matrix


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_camera_sees_what_the_window_shows(
    camera: bpy.types.Object, kind: dict[str, Any], size: tuple[int, int]
) -> None:
    """A camera of another lens than the viewport's was drawn by that one: subjects were small, and axes over them."""
    eye = module("blender.taking.eye")
    for name, value in kind.items():
        setattr(camera.data, name, value)
    bpy.context.view_layer.update()
    own, window = shown(camera, size), in_window(camera, size, 0.6, 0.1, -0.05)
    evaluated = camera.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    before = snapshot.take()
    with eye.framed(evaluated, window, size):
        for row, expected in zip(shown(camera, size), window, strict=True):
            assert tuple(row) == pytest.approx(tuple(expected), abs=1e-4)
        assert evaluated.lens == camera.data.lens, "by which blur goes"
        assert snapshot.changes_since(before) == [], "the camera of the file is as it was"
    assert shown(camera, size) == own


def test_camera_is_as_before_also_when_it_could_not_be_drawn(camera: bpy.types.Object) -> None:
    bpy.context.view_layer.update()
    evaluated = camera.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    window = in_window(camera, SIZES[0], 0.5, 0.2, 0.2)
    own = shown(camera, SIZES[0])
    with (
        pytest.raises(ValueError, match="no room"),
        module("blender.taking.eye").framed(evaluated, window, SIZES[0]),
    ):
        raise ValueError("no room")
    assert shown(camera, SIZES[0]) == own


@pytest.mark.parametrize(("kind", "perspective", "is_seen"), [
    ("SOLID", "CAMERA", False), ("MATERIAL", "PERSP", False), ("MATERIAL", "CAMERA", True),
    ("RENDERED", "CAMERA", True), ("WORKBENCH", "CAMERA", False),
])  # fmt: skip
def test_camera_that_eevee_sees_through(camera: bpy.types.Object, kind: str, perspective: str, is_seen: bool) -> None:
    space: Any = next(a for s in bpy.data.screens for a in s.areas if a.type == "VIEW_3D").spaces.active
    view, before = space.region_3d, space.shading.type
    if kind == "WORKBENCH":
        bpy.context.scene.render.engine = "BLENDER_WORKBENCH"
    space.shading.type, view.view_perspective = "RENDERED" if kind == "WORKBENCH" else kind, perspective
    space.camera = camera
    bpy.context.view_layer.update()
    try:
        seen = module("blender.taking.eye").through(bpy.context, space, view)
        assert (seen is not None) == is_seen
        assert seen is None or (seen.is_evaluated and seen.original == camera.data)
    finally:
        space.shading.type, view.view_perspective = before, "PERSP"
