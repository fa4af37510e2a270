# SPDX-License-Identifier: GPL-3.0-or-later
"""One job's record and its states: which change may follow which, as data. Does nothing itself; imports no bpy.

::

    prepared ──► submitting ──► accepted ──► processing ──► completed ──► downloading ──► downloaded ──► imported
       │              ├──► refused   │            ├──► failed
       │              └──► uncertain │            ├──► cancelled
       └──► refused, cancelled       │            └──► expired
                                     └──► completed, failed, cancelled, expired

A job that the service did not take on for the moment goes back from *submitting* to *prepared*, and is sent when it
may be. A file that turns out damaged, or is gone when its object is wanted once more, is downloaded again,
from *downloaded* and from *imported*; one that the server no longer has makes the job *expired*. A
job whose next step failed on our side stays in its state and is *suspended*: it says why in
``error``, costs nothing more, and goes on when the artist asks for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from .preparation import USUAL, Preparation
from .request import GenerationRequest
from .sayings import Saying

UNKNOWN: Final = Saying(
    "It is unknown whether the job was accepted and billed, so it is not sent again by itself; look at the provider's "
    "dashboard before you generate again.",
    "It is unknown whether the job was accepted and billed, so it is not sent again by itself; look at the server's "
    "log or dashboard before you generate again.",
    "It is unknown whether the server took the job on, so it is not sent again by itself; look whether it still works "
    "on it.",
)
"""Said of an uncertain job; what happened to its POST stands before it."""
CANCELLED_UNSENT: Final = "Cancelled before the job was sent; nothing was billed."
ABSENT: Final = (
    "The service knows of no such job, so it was most likely never accepted and not billed. Press Send Again to send "
    "it once more, or remove it."
)
"""Said of one that was looked for in vain, for long enough."""
BEGUN: Final = Saying(
    "The server had begun to answer with the object itself, so it is most likely billed.",
    "The server had begun to answer with the object itself, so it is most likely billed.",
    "The server had begun to answer with the object itself.",
)
"""Said of one whose object was lost on the way, before that."""
TORN: Final = "The object did not arrive whole."
"""Said before that. What a download says of itself, that trying again is free, holds for no answer that is paid for."""


class State(Enum):
    """Where a job stands."""

    PREPARED = "prepared"
    """Recorded here; nothing was sent."""
    SUBMITTING = "submitting"
    """The paid POST is on its way."""
    REFUSED = "refused"
    """Never sent, or not accepted by the service; not billed either way."""
    UNCERTAIN = "uncertain"
    """The answer to the POST was lost: it may be running and billed. Never sent again by itself."""
    ACCEPTED = "accepted"
    """The server gave a job id; the asset is billed."""
    PROCESSING = "processing"
    COMPLETED = "completed"
    """Finished at the server."""
    FAILED = "failed"
    """The server tried, and failed."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """The server no longer knows the job, or no longer has its object."""
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    """The file is safe on this disk."""
    IMPORTED = "imported"
    """The object stood in a scene at least once; on disk only when that was saved, or left on purpose."""


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.PREPARED: frozenset({State.SUBMITTING, State.REFUSED, State.CANCELLED}),
        State.SUBMITTING: frozenset({State.PREPARED, State.ACCEPTED, State.REFUSED, State.UNCERTAIN}),
        State.REFUSED: frozenset(),
        State.UNCERTAIN: frozenset({State.ACCEPTED, State.REFUSED}),
        State.ACCEPTED: frozenset(
            {State.PROCESSING, State.COMPLETED, State.FAILED, State.CANCELLED, State.EXPIRED}
        ),
        State.PROCESSING: frozenset({State.COMPLETED, State.FAILED, State.CANCELLED, State.EXPIRED}),
        State.COMPLETED: frozenset({State.DOWNLOADING, State.EXPIRED}),
        State.FAILED: frozenset(),
        State.CANCELLED: frozenset(),
        State.EXPIRED: frozenset({State.COMPLETED}),
        State.DOWNLOADING: frozenset({State.DOWNLOADED, State.EXPIRED}),
        State.DOWNLOADED: frozenset({State.IMPORTED, State.DOWNLOADING}),
        State.IMPORTED: frozenset({State.DOWNLOADING}),
    }
)  # fmt: skip

ENDED: Final = frozenset(
    {State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED, State.DOWNLOADED, State.IMPORTED}
)
"""States in which there is nothing left to do in the background."""

HAVING_A_FILE: Final = frozenset({State.DOWNLOADING, State.DOWNLOADED, State.IMPORTED})
"""States in which it is settled what a record is at the server, by its job or by its file."""

CANCELLABLE: Final = frozenset({State.PREPARED, State.SUBMITTING, State.UNCERTAIN, State.ACCEPTED, State.PROCESSING})
"""States in which a cancel can still reach the server, of an uncertain job once it is found."""

FINISHED: Final = "The server had finished before it could cancel; the object is kept."
SENDING: Final = "The picture is being sent ahead, which costs nothing."
CANCEL_SENT: Final = "Cancelled; waiting for the server's word."
AT_WORK: Final = "The server is still at work on it."
HARMLESS: Final = frozenset({FINISHED, SENDING, CANCEL_SENT, AT_WORK})
"""Notes that tell of no trouble."""
FINISHED_THERE: Final = frozenset({State.COMPLETED, State.DOWNLOADING})
"""States in which it is too late for a cancel, since the server had finished."""


class IllegalTransition(Exception):
    """A defect of ours: a state change that is not in the table."""


@dataclass(frozen=True)
class Job:
    """Everything known of one job. Times are seconds since 1970, 0.0 while they have not come.

    ``error`` is the sentence why it ended or is suspended, ``trouble`` the kind of that by the name in
    :class:`.remedies.Trouble`; ``note`` is a sentence about a passing trouble.
    ``origin`` is what the asker wants to find again, untouched. ``failures`` counts the failures in
    a row of the present step; ``polls`` the answers so far. ``submitted_at`` and ``answered_at`` frame
    the paid POST, and are of the server's clock. ``candidates`` are what a job may be at the
    server when that is the artist's to say. ``given_up``: it was sent again with its fate unknown. ``picture_kept``:
    it was refused, and what was made ready for it can be sent yet. ``file_id``
    is the server's name for the object; ``sha256`` and ``size_bytes`` are of the file that arrived,
    ``texture_pixels`` the longest side of its images, 0 without any, ``texture_least`` the shortest. ``quoted_usd``
    is the list price when it was sent, ``billed_usd`` what the account's usage says, once it does.
    ``lap_seconds`` is how long it took from being accepted to its file being here, 0.0 where that is not known or
    nobody waited for it.
    """

    name: str
    request: GenerationRequest
    server: str
    origin: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    preparation: Preparation = USUAL
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: State = State.PREPARED
    created_at: float = 0.0
    submitted_at: float = 0.0
    answered_at: float = 0.0
    accepted_at: float = 0.0
    ended_at: float = 0.0
    lap_seconds: float = 0.0
    image_sha256: str = ""
    job_id: str = ""
    poll_url: str = ""
    progress: float | None = None
    polls: int = 0
    failures: int = 0
    result_url: str = ""
    file_id: str = ""
    received_bytes: int = 0
    expected_bytes: int = 0
    path: Path | None = None
    sha256: str = ""
    size_bytes: int = 0
    faces: int = 0
    texture_pixels: int | None = None
    texture_least: int | None = None
    error: str = ""
    trouble: str = ""
    note: str = ""
    suspended: bool = False
    overdue: bool = False
    cancel_wanted: bool = False
    cancel_sent: bool = False
    given_up: bool = False
    picture_kept: bool = False
    candidates: tuple[str, ...] = ()
    replaces: str = ""
    quoted_usd: Decimal | None = None
    billed_usd: Decimal | None = None

    @property
    def price_usd(self) -> Decimal:
        """List price of the job: of the time when it was sent, else of today."""
        return self.request.price_usd if self.quoted_usd is None else self.quoted_usd

    @property
    def cost_usd(self) -> Decimal:
        """What it costs once it is accepted: what was billed where that is known, else the list price."""
        return self.price_usd if self.billed_usd is None else self.billed_usd

    @property
    def is_free(self) -> bool:
        """Whether nothing was to be paid for it when it was sent, or is today, and no bill says otherwise."""
        return self.request.is_priced and not self.price_usd and not self.billed_usd

    @property
    def running(self) -> bool:
        """Whether something is still being done for it in the background."""
        return self.state not in ENDED and not self.suspended

    @property
    def unsent(self) -> bool:
        """Whether it can be sent, or sent again, when the artist says so: the server most likely never had it."""
        return self.state is State.PREPARED and self.suspended

    @property
    def importable(self) -> bool:
        """Whether its file is on this disk and passed the check."""
        return self.path is not None and self.faces > 0

    @property
    def resumable(self) -> bool:
        """Whether it stopped on our side and can go on, for free."""
        may_be_had = bool(self.job_id or self.result_url or self.sha256)
        if self.state is State.EXPIRED:
            return may_be_had
        damaged = self.state is State.DOWNLOADED and not self.importable and may_be_had
        return damaged or (self.suspended and self.state not in ENDED)


def advance(job: Job, state: State | None = None, **changes: Any) -> Job:
    """Give the job with ``changes``, moved to ``state``. Raises :class:`IllegalTransition`.

    A move clears the failures, the note and the suspension, which belong to a step.
    """
    if "error" in changes:
        changes.setdefault("trouble", "")
    if state is None or state is job.state:
        return replace(job, **changes)
    if state not in TRANSITIONS[job.state]:
        raise IllegalTransition(f"{job.state.value} -> {state.value}")
    fresh: dict[str, Any] = {"failures": 0, "note": "", "suspended": False, "overdue": False}
    return replace(job, state=state, **{**fresh, **changes})
