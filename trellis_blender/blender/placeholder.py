# SPDX-License-Identifier: GPL-3.0-or-later
"""The box that stands where an object will be, and how the object takes its place. Knows no session, no engine.

It is an object of the file like any other: the artist moves, turns, scales, renames, parents and
duplicates it, and puts it into other collections. Only its name and what is said below are ours.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, cast

import bpy
import numpy as np
from mathutils import Matrix

from ..core import stance
from ..core.jobs import Job, State
from ..core.remedies import was_turned_away
from . import bodies, departed, filling, home, inheritance, parts, presence, scaling, selection
from .filling import Filling
from .language import said
from .standing import Standing, fit, mark, pass_on

MARK: Final = "placeholder"
"""In a job's origin: it has a placeholder, or had."""
MESH: Final = "TRELLIS Placeholder"
GONE: Final = (
    "Its placeholder was deleted or converted, so it was not put into the scene. Press Import to bring it into the "
    "scene."
)
JOINED: Final = (
    "Something was added to its placeholder and would be lost with it, so it was not put into the scene. Press Import "
    "to bring it into the scene."
)
_JOB: Final = "trellis_placeholder"
_OF_BOX: Final = "trellis_box"
"""On the vertices of a box; those that are made of them by cutting or extruding have it, too."""
_SHOWN: Final = "trellis_shown"
_NUMBER = re.compile(r"\.\d{3,}$")
_LONGEST_STEM_BYTES: Final = 40
"""Blender's names hold 63 bytes in its older versions."""
_CORNERS: Final = 8
_WORDS: Final = {
    State.PREPARED: "preparing",
    State.SUBMITTING: "sending",
    State.UNCERTAIN: "uncertain",
    State.ACCEPTED: "queued",
    State.PROCESSING: "generating",
    State.COMPLETED: "finished",
    State.DOWNLOADING: "downloading",
    State.DOWNLOADED: "ready",
    State.IMPORTED: "ready",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "expired",
}


def label(job: Job) -> str:
    """Give what a placeholder is called while its job stands so."""
    stem = job.name.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore")
    if job.state is State.PROCESSING and job.progress is not None and not job.suspended:
        return f"{stem} · {int(job.progress * 100)} %"
    if job.state is State.REFUSED:
        return f"{stem} · {_refused(job)}"
    return f"{stem} · {'stopped' if job.suspended and job.state is not State.UNCERTAIN else _WORDS[job.state]}"


def _refused(job: Job) -> str:
    if job.given_up:
        return "sent again"
    return "not accepted" if was_turned_away(job) else "not sent"


def is_over(job: Job) -> bool:
    """Whether no object will come for a placeholder."""
    hopeless = job.state is State.EXPIRED and not job.resumable
    return hopeless or job.state in (State.REFUSED, State.FAILED, State.CANCELLED)


def put(
    scene: bpy.types.Scene, matrix: Matrix, sides: tuple[float, float, float], job: Job, among: Standing | None = None,
    *, named: bool = True,
) -> bpy.types.Object:  # fmt: skip
    """Have a box stand in a scene, the middle of its bottom at the origin of ``matrix``; in a sheet's collection.

    ``named``: whether its name is drawn beside it.
    """
    mesh = bpy.data.meshes.new(MESH)
    width, depth, height = sides if any(sides) else (1.0, 1.0, 1.0)
    points = [(x, y, z) for x in (-width / 2, width / 2) for y in (-depth / 2, depth / 2) for z in (0.0, height)]
    edges = [(a, b) for a in range(8) for b in (a ^ 1, a ^ 2, a ^ 4) if a < b]
    mesh.from_pydata(points, edges, [])
    of_box: Any = mesh.attributes.new(_OF_BOX, "BOOLEAN", "POINT")
    of_box.data.foreach_set("value", [True] * len(points))
    item = bpy.data.objects.new(label(job), mesh)
    item.matrix_world = matrix
    item.display_type, item.hide_render, item.show_name = "WIRE", True, named
    item[_JOB], item[_SHOWN] = job.id, item.name
    if among is not None:
        mark(item, among)
    home.link([item], scene, among)
    selection.deselect([item], scene)
    return item


def all_standing() -> dict[str, list[bpy.types.Object]]:
    """Give the placeholders of the file that is open, by their jobs; those only that are seen in a scene.

    What the artist has converted to a curve, say, cannot become an object of this kind, and is none any more. Nor is
    what something was joined to, which would be lost.
    """
    found: dict[str, list[bpy.types.Object]] = {}
    for item in bpy.data.objects:
        job_id = item.get(_JOB)
        if isinstance(job_id, str) and item.library is None and _is_box(item) and _is_seen(item):
            found.setdefault(job_id, []).append(item)
    return found


def _is_seen(item: bpy.types.Object) -> bool:
    return presence.is_in_scene(item) or bool(scenes_of(item))


def scenes_of(item: bpy.types.Object) -> Sequence[bpy.types.Scene]:
    """Give the scenes that an object is in, by itself or by instances of its collection."""
    if item.users_scene:
        return item.users_scene
    holders = (other for other in bpy.data.objects if other.instance_collection is not None and other.users_scene)
    showing = (other for other in holders if item in set(other.instance_collection.all_objects))
    return next((other.users_scene for other in showing), ())


def why_gone(job: Job) -> str:
    """Say why a job has no placeholder any more, which it had."""
    marked = (item for item in bpy.data.objects if is_of(item, job.id) and item.library is None)
    return JOINED if any(isinstance(item.data, bpy.types.Mesh) and scenes_of(item) for item in marked) else GONE


def _is_box(item: bpy.types.Object) -> bool:
    """Whether an object is a box, whatever the artist cut, bevelled or extruded of it, and nothing else besides."""
    mesh = item.data
    if not isinstance(mesh, bpy.types.Mesh):
        return False
    of_box: Any = mesh.attributes.get(_OF_BOX)
    if of_box is None or of_box.data_type != "BOOLEAN":
        return len(mesh.vertices) <= _CORNERS
    values = np.ones(len(of_box.data), bool)  # none in Edit Mode
    of_box.data.foreach_get("value", values)
    return bool(values.all())


def is_one(item: bpy.types.Object) -> bool:
    """Whether an object is a placeholder, of whichever job."""
    return isinstance(item.get(_JOB), str)


def is_of(item: bpy.types.Object, job_id: str) -> bool:
    """Whether an object is a placeholder of a job."""
    return item.get(_JOB) == job_id


def standing(job_id: str) -> list[bpy.types.Object]:
    """Give a job's placeholders: one, or more where the artist duplicated it."""
    return all_standing().get(job_id, [])


def hand_over(items: Iterable[bpy.types.Object], job: Job) -> None:
    """Have placeholders stand for another job from now on."""
    for item in items:
        item[_JOB] = job.id


def show(items: Iterable[bpy.types.Object], text: str, *, named: bool = True) -> None:
    """Have placeholders say how far their job is, but for those that the artist gave a name."""
    for item in items:
        item.show_name = named
        if not _is_named_by_artist(item) and item.name != text:
            item.name = text
            item[_SHOWN] = item.name


def release(job: Job) -> None:
    """Have what the artist made of a job's placeholders, a curve perhaps, be called plainly: it will become nothing."""
    for item in bpy.data.objects:
        if is_of(item, job.id) and item.library is None and not _is_box(item):
            if not _is_named_by_artist(item):
                item.name = job.name
            item.show_name = False
            del item[_JOB], item[_SHOWN]


def remove(items: Iterable[bpy.types.Object], message: str) -> None:
    """Take placeholders away, as one step to undo."""
    _discard(list(items))
    push_undo(message)


def give_way(items: Collection[bpy.types.Object], new: bpy.types.Object) -> list[Filling | None]:
    """Have a new object, one mesh, take the place of placeholders, and give the box that each of them fills.

    They become it: mesh and custom properties are handed over, all else about them stays. The mesh fills the box
    from its bottom, as large as the artist made it, and is not distorted. Whoever calls this has had the scene
    evaluated before he made the new object: now it would be a second time, seconds long in a large one.
    """
    name, drawn = new.name, {item.data for item in items}
    boxes = scaling.fill(items, cast(bpy.types.Mesh, new.data))
    properties = {key: new[key] for key in new.keys()}  # noqa: SIM118  # not a mapping
    bpy.data.objects.remove(new)
    for item, box in zip(items, boxes, strict=True):
        fit(item, box)
        if not _is_named_by_artist(item):
            item.name = name
        for key, value in properties.items():
            item[key] = value
        del item[_JOB], item[_SHOWN]
        item.hide_render = item.show_name = False
        if item.display_type == "WIRE":
            item.display_type = "TEXTURED"
    _discard_meshes(drawn)
    return boxes


def give_way_to_parts(
    items: Sequence[bpy.types.Object], new: bpy.types.Object, company: Sequence[bpy.types.Object]
) -> bpy.types.Object:
    """Have a new object of several parts, linked nowhere, take the place of placeholders; give what the first became.

    It cannot become what they are, so they are removed: what hung on them hangs on it.
    """
    bpy.context.view_layer.update()  # else a box may stand elsewhere than it says
    given, first = parts.box_of(company), None
    wholes = []
    for item in items:
        box = scaling.apply(item)
        change = filling.change(given, box) if given is not None and box is not None else stance.UNCHANGED
        if first is None:
            first, whole = change, [new, *company]
            parts.change(company, change)
        else:
            whole = parts.copy(new, company)
            parts.scale(whole[0], whole[1:], first, change)
        pass_on(item, whole[0], box)
        wholes.append(whole)
    for item, whole in zip(items, wholes, strict=True):
        _stand_in(item, whole)
    return new


def push_undo(message: str) -> None:
    """Make what was done a step to undo; in other modes than Object Mode a step would not hold it."""
    if bpy.context.mode == "OBJECT" and bpy.ops.ed.undo_push.poll():  # type: ignore[call-arg]
        bpy.ops.ed.undo_push(message=said(message))


def _stand_in(item: bpy.types.Object, whole: Sequence[bpy.types.Object]) -> None:
    """Put an empty with its parts where a placeholder is, and take that away."""
    new, scenes, mesh = whole[0], item.users_scene, item.data
    own, factor = np.array(item.scale), np.array(new.scale)
    inheritance.inherit(item, new)
    new.scale = (own * factor).tolist()
    inheritance.inherit_own(item, new)
    is_named = _is_named_by_artist(item)
    name = item.name
    bodies.hand_over(item, new, whole[1:], is_kept=False)
    item.user_remap(new)  # in collections, by children, and wherever else it is pointed at
    departed.let_go([item])
    _discard_meshes([mesh])
    if is_named:
        new.name = name
    parts.name(new, whole[1:])
    bodies.leave(new)
    for holder in new.users_collection:
        for part in whole[1:]:
            holder.objects.link(part)
    for scene in scenes:
        selection.deselect(list(whole), scene)


def _is_named_by_artist(item: bpy.types.Object) -> bool:
    """Whether it is not called as we called it; a copy of it gets a number after that."""
    return _NUMBER.sub("", item.name) != _NUMBER.sub("", str(item.get(_SHOWN, "")))


def _discard(items: list[bpy.types.Object]) -> None:
    meshes = {item.data for item in items}
    departed.let_go(items)
    _discard_meshes(meshes)


def _discard_meshes(meshes: Iterable[bpy.types.ID | None]) -> None:
    bpy.data.batch_remove([mesh for mesh in meshes if isinstance(mesh, bpy.types.Mesh) and not mesh.users])
