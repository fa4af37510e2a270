# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's file before it is imported: whole, found under another name, or to be had again; what it holds. No bpy.

Looking reads files and may take seconds, so it is a worker's; concluding is quick. Has no threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from . import model, thumbnail
from .checkup import defect
from .delivery import folders
from .errors import TrellisError
from .gltf_plain import Unusual
from .jobs import Job, State, advance
from .messages import FileChecked, MiniatureRead, ModelRead
from .miniatures import OBJECT
from .model import Model
from .thumbnail import Surface
from .workplace import Workplace


def check(
    job_id: str, jobs: Mapping[str, Job], place: Workplace, *, online: bool, foreign: bool,
    download: Callable[[Job], None],
) -> None:  # fmt: skip
    """Look at a job's file and tell of it, or have it downloaded again."""
    job = jobs.get(job_id)
    if job is None:
        return
    try:
        found = look(job, place)
        # The job may have changed while its file was read.
        told = conclude(jobs.get(job_id, job), found, place, online=online, foreign=foreign)
    except Exception as error:  # noqa: BLE001  # somebody waits for the word
        told = FileChecked(job_id, None, str(error) if isinstance(error, TrellisError) else defect(error))
    if isinstance(told, Job):
        download(told)
    else:
        place.tell(told)


def read(job_id: str, path: Path, place: Workplace, *, encodes: bool = False) -> None:
    """Read a whole file into arrays, tell what it holds, and have a small picture of it for the list."""
    surface = None
    try:
        told = ModelRead(job_id, model.read(path, encodes=encodes))
        surface = _surface(told.model)  # before it is told: who takes the arrays lets go of them
    except Exception as error:  # noqa: BLE001  # somebody waits for the word
        told = ModelRead(job_id, None, str(error) if isinstance(error, TrellisError) else defect(error))
    place.tell(told)
    miniatures = place.archive.album.miniatures
    if surface is not None and not miniatures.has(OBJECT + job_id):
        miniatures.keep(OBJECT + job_id, thumbnail.draw(surface))
        place.tell(MiniatureRead(OBJECT + job_id, miniatures.read(OBJECT + job_id)))


def _surface(held: Model | Unusual | None) -> Surface | None:
    """Give what can be drawn of a model without decoding its texture."""
    if not isinstance(held, Model) or held.mesh.positions is None or held.mesh.corners is None:
        return None
    return Surface(held.mesh.positions, held.mesh.corners.reshape(-1, 3))


@dataclass(frozen=True)
class Finding:
    """Where a job's file is, if it is; whether another stands in its place; why it could not be looked at."""

    path: Path | None = None
    is_changed: bool = False
    fault: str = ""


def look(job: Job, place: Workplace) -> Finding:
    """Look for the very bytes that arrived: in their place, then under any name in the download folder."""
    if job.path is None:
        return Finding(fault="This job has no file to import yet.")
    try:
        if place.shelf.holds(job):
            return Finding(job.path)
        return Finding(place.shelf.find(job, folders(job, place)), job.path.is_file())
    except OSError as error:
        return Finding(
            fault=f"The object's file {job.path.name} in {job.path.parent} cannot be read ({error.strerror}). Check "
            "its permissions, then import it again."
        )


def conclude(job: Job, found: Finding, place: Workplace, *, online: bool, foreign: bool) -> FileChecked | Job:
    """Give what to tell, or the job that is to be downloaded again, for free."""
    if found.path is not None:
        if found.path != job.path and not foreign:
            place.commit(replace(job, path=found.path))
        return FileChecked(job.id, found.path)
    if found.fault:
        return FileChecked(job.id, None, found.fault)
    folder = job.path.parent if job.path else place.storage().folder
    what = "was changed since it was downloaded" if found.is_changed else f"is no longer in {folder}"
    if foreign:
        return FileChecked(job.id, None, f"The object's file {what}. Import it in the Blender that works on this job.")
    if not online:
        said = f"The object's file {what}, and online access is off, so it cannot be imported."
        allow = "Allow online access" if found.is_changed else "Put it back, or allow online access"
        free = f"{allow} and import it again: the object is downloaded once more, which is free."
        return FileChecked(job.id, None, f"{said} {free}")
    note = f"The object's file {what}; Import has it downloaded again, which is free."
    return place.commit(advance(job, State.DOWNLOADING, path=None, ended_at=0.0, error="", note=note))
