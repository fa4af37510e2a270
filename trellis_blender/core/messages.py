# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine tells the main thread: frozen values, in one queue. Imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from .gltf_plain import Unusual
from .image import Rgba
from .jobs import Job
from .lineage import Asker
from .model import Model
from .offer import Offer
from .preflight import Verdict
from .splitting import Split


@dataclass(frozen=True)
class JobChanged:
    """A job is now as told; later messages about the same job replace earlier ones."""

    job: Job


@dataclass(frozen=True)
class ConnectionChecked:
    """The answer to *Test Connection*: a sentence, and whether it is good news; ``number`` is that of the question."""

    ok: bool
    sentence: str
    number: int = 0


@dataclass(frozen=True)
class StoreOpened:
    """The list of jobs is there; ``warning`` says what was wrong with it, ``fault`` why there is none."""

    warning: str = ""
    fault: str = ""


@dataclass(frozen=True)
class LedgerTold:
    """What was spent, in US dollars: today, by each .blend, each day, in all. Lost answers count as spent.

    ``uncertain_today`` and ``uncertain`` are the part of ``today`` and ``total`` that stands for those.
    ``day`` is today where the artist is, by a clock that is ``clock_offset`` seconds ahead of this computer's.
    """

    today: Decimal
    total: Decimal
    by_file: Mapping[Asker, Decimal]
    by_day: Mapping[date, Decimal] = field(default_factory=dict)
    uncertain_today: Decimal = Decimal(0)
    uncertain: Decimal = Decimal(0)
    day: date | None = None
    clock_offset: float = 0.0


@dataclass(frozen=True)
class BalanceTold:
    """What a server said of the account: ``balance`` in US dollars, as it was at ``at`` (seconds since 1970).

    ``balance`` is None where none was told, and ``answered`` False where nothing was: the server was
    not asked, or the request failed. ``billed`` is what jobs of ours were billed, by their ids.
    """

    server: str
    at: float
    balance: Decimal | None = None
    answered: bool = False
    billed: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class LedgerExported:
    """What came of *Export Ledger*: a sentence, and whether it is good news."""

    ok: bool
    sentence: str


@dataclass(frozen=True)
class CleanedUp:
    """What *Clean Up* removed, in bytes."""

    files: int
    freed_bytes: int
    pictures: int = 0

    @property
    def sentence(self) -> str:
        """Say it to the artist."""
        if not (self.files or self.pictures):
            return "Nothing had to be removed."
        freed = f"{self.freed_bytes / 2**20:,.0f} MiB are free."
        sent = f"{self.pictures} pictures that had been sent were removed, which Repeat Exactly sends again"
        if not self.files:
            return f"{sent}; {freed}"
        return (
            f"{self.files} objects that had been imported were removed; {freed} "
            "Import downloads one again, which is free, for as long as the service keeps it: 30 days."
        ) + (f" {sent}." if self.pictures else "")


@dataclass(frozen=True)
class StorageCounted:
    """What is kept in the download folder and of sent pictures, in files and bytes; or ``sentence`` why it is unknown.

    It is of the moment when it was counted, and of all Blenders of this user.
    """

    folder: Path
    objects: int = 0
    object_bytes: int = 0
    pictures: int = 0
    picture_bytes: int = 0
    sentence: str = ""


@dataclass(frozen=True)
class CaFileChecked:
    """Whether a file of certificates can be used: ``fault`` is empty, or says why not and what to do."""

    path: str
    fault: str


@dataclass(frozen=True)
class FileChecked:
    """A job's file was looked at before an import: it is whole and at ``path``, or ``sentence`` says why it cannot be.

    Not told while the file is downloaded again: then the job's own changes tell.
    """

    job_id: str
    path: Path | None
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class ModelRead:
    """What a job's file holds, laid out for Blender: or why it is left to Blender's own importer, or ``sentence``."""

    job_id: str
    model: Model | Unusual | None
    sentence: str = ""


@dataclass(frozen=True)
class PauseTold:
    """A server asked for a pause: nothing is sent to it before ``until``, in seconds since 1970."""

    until: float
    server: str = ""


@dataclass(frozen=True)
class OfferTold:
    """What a server offers, as far as is known; ``sentence`` says why its newest word on that could not be used."""

    server: str
    offer: Offer
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class MiniatureRead:
    """A small picture for the list of jobs, by its name; None where there is none."""

    name: str
    rgba: Rgba | None


@dataclass(frozen=True)
class Removed:
    """Which files went with the jobs that were taken out of the list, in bytes; or ``sentence`` says why that failed.

    ``kept`` are files that stay: somebody has changed them, another job names them, or the disk does not let go.
    """

    jobs: int = 0
    files: int = 0
    freed_bytes: int = 0
    kept: int = 0
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class PreviewReady:
    """What would be sent, as asked for with ``token``, and what is to be said of it, the worst first.

    ``thumbnail`` has a long side of 256 pixels at most, and checks where it is transparent; None when the source cannot
    be read. The size in pixels and
    bytes is that of the picture itself; ``size_bytes`` and ``seconds`` are 0 when a verdict refuses it, and ``sha256``,
    by which a job's picture is known to be the same, is empty.
    """

    token: str
    verdicts: tuple[Verdict, ...]
    thumbnail: Rgba | None = None
    width: int = 0
    height: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class SheetReady:
    """What came of splitting a picture, as asked for with ``token``: its subjects, or a sentence why there are none."""

    token: str
    split: Split | None
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class SheetJudged:
    """What is to be said of subjects of a picture that was split, as asked for with ``token``: by their parts."""

    token: str
    verdicts: Mapping[tuple[int, ...], tuple[Verdict, ...]]


Message = (
    JobChanged
    | ConnectionChecked
    | StoreOpened
    | LedgerTold
    | BalanceTold
    | LedgerExported
    | CleanedUp
    | StorageCounted
    | CaFileChecked
    | FileChecked
    | ModelRead
    | OfferTold
    | PauseTold
    | MiniatureRead
    | Removed
    | PreviewReady
    | SheetReady
    | SheetJudged
)
