# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures split into subjects beside the jobs, as errands; told by messages. Knows no job, no threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable

from . import splitting
from .checkup import defect
from .errors import SourceError
from .image import Source, discard
from .messages import SheetJudged, SheetReady
from .preflight import Code, Severity, Verdict
from .preparation import Preparation
from .sheet import Subject
from .splitting import Split
from .workplace import Workplace


class Splits:
    """Splits pictures in errands of the crew, and judges what each subject is as a picture of its own."""

    def __init__(self, place: Workplace, errand: Callable[[Callable[[], None]], None]) -> None:
        """Pictures are split at the desk where those of jobs are prepared; ``errand`` has a thread do something."""
        self._place, self._errand = place, errand
        self._token = ""
        """Of the newest picture: nobody waits any more for what is to be said of the subjects of others."""

    def ask(self, source: Source, preparation: Preparation, name: str, token: str) -> None:
        """Have a picture split, and the subjects told by a message; returns at once. ``token`` comes back with it.

        What is to be said of each subject comes after that, subject by subject.
        """
        self._token = token
        self._errand(lambda: self._serve(source, preparation, name, token))

    def judge(self, split: Split, preparation: Preparation, token: str) -> None:
        """Have it told what is to be said of subjects that were merged; returns at once."""
        self._judge_next(split, split.unjudged, preparation, token)

    def _serve(self, source: Source, preparation: Preparation, name: str, token: str) -> None:
        with self._place.desk:
            if self._place.stopping.is_set():
                discard(source)
                return
            try:
                ready = SheetReady(token, splitting.split(source, preparation, name))
            except SourceError as error:
                ready = SheetReady(token, None, str(error))
            except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect of ours is one, too
                ready = SheetReady(token, None, defect(error))
        self._place.tell(ready)
        if ready.split is not None:
            self._judge_next(ready.split, ready.split.unjudged, preparation, token)

    def _judge_next(self, split: Split, left: tuple[Subject, ...], preparation: Preparation, token: str) -> None:
        if left:
            self._errand(lambda: self._judge(split, left, preparation, token))

    def _judge(self, split: Split, left: tuple[Subject, ...], preparation: Preparation, token: str) -> None:
        """Judge the first of them, and have the others judged after the errands and the pictures that wait."""
        with self._place.desk:
            if self._place.stopping.is_set() or token != self._token:
                return
            verdicts = _judged(split, left[0], preparation)
        self._place.tell(SheetJudged(token, {left[0].parts: verdicts}))
        self._judge_next(split, left[1:], preparation, token)


def _judged(split: Split, one: Subject, preparation: Preparation) -> tuple[Verdict, ...]:
    try:
        return splitting.judge(split, one, preparation)
    except Exception as error:  # noqa: BLE001  # as above; such a subject is not to be paid for
        return (Verdict(Code.UNREADABLE, Severity.REFUSAL, defect(error)),)
