# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine tells the main thread: frozen values, in one queue. Imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .jobs import Job


@dataclass(frozen=True)
class JobChanged:
    """A job is now as told; later messages about the same job replace earlier ones."""

    job: Job


@dataclass(frozen=True)
class ConnectionChecked:
    """The answer to *Test Connection*: a sentence, and whether it is good news."""

    ok: bool
    sentence: str


@dataclass(frozen=True)
class StoreOpened:
    """The list of jobs is there; ``warning`` says what was wrong with it, ``fault`` why there is none."""

    warning: str = ""
    fault: str = ""


@dataclass(frozen=True)
class LedgerTold:
    """What was spent, in US dollars: today, in each .blend by its path, in all. Lost answers count as spent."""

    today: Decimal
    total: Decimal
    by_file: Mapping[str, Decimal]


@dataclass(frozen=True)
class CleanedUp:
    """What *Clean Up* removed, in bytes."""

    files: int
    freed_bytes: int

    @property
    def sentence(self) -> str:
        """Say it to the artist."""
        if not self.files:
            return "Nothing had to be removed."
        return (
            f"{self.files} objects that had been imported were removed; {self.freed_bytes / 2**20:,.0f} MiB are free."
        )


@dataclass(frozen=True)
class PauseTold:
    """A server asked for a pause: nothing is sent to it before ``until``, in seconds since 1970."""

    until: float
    server: str = ""


Message = JobChanged | ConnectionChecked | StoreOpened | LedgerTold | CleanedUp | PauseTold
