# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object belongs: file and scene that asked for it, the cursor as it stood, the size. Creates nothing."""

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import bpy
from mathutils import Matrix, Vector

from ..core import stance
from ..core.jobs import Job, State
from . import extent, parts, placeholder, proxy, reserved, standing
from .standing import Standing

_generation = uuid.uuid4().hex
"""What is open, as long as it is unsaved; never the same in another run of Blender, whose jobs come back here."""


def opened_another_file() -> None:
    """Note that what was unsaved until now is gone."""
    global _generation
    _generation = uuid.uuid4().hex


@dataclass(frozen=True)
class Place:
    """The scene that an object goes into, and how it stands there. Holds a datablock: for one call, never kept.

    ``location`` is of the middle of its bottom, ``size`` its longest side in the scene's own units, 0.0 as in the
    file; ``turn`` about the vertical, in radians: 0.0 faces front. ``instead`` are placeholders whose place it takes:
    then it stands where they do, as large as they are. ``proxy`` is an object of the blockout that it replaces.
    """

    scene: bpy.types.Scene
    location: Vector
    size: float = 0.0
    turn: float = 0.0
    instead: tuple[bpy.types.Object, ...] = ()
    proxy: bpy.types.Object | None = None
    stretched: bool = False
    standing: Standing | None = None
    """The sheet that it is one object of; its size is then as seen from the front."""
    matrix: Matrix | None = None
    """Where it stands beside others that were moved, turned or scaled; then neither location nor turn counts."""

    @property
    def sides(self) -> tuple[float, float, float]:
        """Give the box that is kept free for it; what is drawn on a sheet may be as deep as it likes."""
        if self.standing is not None:
            return self.standing.place.width, 0.0, self.standing.place.height
        return self.size, self.size, self.size


def matrix_of(place: Place) -> Matrix:
    """Give the transform of what stands at a place."""
    if place.matrix is not None:
        return place.matrix
    return Matrix.Translation(place.location.to_tuple()) @ Matrix.Rotation(place.turn, 4, "Z")


def mark(
    context: bpy.types.Context, *, with_placeholder: bool = False, with_proxy: bool = True
) -> Mapping[str, str]:  # fmt: skip
    """Give what is needed to find the way back, as plain text that can go through the engine."""
    scene = context.scene
    old = proxy_in(context) if with_proxy else None
    stands = _stand(context) if old is None else _stand_of(old)
    if old is not None:
        stands |= proxy.mark(old, stretched=scene.trellis.fit == "STRETCH")  # type: ignore[attr-defined]
    elif with_placeholder:
        stands[placeholder.MARK] = "1"
    return {
        "file": bpy.data.filepath,
        "generation": _generation,
        "scene": scene.name_full,
        "scene_uid": str(scene.session_uid),
        **stands,
    }


def sitting() -> str:
    """Give a mark of what is open, which lasts as long as numbers of datablocks do."""
    return _generation


def is_of_this_sitting(origin: Mapping[str, str]) -> bool:
    """Whether what is open has been so since something was asked for: numbers of datablocks are the same then."""
    return origin.get("generation") == _generation


def _stand(context: bpy.types.Context) -> dict[str, str]:
    cursor = context.scene.cursor.location.to_tuple()
    return {"cursor": json.dumps(cursor), "turn": str(_turn(context)), "size": str(size_in(context.scene))}


def _stand_of(old: bpy.types.Object) -> dict[str, str]:
    """Give where an object of the blockout stands, in case that it will be gone."""
    box = proxy.box_of(old)
    corners = [old.matrix_world @ corner for corner in extent.corners_of(box)] if box is not None else []
    seen = stance.box_of(corners or [old.matrix_world.translation])
    size, turn = float(stance.sides(seen).max()), old.matrix_world.to_euler().z
    return {"cursor": json.dumps(stance.foot(seen).tolist()), "turn": str(turn), "size": str(size)}


def proxy_in(context: bpy.types.Context) -> bpy.types.Object | None:
    """Give the object of the blockout that a new one shall replace, if the scene says so; a placeholder is none."""
    wanted = context.scene.trellis.fit_to_selection  # type: ignore[attr-defined]
    old = proxy.of(context) if wanted else None
    return None if old is None or placeholder.is_one(old) else old


def is_placeholder_selected(context: bpy.types.Context) -> bool:
    """Whether what would be fitted to is a placeholder."""
    old = proxy.of(context)
    return old is not None and placeholder.is_one(old)


def find(origin: Mapping[str, str]) -> Place | None:
    """Give the place that asked, or None while another file is open or its scene is gone."""
    if is_of_this_sitting(origin):
        # By its number in this session, which renaming and undo leave alone.
        fits, wanted = "session_uid", origin.get("scene_uid", "")
    elif bpy.data.filepath and origin.get("file") == bpy.data.filepath:
        fits, wanted = "name_full", origin.get("scene", "")
    else:
        return None
    scene = next((item for item in bpy.data.scenes if str(getattr(item, fits)) == wanted), None)
    if scene is None:
        return None
    size, turn = float(origin.get("size", 0.0)), float(origin.get("turn", 0.0))
    cursor, among = Vector(json.loads(origin["cursor"])), standing.read(origin)
    if among is None:
        old, stretched = proxy.find(origin, is_same_session=fits == "session_uid"), bool(origin.get("stretched"))
        return Place(scene, cursor, size, turn, proxy=old, stretched=stretched)
    offset = Matrix.Rotation(turn, 3, "Z") @ Vector((among.place.x, 0.0, among.place.foot))
    return Place(scene, cursor + offset, among.place.size, turn, standing=among)


def kept_for(job: Job) -> Place | None:
    """Give the place that is kept for a job's object in the file that is open, whatever that is called; or None.

    Its placeholders keep it, or the object of the blockout that it was ordered to replace and has not yet.
    """
    return _of_proxy(job) if proxy.is_in(job.origin) else _of_placeholder(job)


def _of_proxy(job: Job) -> Place | None:
    old = reserved.find(job.id)
    if old is None:
        return None
    asked = find(job.origin)  # which knows it from its copies, until the file is closed
    if asked is not None and asked.proxy is not None:
        return asked
    return Place(old.users_scene[0], Vector(), proxy=old, stretched=bool(job.origin.get("stretched")))


def _of_placeholder(job: Job) -> Place | None:
    items = placeholder.standing(job.id) if placeholder.MARK in job.origin else []
    return Place(placeholder.scenes_of(items[0])[0], Vector(), size=1.0, instead=tuple(items)) if items else None


def wants(job: Job) -> bool:
    """Whether the file that is open asked for a job's object, and has not got it yet."""
    if (
        job.state is not State.DOWNLOADED
        or not job.importable
        or job.error not in ("", placeholder.GONE, placeholder.JOINED)
    ):
        return False
    return kept_for(job) is not None or (not job.error and find(job.origin) is not None)


def here(context: bpy.types.Context) -> Place:
    """Give the place that the scene at hand has for a new object: its 3D cursor, or an object of the blockout."""
    return find(mark(context)) or Place(context.scene, context.scene.cursor.location.copy())


def size_in(scene: bpy.types.Scene) -> float:
    """Give how long the longest side of an object shall be in a scene, in its own units."""
    return float(scene.trellis.object_size)  # type: ignore[attr-defined]


def settle(item: bpy.types.Object, place: Place, company: Sequence[bpy.types.Object] = ()) -> None:
    """Have a new object stand at its place, its mesh data scaled, with its origin in the middle of its bottom.

    ``company`` are the parts of an object that is an empty; they are scaled as a whole.
    """
    as_seen = place.standing is not None
    if isinstance(item.data, bpy.types.Mesh):
        # Where it stands now does not count, and a place far away would round its vertices off.
        extent.change_mesh(item.data, item.matrix_world.to_3x3().to_4x4())
        box = extent.box_of_mesh(item.data)
        if box is not None:
            extent.change_mesh(item.data, extent.matrix_of(stance.standing(box, place.size, as_seen=as_seen)))
    else:
        box = parts.box_of(company)
        if box is not None:
            parts.change(company, stance.standing(box, place.size, as_seen=as_seen))
    item.rotation_mode = "XYZ"  # an importer's choice may be another
    item.matrix_world = Matrix.Identity(4) if place.instead else matrix_of(place)
    if place.standing is not None:
        standing.mark(item, place.standing)


def _turn(context: bpy.types.Context) -> float:
    """Give the cursor's heading, where Blender's own preference aligns new objects to it; they stand upright always."""
    if context.preferences.edit.object_align != "CURSOR":
        return 0.0
    turned = context.scene.cursor.matrix.to_3x3()
    side, front = turned @ Vector((1.0, 0.0, 0.0)), turned @ Vector((0.0, 1.0, 0.0))
    if math.hypot(side.x, side.y) > 0.1:
        return math.atan2(side.y, side.x)
    return math.atan2(-front.x, front.y)
