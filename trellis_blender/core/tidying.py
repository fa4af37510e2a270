# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files may go when the disk is to have room: the oldest that can be had or made again. No database, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .album import Album
from .jobs import Job, State
from .messages import CleanedUp


def clean_up(
    named: Mapping[Path, Sequence[Job]], album: Album, objects: Path, budget_bytes: int, is_whole: Callable[[Job], bool]
) -> CleanedUp:  # fmt: skip
    """Remove the oldest objects that stood in a scene, and pictures of what was made, until the rest fit.

    ``named`` are the files that records name. Nothing else is ever removed. A file that is not as it arrived is
    somebody's work, and stays.
    """
    safe = {path: jobs for path, jobs in named.items() if {job.state for job in jobs} == {State.IMPORTED}}
    pictures = set(album.files())
    looked = ((path, path.stat()) for path in (*objects.glob("*.glb"), *pictures))
    sized = sorted((seen.st_mtime, seen.st_size, path) for path, seen in looked)
    total, files, sent, freed = sum(size for _when, size, _path in sized), 0, 0, 0
    for _when, size, path in sized:
        if total - freed <= budget_bytes:
            break
        if path in pictures:
            path.unlink(missing_ok=True)
            sent, freed = sent + 1, freed + size
        elif path in safe and all(is_whole(job) for job in safe[path]):
            path.unlink()
            files, freed = files + 1, freed + size
    return CleanedUp(files, freed, sent)
