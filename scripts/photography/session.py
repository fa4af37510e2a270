# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: builds the zip, opens the studio, and takes the states that were asked for, in the table's order."""

import time
from collections.abc import Collection
from pathlib import Path

from bundle.building import build
from photography.states import STATES
from photography.studio import State, Studio
from tests.gui.program import WindowError


def photograph(names: Collection[str], out: Path) -> int:
    """Take the named states, or all; 0 when each of them came about."""
    wanted = chosen(STATES, names)
    failed = 0
    skipping = False
    with Studio(build(["linux-x64"])[0], out) as studio:
        for state in wanted:
            skipping = skipping and state.goes_on
            if skipping:
                continue
            began = time.monotonic()
            try:
                word = "new" if studio.take(state) else "same"
            except (RuntimeError, OSError, WindowError) as fault:
                word, skipping = f"FAILED: {fault}", True
                failed += 1
            print(f"{state.name:28} {time.monotonic() - began:5.1f} s  {word}", flush=True)
    return 1 if failed else 0


def chosen(states: tuple[State, ...], names: Collection[str]) -> list[State]:
    """Give the states to take: those that were named, and before them those of their window that they go on from."""
    if not names:
        return list(states)
    taken: list[State] = []
    chain: list[State] = []
    for state in states:
        chain = [*chain, state] if state.goes_on else [state]
        if state.name in names:
            taken += [each for each in chain if each not in taken]
    return taken
