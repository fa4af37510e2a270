# SPDX-License-Identifier: GPL-3.0-or-later
"""A bench with a session's eye on what its server offers, and a clock that a test sets ahead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.core.workbench import Workbench
from trellis_blender.core.messages import ConnectionChecked, OfferTold
from trellis_blender.core.offer import Offer
from trellis_blender.core.pacing import SystemClock
from trellis_blender.core.purse import Purse

DAY = 86400.0
CHANGED: dict[str, Any] = {
    "schema_overrides": {"ss_sampling_steps": {"maximum": 100}},
    "schema_added": {"edge": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}},
    "schema_removed": ["remesh_band"],
    "prices": {"512": 0.03},
}


class Calendar(SystemClock):
    """The real clock, some days ahead, on a day that begins at noon: an hour later it is the same day at any hour."""

    ahead = 0.0

    def __init__(self) -> None:
        self._noon = DAY / 2 - super().time() % DAY

    def time(self) -> float:
        return super().time() + self._noon + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Blender:
    """A bench with a session's eye on what is offered."""

    def __init__(self, bench: Workbench) -> None:
        self.bench, self.told, self.checked = bench, list[OfferTold](), list[ConnectionChecked]()
        self.purse = Purse()
        self._done: list[object] = []
        take = bench.take

        def both(message: object) -> None:
            take(message)
            if isinstance(message, OfferTold):
                self.purse.take(message)
                self.told.append(message)
            elif isinstance(message, ConnectionChecked):
                self.checked.append(message)
            elif message in self._done:
                self._done.remove(message)

        bench.take = both  # type: ignore[method-assign]
        bench.engine.open()

    @property
    def offer(self) -> Offer:
        return self.purse.offer(self.bench.endpoint.base_url)

    def look(self) -> None:
        """Do what the timer does now and then, and have all errands done that come of it."""
        self.bench.engine.refresh()
        self.settle()

    def settle(self) -> None:
        """Have every errand done that was given before; its one worker does them in order."""
        mark = object()
        self._done.append(mark)
        self.bench.engine._crew.errand(lambda: self.bench.engine.messages.put(mark))  # type: ignore[arg-type]
        self.bench.until(lambda: mark not in self._done)

    def until_told(self, true: Callable[[OfferTold], bool]) -> OfferTold:
        self.bench.engine.refresh()
        self.bench.until(lambda: any(true(told) for told in self.told))
        return next(told for told in self.told if true(told))

    def test_connection(self) -> ConnectionChecked:
        self.checked.clear()
        self.bench.engine.money.check_connection(self.bench.endpoint)
        self.bench.until(lambda: bool(self.checked))
        return self.checked[0]

    def fault(self) -> str:
        return self.purse.offer_fault(self.bench.endpoint.base_url)


OpenBlender = Callable[..., Blender]


def kept(tmp_path: Path) -> list[Path]:
    """Give the files that a Blender keeps its servers' offers in."""
    return sorted((tmp_path / "store" / "offers").glob("*.json"))
