# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of the session each message of the engine is for. Does nothing with them itself."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.messages import (
    CaFileChecked,
    CleanedUp,
    ConnectionChecked,
    FileChecked,
    JobChanged,
    Message,
    MiniatureRead,
    ModelRead,
    PauseTold,
    PreviewReady,
    Removed,
    SheetJudged,
    SheetReady,
    StorageCounted,
    StoreOpened,
)
from . import miniatures, sheets

if TYPE_CHECKING:
    from .session import Session


def deliver(message: Message, live: "Session") -> None:
    """Hand a message to who is waiting for it; what is nobody else's is about money."""
    take = _TAKERS.get(type(message))
    if take is not None:
        take(live, message)
    else:
        live.money.take(message)  # type: ignore[arg-type]  # all others are in the table


def _checked(live: "Session", message: ConnectionChecked) -> None:
    if message.number == live.question:
        live.checking, live.connection = False, message


def _opened(live: "Session", message: StoreOpened) -> None:
    live.opened, live.store_sentence = True, message.warning or message.fault


_TAKERS: Mapping[type, Callable[["Session", Any], None]] = {
    JobChanged: lambda live, message: live.take_job(message.job),
    PauseTold: lambda live, message: setattr(live, "paused_until", message.until),
    ConnectionChecked: _checked,
    StoreOpened: _opened,
    FileChecked: lambda live, message: live.intake.take_word(message),
    ModelRead: lambda live, message: live.intake.take_model(message),
    **dict.fromkeys((CleanedUp, StorageCounted, CaFileChecked), lambda live, message: live.housekeeping.take(message)),
    MiniatureRead: lambda _live, message: miniatures.take(message),
    Removed: lambda live, message: setattr(live, "removed", message),
    PreviewReady: lambda live, message: live.previews.take(message),
    SheetReady: lambda _live, message: sheets.take(message),
    SheetJudged: lambda _live, message: sheets.take_verdicts(message),
}
