# SPDX-License-Identifier: GPL-3.0-or-later
"""The box of the blockout that an object was fitted to, noted on it: its variants are fitted the same way."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..core import stance
from ..core.stance import Box
from . import extent


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


def fill(mesh: bpy.types.Mesh, filling: Filling) -> None:
    """Have a mesh fill a box, standing in the middle of its bottom."""
    given = extent.box_of_mesh(mesh)
    if given is not None:
        change = stance.filling(given, filling.space, filling.units, stretched=filling.is_stretched)
        extent.change_mesh(mesh, extent.matrix_of(change))


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
