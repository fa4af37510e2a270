# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of each job on disk: by itself until the job has ended, then in the album. For workers; no bpy."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from .album import Album
from .database import StoreError
from .image import Picture
from .jobs import Job


class Pictures:
    """The pictures of the jobs of one folder; without one, none is kept."""

    def __init__(self, folder: Path | None) -> None:
        """Look at nothing yet."""
        self.folder = folder
        self.album = Album(folder / "sent" if folder is not None else None)

    def keep_picture(self, job: Job, picture: Picture) -> None:
        """Have the picture on disk until the result is safe. Raises :class:`StoreError`."""
        if self.folder is None:
            return
        path = self._picture(job)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                file.write(picture.content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.with_suffix(".part").unlink()
            raise StoreError(
                f"The picture cannot be kept in {path.parent} ({error.strerror}). Free some space, then try again."
            ) from error

    def picture(self, job: Job) -> bytes | None:
        """Give the picture's bytes, if they are still kept."""
        if self.folder is None:
            return None
        try:
            return self._picture(job).read_bytes()
        except FileNotFoundError:
            return self.album.read(job.image_sha256)

    def has_picture(self, job: Job) -> bool:
        """Whether the picture is still kept."""
        return self.folder is not None and (self._picture(job).is_file() or self.album.has(job.image_sha256))

    def file_picture(self, job: Job) -> bool:
        """Put the picture into the album, since it may be ordered once more; give whether it is there."""
        if self.folder is not None:
            self.album.take_in(self._picture(job), job.image_sha256)
        return self.album.has(job.image_sha256)

    def keep_small_picture(self, job: Job) -> None:
        """Have a small one of the picture for the list, which shows jobs for longer than their pictures are kept."""
        if self.folder is not None:
            self.album.miniatures.take_from(self._picture(job), job.image_sha256)

    def drop_picture(self, job: Job) -> None:
        """Let go of the picture: the result is safe, or nothing was sent and nothing will be."""
        if self.folder is not None:
            self.keep_small_picture(job)
            for path in (self._picture(job), self._picture(job).with_suffix(".part")):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    @property
    def _pictures(self) -> Path:
        return (self.folder or Path()) / "pictures"

    def _picture(self, job: Job) -> Path:
        return self._pictures / f"{job.id}.png"
