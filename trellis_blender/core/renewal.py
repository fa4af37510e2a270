# SPDX-License-Identifier: GPL-3.0-or-later
"""What was refused is ordered once more, with the very picture: a new job takes its place. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable

from . import image
from .image import Picture
from .jobs import Job, State
from .remedies import Trouble, may_be_ordered_again
from .removal import Removal
from .request import GenerationRequest
from .resumption import NO_PICTURE
from .roster import Roster
from .submission import keep
from .workplace import Workplace, end


class Renewal:
    """Takes the order at once in memory, and has it on disk before anything is sent."""

    def __init__(
        self, roster: Roster, place: Workplace, removal: Removal, begin: Callable[[Job, Callable[[], str]], None]
    ) -> None:
        """``begin`` has a worker do what a job begins with, and go on with the one that this names."""
        self._roster, self._place, self._removal, self._begin = roster, place, removal, begin

    def order_again(self, job_id: str, asked: GenerationRequest, server: str) -> Job | None:
        """Give the new job; None where there is nothing to order again, as after the first of two clicks."""
        old = self._roster.mine(job_id)
        if old is None or not may_be_ordered_again(old):
            return None
        held = self._place.pictures.get(old.id)
        self._removal.let_go([old.id])
        fresh = Job(
            old.name, asked, server, old.origin, old.preparation, created_at=self._place.clock.time(),
            image_sha256=old.image_sha256, replaces=old.id,
        )  # fmt: skip
        self._roster.note(fresh)
        self._begin(fresh, lambda: self._take_place(old, fresh, held))
        return fresh

    def _take_place(self, old: Job, fresh: Job, held: Picture | None) -> str:
        """Have the new job on disk with its picture, then the old one off the list; give the job to go on with."""
        archive = self._place.archive
        if fresh.request.image_url:
            self._place.commit(fresh)
            archive.hide(old.id)
            return fresh.id
        content = archive.picture(old) if held is None else held.content
        if content is None:
            end(fresh, self._place, State.REFUSED, NO_PICTURE, Trouble.PICTURE)
            archive.hide(old.id)
            return ""
        if keep(fresh, self._place, image.picture_of(content) if held is None else held) is None:
            return ""  # the disk took neither: what stands on it stays
        archive.hide(old.id)
        return fresh.id
