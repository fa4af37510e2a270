# SPDX-License-Identifier: GPL-3.0-or-later
"""How large objects are, and their mesh data scaled and moved. Half a million vertices take milliseconds."""

from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..core import stance
from ..core.stance import Box, Change


def box_of_mesh(mesh: bpy.types.Mesh, seen: Matrix | None = None) -> Box | None:
    """Give the box around a mesh's vertices, in its own space or as a change leaves them; None without any."""
    count = len(mesh.vertices)
    if not count:
        return None
    points = np.empty(count * 3, np.float32)
    mesh.attributes["position"].data.foreach_get("vector", points)  # type: ignore[attr-defined]
    if seen is not None:
        grid = np.array(seen)
        return stance.box_of(points.reshape(-1, 3) @ grid[:3, :3].T + grid[:3, 3])
    return stance.box_of(points)


def corners_of(box: Box) -> list[Vector]:
    """Give the eight corners of a box."""
    return [Vector((float(box[i][0]), float(box[j][1]), float(box[k][2]))) for i in (0, 1) for j in (0, 1)
            for k in (0, 1)]  # fmt: skip


def matrix_of(change: Change) -> Matrix:
    """Give a change as Blender takes it."""
    scale, offset = change
    return Matrix.Translation(_numbers(offset)) @ Matrix.Diagonal((*_numbers(scale), 1.0))


def change_mesh(mesh: bpy.types.Mesh, matrix: Matrix) -> None:
    """Apply a change to a mesh's own data, its shape keys included; what mirrors it keeps its outside outside."""
    if matrix == Matrix.Identity(4):
        return
    mesh.transform(matrix, shape_keys=True)
    if matrix.determinant() < 0.0:
        mesh.flip_normals()
    mesh.update()


def _numbers(values: Any) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
