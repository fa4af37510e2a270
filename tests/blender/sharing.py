# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests whose subject is not Blender's version: which of them this Blender runs, when the others run the rest."""

import zlib
from dataclasses import dataclass

import pytest

MARKER = "any_blender"


@dataclass(frozen=True)
class Share:
    """The ``number``-th of ``count`` shares of what runs in any one Blender."""

    number: int
    count: int

    def has(self, name: str) -> bool:
        """Whether the test of this name is in it; the same on every machine, and whatever other tests there are."""
        return zlib.crc32(name.encode()) % self.count == self.number - 1

    def of(self, things: range) -> range:
        """Give every ``count``-th of something that can be counted off."""
        return things[self.number - 1 :: self.count]


def parse(text: str) -> Share:
    """Read what ``--share`` says: ``2/4``."""
    number, _, count = text.partition("/")
    share = Share(int(number), int(count))
    if not 1 <= share.number <= share.count:
        raise ValueError(f"There is no share {text}.")
    return share


def divide(share: Share, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Give what runs here, and what runs in another Blender."""
    elsewhere = [item for item in items if item.get_closest_marker(MARKER) and not share.has(item.nodeid)]
    left_out = set(elsewhere)
    return [item for item in items if item not in left_out], elsewhere
