# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be sent, shown before it is: one preview at a time, the newest first. Knows no job; no threads, no bpy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from .checkers import on_checks
from .checkup import defect
from .errors import SourceError
from .image import Source, discard
from .lately import Lately
from .messages import PreviewReady
from .preflight import Code, Severity, Verdict
from .preparation import Preparation
from .workplace import Workplace


@dataclass(frozen=True, eq=False)
class Wish:
    """What somebody wants to see."""

    source: Source
    preparation: Preparation
    token: str


class Previews:
    """Makes previews in errands of the crew. A wish that has not begun gives way to a newer one."""

    def __init__(self, place: Workplace, errand: Callable[[Callable[[], None]], None]) -> None:
        """Previews are made at the desk of the jobs' own pictures; ``errand`` has a thread do something."""
        self._place, self._errand = place, errand
        self._waiting: Wish | None = None
        self._is_busy = False
        self._lock = threading.Lock()

    def ask(self, source: Source, preparation: Preparation, token: str) -> None:
        """Have it told by a message what would be sent; returns at once. Of several that wait only the newest is made.

        ``token`` comes back with the answer.
        """
        wish = Wish(source, preparation, token)
        with self._lock:  # held for a moment only, never while something is made
            outdated, self._waiting = self._waiting, wish
            begins, self._is_busy = not self._is_busy, True
        if outdated is not None:
            self._errand(lambda: discard(outdated.source))
        if begins:
            self._errand(self._make)

    def _make(self) -> None:
        """Make the newest preview; what was asked for meanwhile comes after the errands of others."""
        with self._lock:
            wish, self._waiting = self._waiting, None
        try:
            if wish is not None:
                self._serve(wish)
        finally:
            with self._lock:
                self._is_busy = again = self._waiting is not None
            if again:
                self._errand(self._make)

    def _serve(self, wish: Wish) -> None:
        with self._place.desk:
            if self._place.stopping.is_set():
                discard(wish.source)
                return
            try:
                ready = preview(wish, self._place.lately)
            except SourceError as error:
                ready = _failed(wish, str(error))
            except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect of ours is one, too
                ready = _failed(wish, defect(error))
        self._place.tell(ready)


def preview(wish: Wish, lately: Lately) -> PreviewReady:
    """Make the picture as it would be sent now, and give a small one with what is to be said of it."""
    prepared = lately.develop(wish.source, wish.preparation)
    height, width = prepared.rgba.shape[:2]
    thumbnail = on_checks(prepared.thumbnail())
    told = PreviewReady(wish.token, prepared.verdicts, thumbnail, width, height)
    if (picture := prepared.picture) is None:
        return told
    return replace(told, size_bytes=len(picture.content), seconds=picture.seconds, sha256=picture.sha256)


def _failed(wish: Wish, sentence: str) -> PreviewReady:
    return PreviewReady(wish.token, (Verdict(Code.UNREADABLE, Severity.REFUSAL, sentence),))
