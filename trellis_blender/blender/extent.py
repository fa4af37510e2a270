# SPDX-License-Identifier: GPL-3.0-or-later
"""How large objects are, and their mesh data scaled and moved. Half a million vertices take milliseconds."""

from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..core import stance
from ..core.stance import Box, Change

_FLAT: Final = 1e-6
"""Less than this share of the largest size is what Blender's numbers are inexact by."""


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


def unturned(item: bpy.types.Object) -> Matrix:
    """Give how an object is scaled, mirrored and sheared where it is seen, without how it is turned and where it is.

    What parents and constraints do to it counts, too. What it mirrors itself stays mirrored along its own axes; what
    a parent mirrors, along the axis that leaves it turned least.
    """
    seen = np.array(item.matrix_world.to_3x3(), np.float64)
    mirrored = np.where(np.array(item.scale) * np.array(item.delta_scale) < 0.0, -1.0, 1.0)
    left, sizes, right = np.linalg.svd(seen * mirrored)
    turn = left @ right
    if np.linalg.det(turn) < 0.0:
        if sizes[2] <= _FLAT * sizes[0]:  # it has no outside: which way round it is turned is free
            turn = turn - 2.0 * np.outer(left[:, 2], right[2])
        else:
            turn[:, int(np.argmin(turn.diagonal()))] *= -1.0
    own = turn.T @ seen
    own[abs(own) <= _FLAT * sizes[0]] = 0.0
    if np.allclose(own, np.eye(3), rtol=0.0, atol=_FLAT):
        return Matrix.Identity(4)
    return Matrix(own.tolist()).to_4x4()


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
