# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences ask for and workers do: count what is kept, clean it up, look at a CA file. No bpy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from . import certificates
from .checkup import defect
from .messages import CaFileChecked, StorageCounted
from .workplace import Workplace

Errand = Callable[[], None]
_log = logging.getLogger(__name__)


class Upkeep:
    """Does its work in the engine's errands; every answer is a message."""

    def __init__(self, place: Workplace, errand: Callable[[Errand], None]) -> None:
        """``errand`` has something done by a worker."""
        self._place, self._errand = place, errand

    def clean_up(self, budget_bytes: int) -> None:
        """Have the files of objects removed that stood in a scene, oldest first, down to a size."""
        place, folder = self._place, self._place.storage().folder
        self._errand(lambda: place.tell(place.archive.clean_up(folder, budget_bytes, place.shelf.is_whole)))

    def count(self, folder: Path) -> None:
        """Have it told what is kept of objects in a folder, and of pictures; always by a :class:`StorageCounted`."""
        self._errand(lambda: self._place.tell(self._counted(folder)))

    def check_ca_file(self, path: str) -> None:
        """Have it told whether a file of certificates can be used; always answered by a :class:`CaFileChecked`."""
        self._errand(lambda: self._place.tell(CaFileChecked(path, self._fault(path))))

    def _counted(self, folder: Path) -> StorageCounted:
        try:
            objects, in_objects = _sizes(folder.glob("*.glb"))
            pictures, in_pictures = _sizes(self._place.archive.album.files())
        except OSError as error:
            said = f"What is in {folder} cannot be counted ({error.strerror or type(error).__name__})."
            return StorageCounted(folder, sentence=said)
        except Exception as error:  # noqa: BLE001  # the answer is waited for; a defect of ours is one, too
            return StorageCounted(folder, sentence=defect(error))
        return StorageCounted(folder, objects, in_objects, pictures, in_pictures)

    def _fault(self, path: str) -> str:
        try:
            return certificates.fault(path)
        except Exception as error:  # noqa: BLE001  # as above
            return defect(error)


def _sizes(paths: Iterable[Path]) -> tuple[int, int]:
    """Give how many files there are and their bytes; one that goes meanwhile does not count."""
    count = size = 0
    for path in paths:
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            _log.debug("%s went while it was counted", path.name)
            continue
        count += 1
    return count, size
