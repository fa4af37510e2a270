# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine said of the last few pictures that were shown before sending. Captures nothing, draws nothing."""

import time
from dataclasses import dataclass

from ..core import preflight
from ..core.messages import PreviewReady
from ..core.preflight import Code, Verdict
from . import thumbnails

BELIEVED_SECONDS = 15.0
"""How long it holds *Generate* back that a picture could not be taken: longer than until it is tried again."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A preview as it came, and its icon's number; 0 when there is nothing to see."""

    ready: PreviewReady
    icon: int
    told_at: float

    @property
    def refusal(self) -> Verdict | None:
        """Give what forbids the picture to be sent; not that it could not be read, which may be mended by now."""
        found = preflight.refusal(self.ready.verdicts)
        return None if found is None or found.code is Code.UNREADABLE else found

    @property
    def fault(self) -> str:
        """Give why the picture could not be taken a moment ago, or an empty text: nobody tells of a file that is back.

        A sidebar that shows it has it tried time and again, so that it stays as it is.
        """
        if time.monotonic() - self.told_at > BELIEVED_SECONDS:
            return ""
        return next((item.sentence for item in self.ready.verdicts if item.code is Code.UNREADABLE), "")


class Previews:
    """The newest previews by the token that they were asked for with."""

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self.pending = ""
        """The token of what is being made."""
        self._told: dict[str, Shown] = {}

    def asked(self, token: str) -> None:
        """Expect a preview; what was expected before may never come."""
        self.pending = token

    def take(self, ready: PreviewReady) -> None:
        """Keep a preview, and forget the one whose icon it takes."""
        if ready.token == self.pending:
            self.pending = ""
        self._told.pop(ready.token, None)
        while len(self._told) >= thumbnails.SLOTS:
            del self._told[next(iter(self._told))]
        icon = thumbnails.fill(ready.thumbnail) if ready.thumbnail is not None else 0
        self._told[ready.token] = Shown(ready, icon, time.monotonic())

    def of(self, token: str) -> Shown | None:
        """Give the preview of exactly this picture, prepared exactly so, if it is known."""
        return self._told.get(token)

    def before(self, beginning: str) -> Shown | None:
        """Give the newest preview whose token begins so: of a picture whose pixels may have changed since."""
        return next((self._told[token] for token in reversed(self._told) if token.startswith(beginning)), None)
