# SPDX-License-Identifier: GPL-3.0-or-later
"""A few points of a mesh, noted to tell later how it was moved as a whole: Apply Scale, Set Origin and the like.

Knows no variant.
"""

from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ..core import motion

SPOTS: Final = 10
"""Four would do; the others say whether it was the whole mesh that was moved."""
_UNMOVED: Final = tuple(np.eye(4).ravel().tolist())


class TrellisGauge(bpy.types.PropertyGroup):
    """Where points of a mesh were, and how it was moved since it came."""

    count: bpy.props.IntProperty(options={"HIDDEN"})
    """Vertices of the mesh; 0 when nothing was noted yet."""
    spots: bpy.props.FloatVectorProperty(size=3 * SPOTS, options={"HIDDEN"})
    moved: bpy.props.FloatVectorProperty(size=16, default=_UNMOVED, options={"HIDDEN"})


def note(gauge: TrellisGauge, mesh: bpy.types.Mesh) -> None:
    """Note where a mesh's points are now."""
    gauge.count = len(mesh.vertices)
    if gauge.count:
        gauge.spots = _spots(mesh)


def follow(gauge: TrellisGauge, mesh: bpy.types.Mesh) -> Matrix | None:
    """Give how a mesh was moved as a whole since its points were noted, and note them anew; None when it was not.

    What was changed in another way as well tells nothing.
    """
    change = None
    if gauge.count and gauge.count == len(mesh.vertices):
        change = motion.between(gauge.spots[:], _spots(mesh))
    note(gauge, mesh)
    if change is None or np.array_equal(change, np.eye(4)):
        return None
    gauge.moved = (change @ np.array(gauge.moved[:]).reshape(4, 4)).ravel().tolist()
    return Matrix(change.tolist())


def moved(gauge: TrellisGauge) -> Matrix:
    """Give how a mesh was moved as a whole since it came."""
    return Matrix(np.array(gauge.moved[:]).reshape(4, 4).tolist())


def moved_by_now(gauge: TrellisGauge, mesh: bpy.types.Mesh) -> Matrix:
    """As :func:`moved`, with what was done since it was noted last; notes nothing."""
    change = None
    if gauge.count and gauge.count == len(mesh.vertices):
        change = motion.between(gauge.spots[:], _spots(mesh))
    return moved(gauge) if change is None else Matrix(change.tolist()) @ moved(gauge)


def _spots(mesh: bpy.types.Mesh) -> list[float]:
    numbers = np.linspace(0, len(mesh.vertices) - 1, SPOTS).astype(int).tolist()
    return [value for number in numbers for value in mesh.vertices[number].co]
