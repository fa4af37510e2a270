# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that are to be imported next: in order, and each once its file is known to be whole. Imports nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.jobs import Job


@dataclass
class Wish:
    """One object that is to come; ``origin`` is the place of somebody who asked by hand, None the job's own."""

    origin: Mapping[str, str] | None = None
    select: bool = False
    is_asked: bool = False
    """Whether the engine was asked to look at the file."""
    path: Path | None = None
    """The file, once it was found whole."""


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
        wish.is_asked, wish.path, wish.select = False, None, False

    def want(self, job_id: str, origin: Mapping[str, str]) -> None:
        """Have an object imported at a place, as its selection, because the artist says so."""
        self._wishes[job_id] = Wish(origin, select=True)

    def drop(self, job_id: str) -> None:
        """Have a job's object not imported after all."""
        self._wishes.pop(job_id, None)

    def found(self, job_id: str, path: Path | None) -> None:
        """Note where a whole file is; without one the object does not come."""
        if path is None:
            self.drop(job_id)
        elif job_id in self._wishes:
            self._wishes[job_id].path = path

    def weed(self, jobs: Mapping[str, Job]) -> None:
        """Let go of what will not come: the job was removed, or its file could not be had again."""
        for job_id in list(self._wishes):
            job = jobs.get(job_id)
            if job is None or not (job.running or job.importable):
                self.drop(job_id)

    def take(self, ask: Callable[[str], None]) -> tuple[str, Wish] | None:
        """Give the first object whose file is whole, and have it forgotten here; ``ask`` has the others looked at."""
        for job_id, wish in self._wishes.items():
            if not wish.is_asked:
                wish.is_asked = True
                ask(job_id)
        whole = next((item for item in self._wishes.items() if item[1].path is not None), None)
        if whole is not None:
            self.drop(whole[0])
        return whole
