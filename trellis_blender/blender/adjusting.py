# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects that had come Blender takes away because an earlier operation is adjusted. Knows no engine, no job.

*Adjust Last Operation* goes back to before the operation, over whatever has come since, and repeats it. Blender empties
its list of operations at *Undo* and *Undo History*: an operation that is the last one before, while and after it goes
back is being adjusted, and nothing was undone that the artist wanted gone. What was typed into an object's fields since
it had come is no operation: that goes, too, and is written again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import bpy

from . import fielded, parts, placeholder, provenance, variants
from .fielded import Fields

_Operation = tuple[int, str]


@dataclass(frozen=True)
class Landed:
    """An object that a job's came to, by Blender's number for this session; ``origin`` is as in :class:`.Wish`."""

    job_id: str
    uid: int
    origin: Mapping[str, str] | None = field(compare=False)
    came: Fields | None = field(compare=False)
    """What its fields said then; None where there are several of the job's, which cannot be told apart again."""
    typed: Fields | None = field(default=None, compare=False)
    """What was typed into them since."""


@dataclass(frozen=True)
class _Step:
    operation: _Operation
    objects: tuple[Landed, ...]
    boxes: frozenset[str]
    with_boxes: bool


class Adjusting:
    """Holds plain values only, which undo leaves alone."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._landed: dict[tuple[str, int], Landed] = {}
        self._before: _Step | None = None
        self._lost: _Step | None = None
        self._objects: dict[tuple[str, int], Landed] = {}
        self._boxes: dict[str, None] = {}
        self._typed: dict[tuple[str, bool], Fields] = {}

    @property
    def busy(self) -> bool:
        """Whether something was taken away that is to come again, or may have been."""
        return bool(self._lost or self._objects or self._boxes)

    def landed(self, job_id: str, result: bpy.types.Object, origin: Mapping[str, str] | None) -> None:
        """Note which objects a job's has come to; what was typed into one that comes again is written again."""
        typed = self._typed.pop((job_id, origin is None), None)
        every = [item for item in bpy.data.objects if item == result or job_id in _own_jobs(item)]
        is_alone = not set(every) - {result, *parts.of(result)}
        came = fielded.read(result) if is_alone else None
        if typed and is_alone:
            fielded.write(result, typed)
        for item in every:
            self._landed[job_id, item.session_uid] = Landed(
                job_id, item.session_uid, origin, came if item == result else None
            )

    def forget(self) -> None:
        """Another file was opened: what is to come to that is another's."""
        self._before = self._lost = None
        for held in (self._landed, self._objects, self._boxes, self._typed):
            held.clear()

    def going_back(self, *, with_boxes: bool) -> None:
        """Note what stands, just before Blender goes back; ``with_boxes`` where there were any."""
        self._settle()
        operation = _last()
        self._before = None
        if operation is not None and (self._landed or with_boxes):
            boxes = placeholder.all_standing() if with_boxes else {}
            self._before = _Step(operation, _typed(_standing(self._landed.values())), frozenset(boxes), with_boxes)

    def gone_back(self) -> None:
        """Note what Blender has taken away, as soon as it went back."""
        before, self._before = self._before, None
        if before is None or _last() != before.operation:
            return
        still = set(_standing(before.objects))
        objects = tuple(item for item in before.objects if item not in still)
        boxes = before.boxes ^ placeholder.all_standing().keys() if before.with_boxes else before.boxes
        if objects or boxes:
            self._lost = replace(before, objects=objects, boxes=boxes)

    def objects(self) -> list[Landed]:
        """Give, once, what is to come again, in the order in which it came: one of each job."""
        self._settle()
        gone = [item for item in self._objects.values() if not _standing([item])]
        self._objects.clear()
        for item in gone:
            if item.typed:
                self._typed[item.job_id, item.origin is None] = item.typed
        return list({(item.job_id, item.origin is None): item for item in gone}.values())

    def boxes(self) -> list[str]:
        """Give, once, the jobs whose placeholders went, or came back, with what was adjusted."""
        self._settle()
        given = list(self._boxes)
        self._boxes.clear()
        return given

    def _settle(self) -> None:
        """See whether Blender has kept the operation that it went back for."""
        lost, self._lost = self._lost, None
        if lost is None or _last() != lost.operation:
            return
        for item in lost.objects:
            self._objects[item.job_id, item.uid] = item
            self._landed.pop((item.job_id, item.uid), None)
        self._boxes.update(dict.fromkeys(lost.boxes))


def _last() -> _Operation | None:
    operations = bpy.context.window_manager.operators
    return (operations[-1].as_pointer(), operations[-1].bl_idname) if operations else None


def _standing(landed: Iterable[Landed]) -> tuple[Landed, ...]:
    """Give those of the objects that are in the file, and show or hold what came to them."""
    objects = {item.session_uid: item for item in bpy.data.objects}
    return tuple(each for each in landed if each.uid in objects and each.job_id in _jobs(objects[each.uid]))


def _typed(landed: Iterable[Landed]) -> tuple[Landed, ...]:
    """Give the same with what their fields say otherwise than when they came."""
    objects = {item.session_uid: item for item in bpy.data.objects}
    return tuple(
        each if each.came is None else replace(each, typed=fielded.since(objects[each.uid], each.came))
        for each in landed
    )


def _jobs(item: bpy.types.Object) -> set[str]:
    return variants.jobs(item) | _own_jobs(item)


def _own_jobs(item: bpy.types.Object) -> set[str]:
    return {provenance.job_of(item), provenance.job_of(item.data)}
