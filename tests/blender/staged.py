# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of which one object is selected, and the picture of it that an artist would set up by hand. No tests."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import snapshot
from artist import module
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

WIDTH, HEIGHT = 1153, 1151
MARGIN = 0.06


@contextmanager
def no_temporary_files() -> Iterator[None]:
    """See that nothing stays in the temporary folder."""
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    yield
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


def render(view: str = "CAMERA") -> None:
    """Render the selection, and see that nothing else changes."""
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view=view) == {"FINISHED"}
    changes = snapshot.changes_since(before)
    assert not changes, changes


def said(**options: str) -> str:
    """Give what Blender says when the selection is not rendered."""
    with pytest.raises(RuntimeError) as refused:
        bpy.ops.trellis.render_selection(**options)
    return str(refused.value)


def select(*items: bpy.types.Object) -> None:
    """Have these objects selected, the first one active, and the scene up to date."""
    for item in bpy.context.view_layer.objects:
        item.select_set(item in items)
    bpy.context.view_layer.objects.active = items[0]
    bpy.context.view_layer.update()


def filled(picture: np.ndarray) -> float:
    """Give how much of the picture's side its subject takes; nothing of it may be cut off."""
    alpha = picture[..., 3]
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0, "nothing is cut off"
    rows, columns = np.nonzero(alpha > 128)
    return float(max(np.ptp(rows), np.ptp(columns)) / max(alpha.shape))


def shape(name: str, colour: tuple[float, float, float], at: tuple[float, float, float]) -> bpy.types.Object:
    """Add a box that glows in one colour."""
    x, y, z = 0.5, 0.3, 0.2
    corners = [(i * x, j * y, k * z) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    material = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    light.inputs["Color"].default_value = (*colour, 1.0)
    material.node_tree.links.new(light.outputs[0], out.inputs["Surface"])
    mesh.materials.append(material)
    item = bpy.data.objects.new(name, mesh)
    item.location = at
    bpy.context.scene.collection.objects.link(item)
    return item


def scene() -> bpy.types.Scene:
    """Give a scene with a red box before a wall, a blue one aside, a light and a camera; the red one is selected."""
    made = bpy.context.scene
    made.render.engine = "CYCLES"
    made.cycles.samples, made.cycles.use_denoising, made.cycles.seed = 1, False, 3
    made.render.resolution_x, made.render.resolution_y, made.render.resolution_percentage = 192, 108, 50
    made.render.film_transparent, made.render.dither_intensity = False, 0.0
    made.render.filepath = "//artist/####"
    made.render.image_settings.file_format = "JPEG"
    made.frame_set(7)
    red = shape("red", (0.8, 0.1, 0.05), (0.9, 0.4, 0.0))
    shape("blue", (0.1, 0.2, 0.9), (-1.0, 0.1, 0.1))
    wall = shape("wall", (0.2, 0.7, 0.3), (0.0, 0.0, -1.0))
    wall.scale = (9.0, 9.0, 0.1)
    lamp = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "SUN"))
    made.collection.objects.link(lamp)
    data = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", data)
    camera.location, camera.rotation_euler = (0.4, -1.5, 4.0), (0.35, 0.0, 0.0)
    made.collection.objects.link(camera)
    made.camera = camera
    bpy.context.view_layer.update()
    red.select_set(True)
    bpy.context.view_layer.objects.active = red
    return made


def by_hand(scene: bpy.types.Scene, folder: Path, names: set[str], transform: str) -> np.ndarray:
    """Render what an artist would set up: all else hidden, film transparent, the camera drawn to the subject."""
    items = [scene.objects[name] for name in names]
    data, render = scene.camera.data, scene.render
    render.resolution_x, render.resolution_y = WIDTH, HEIGHT
    render.resolution_percentage, render.film_transparent = 100, True
    bpy.context.view_layer.update()
    flat = [
        world_to_camera_view(scene, scene.camera, item.matrix_world @ Vector(corner))
        for item in items
        for corner in item.bound_box
    ]
    left, right = min(p.x for p in flat), max(p.x for p in flat)
    bottom, top = min(p.y for p in flat), max(p.y for p in flat)
    aspect = HEIGHT / WIDTH
    size = max(right - left, (top - bottom) * aspect) * (1 + 2 * MARGIN)
    data.shift_x = (data.shift_x + (left + right) / 2 - 0.5) / size
    data.shift_y = (data.shift_y + ((bottom + top) / 2 - 0.5) * aspect) / size
    if data.type == "ORTHO":
        data.ortho_scale *= size
    else:
        data.lens /= size
    for item in scene.objects:
        item.hide_render = item.type == "MESH" and item.name not in names
    scene.view_settings.view_transform = transform
    bpy.ops.render.render(scene=scene.name)
    return module("core.resampling").shrink(seen.saved(bpy.data.images["Render Result"], folder, like=scene))


def close(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two renders are the same but for single samples along edges."""
    if got.shape != expected.shape:
        return False
    differs = np.abs(got.astype(int) - expected.astype(int)).max(axis=2) > 2
    return bool(differs.mean() < 0.002)
