# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine tells the main thread: frozen values, in one queue. Imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass

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


Message = JobChanged | ConnectionChecked | StoreOpened
