# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say of a picture: its kinds, how bad each is, what a click can do. Judges none; imports no bpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad it is; only a refusal stops the button."""

    REFUSAL = "refusal"
    WARNING = "warning"
    INFO = "info"


class Code(Enum):
    """What a verdict is about, for programs."""

    UNREADABLE = "unreadable"
    NOTHING_OPAQUE = "nothing_opaque"
    ALL_BACKGROUND = "all_background"
    ONLY_SOFT = "only_soft"
    MOSTLY_SOFT = "mostly_soft"
    CUT_OFF = "cut_off"
    SMALL = "small"
    SEVERAL = "several"
    LOW_CONTRAST = "low_contrast"
    ASPECT = "aspect"
    OPAQUE_PHOTO = "opaque_photo"
    UNEVEN_BACKGROUND = "uneven_background"
    UNCLEAR_OUTLINE = "unclear_outline"
    HOLLOW = "hollow"
    CLOSED = "closed"
    SHADOW = "shadow"
    SPECKS = "specks"
    THIN = "thin"
    SURROUND = "surround"
    MARGIN = "margin"
    LOOSE = "loose"


class Remedy(Enum):
    """What a click can do about it."""

    CUT = "cut"
    KEEP = "keep"
    SPLIT = "split"


@dataclass(frozen=True)
class Verdict:
    """One thing about a picture: what it is, and what to do about it, as sentences for the artist."""

    code: Code
    severity: Severity
    sentence: str
    fix: str = ""
    remedy: Remedy | None = None

    @property
    def is_refusal(self) -> bool:
        """Whether the picture is not sent."""
        return self.severity is Severity.REFUSAL

    def __str__(self) -> str:
        """Give both sentences."""
        return f"{self.sentence} {self.fix}".strip()


def worst_first(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Give verdicts in the order in which they are shown."""
    return tuple(sorted(verdicts, key=lambda verdict: list(Severity).index(verdict.severity)))


def refusal(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """Give what forbids the picture to be sent, if anything does."""
    return next((verdict for verdict in verdicts if verdict.is_refusal), None)
