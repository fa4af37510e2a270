# SPDX-License-Identifier: GPL-3.0-or-later
"""A small file for every job that money may have been spent on: the safety net under the store. No bpy.

They are read for what the store has lost.
"""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .jobs import Job, State
from .records import UnreadableRecord, from_text, to_text

KEPT_STATES: Final = frozenset(
    {State.SUBMITTING, State.UNCERTAIN, State.ACCEPTED, State.PROCESSING, State.COMPLETED, State.DOWNLOADING,
     State.DOWNLOADED, State.IMPORTED, State.EXPIRED}
)  # fmt: skip
_SUFFIX: Final = ".json"
_OWNER, _HIDDEN = "_owner", "_hidden"
"""Beside the fields of a job, which have no such names."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    """What a receipt tells: the job, the mark of the Blender that worked on it, whether it is off the list."""

    job: Job
    owner: str
    hidden: bool


class Receipts:
    """The receipts of one folder. They stay: the ledger is of all time, and a receipt is a page."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._written: dict[str, Job] = {}
        self.owner = ""
        """The mark of this Blender, which keeps its own jobs when another finds the store damaged."""

    def keep(self, job: Job) -> None:
        """Write a job's receipt when what it is for is new, or remove it; a full disk is only logged."""
        before = self._written.get(job.id)
        if before is not None and _worth(before) == _worth(job):
            return
        path = self._path(job.id)
        try:
            if is_kept(job):
                self._write(path, {**json.loads(to_text(job)), _OWNER: self.owner})
            else:
                path.unlink(missing_ok=True)
            self._written[job.id] = job
        except OSError as error:
            _log.warning("The receipt of job %s could not be written: %s", job.id, error.strerror)

    def hide(self, job_id: str) -> None:
        """Note that a job was taken out of the list; its money counts on."""
        path = self._path(job_id)
        try:
            self._write(path, {**json.loads(path.read_text(encoding="utf-8")), _HIDDEN: True})
        except FileNotFoundError:
            return  # it cost nothing
        except (OSError, ValueError, TypeError):
            _log.exception("The receipt of job %s cannot be marked as removed from the list", job_id)

    def sweep(self, job: Job) -> None:
        """Remove what a Blender that was killed had written of a job's receipt."""
        with contextlib.suppress(OSError):
            (self._folder / f"{job.id}.part").unlink(missing_ok=True)

    def ids(self) -> list[str]:
        """Give the ids of the jobs that have a receipt."""
        return [path.stem for path in self._folder.glob(f"*{_SUFFIX}")]

    def read(self, job_id: str) -> Receipt | None:
        """Give a receipt; None when it cannot be read."""
        try:
            text = self._path(job_id).read_text(encoding="utf-8")
            job, told = from_text(text), json.loads(text)
        except (OSError, ValueError, UnreadableRecord):
            _log.exception("The receipt of job %s cannot be read", job_id)
            return None
        return Receipt(job, str(told.get(_OWNER) or ""), hidden=bool(told.get(_HIDDEN)))

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}{_SUFFIX}"

    def _write(self, path: Path, told: dict[str, object]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            part.write_text(json.dumps(told, sort_keys=True), encoding="utf-8")
            part.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            raise


def is_kept(job: Job) -> bool:
    """Whether a job's receipt is needed: it may have been billed, or it was."""
    return job.state in KEPT_STATES or job.accepted_at > 0.0 or job.given_up


def _worth(job: Job) -> tuple[object, ...]:
    """Give what a receipt is written anew for."""
    return (job.state, job.job_id, job.cost_usd, job.cancel_wanted)
