# SPDX-License-Identifier: GPL-3.0-or-later
"""From where a picture is taken, and what it shows: the point of view kept, the frame drawn around the subject."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import bpy
from mathutils import Matrix, Vector

from ...core.errors import SourceError
from .. import filled
from . import hair

MARGIN = 0.06
"""Room around the subject, of its longer side: a subject that touches the edge is taken for a cropped one."""
SENSOR_MILLIMETRES = 36.0
_NO_LENGTH = 1e-6
_SAME = 1e-4
"""Of a frame's side: a tenth of a pixel."""
_SHAPELESS = frozenset({"LIGHT", "CAMERA", "LIGHT_PROBE", "SPEAKER", "EMPTY", "ARMATURE", "LATTICE"})


@dataclass(frozen=True)
class View:
    """A point of view: where it stands, looking down its own -Z, and how it projects."""

    matrix: Matrix
    is_perspective: bool
    clip_start: float
    clip_end: float


@dataclass(frozen=True)
class Frame:
    """A square in a view: its middle and half its side. At distance 1 in perspective, else in the scene's units."""

    x: float
    y: float
    half: float


def of_camera(camera: bpy.types.Object) -> View:
    """Give a camera's view. Raises :class:`SourceError` for one that bends its picture."""
    data = camera.data
    if data.type not in ("PERSP", "ORTHO"):
        raise SourceError("The camera is panoramic. Use a perspective or an orthographic one, or the current view.")
    matrix = _unscaled(camera.matrix_world)
    if matrix is None:
        raise SourceError("The camera has a scale of zero. Clear its scale, and that of its parents.")
    return View(matrix, data.type == "PERSP", data.clip_start, data.clip_end)


def _unscaled(matrix: Matrix) -> Matrix | None:
    """Give a camera's place as renders take it: each axis of length one, mirrored and skewed as it is; or None."""
    found = matrix.normalized()
    return found if abs(found.determinant()) > _NO_LENGTH else None


def of_viewport(space: bpy.types.SpaceView3D, view: bpy.types.RegionView3D) -> View:
    """Give the view of a viewport that does not look through a camera."""
    is_perspective = view.view_perspective == "PERSP"
    return View(view.view_matrix.inverted(), is_perspective, space.clip_start, space.clip_end)


def around(view: View, corners: Iterable[Vector]) -> Frame:
    """Give the square that holds all of the subject. Raises :class:`SourceError` when some of it is behind."""
    to_view = view.matrix.inverted()
    points = [to_view @ corner for corner in corners]
    if view.is_perspective:
        if any(-point.z < view.clip_start for point in points):
            raise SourceError("Part of the selection is behind the point of view. Move the view away from it.")
        flat = [(point.x / -point.z, point.y / -point.z) for point in points]
    else:
        flat = [(point.x, point.y) for point in points]
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    bottom, top = min(y for _, y in flat), max(y for _, y in flat)
    half = max(right - left, top - bottom) / 2 * (1 + 2 * MARGIN)
    return Frame((left + right) / 2, (bottom + top) / 2, half or 0.5)


def aim(camera: bpy.types.Object, view: View, frame: Frame, corners: Iterable[Vector], *, room: float = 0.0) -> None:
    """Have a camera of ours show a frame of a view, in a square picture. Sets only what is otherwise.

    ``room`` is how far the subject may reach before and behind its corners.
    """
    matrix = view.matrix.copy()
    values: dict[str, str | float] = {
        "sensor_fit": "HORIZONTAL", "sensor_width": SENSOR_MILLIMETRES,
        "shift_x": frame.x / (2 * frame.half), "shift_y": frame.y / (2 * frame.half),
        "clip_start": view.clip_start, "clip_end": view.clip_end,
    }  # fmt: skip
    if view.is_perspective:
        values.update(type="PERSP", lens=SENSOR_MILLIMETRES / (2 * frame.half))
    else:
        # Without perspective the distance shows nowhere, and a viewport sees behind itself.
        to_view = view.matrix.inverted()
        depths = [(to_view @ corner).z for corner in corners]
        matrix = matrix @ Matrix.Translation((0.0, 0.0, max(depths) + room + 1.0))
        clip_end = max(depths) - min(depths) + 2 * room + 2.0
        values.update(type="ORTHO", ortho_scale=2 * frame.half, clip_start=0.5, clip_end=clip_end)
    for name, value in values.items():
        if getattr(camera.data, name) != value:
            setattr(camera.data, name, value)
    if camera.matrix_parent_inverse != matrix:
        camera.matrix_parent_inverse = matrix


def is_same(one: Frame, other: Frame) -> bool:
    """Whether nobody sees one of these frames from the other."""
    least = _SAME * min(one.half, other.half)
    return max(abs(one.x - other.x), abs(one.y - other.y), abs(one.half - other.half)) <= least


def corners_rendered(depsgraph: bpy.types.Depsgraph) -> list[Vector]:
    """Give the corners of the boxes around all that is seen of a scene of ours, as its render has evaluated it."""
    found: list[Vector] = []
    has_rays = depsgraph.scene.render.engine == "CYCLES"
    for entry in depsgraph.object_instances:
        if entry.object.type not in _SHAPELESS and not (has_rays and _is_for_others(entry)):
            matrix = entry.matrix_world.copy()
            found += [matrix @ corner for corner in filled.corners_of_instance(entry)]
            found += hair.points(entry.object, matrix)
    return found


def corners(items: Iterable[bpy.types.Object], depsgraph: bpy.types.Depsgraph) -> list[Vector]:
    """Give the corners of the boxes around objects, in the scene, as modifiers and animation leave them.

    With all that they are instancers of: an object's own box does not know of its instances.
    """
    wanted = list(items)
    found: dict[bpy.types.Object, list[Vector]] = {item: [] for item in wanted}
    for entry in depsgraph.object_instances:
        owner = entry.parent if entry.is_instance else entry.object
        corners_of = found.get(owner.original) if owner is not None else None
        if corners_of is None or entry.object.type in _SHAPELESS or _is_left_out(entry):
            continue
        matrix = entry.matrix_world.copy()
        corners_of += [matrix @ corner for corner in filled.corners_of_instance(entry)]
        if not entry.is_instance:
            corners_of += hair.points(entry.object, matrix)
    for item in wanted:
        if not found[item]:  # hidden in viewports, so that there are no instances to go by
            evaluated = item.evaluated_get(depsgraph)
            for matrix, shape in shapes(evaluated, evaluated.matrix_world):
                found[item] += [matrix @ corner for corner in filled.corners(shape)]
    return [corner for item in wanted for corner in found[item]]


def _is_for_others(entry: bpy.types.DepsgraphObjectInstance) -> bool:
    """Whether an object only throws shadows, say, as its rays are set: no camera sees it."""
    return not entry.object.visible_camera or (entry.is_instance and not entry.parent.visible_camera)


def _is_left_out(entry: bpy.types.DepsgraphObjectInstance) -> bool:
    """Whether a render does not show what a viewport does."""
    if entry.is_instance:
        return entry.parent.instance_type == "COLLECTION" and entry.object.original.hide_render
    return entry.object.is_instancer and not entry.object.show_instancer_for_render


def shapes(item: bpy.types.Object, matrix: Matrix) -> Iterator[tuple[Matrix, bpy.types.Object]]:
    """Give what is to be seen of an object that stands at ``matrix``: itself, or what it is an instance of."""
    if item.instance_type != "COLLECTION" or item.instance_collection is None:
        yield matrix, item
        return
    collection = item.instance_collection
    offset = Matrix.Translation(-Vector(collection.instance_offset))  # type: ignore[arg-type]
    for inner in collection.all_objects:
        if inner.type not in _SHAPELESS and not inner.hide_render:
            yield from shapes(inner, matrix @ offset @ inner.matrix_world)
