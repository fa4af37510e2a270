# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of money and of where to look, by whose server a job is at. Knows addresses and texts only; no bpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from .endpoint import is_provider


class Placed(Protocol):
    """A job, as far as it matters here."""

    @property
    def server(self) -> str:
        """The base address of its server."""

    @property
    def is_free(self) -> bool:
        """Whether nothing is paid for it."""


@dataclass(frozen=True)
class Saying:
    """One thing to say: at the ``provider``, at any ``other`` server, and there of what is ``free``."""

    provider: str
    other: str
    free: str

    def of(self, job: Placed) -> str:
        """Give it in the words that are true of a job: only the provider has a dashboard that we know of."""
        if is_provider(job.server):
            return self.provider
        return self.free if job.is_free else self.other

    @property
    def every(self) -> tuple[str, ...]:
        """All of its words."""
        return self.provider, self.other, self.free


LONG: Final = Saying(
    "This takes unusually long. It is still being watched; cancel it, or look at the provider's dashboard.",
    "This takes unusually long. It is still being watched; cancel it, or look at the server's log.",
    "This takes unusually long. It is still being watched; cancel it, or look at the server's log.",
)
