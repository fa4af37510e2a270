# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scenario a number is: every kind and every cell of it in turn, the rest by a seeded choice.

Any row of consecutive numbers holds each kind by its weight, and each kind's cells evenly, so that a
campaign covers kinds x states x moments instead of hoping for it; and one number alone gives its run again.
"""

import random
from collections.abc import Mapping, Sequence
from itertools import product
from math import lcm
from typing import Any

from . import kinds, moments
from .damage import WAYS
from .kinds import Draw
from .plan import Scenario

MAIN = ("prepared", "submitting", "accepted", "processing", "completed", "downloading", "downloaded", "imported")


def shuffled(cells: Sequence[str]) -> tuple[str, ...]:
    """Give the cells in an order that has nothing to do with theirs, so that a short campaign has of all of them."""
    return tuple(random.Random(len(cells)).sample(cells, len(cells)))


def pairs(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Give all pairs, in an order in which both sides change at every step."""
    if lcm(len(first), len(second)) == len(first) * len(second):
        both = [(first[i % len(first)], second[i % len(second)]) for i in range(len(first) * len(second))]
    else:
        both = list(product(first, second))
        return shuffled([f"{left} / {right}" for left, right in both])
    return tuple(f"{left} / {right}" for left, right in both)


SENT = ("after submitting", "after the POST's body", "after accepted")
CANCELS = (
    *(f"prepared / {then}" for then in ("alone", "before cancelled", "after cancelled")),
    *pairs(("submitting", "accepted", "processing"), ("alone", "before cancelled", "after cancelled",
                                                      *moments.CANCELLING)),
)  # fmt: skip
KINDS: Mapping[str, tuple[int, Draw, tuple[str, ...]]] = {
    "kill": (6, kinds.kill, shuffled(moments.RECORDS + moments.STEPS + moments.LOOKING)),
    "kill at a line": (2, kinds.line, moments.TRACED),
    "kill at a time": (1, kinds.time, ("0.00", "0.05", "0.10", "0.20", "0.40")),
    "reply": (2, kinds.reply, pairs(kinds.SUBMIT_FAULTS, ("alone", "and killed"))),
    "upload": (1, kinds.upload, (*moments.UPLOADING, *SENT, *kinds.UPLOAD_FAULTS, "not offered")),
    "poll": (1, kinds.poll, kinds.POLL_FAULTS),
    "download": (1, kinds.download, kinds.DOWNLOAD_FAULTS),
    "disk": (2, kinds.disk, pairs(("all", "objects", "store"), (*MAIN, "the picture"))),
    "corrupt": (3, kinds.corrupt, pairs(tuple(WAYS), MAIN)),
    "clock": (2, kinds.clock, pairs(tuple(kinds.JUMPS), ("start", "submitting", "accepted", "completed", "uncertain"))),
    "sleep": (1, kinds.sleep, kinds.NAPS),
    "two": (3, kinds.two, pairs(("first", "second", "neither", "strict", "strict, first"), kinds.TWO_MOMENTS)),
    "expiry": (2, kinds.expiry, pairs(tuple(kinds.AWAY), ("accepted", "processing", "completed", "downloading",
                                                          "uncertain"))),
    "blind": (1, kinds.blind, pairs(tuple(kinds.BLIND), ("killed", "cut"))),
    "offline": (1, kinds.offline, MAIN),
    "closing": (1, kinds.closing, pairs(MAIN[:7], ("alone", *moments.CLOSING))),
    "clean-up": (1, kinds.clean_up, pairs((*moments.CLEANING, "alone"), ("imported", "not imported"))),
    "migration": (1, kinds.migration, (*(f"first {n}" for n in range(9)), *(f"next {n}" for n in range(4)))),
    "cancel": (1, kinds.cancel, CANCELS),
    "take-over": (2, kinds.take_over, pairs(moments.STARTING, MAIN)),
    "send again": (1, kinds.again, kinds.AGAIN_MOMENTS),
    "everything": (2, kinds.everything, MAIN),
}  # fmt: skip
"""Every kind: its weight, how it is drawn, and its cells."""


def _cycle() -> list[tuple[str, int]]:
    """Give one turn of the kinds, each as often as its weight, spread out; with how often it came before in it."""
    slots = [(number / weight, name, number) for name, (weight, _draw, _cells) in KINDS.items()
             for number in range(weight)]  # fmt: skip
    return [(name, number) for _at, name, number in sorted(slots)]


CYCLE = _cycle()


def draw(number: int, only: str = "") -> Scenario:
    """Give the scenario of a number; the same number gives the same one."""
    turn, slot = divmod(number, len(CYCLE))
    kind, before = (only, 0) if only else CYCLE[slot]
    weight, make, cells = KINDS[kind]
    rank = number if only else turn * weight + before
    cell = cells[rank % len(cells)]
    dice = random.Random(number)
    values = make(dice, cell)
    values["settings"] = {**server(dice), **values.get("settings", {})}
    return Scenario(kind, cell, number, **values)


def server(dice: random.Random) -> dict[str, Any]:
    """What this run's server offers, and how it answers."""
    return {
        "job_seconds": dice.choice((0.0, 0.05, 0.2)),
        "poll_url": dice.choice(("relative", "absolute", "absent")),
        "offers_list": dice.random() < 0.85,
        "etag": dice.random() < 0.5,
        "list_shape": dice.choice(("jobs", "data", "array")),
        "usage_shape": dice.choice(("flat", "nested")),
        "usage_job_id": dice.random() < 0.3,
    }
