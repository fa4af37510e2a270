# SPDX-License-Identifier: GPL-3.0-or-later
"""What workers said of the disk, for the preferences' page: what is kept, what was removed, the CA file."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from ..core.engine import Engine
from ..core.messages import CaFileChecked, CleanedUp, StorageCounted

Wake = Callable[[], None]
FRESH_SECONDS = 30.0
"""A count this young is shown as it is."""


class Housekeeping:
    """Asks the engine, and keeps the last answers."""

    wake: ClassVar[Wake] = staticmethod(lambda: None)
    """Has the engine's answers taken in; set by who does so."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.cleaned: CleanedUp | None = None
        self.counted: StorageCounted | None = None
        self.ca_file: CaFileChecked | None = None
        self._asked = 0
        self._fresh_until = 0.0

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked > 0

    @property
    def is_stale(self) -> bool:
        """Whether what is kept should be counted anew."""
        return not self.busy and (self.counted is None or time.monotonic() > self._fresh_until)

    def clean_up(self, engine: Engine, budget_bytes: int) -> None:
        """Have files of objects removed that stood in a scene, down to a size."""
        self.cleaned = None
        engine.upkeep.clean_up(budget_bytes)
        self._expect()

    def count(self, engine: Engine, folder: Path) -> None:
        """Have what is kept counted."""
        engine.upkeep.count(folder)
        self._expect()

    def check_ca_file(self, engine: Engine, path: str) -> None:
        """Have it told whether a CA file can be used."""
        engine.upkeep.check_ca_file(path)
        self._expect()

    def take(self, message: CleanedUp | StorageCounted | CaFileChecked) -> None:
        """Note an answer."""
        self._asked = max(self._asked - 1, 0)
        match message:
            case CleanedUp():
                self.cleaned, self._fresh_until = message, 0.0
            case StorageCounted():
                self.counted, self._fresh_until = message, time.monotonic() + FRESH_SECONDS
            case CaFileChecked():
                self.ca_file = message

    def _expect(self) -> None:
        self._asked += 1
        Housekeeping.wake()
