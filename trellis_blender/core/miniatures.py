# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of what was sent and of what came, kept beside the list of jobs. For workers; imports no bpy.

A few kilobytes each, so that *Clean Up* leaves them: a list without pictures is hard to read.
"""

from __future__ import annotations

import contextlib
import logging
import re
from pathlib import Path
from typing import Final

from . import png, resampling
from .image import Rgba

SIDE_PIXELS: Final = 128
OBJECT: Final = "object-"
"""Begins the name of an object's picture; the job's id follows. A picture that was sent goes by its hash."""
_NAME: Final = re.compile(r"(object-)?[0-9a-f]{32,64}")
_log = logging.getLogger(__name__)


class Miniatures:
    """A folder of small pictures; without one, nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        """Look at nothing yet."""
        self._folder = folder

    def take_from(self, picture: Path, name: str) -> None:
        """Make a small one of a picture that was sent, unless there is one."""
        place = self._place(name)
        if place is None or place.is_file():
            return
        try:
            self.keep(name, png.decode(picture.read_bytes()))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            _log.info("No small picture of %s…: %s", name[:12], error)

    def keep(self, name: str, rgba: Rgba) -> None:
        """Keep a small one of a picture; on a full disk it is only missed."""
        place = self._place(name)
        if place is None:
            return
        part = place.with_suffix(".part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(png.encode(resampling.shrink(rgba, SIDE_PIXELS)))
            part.replace(place)
        except OSError as error:
            _log.info("The small picture %s is not kept: %s", place.name, error.strerror)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def read(self, name: str) -> Rgba | None:
        """Give a small picture; None when there is none that can be read."""
        place = self._place(name)
        if place is None:
            return None
        try:
            return png.decode(place.read_bytes())
        except (OSError, ValueError):
            return None

    def has(self, name: str) -> bool:
        """Whether there is a small picture."""
        place = self._place(name)
        return place is not None and place.is_file()

    def drop(self, name: str) -> None:
        """Let go of a small picture."""
        place = self._place(name)
        if place is not None:
            with contextlib.suppress(OSError):
                place.unlink(missing_ok=True)

    def _place(self, name: str) -> Path | None:
        if self._folder is None or _NAME.fullmatch(name) is None:
            return None
        return self._folder / f"{name}.png"
