# SPDX-License-Identifier: GPL-3.0-or-later
"""The box that an object was fitted to, noted on it: its variants are fitted the same way."""

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ..core import stance
from ..core.stance import Box, Change
from . import extent

_TINY: Final = 1e-9
_SAME: Final = 1e-4
"""Matrices that differ by less than this share of their largest number are one."""


@dataclass(frozen=True)
class Filling:
    """A box in an object's own space; ``units`` says how long a unit of each axis looks in the end."""

    space: Box
    units: tuple[float, float, float]
    is_stretched: bool


class TrellisFilling(bpy.types.PropertyGroup):
    """A :class:`Filling`, as it is noted."""

    is_set: bpy.props.BoolProperty(options={"HIDDEN"})
    space: bpy.props.FloatVectorProperty(size=6, options={"HIDDEN"})
    units: bpy.props.FloatVectorProperty(size=3, options={"HIDDEN"})
    is_stretched: bpy.props.BoolProperty(options={"HIDDEN"})


def bare(item: bpy.types.Object) -> Matrix:
    """Give where an object stands once its scale is applied: but for its sign, which mirrors.

    An axis along which it is scaled to nothing is none in the matrix either.
    """
    x, y, z = (1.0 / _scale(item)).tolist()
    return item.matrix_world @ Matrix.Diagonal((x, y, z, 1.0))


def signs(item: bpy.types.Object) -> list[float]:
    """Give an object's scale once it is applied: 1, or -1 where it mirrors."""
    return np.where(np.array(item.scale) < 0.0, -1.0, 1.0).tolist()


def stands(item: bpy.types.Object, matrix: Matrix) -> bool:
    """Whether an object stands at a matrix: Blender counts with seven digits."""
    wanted = np.array(matrix)
    reach = max(1.0, float(np.abs(wanted).max()))
    return bool(np.abs(np.array(item.matrix_world) - wanted).max() < _SAME * reach)


def of_scaled(item: bpy.types.Object, space: Box, *, is_stretched: bool = False) -> Filling:
    """Give a box in an object's own space as it is once the object's scale is applied; one of no height stays so."""
    return Filling(space * np.abs(np.array(item.scale)), _units(bare(item)), is_stretched)


def of_seen(item: bpy.types.Object, space: Box) -> Filling:
    """Give a box in an object's own space, for one whose scale stays."""
    return Filling(space, _units(item.matrix_world), is_stretched=False)


def within(filling: Filling | None, scale: Box) -> Filling | None:
    """Give the same box in the space of an object that is scaled by so much more."""
    if filling is None:
        return None
    x, y, z = (np.array(filling.units) * scale).tolist()
    return Filling(filling.space / scale, (x, y, z), filling.is_stretched)


def change(given: Box, filling: Filling) -> Change:
    """Give how what has a box comes to fill another, standing in the middle of its bottom."""
    return stance.filling(given, filling.space, filling.units, stretched=filling.is_stretched)


def fill(mesh: bpy.types.Mesh, filling: Filling) -> None:
    """Have a mesh fill a box, standing in the middle of its bottom."""
    given = extent.box_of_mesh(mesh)
    if given is not None:
        extent.change_mesh(mesh, extent.matrix_of(change(given, filling)))


def note(noted: TrellisFilling, filling: Filling) -> None:
    """Note which box an object fills."""
    noted.is_set, noted.is_stretched = True, filling.is_stretched
    noted.space, noted.units = filling.space.ravel().tolist(), filling.units


def read(noted: TrellisFilling) -> Filling | None:
    """Give the box that an object fills; None for one that was fitted to none."""
    if not noted.is_set:
        return None
    x, y, z = noted.units
    return Filling(np.array(noted.space[:], np.float64).reshape(2, 3), (x, y, z), noted.is_stretched)


def _scale(item: bpy.types.Object) -> Box:
    own = np.array(item.scale)
    return np.where(own == 0.0, 1.0, np.abs(own))


def _units(matrix: Matrix) -> tuple[float, float, float]:
    lengths = np.linalg.norm(np.array(matrix)[:3, :3], axis=0)
    x, y, z = np.where(lengths > _TINY, lengths, 1.0).tolist()
    return x, y, z
