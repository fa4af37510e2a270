# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as Blender's own importer leaves those without normals, split along their seams -> welded. Knows no file."""

from collections.abc import Iterable
from typing import Any, Final

import bmesh
import bpy
import numpy as np

from ..core import weld

_SEEN: Final = "trellis_seen"


def join(meshes: Iterable[bpy.types.Mesh]) -> None:
    """Join the vertices of meshes that are in one place; what is shaded in its own way stays so.

    A mesh with other shapes stays split: what is one in the one may be two in another.
    """
    for mesh in meshes:
        if mesh.shape_keys is None and mesh.polygons and len(mesh.loops) == 3 * len(mesh.polygons):
            _join(mesh)


def _join(mesh: bpy.types.Mesh) -> None:
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.vertices.foreach_get("co", points)
    mesh.loops.foreach_get("vertex_index", corners)
    firsts = weld.firsts(points.reshape(-1, 3), corners)
    gone = np.flatnonzero(firsts != np.arange(len(firsts)))
    if not len(gone):
        return
    has_normals = mesh.has_custom_normals
    if has_normals:  # they are kept by how the faces around a vertex lie, and there will be more of these
        _put_aside(mesh)
    grid = bmesh.new()
    grid.from_mesh(mesh)
    grid.verts.ensure_lookup_table()
    points_of: Any = grid.verts
    targets = {
        points_of[own]: points_of[first] for own, first in zip(gone.tolist(), firsts[gone].tolist(), strict=True)
    }
    bmesh.ops.weld_verts(grid, targetmap=targets)
    grid.to_mesh(mesh)
    grid.free()
    if has_normals:
        _take_back(mesh)


def _put_aside(mesh: bpy.types.Mesh) -> None:
    seen = np.empty(len(mesh.loops) * 3, np.float32)
    mesh.corner_normals.foreach_get("vector", seen)
    held: Any = mesh.attributes.new(_SEEN, "FLOAT_VECTOR", "CORNER")
    held.data.foreach_set("vector", seen)


def _take_back(mesh: bpy.types.Mesh) -> None:
    seen = np.empty(len(mesh.loops) * 3, np.float32)
    held: Any = mesh.attributes[_SEEN]
    held.data.foreach_get("vector", seen)
    mesh.attributes.remove(held)
    mesh.normals_split_custom_set(seen.reshape(-1, 3))  # type: ignore[arg-type]  # any buffer will do
