# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong in one run: where the process dies, what the network and the disk do, by a seeded choice."""

import random
from dataclasses import dataclass, field
from typing import Any

STATES = ("prepared", "submitting", "accepted", "processing", "completed", "downloading", "downloaded", "imported")
MOMENTS = ("before", "after")
SUBMIT_FAULTS = ("cut_unread", "cut_before", "cut_after", "cut_middle", "500", "502", "503", "429", "garbage")
POLL_FAULTS = ("cut_before", "500", "503", "garbage", "empty", "404", "cut_middle", "429")
DOWNLOAD_FAULTS = ("truncated", "wrong_length", "garbage_file", "500", "cut_middle", "expired", "chunked_cut")
KINDS = ("kill", "kill_in_post", "submit", "poll", "download", "disk", "corrupt", "clock", "two", "everything")


@dataclass(frozen=True)
class Scenario:
    """One run: what is ordered, how the first life ends, and what happens around it."""

    kind: str
    seed: int
    jobs: int
    die_at: tuple[str, str] | None = None
    die_after: float | None = None
    faults: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    file_limit: int = 0
    corrupt: str = ""
    clocks: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    processes: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


def draw(seed: int, kind: str = "") -> Scenario:
    """Draw a scenario; the same seed gives the same one."""
    dice = random.Random(seed)
    kind = kind or KINDS[seed % len(KINDS)]
    everything = kind == "everything"
    values: dict[str, Any] = {"jobs": dice.choice((1, 1, 2, 3))}
    if kind == "kill" or (everything and dice.random() < 0.5):
        values["die_at"] = (dice.choice(STATES), dice.choice(MOMENTS))
    if kind == "kill_in_post" or (everything and "die_at" not in values):
        values["die_after"] = dice.uniform(0.02, 0.6)
    faults: list[tuple[str, str, dict[str, Any]]] = []
    for route, names, chance in (
        ("submit", SUBMIT_FAULTS, 0.3), ("poll", POLL_FAULTS, 0.4), ("download", DOWNLOAD_FAULTS, 0.4),
    ):  # fmt: skip
        if kind == route or (everything and dice.random() < chance):
            faults.append((route, dice.choice(names), {"times": dice.choice((1, 1, 2))}))
    if kind == "disk":
        values["file_limit"] = dice.choice((2_000, 60_000, 200_000, 400_000))
    if kind == "corrupt":
        values["corrupt"] = dice.choice(("header", "middle", "foreign", "empty"))
        values["die_at"] = (dice.choice(STATES[1:]), "after")
    if kind == "clock" or (everything and dice.random() < 0.3):
        values["clocks"] = tuple(dice.choice((0.0, -86_400.0, 86_400.0, 3_600.0, -90.0)) for _ in range(4))
        values.setdefault("die_at", (dice.choice(STATES), dice.choice(MOMENTS)))
    if kind == "two" or (everything and dice.random() < 0.2):
        values["processes"] = 2
        values.setdefault("die_after", dice.uniform(0.1, 0.8))
    return Scenario(kind, seed, faults=tuple(faults), settings=_server(dice), **values)


def _server(dice: random.Random) -> dict[str, Any]:
    """What this run's server offers, and how it answers."""
    return {
        "job_seconds": dice.choice((0.0, 0.1, 0.3)),
        "poll_url": dice.choice(("relative", "absolute")),
        "offers_list": dice.random() < 0.8,
        "etag": dice.random() < 0.5,
    }
