# SPDX-License-Identifier: GPL-3.0-or-later
"""A script's hold on one job: asks the session, waits for it, imports its object. Orders nothing, draws nothing."""

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import bpy
from mathutils import Vector

from ..core import arguments
from ..core import jobs as core_jobs
from ..core.errors import InvalidRequest, TrellisError
from . import arrangement, importer, placement, session, standing, watch

LOOK_SECONDS: Final = 0.25
"""How often a callback's job is looked at."""
_looks: list[Callable[[], float | None]] = []
"""The timers of those that are waited for."""
_main_thread = 0
"""The thread that Blender registers add-ons on; 0 while none is known."""


def require_main_thread() -> None:
    """Raise :class:`TrellisError` on any thread but Blender's main one: nothing here may be touched elsewhere."""
    if _main_thread and threading.get_ident() != _main_thread:
        raise TrellisError(
            "This can be called on Blender's main thread alone, so nothing was done. Have bpy.app.timers.register call "
            "it there."
        )


class Job:
    """One order, as it stands at the moment of each question. Two of them are equal when they are the same order."""

    __slots__ = ("id",)

    def __init__(self, job_id: str) -> None:
        """Scripts get jobs from :func:`generate` and :func:`jobs`."""
        self.id = job_id
        """Its name here, in hexadecimal; the name of its file, too."""

    def __eq__(self, other: object) -> bool:
        """Whether it is the same order."""
        return isinstance(other, Job) and other.id == self.id

    def __hash__(self) -> int:
        """Give a number for dictionaries."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Show what it is and how it stands."""
        known = session.current().jobs.get(self.id)
        return f"<Job {self.id[:8]} {known.name!r} {known.state.value}>" if known else f"<Job {self.id[:8]} removed>"

    @property
    def name(self) -> str:
        """The name of the object that comes, unless Blender has to number it."""
        return self._now().name

    @property
    def state(self) -> str:
        """Where it stands: one of the words in docs/states.md, such as processing, downloaded or failed."""
        return self._now().state.value

    @property
    def done(self) -> bool:
        """Whether nothing more is done for it by itself: its object is here, or it ended, or it stopped."""
        job = self._now()
        return not job.running or job.overdue

    @property
    def succeeded(self) -> bool:
        """Whether its object is on this disk, and can be imported."""
        return self.done and self._now().importable

    @property
    def progress(self) -> float:
        """How far the server is, from 0.0 to 1.0."""
        return float(self._now().progress or 0.0)

    @property
    def error(self) -> str:
        """Why it ended without an object, or stopped, as one or more sentences; empty while all is well."""
        job = self._now()
        return job.error or (job.note if job.overdue else "")

    @property
    def price_usd(self) -> Decimal:
        """What it costs once it is accepted, in US dollars: as billed where the account tells, else the list price."""
        return self._now().cost_usd

    @property
    def parameters(self) -> dict[str, Any]:
        """What was asked for, by the API's names; what is left out is the service's default."""
        return dict(self._now().request.parameters)

    @property
    def path(self) -> Path | None:
        """Where its GLB is, once that has arrived."""
        job = self._now()
        return job.path if job.importable else None

    def wait(self, timeout: float | None = None) -> "Job":
        """Block until it is done, and give it back; other jobs go on meanwhile.

        ``timeout`` is in seconds; without one it waits as long as it takes. Blender shows nothing new while it waits:
        in a window, use :meth:`when_done`. Raises :class:`TrellisError` when it ended without an object, and when it is
        not done in time; it goes on then all the same.
        """
        self._now()
        timeout = arguments.seconds(timeout)
        job = session.current().wait(self.id, seconds=timeout)
        if not self.done:
            raise TrellisError(f"The job is not done after {timeout:g} s. It goes on; wait for it again.")
        if not job.importable:
            raise TrellisError(self.error or "The job did not end in an object.")
        return self

    def when_done(self, callback: "Callable[[Job], None]") -> None:
        """Have ``callback(job)`` called on the main thread once it is done, well or badly; returns at once.

        For scripts in a window: Blender stays usable. A Blender without a window ends with its script, so there it is
        waited for, and ``callback`` called before this returns.
        """
        self._now()
        if not callable(callback):
            raise InvalidRequest("callback", callback, "a function that takes a job")
        if bpy.app.background:
            session.current().wait(self.id)
            callback(self)
            return

        def look() -> float | None:
            if self.id in session.current().jobs and not self.done:
                return LOOK_SECONDS
            _looks.remove(look)
            callback(self)
            return None

        watch.start()
        _looks.append(look)
        bpy.app.timers.register(look, first_interval=LOOK_SECONDS, persistent=True)

    def import_(
        self, location: Sequence[float] | None = None, *, size: float | None = None, select: bool = True
    ) -> bpy.types.Object:  # fmt: skip
        """Import its object into the scene at hand, and give it; blocks for a moment. As often as you like, for free.

        ``location`` is where the middle of its bottom stands, three numbers in the scene's units; without one it is the
        3D cursor, and for an object of a sheet its place around that, or beside the others of the sheet that stand in
        the scene. ``size`` is its longest side in the same units; without one it is the panel's Object Size, and 0.0
        leaves it as in the file. ``select`` makes it the selection and the active object. Raises
        :class:`TrellisError` when there is no object, the file is damaged, or Blender is busy otherwise.
        """
        job = self._now()
        if not job.importable and job.state is not core_jobs.State.IMPORTED:
            raise TrellisError(self.error or "The job has no object yet. Wait for it first.")
        why = importer.can_import(bpy.context)
        if why:
            raise TrellisError(f"{importer.WAY_OUT[why]}, so that the object can be imported.")
        place = _place(location, size)
        if location is None and size is None:
            place = arrangement.beside(place, standing.read(job.origin))
        return session.current().import_job(self.id, place, select=select)

    def cancel(self) -> None:
        """Cancel it, here or at the server; returns at once. A job that was accepted is billed all the same."""
        self._now()
        session.current().cancel(self.id)
        watch.start()

    def _now(self) -> core_jobs.Job:
        """Give the record as it is now. Raises :class:`TrellisError` for one that was removed, or on another thread."""
        require_main_thread()
        live = session.current()
        live.drain()
        job = live.jobs.get(self.id)
        if job is None:
            raise TrellisError("This job is no longer in the list.")
        return job


def _place(location: Sequence[float] | None, size: float | None) -> placement.Place:
    """Raise :class:`InvalidRequest` for what is no place."""
    scene, point, side = bpy.context.scene, arguments.location(location), arguments.size(size)
    at = Vector(point) if point is not None else scene.cursor.location.copy()
    return placement.Place(scene, at, placement.size_in(scene) if side is None else side)


def register() -> None:
    """Wait for nothing yet, and remember which thread this is."""
    global _main_thread
    _main_thread = threading.get_ident()


def unregister() -> None:
    """Forget whom to call: the jobs go on when the extension is switched on, but not for the same script."""
    for look in _looks:
        if bpy.app.timers.is_registered(look):
            bpy.app.timers.unregister(look)
    _looks.clear()
