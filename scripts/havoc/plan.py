# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run consists of, as values: what is ordered, what happens in each life, and to the world between two."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """What happens to a life at a moment: ``kill``, ``sleep``, ``fill``, ``clock``, ``close`` or ``cancel``.

    ``lines`` of ``module`` make the moment: the first of them that is about to run.
    """

    moment: str
    act: str = "kill"
    nth: int = 1
    value: float = 0.0
    module: str = ""
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Life:
    """One process. ``insist``: do what an artist does who wants the object, but never order anew."""

    jobs: int = 0
    events: tuple[Event, ...] = ()
    clock: float = 0.0
    offline: bool = False
    insist: bool = False
    send_again: bool = False
    clean_up: bool = False
    imports: bool = True
    strict: int = 0
    """Requests that are allowed in two seconds over all processes; 0 for no limit."""
    await_jobs: int = 0
    """How many jobs, of all processes, are to be known before it ends."""
    die_after: float = 0.0
    delay: float = 0.0
    migrations: int = 0
    """Statements of one more step of the store's schema."""
    migration_dies_at: int = -1
    hasty: bool = False
    """Time-outs shorter than a nap."""


@dataclass(frozen=True)
class Stage:
    """What happens to the world, then the processes that live at once."""

    lives: tuple[Life, ...]
    advance: float = 0.0
    """Seconds that the server's clock goes on."""
    damage: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One run; afterwards lives in peace follow until everything is at rest."""

    kind: str
    cell: str
    seed: int
    stages: tuple[Stage, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    faults: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    disk: str = ""
    """What has a small disk of its own: ``all``, ``objects`` or ``store``."""
    twins: bool = False
    """Whether all orders are alike."""
    migrations: int = 0
    uploads: bool = False
    """Whether pictures are large enough to be stored ahead of their jobs."""
    gone: bool = False
    """Whether even the provider no longer has the objects."""

    @property
    def strict(self) -> int:
        """The limit of requests that holds in every life of this run; 0 for none."""
        return max((life.strict for stage in self.stages for life in stage.lives), default=0)

    @property
    def events(self) -> int:
        """How many things are to happen at a moment."""
        return sum(
            len(life.events) + (life.die_after > 0.0) + (life.migration_dies_at >= 0)
            for stage in self.stages for life in stage.lives
        )  # fmt: skip


def as_orders(life: Life) -> dict[str, Any]:
    """Give a life's orders as JSON can carry them."""
    return asdict(life)
