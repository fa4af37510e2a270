# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures split into subjects beside the jobs, as errands; told by a message. Knows no job, no threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable

from . import splitting
from .checkup import defect
from .errors import SourceError
from .image import Source, discard
from .messages import SheetReady
from .preparation import Preparation
from .workplace import Workplace


class Splits:
    """Splits pictures in errands of the crew."""

    def __init__(self, place: Workplace, errand: Callable[[Callable[[], None]], None]) -> None:
        """Pictures are split at the desk where those of jobs are prepared; ``errand`` has a thread do something."""
        self._place, self._errand = place, errand

    def ask(self, source: Source, preparation: Preparation, name: str, token: str) -> None:
        """Have a picture split, and the subjects told by a message; returns at once. ``token`` comes back with it."""
        self._errand(lambda: self._serve(source, preparation, name, token))

    def _serve(self, source: Source, preparation: Preparation, name: str, token: str) -> None:
        with self._place.desk:
            if self._place.stopping.is_set():
                discard(source)
                return
            try:
                ready = SheetReady(token, splitting.split(source, preparation, name))
            except SourceError as error:
                ready = SheetReady(token, None, str(error))
            except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect of ours is one, too
                ready = SheetReady(token, None, defect(error))
        self._place.tell(ready)
