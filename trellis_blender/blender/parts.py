# SPDX-License-Identifier: GPL-3.0-or-later
"""Several meshes of one file as one object: parts below an empty, none turned or scaled. Knows no place, no job."""

from collections.abc import Sequence
from typing import Final, cast

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..core import stance
from ..core.stance import Box, Change
from . import extent, filling, provenance
from .filling import Filling

_DIGITS: Final = 5
"""To which two nodes of a file turn and scale a mesh alike: Blender counts with seven."""


def gather(items: Sequence[bpy.types.Object], name: str) -> list[bpy.types.Object]:
    """Put meshes below a new empty at the scene's origin; give it and them.

    Each part has its origin in the middle of its bottom, and its transforms applied: but where it stands below the
    empty. Those that showed one mesh, turned and scaled alike, share it still.
    """
    root = bpy.data.objects.new(name, None)
    parts = sorted(items, key=lambda item: item.session_uid)
    seen = [part.matrix_world.copy() for part in parts]
    shared: dict[tuple[str, tuple[float, ...]], bpy.types.Mesh] = {}
    baked: dict[bpy.types.Mesh, Matrix] = {}
    for part, matrix in zip(parts, seen, strict=True):
        mesh = _mesh(part)
        key = (mesh.name, tuple(np.round(np.array(matrix)[:3, :3].ravel(), _DIGITS).tolist()))
        if key not in shared:
            shared[key] = mesh.copy() if mesh in baked else mesh
            baked[shared[key]] = matrix.to_3x3().to_4x4()
        part.data = shared[key]
    feet = {mesh: _settle(mesh, matrix) for mesh, matrix in baked.items()}
    for part, matrix in zip(parts, seen, strict=True):
        part.animation_data_clear()
        part.parent, part.parent_type, part.matrix_parent_inverse = root, "OBJECT", Matrix.Identity(4)
        part.rotation_mode = "XYZ"  # an importer's choice may be another
        part.matrix_basis = Matrix.Translation((matrix.translation + feet[_mesh(part)]).to_tuple())
    return [root, *parts]


def of(root: bpy.types.Object) -> list[bpy.types.Object]:
    """Give the parts of an object; none of one that is a mesh itself. Levels of detail of a part are none."""
    depth = level_depth(root)
    return [part for part in _of_one_file(root) if level_depth(part) == depth]


def root_of(part: bpy.types.Object) -> bpy.types.Object | None:
    """Give the object that an object is a part of; None of one that came by itself."""
    return part.parent if part.parent is not None and part in of(part.parent) else None


def came_with_others(item: bpy.types.Object) -> bool:
    """Whether an object has several parts, or is one, or was made of one."""
    return bool(of(item)) or (item.parent is not None and item in _of_one_file(item.parent))


def level_depth(item: bpy.types.Object) -> int:
    """Give 0 for an object that came, 1 for a level of detail of it, 2 for a level of that one."""
    noted = item.trellis  # type: ignore[attr-defined]  # made by variants
    return max(noted.level_depth, int(noted.is_level))  # earlier versions only noted that it is one


def box_of(parts: Sequence[bpy.types.Object]) -> Box | None:
    """Give the box around parts, in the space of their empty."""
    own = [(part, extent.box_of_mesh(_mesh(part))) for part in parts]
    boxes = [box + np.array(part.location) for part, box in own if box is not None]
    return stance.box_of(np.concatenate(boxes)) if boxes else None


def change(parts: Sequence[bpy.types.Object], wanted: Change) -> None:
    """Scale and move parts as a whole; they stand unturned below their empty, so that nothing is sheared."""
    scale, offset = wanted
    for mesh in {_mesh(part) for part in parts}:
        extent.change_mesh(mesh, extent.matrix_of((scale, np.zeros(3))))
    for part in parts:
        part.location = (np.array(part.location) * scale + offset).tolist()


def fill(parts: Sequence[bpy.types.Object], box: Filling) -> None:
    """Have parts as a whole fill a box in the space of their empty."""
    given = box_of(parts)
    if given is not None:
        change(parts, filling.change(given, box))


def display(root: bpy.types.Object, parts: Sequence[bpy.types.Object]) -> None:
    """Have the empty be seen beside its parts, and no larger."""
    box = box_of(parts)
    root.empty_display_size = float(stance.sides(box).max()) / 4 if box is not None else 1.0


def copy(root: bpy.types.Object, parts: Sequence[bpy.types.Object]) -> list[bpy.types.Object]:
    """Give the same once more, with the same meshes, linked nowhere, and not scaled."""
    other = root.copy()
    other.scale = (1.0, 1.0, 1.0)
    other.constraints.clear()
    twins = [part.copy() for part in parts]
    for twin in twins:
        twin.parent = other
    return [other, *twins]


def scale(root: bpy.types.Object, parts: Sequence[bpy.types.Object], done: Change, wanted: Change) -> None:
    """Scale an empty whose parts were changed in one way so that they look as if they were in another."""
    factor = wanted[0] / done[0]
    root.scale = (np.array(root.scale) * factor).tolist()
    for part in parts:
        part.location = (np.array(part.location) + wanted[1] / factor - done[1]).tolist()


def name(root: bpy.types.Object, parts: Sequence[bpy.types.Object]) -> None:
    """Call the parts as their empty is called, with a number."""
    for part in parts:
        part.name = root.name


def _of_one_file(root: bpy.types.Object) -> list[bpy.types.Object]:
    """Give what hangs on an empty and came with it, or was made of what did."""
    job = provenance.job_of(root) if root.type == "EMPTY" else ""
    return [item for item in root.children if provenance.job_of(item) == job] if job else []


def _mesh(part: bpy.types.Object) -> bpy.types.Mesh:
    return cast(bpy.types.Mesh, part.data)


def _settle(mesh: bpy.types.Mesh, matrix: Matrix) -> Vector:
    """Turn and scale a mesh, and have its origin in the middle of its bottom; give where that was."""
    extent.change_mesh(mesh, matrix)
    box = extent.box_of_mesh(mesh)
    foot = Vector(stance.foot(box).tolist() if box is not None else (0.0, 0.0, 0.0))
    extent.change_mesh(mesh, Matrix.Translation((-foot).to_tuple()))
    return foot
