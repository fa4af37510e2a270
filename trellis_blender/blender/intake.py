# SPDX-License-Identifier: GPL-3.0-or-later
"""How objects come in: the engine looks at their files and reads them, then one is imported. Owns no engine."""

import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Protocol

import bpy

from ..core import model, recipe, version
from ..core.engine import Engine
from ..core.errors import SeveralMeshes, TrellisError
from ..core.gltf_plain import Unusual
from ..core.history import History
from ..core.jobs import Job, State
from ..core.messages import FileChecked, Message, ModelRead
from ..core.model import Model
from . import (
    arrangement,
    direct,
    hands,
    importer,
    placeholder,
    placement,
    provenance,
    proxy,
    reserved,
    standing,
    targets,
    weights,
    whereabouts,
)
from .adjusting import Adjusting
from .arrivals import Arrivals
from .standins import StandIns

_NO_TARGET = (
    "The object that this was to be a variant of is no longer in the file. Press Import to have it as an object of its "
    "own."
)
_log = logging.getLogger(__name__)


class Host(Protocol):
    """Who has the jobs and the engine: the session."""

    @property
    def jobs(self) -> MutableMapping[str, Job]:
        """The jobs as last told."""

    @property
    def history(self) -> History:
        """Their rows."""

    def live(self) -> Engine:
        """Give the engine. Raises :class:`TrellisError` when there is none yet."""

    def take(self, message: Message) -> None:
        """Take note of what the engine tells."""

    def drain(self) -> bool:
        """Take in the engine's messages for a moment."""


class Intake:
    """The objects that are to come, and the way they come."""

    def __init__(self, host: Host) -> None:
        """Nothing is to come yet."""
        self.arrivals = Arrivals()
        self.standins = StandIns(self._look_again)
        self.adjusting = Adjusting()
        self.waiting = ""
        """Why arrived objects are not imported yet."""
        self.remarks: dict[str, str] = {}
        """What there is to say of objects that were imported, by their jobs."""
        self._host = host
        self._words: dict[str, FileChecked] = {}

    def take_word(self, word: FileChecked) -> None:
        """Note what the engine says of a job's file."""
        self._words[word.job_id] = word
        self.arrivals.found(word.job_id, word.path)
        job = self._host.jobs.get(word.job_id)
        if job is not None and word.path is None:
            self._host.jobs[job.id] = replace(job, error=word.sentence)  # also of a job that is another Blender's
            self._host.live().import_failed(job.id, word.sentence)

    def take_model(self, word: ModelRead) -> None:
        """Note what the engine read in a job's file."""
        wanted = word.job_id in self.arrivals
        self.arrivals.read(word.job_id, word.model)
        if wanted and word.model is None:
            self._host.live().import_failed(word.job_id, word.sentence)

    @property
    def busy(self) -> bool:
        """Whether an object is to come, or a placeholder has something to say."""
        return bool(self.arrivals) or self.standins.busy or self.adjusting.busy

    def going_back(self) -> None:
        """Take note of what stands: Blender is about to undo something."""
        self.adjusting.going_back(with_boxes=self.standins.any_yet)

    def step(self) -> bool:
        """Import the object that is to come next, if its file was read and the artist's work allows it now."""
        self._take_back()
        self.arrivals.weed(self._host.jobs)
        if not self.busy:
            self.waiting = ""
            return False
        hands_full = importer.can_import(bpy.context) or hands.full(naming=_may_be_named())
        boxes = [] if hands_full else [job for name in self.adjusting.boxes() if (job := self._host.jobs.get(name))]
        for job in boxes:
            self.standins.stand_again(job)
        changed = self.standins.step(hands_full) or bool(boxes)
        waiting, self.waiting = self.waiting, hands_full if self.arrivals else ""
        if hands_full or not self.arrivals:
            return changed or waiting != self.waiting
        next_one = self.arrivals.take(self._host.live().check_file, self._have_read)
        if next_one is None:
            return False
        job, wish = self._host.jobs[next_one[0]], next_one[1]
        kept = placement.kept_for(job)
        place = kept or placement.find(job.origin if wish.origin is None else wish.origin)
        if kept is None and wish.origin is None and not wish.is_lost and self.standins.is_gone(job):
            why = placeholder.why_gone(job)
            placeholder.release(job)
            self._host.live().import_failed(job.id, why)
            self._host.drain()
        elif place is not None and kept is None and wish.origin is None and provenance.stands(job.id):
            self._host.live().imported(job.id)  # it was saved, and Blender killed before it was noted
            self._host.drain()
        elif place is not None and wish.path is not None and wish.model is not None:
            again = wish.origin is not None
            target = targets.find_again(job.id, job.origin) if again else targets.find(job.origin)
            if target is None and not again and targets.set_of(job.origin):
                self._host.live().import_failed(job.id, _NO_TARGET)
                self._host.drain()
                return True
            place = arrangement.beside(place, standing.read(job.origin))
            try:
                self._import(
                    job,
                    wish.path,
                    wish.model,
                    place,
                    select=wish.select,
                    target=target,
                    again=again,
                    origin=wish.origin,
                )
            except TrellisError as error:
                _log.warning("Job %s was not imported: %s", job.id, error)
        return True

    def _take_back(self) -> None:
        """Have come again what Blender took away with what the artist was adjusting."""
        for lost in self.adjusting.objects():
            job = self._host.jobs.get(lost.job_id)
            if job is not None:
                if job.state is State.IMPORTED:  # for those who look meanwhile: it does not stand in the scene
                    self._host.jobs[job.id] = replace(job, state=State.DOWNLOADED)
                    self._look_again(job.id)
                self.arrivals.come_again(job.id, lost.origin)

    def _look_again(self, job_id: str) -> None:
        """Have a job's row say what its placeholder says; one that was taken out of the list has none."""
        if job_id in self._host.jobs:
            self._host.history.take(self.standins.as_seen(self._host.jobs[job_id]))

    def _have_read(self, job_id: str, path: Path) -> None:
        self._host.live().read_model(job_id, path, encodes=direct.ENCODES)

    def import_now(
        self, job_id: str, place: placement.Place, *, select: bool, again: bool = False
    ) -> bpy.types.Object:  # fmt: skip
        """Import an object and block until it stands there. Raises :class:`TrellisError`.

        With ``again`` a variant that was discarded, or undone, goes back to its object.
        """
        path = self._whole_file(job_id)
        self.arrivals.drop(job_id)
        job = self._host.jobs[job_id]
        kept, target = placement.kept_for(job), targets.find_again(job_id, job.origin) if again else None
        return self._import(job, path, None, kept or place, select=select, target=target, again=again)

    def bring(self, job_id: str, *, select: bool) -> bpy.types.Object:
        """Import an object where its order wants it, a variant to its object, and block until it stands there.

        What names no place of this file comes to the scene at hand. Raises :class:`TrellisError`.
        """
        path = self._whole_file(job_id)
        self.arrivals.drop(job_id)
        job = self._host.jobs[job_id]
        target = targets.find(job.origin)
        if target is None and targets.set_of(job.origin):
            self._host.live().import_failed(job.id, _NO_TARGET)
            self._host.drain()
            raise TrellisError(_NO_TARGET)
        place = placement.kept_for(job) or placement.find(job.origin) or placement.here(bpy.context)
        place = arrangement.beside(place, standing.read(job.origin))
        return self._import(job, path, None, place, select=select, target=target)

    def _whole_file(self, job_id: str) -> Path:
        """Wait until a job's file was looked at, or had again. Raises :class:`TrellisError`."""
        engine = self._host.live()
        self._words.pop(job_id, None)
        engine.check_file(job_id)
        began = False
        while job_id not in self._words:
            job = self._host.jobs[job_id]
            began = began or job.running
            if began and not job.running:
                if not job.importable or job.path is None:
                    raise TrellisError(job.error or job.note)
                return job.path
            try:
                self._host.take(engine.messages.get(timeout=0.1))
            except Empty:
                continue
        word = self._words.pop(job_id)
        if word.path is None:
            raise TrellisError(word.sentence)
        return word.path

    def _import(
        self,
        job: Job,
        path: Path,
        read: Model | Unusual | None,
        place: placement.Place,
        *,
        select: bool,
        target: targets.Target | None = None,
        again: bool = False,
        origin: Mapping[str, str] | None = None,
    ) -> bpy.types.Object:
        """Import a file that was found whole; what nobody has read yet is read here, while the caller waits.

        Raises :class:`TrellisError`; the file is kept then.
        """
        own = ""
        try:
            held = model.read(path, encodes=direct.ENCODES) if read is None else read
            made = recipe.of(job, version.version())
            told = partial(self.adjusting.landed, job.id, origin=origin)
            bring = partial(
                importer.import_file, path, held, name=job.name, place=place, select=select, made=made, told=told
            )
            try:
                result = bring(target=target)
            except SeveralMeshes:
                if not again:
                    raise
                result, target, own = bring(target=None), None, targets.APART
        except TrellisError as error:
            self._host.live().import_failed(job.id, str(error))
            self._host.drain()
            raise
        self.remarks[job.id] = own or _remark(job, result, place, target, again=again)
        self._host.live().imported(job.id, is_saved=False)
        self._host.drain()
        return result


def _may_be_named() -> bool:
    """Whether an object whose place is taken is the active one in a window: it is what F2 has a name typed for."""
    actives = (window.view_layer.objects.active for window in bpy.context.window_manager.windows)
    return any(item is not None and (placeholder.is_one(item) or reserved.is_one(item)) for item in actives)


def _remark(
    job: Job, item: bpy.types.Object, place: placement.Place, target: targets.Target | None, *, again: bool
) -> str:  # fmt: skip
    """Say of an object that was imported what the artist would not expect, or nothing."""
    if target is not None:
        return targets.guess(target) or (weights.remark(target.item) if target.is_shown else "")
    own = targets.remark(job.id, job.origin) if again else ""
    if not own and place.proxy is not None:
        own = proxy.remark(place.proxy, item)
    return own or whereabouts.remark(item)
