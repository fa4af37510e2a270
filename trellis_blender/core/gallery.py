# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures for the list of jobs, read by workers and told by messages. Knows no job; no threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable

from .image import Rgba
from .messages import MiniatureRead
from .miniatures import Miniatures
from .workplace import Workplace


class Gallery:
    """Reads and keeps in errands of the crew."""

    def __init__(self, place: Workplace, errand: Callable[[Callable[[], None]], None]) -> None:
        """``errand`` has a thread do something."""
        self._place, self._errand = place, errand

    def ask(self, name: str) -> None:
        """Have a small picture told by a :class:`MiniatureRead`; always answered."""
        self._errand(lambda: self._place.tell(MiniatureRead(name, self._miniatures.read(name))))

    def keep(self, name: str, rgba: Rgba) -> None:
        """Have a small picture kept, and told."""
        self._errand(lambda: self._keep(name, rgba))

    def _keep(self, name: str, rgba: Rgba) -> None:
        self._miniatures.keep(name, rgba)
        self._place.tell(MiniatureRead(name, self._miniatures.read(name)))

    @property
    def _miniatures(self) -> Miniatures:
        return self._place.archive.album.miniatures
