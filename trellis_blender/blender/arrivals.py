# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that are to be imported next: in order, and each once its file was found whole and read.

Holds plain values; knows no datablock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.gltf_plain import Unusual
from ..core.jobs import Job
from ..core.model import Model


@dataclass
class Wish:
    """One object that is to come; ``origin`` is the place of somebody who asked by hand, None the job's own."""

    origin: Mapping[str, str] | None = None
    select: bool = False
    is_asked: bool = False
    """Whether the engine was asked to look at the file."""
    path: Path | None = None
    """The file, once it was found whole."""
    is_reading: bool = False
    """Whether the engine was asked to read the file; one at a time, since what was read fills the memory."""
    model: Model | Unusual | None = None
    """What the file holds, once it was read."""
    is_lost: bool = False
    """Whether it had come already, and Blender took it away with what the artist was adjusting."""


class Arrivals:
    """Holds plain values only, so that undo and the opening of files leave it alone."""

    def __init__(self) -> None:
        """Nothing is to come yet."""
        self._wishes: dict[str, Wish] = {}

    def __len__(self) -> int:
        """Give how many objects are to come."""
        return len(self._wishes)

    def __contains__(self, job_id: object) -> bool:
        """Whether a job's object is to come."""
        return job_id in self._wishes

    def arrived(self, job_id: str) -> None:
        """Have an object imported that has just come; one that was asked for by hand no longer takes the selection."""
        wish = self._wishes.setdefault(job_id, Wish())
        self._wishes[job_id] = replace(Wish(), origin=wish.origin)

    def want(self, job_id: str, origin: Mapping[str, str]) -> None:
        """Have an object imported at a place, as its selection, because the artist says so."""
        self._wishes[job_id] = Wish(origin, select=True)

    def come_again(self, job_id: str, origin: Mapping[str, str] | None) -> None:
        """Have an object imported that was taken away with what was adjusted, where it had come to."""
        self._wishes.setdefault(job_id, Wish(origin, is_lost=True))

    def drop(self, job_id: str) -> None:
        """Have a job's object not imported after all."""
        self._wishes.pop(job_id, None)

    def found(self, job_id: str, path: Path | None) -> None:
        """Note where a whole file is; without one the object does not come."""
        if path is None:
            self.drop(job_id)
        elif job_id in self._wishes:
            self._wishes[job_id].path = path

    def read(self, job_id: str, model: Model | Unusual | None) -> None:
        """Note what a file holds; when it could not be read the object does not come."""
        if model is None:
            self.drop(job_id)
        elif job_id in self._wishes and self._wishes[job_id].is_reading:  # else it was wished for anew meanwhile
            self._wishes[job_id].model = model

    def weed(self, jobs: Mapping[str, Job]) -> None:
        """Let go of what will not come: the job was removed, or its file could not be had again."""
        for job_id in list(self._wishes):
            job = jobs.get(job_id)
            if job is None or not (job.running or job.importable):
                self.drop(job_id)

    def take(self, ask: Callable[[str], None], read: Callable[[str, Path], None]) -> tuple[str, Wish] | None:
        """Give the object whose file was read, and have it forgotten here.

        ``ask`` has files looked at, and ``read`` has the first whole one read while nobody holds another. What comes
        again does so in its old order, whichever file is found first: a variant needs the object that it is one of.
        """
        for job_id, wish in self._wishes.items():
            if not wish.is_asked:
                wish.is_asked = True
                ask(job_id)
        in_hand = next((item for item in self._wishes.items() if item[1].is_reading), None)
        if in_hand is not None:
            if in_hand[1].model is None:
                return None
            self.drop(in_hand[0])
            return in_hand
        is_waiting = False
        for job_id, wish in self._wishes.items():
            if wish.path is not None and not (wish.is_lost and is_waiting):
                wish.is_reading = True
                read(job_id, wish.path)
                break
            is_waiting = is_waiting or wish.is_lost
        return None
