# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a blockout for tests: made, measured along their own axes, and fitted to."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from artist import Artist
from mathutils import Matrix

WITHIN = 0.01


def block(name: str = "Tower", low: Any = (-1.0, -1.0, -1.0), high: Any = (1.0, 1.0, 1.0)) -> bpy.types.Object:
    """Give a cuboid of the scene, selected and active."""
    mesh = bpy.data.meshes.new(name)
    points = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(points, [], faces)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    choose(item)
    return item


def choose(item: bpy.types.Object) -> None:
    bpy.context.view_layer.update()  # else it has not heard of the object yet
    for other in bpy.context.view_layer.objects:
        other.select_set(other == item)
    bpy.context.view_layer.objects.active = item
    bpy.context.view_layer.update()


def frame(matrix: Matrix) -> tuple[Any, Any]:
    """Give the directions of a matrix' axes, as columns of length 1, and its place."""
    grid = np.array(matrix)
    return grid[:3, :3] / np.linalg.norm(grid[:3, :3], axis=0), grid[:3, 3]


def oriented(points: Any, axes: Any, place: Any) -> Any:
    """Give the box around points of the world along axes (not sheared), from a place."""
    seen = (points - place) @ axes
    return np.array([seen.min(0), seen.max(0)])


def points_of(item: bpy.types.Object, matrix: Matrix | None = None) -> Any:
    grid = np.array(item.matrix_world if matrix is None else matrix)
    flat = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3) @ grid[:3, :3].T + grid[:3, 3]


def check(item: bpy.types.Object, wanted: Any, matrix: Matrix, *, stretched: bool) -> None:
    """Within one percent of the box: all of it, or as far as it goes without distorting, on its bottom."""
    bpy.context.view_layer.update()
    axes, place = frame(matrix)
    box = oriented(points_of(item), axes, place)
    sides, room = box[1] - box[0], wanted[1] - wanted[0]
    near = WITHIN * room
    if stretched:
        assert (np.abs(box - wanted) <= near).all()
        return
    assert (sides <= room + near).all() and max(sides / room) == pytest.approx(1.0, abs=WITHIN)
    middle, wanted_middle = box.mean(0), wanted.mean(0)
    assert (np.abs(middle - wanted_middle)[:2] <= near[:2]).all()
    bottom = 0 if np.linalg.det(np.array(matrix)[:3, :3]) > 0 or matrix.to_scale().z > 0 else 1
    assert abs(box[bottom][2] - wanted[bottom][2]) <= near[2]


def fit(artist: Artist, *, stretched: bool = False) -> bpy.types.Object:
    artist.settings.fit = "STRETCH" if stretched else "INSIDE"
    known = set(bpy.data.objects)
    artist.wait(artist.order())
    (item,) = set(bpy.data.objects) - known
    return item


def rotated(item: bpy.types.Object) -> None:
    item.location, item.rotation_euler = (4.0, 5.0, 6.0), (0.3, -0.8, 2.1)


def scaled(item: bpy.types.Object) -> None:
    rotated(item)
    item.scale = (0.4, 0.7, 2.5)


def overridden(collection: bpy.types.Collection, path: Path) -> list[bpy.types.Object]:
    """Have this file show a collection of it as linked from another and overridden; give its objects, by name."""
    name = collection.name
    bpy.data.libraries.write(str(path), {collection})
    bpy.data.batch_remove([*collection.all_objects, collection])
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    with bpy.data.libraries.load(str(path), link=True) as (_source, target):
        target.collections = [name]
    layer = bpy.context.view_layer
    bpy.context.scene.collection.children.link(target.collections[0])
    target.collections[0].override_hierarchy_create(bpy.context.scene, layer)
    own = bpy.data.collections[name, None]
    assert own.override_library is not None
    layer.update()
    return sorted(own.all_objects, key=lambda item: item.name)


def fit_while_left_out(artist: Artist) -> tuple[bpy.types.Object, Any, bpy.types.LayerCollection]:
    """Fit to a block whose collection *Blocks* is excluded while the job runs; give it, the job, and that layer's."""
    old, holder = block(), bpy.data.collections.new("Blocks")
    bpy.context.scene.collection.children.link(holder)
    holder.objects.link(old)
    bpy.context.scene.collection.objects.unlink(old)
    choose(old)
    job = artist.order()
    layer = bpy.context.view_layer.layer_collection.children["Blocks"]
    layer.exclude = True
    artist.wait(job)
    return old, job, layer
