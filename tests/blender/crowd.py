# SPDX-License-Identifier: GPL-3.0-or-later
"""A list and a history as after months of work: jobs in every state, and those that ended long ago. Engine knows none.

Also run inside Blender's window, so that it imports nothing of the tests.
"""

import sys
import time
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

PACKAGE = "bl_ext.user_default.trellis_blender"
LONG_AGO_SECONDS = 1e6


def listed(count: int, like: Any = None) -> None:
    """Put jobs of every state and of every trouble into the list of what goes on."""
    live, states, troubles, now = _session(), _module("core.jobs"), cycle(_module("core.remedies").Trouble), time.time()
    like = like or _any()
    for number, state in zip(range(count), cycle(states.State), strict=False):
        is_ended, waits = state in states.ENDED, number % 3 == 0
        live.take_job(replace(
            like, id=f"{number:032x}", name=f"listed {number}", state=state, suspended=waits,
            error="It stopped. Press Try Again." if waits or is_ended else "", trouble=next(troubles).value,
            note="It waits." if number % 5 == 0 else "", candidates=("a", "b") if number % 7 == 0 else (),
            progress=0.4, created_at=now - number, accepted_at=now - number, ended_at=now if is_ended else 0.0,
        ))  # fmt: skip


def kept(count: int, like: Any = None) -> None:
    """Put jobs into the history that were imported long ago."""
    live, then = _session(), time.time() - LONG_AGO_SECONDS
    like = replace(like or _any(), state=_module("core.jobs").State.IMPORTED, ended_at=then)
    for number in range(count):
        live.take_job(replace(like, id=f"f{number:031x}", name=f"kept {number}", created_at=then - number))


def _any() -> Any:
    job = _module("core.jobs").Job
    return job("thing", _module("core.request").build({}), "http://127.0.0.1:1", path=Path("gone.glb"), faces=10)


def _session() -> Any:
    return _module("blender.session").current()


def _module(name: str) -> Any:
    return sys.modules[f"{PACKAGE}.{name}"]
