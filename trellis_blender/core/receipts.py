# SPDX-License-Identifier: GPL-3.0-or-later
"""A small file for every job that money may have been spent on: the safety net under the store. No bpy.

They are read for what the store has lost.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Final

from .jobs import Job, State
from .records import UnreadableRecord, from_text, to_text

KEPT_STATES: Final = frozenset(
    {State.SUBMITTING, State.UNCERTAIN, State.ACCEPTED, State.PROCESSING, State.COMPLETED, State.DOWNLOADING,
     State.DOWNLOADED, State.IMPORTED, State.EXPIRED}
)  # fmt: skip
_SUFFIX: Final = ".json"
_log = logging.getLogger(__name__)


class Receipts:
    """The receipts of one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._written: dict[str, State] = {}

    def keep(self, job: Job) -> None:
        """Write a job's receipt when its state is new, or remove it; a full disk is only logged, the store has it."""
        if self._written.get(job.id) is job.state:
            return
        path = self._folder / f"{job.id}{_SUFFIX}"
        try:
            if job.state in KEPT_STATES:
                self._folder.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                part.write_text(to_text(job), encoding="utf-8")
                part.replace(path)
            else:
                path.unlink(missing_ok=True)
            self._written[job.id] = job.state
        except OSError as error:
            with contextlib.suppress(OSError):
                path.with_suffix(".part").unlink()
            _log.warning("The receipt of job %s could not be written: %s", job.id, error.strerror)

    def sweep(self, job: Job) -> None:
        """Remove what a Blender that was killed had written of a job's receipt."""
        with contextlib.suppress(OSError):
            (self._folder / f"{job.id}.part").unlink(missing_ok=True)

    def ids(self) -> list[str]:
        """Give the ids of the jobs that have a receipt."""
        return [path.stem for path in self._folder.glob(f"*{_SUFFIX}")]

    def job(self, job_id: str) -> Job | None:
        """Give a job as its receipt has it; None when that cannot be read."""
        try:
            return from_text((self._folder / f"{job_id}{_SUFFIX}").read_text(encoding="utf-8"))
        except (OSError, ValueError, UnreadableRecord):
            _log.exception("The receipt of job %s cannot be read", job_id)
            return None
