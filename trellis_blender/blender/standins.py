# SPDX-License-Identifier: GPL-3.0-or-later
"""The placeholders of this run's jobs: followed as the jobs go on. Holds plain values; owns no engine."""

from collections.abc import Callable
from dataclasses import replace

import bpy

from ..core.jobs import Job, State
from . import arrangement, overlay, placeholder, placement, proxy, reserved


class StandIns:
    """Which placeholders have something new to say, and which the artist has deleted."""

    def __init__(self, look_again: Callable[[str], None]) -> None:
        """Nothing stands yet; ``look_again`` is told the id of a job that the open file has otherwise than before."""
        self._look_again = look_again
        self._due: dict[str, Job] = {}
        self._told: dict[str, tuple[bool, str]] = {}
        self._seen: set[str] = set()
        self._over: set[str] = set()
        self._lost: set[str] = set()
        self._heirs: dict[str, Job] = {}
        self._back: set[str] = set()
        """Jobs that had been imported, and whose placeholders stand here again: it was undone, or not saved."""

    @property
    def busy(self) -> bool:
        """Whether one has something new to say."""
        return bool(self._due or self._heirs)

    def put(self, *jobs: Job, name: str = "") -> None:
        """Have placeholders stand where the objects of jobs will be, as one step to undo; none where a scene is gone.

        ``name`` is what the step is called after, else after the job.
        """
        for job in jobs:
            place = placement.find(job.origin)
            if place is None or place.scene.library is not None:
                return
            place = arrangement.beside(place, place.standing)
            placeholder.put(
                place.scene, placement.matrix_of(place), place.sides, job, place.standing, named=_is_named(job)
            )
            self._seen.add(job.id)
            self._told[job.id] = _said(job)
        placeholder.push_undo(f"Generate {name or jobs[0].name}")

    def hand_over(self, old_id: str, job: Job) -> None:
        """Have a job that was ordered in place of another keep its place in the scene, with a box as that had one."""
        reserved.hand_over(old_id, job.id)
        if placeholder.MARK not in job.origin:
            return
        items = placeholder.standing(old_id)
        if not items:  # it went when the other was over
            self.put(job)
            return
        placeholder.hand_over(items, job)
        self._seen.add(job.id)
        self._told[job.id] = _said(job)
        placeholder.show(items, placeholder.label(job), named=_is_named(job))
        placeholder.push_undo(f"Generate {job.name}")

    @property
    def any_yet(self) -> bool:
        """Whether one has stood since this file is open."""
        return bool(self._seen)

    def stand_again(self, job: Job) -> None:
        """Set a placeholder right that went, or came back, with what the artist adjusted."""
        if placeholder.is_over(job):
            self._over.discard(job.id)
            self._told.pop(job.id, None)
            self.follow(job)
        elif placeholder.MARK in job.origin and job.state is not State.IMPORTED and not placeholder.standing(job.id):
            self.put(job)

    def expect_heir(self, job_id: str) -> None:
        """Have the job that a worker will order in place of this one keep its place in the scene."""
        self._lost.add(job_id)

    def follow(self, job: Job) -> None:
        """Take note of how a job stands now."""
        if job.replaces in self._lost:
            self._lost.discard(job.replaces)
            self._heirs[job.replaces] = job
        has_news = self._told.get(job.id) != _said(job) or job.id in self._back  # it may just have been imported again
        if placeholder.MARK in job.origin and has_news:
            self._due[job.id] = job

    def look_again(self, jobs: dict[str, Job], *, is_another_file: bool) -> None:
        """What stands may be another: after undo, or after a file was opened."""
        if is_another_file:
            self._seen.clear()
            self._over.clear()
        self._told.clear()
        for job in jobs.values():
            self.follow(job)

    def as_seen(self, job: Job) -> Job:
        """Give a job as the file that is open has it: what was imported once is ready to be, where its box stands."""
        is_back = job.id in self._back and job.state is State.IMPORTED and job.importable
        return replace(job, state=State.DOWNLOADED) if is_back else job

    def is_gone(self, job: Job) -> bool:
        """Whether the artist has deleted a job's placeholder, or undone it, since this file is open."""
        return job.id in self._seen and not placeholder.standing(job.id)

    def removed(self, *jobs: Job) -> None:
        """Take the placeholders of jobs away that were taken out of the list, and keep no place for these."""
        fitting = [job.id for job in jobs if proxy.is_in(job.origin)]
        if fitting:
            reserved.release(*fitting)
        standing = placeholder.all_standing() if any(placeholder.MARK in job.origin for job in jobs) else {}
        items = [item for job in jobs for item in standing.get(job.id, ())]
        for job in jobs:
            placeholder.release(job)
        if items:
            placeholder.remove(items, f"Remove {jobs[0].name}")

    def step(self, waiting: str) -> bool:
        """Have each say what is new; what is over goes, unless there is something to wait for."""
        if not self.busy or bpy.app.is_job_running("RENDER"):
            return False
        for old_id, heir in self._heirs.items():
            self._due.pop(old_id, None)
            self.hand_over(old_id, heir)
        self._heirs.clear()
        standing = placeholder.all_standing()
        changed = False
        for job in list(self._due.values()):
            items = standing.get(job.id, [])
            goes = bool(items) and placeholder.is_over(job) and job.id not in self._over
            if goes and waiting:
                continue
            del self._due[job.id]
            self._told[job.id] = _said(job)
            changed |= self._note_back(job, stands=bool(items))
            if placeholder.is_over(job):
                placeholder.release(job)
            if not items:
                continue
            changed = True
            self._seen.add(job.id)
            if goes:  # once: whoever undoes this wants it
                self._over.add(job.id)
                placeholder.remove(items, f"{job.name} {placeholder.label(job).rpartition('· ')[2]}")
            else:
                placeholder.show(items, placeholder.label(job), named=_is_named(job))
        return changed

    def _note_back(self, job: Job, *, stands: bool) -> bool:
        """Note whether an imported job has a placeholder; give whether that is news."""
        is_back = stands and job.state is State.IMPORTED
        if is_back == (job.id in self._back):
            return False
        (self._back.add if is_back else self._back.discard)(job.id)
        self._look_again(job.id)
        return True


def _said(job: Job) -> tuple[bool, str]:
    """Give what there is to be done about a job's placeholders: which were to go when it is imported."""
    return job.state is State.IMPORTED, placeholder.label(job)


def _is_named(job: Job) -> bool:
    """Whether Blender draws a placeholder's name: not where the overlay says more of it at the same place."""
    return not (job.running and overlay.is_wanted())
