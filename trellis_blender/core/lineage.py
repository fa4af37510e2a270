# SPDX-License-Identifier: GPL-3.0-or-later
"""Which .blend asked for a job, told by marks that it carries under whatever name it has; by its path besides. No bpy.

What is ordered in a file until it is saved under another name has one mark, and a file carries the marks of
all that it has come from: so two files that were one once share what was ordered until then, and nothing after it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

FILE: Final = "file"
"""In a job's origin: the path of the .blend that asked for it; empty for one that was never saved."""
MARK: Final = "blend_id"
"""In a job's origin: the mark of what was ordered together with it. A job of an earlier version has none."""
MARK_LENGTH: Final = 16
_A_MARK: Final = re.compile(rf"[0-9a-f]{{{MARK_LENGTH}}}")


class Asker(NamedTuple):
    """Who asked for a job: the path of the .blend at that time, and the mark; each empty where there is none."""

    path: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Lineage:
    """A .blend: its path, empty while it was never saved, and the marks that it carries."""

    path: str = ""
    marks: frozenset[str] = frozenset()

    def has(self, asker: Asker) -> bool:
        """Whether it asked for a job: itself, or what it has come from.

        The path counts also where there is a mark, since a file that was left unsaved did not keep that.
        """
        by_mark = bool(asker.mark) and asker.mark in self.marks
        return by_mark or (bool(self.path) and asker.path == self.path)

    def total(self, by_file: Mapping[Asker, Decimal]) -> Decimal:
        """Sum up what was spent for it."""
        return sum((price for asker, price in by_file.items() if self.has(asker)), Decimal(0))


def asker_of(origin: Mapping[str, str]) -> Asker:
    """Give who asked for a job, by its origin."""
    return Asker(origin.get(FILE, ""), mark_of(origin.get(MARK)))


def mark_of(text: object) -> str:
    """Read a job's mark; what is none gives an empty one, as of a job of an earlier version."""
    return text if isinstance(text, str) and _A_MARK.fullmatch(text) else ""


def new_mark() -> str:
    """Give a mark that no file carries."""
    return secrets.token_hex(MARK_LENGTH // 2)


def to_text(marks: Iterable[str]) -> str:
    """Give marks as a text that a file can carry."""
    return " ".join(filter(mark_of, marks))


def from_text(text: object) -> tuple[str, ...]:
    """Read the marks that a file carries; what is none is left out, since anybody may have written there."""
    found = text.split() if isinstance(text, str) else ()
    return tuple(dict.fromkeys(filter(mark_of, found)))
