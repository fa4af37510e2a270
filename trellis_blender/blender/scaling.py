# SPDX-License-Identifier: GPL-3.0-or-later
"""The scale that the artist gave to a placeholder's box: it goes into the mesh that fills the box. Knows no job."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix

from ..core import stance
from ..core.stance import Change
from . import extent, filling
from .filling import Filling

_SAME: Final = 1e-4
_SAME_PLACE: Final = 1e-6


@dataclass(frozen=True)
class _Fit:
    """How a mesh came to fill a box. Holds datablocks: for one call, never kept."""

    old: bpy.types.ID | None
    """What the box was drawn with; linked duplicates share it."""
    mesh: bpy.types.Mesh
    change: Change


def fill(items: Iterable[bpy.types.Object], mesh: bpy.types.Mesh) -> list[Filling | None]:
    """Have objects show a mesh that fills the boxes which they show now, undistorted; give the box of each.

    Their scale is applied, and their children stay where they are. What another one shows at another size is a copy
    of the mesh; linked duplicates stay linked, and are scaled beside the first of them.
    """
    given = extent.box_of_mesh(mesh)
    fits: list[_Fit] = []
    boxes: list[Filling | None] = []
    for item in items:
        old, box, scale, change = item.data, None, None, stance.UNCHANGED
        space = extent.box_of_mesh(old) if isinstance(old, bpy.types.Mesh) else None
        if given is not None and space is not None:
            scale = np.array(filling.signs(item)) if _can_apply(item) else None
            box = filling.of_seen(item, space) if scale is None else filling.of_scaled(item, space)
            change = filling.change(given, box)
        same = next((one for one in fits if _are_close(one.change, change)), None)
        linked = next((one for one in fits if one.old == old and _are_in_proportion(one.change, change)), None)
        if same is None and linked is not None and scale is not None:
            more = change[0] / linked.change[0]
            same, scale, box = linked, scale * more, filling.within(box, more)
        if same is None:
            same = _Fit(old, fits[0].mesh.copy() if fits else mesh, change)
            fits.append(same)
            if box is not None:
                filling.fill(same.mesh, box)
        if scale is not None:
            _rescale(item, scale)
        item.data = same.mesh
        boxes.append(box)
    return boxes


def apply(item: bpy.types.Object) -> Filling | None:
    """Apply an object's scale without touching its mesh, its children staying; give the box that is to be filled."""
    space = extent.box_of_mesh(item.data) if isinstance(item.data, bpy.types.Mesh) else None
    if space is None:
        return None
    if not _can_apply(item):
        return filling.of_seen(item, space)
    box = filling.of_scaled(item, space)
    _rescale(item, np.array(filling.signs(item)))
    return box


def _can_apply(item: bpy.types.Object) -> bool:
    """Whether nothing but its own properties says how large an object is."""
    moving = item.animation_data
    if moving is not None and (moving.action is not None or moving.drivers or moving.nla_tracks):
        return False
    if not item.constraints:
        return True
    wanted, own = filling.bare(item), item.scale.copy()
    item.scale = filling.signs(item)
    bpy.context.view_layer.update()
    stands = filling.stands(item, wanted)
    item.scale = own
    bpy.context.view_layer.update()
    return stands


def _rescale(item: bpy.types.Object, scale: Any) -> None:
    own = np.array(item.scale)
    x, y, z = (np.where(own == 0.0, 1.0, own) / scale).tolist()
    item.scale = scale.tolist()
    for child in item.children if (x, y, z) != (1.0, 1.0, 1.0) else ():
        if child.parent_type == "OBJECT":
            child.matrix_parent_inverse = Matrix.Diagonal((x, y, z, 1.0)) @ child.matrix_parent_inverse


def _are_close(one: Change, other: Change) -> bool:
    return all(np.allclose(a, b, rtol=_SAME, atol=_SAME_PLACE) for a, b in zip(one, other, strict=True))


def _are_in_proportion(one: Change, other: Change) -> bool:
    """Whether scaling alone makes the one of the other."""
    return np.allclose(one[1] * other[0] / one[0], other[1], rtol=_SAME, atol=_SAME_PLACE)
