# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that were ordered, and may be once more, by the hash of what was sent. Files only; imports no bpy."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
from pathlib import Path
from typing import Final

from .miniatures import Miniatures

_NAME: Final = re.compile(r"[0-9a-f]{64}")
_SUFFIX: Final = ".png"
_log = logging.getLogger(__name__)


class Album:
    """A folder of pictures; without one, nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        """Look at nothing yet."""
        self._folder = folder
        self.miniatures = Miniatures(folder.parent / "small" if folder is not None else None)

    def take_in(self, picture: Path, sha256: str) -> None:
        """Move a picture in; one that cannot be kept stays where it is, and is only missed when it is wanted again."""
        place = self._place(sha256)
        if place is None:
            return
        self.miniatures.take_from(picture, sha256)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            picture.replace(place)
        except FileNotFoundError:
            return  # it was moved before, or there was none
        except OSError as error:
            _log.warning("The picture %s… is not kept: %s", sha256[:12], error.strerror)

    def read(self, sha256: str) -> bytes | None:
        """Give the very bytes that were sent; None when they are no longer kept, or no longer the same."""
        place = self._place(sha256)
        if place is None:
            return None
        try:
            content = place.read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def has(self, sha256: str) -> bool:
        """Whether a picture is here, as far as can be told without reading it."""
        place = self._place(sha256)
        return place is not None and place.is_file()

    def files(self) -> list[Path]:
        """Give every picture that is kept."""
        if self._folder is None:
            return []
        with contextlib.suppress(OSError):
            return [path for path in self._folder.glob(f"*{_SUFFIX}") if _NAME.fullmatch(path.stem)]
        return []

    def _place(self, sha256: str) -> Path | None:
        if self._folder is None or _NAME.fullmatch(sha256) is None:
            return None  # a hash may come out of somebody else's file
        return self._folder / f"{sha256}{_SUFFIX}"
