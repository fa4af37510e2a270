# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects' files on this disk: whether one is whole, where it has gone, what to do with a changed one. For workers.

Files are told by size and SHA-256, never by name. Knows no network, and imports no bpy.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .download import PART_PREFIX
from .jobs import Job
from .partial import hashed

LOOKED_AT: Final = 50_000
"""Files that are looked at at most: a download folder may be anywhere, even the top of a disk."""
_SUFFIX: Final = ".glb"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Seen:
    """A file as it was when it was hashed."""

    size: int
    changed_ns: int
    sha256: str


class Shelf:
    """Remembers what was hashed, so that a file that stays as it is, is read once."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._seen: dict[Path, _Seen] = {}

    def sha256(self, path: Path) -> str:
        """Give a file's SHA-256. Raises OSError."""
        now = path.stat()
        seen = self._seen.get(path)
        if seen is None or (seen.size, seen.changed_ns) != (now.st_size, now.st_mtime_ns):
            seen = self._seen[path] = _Seen(now.st_size, now.st_mtime_ns, hashed(path))
        return seen.sha256

    def note(self, path: Path, sha256: str) -> None:
        """Take the word of who has just written a file."""
        now = path.stat()
        self._seen[path] = _Seen(now.st_size, now.st_mtime_ns, sha256)

    def holds(self, job: Job) -> bool:
        """Whether a job's file is in its place, as it arrived. Raises OSError for one that cannot be read."""
        if job.path is None or not job.path.is_file():
            return False
        return self._is(job.path, job)

    def is_whole(self, job: Job) -> bool:
        """As :meth:`holds`, for those who need not know why not."""
        try:
            return self.holds(job)
        except OSError as error:
            _log.info("The file of job %s cannot be read: %s", job.id, error.strerror)
            return False

    def find(self, job: Job, folders: Sequence[Path]) -> Path | None:
        """Look for a job's file under any name: where it belongs, then in these folders and what is in them."""
        if not job.sha256:
            return None
        for path in _models(folders):
            try:
                if self._is(path, job):
                    return path
            except OSError as error:
                _log.info("%s is passed over: %s", path.name, error.strerror)
        return None

    def set_aside(self, path: Path) -> Path:
        """Rename a file that was changed by somebody, so that nothing is written over it. Raises OSError."""
        number = 1
        aside = path.with_name(f"{path.stem}.changed{path.suffix}")
        while aside.exists():
            number += 1
            aside = path.with_name(f"{path.stem}.changed-{number}{path.suffix}")
        path.rename(aside)
        return aside

    def _is(self, path: Path, job: Job) -> bool:
        if job.size_bytes and path.stat().st_size != job.size_bytes:
            return False
        return not job.sha256 or self.sha256(path) == job.sha256


def _models(folders: Sequence[Path]) -> Iterator[Path]:
    """Give the models in these folders and below, those at the top first."""
    seen: set[Path] = set()
    for pattern in ("*", "**/*"):
        for folder in folders:
            for number, path in enumerate(folder.glob(pattern)):
                if number > LOOKED_AT:
                    break
                is_model = path.suffix.lower() == _SUFFIX and not path.name.startswith(PART_PREFIX)
                if is_model and path not in seen and path.is_file():
                    seen.add(path)
                    yield path
