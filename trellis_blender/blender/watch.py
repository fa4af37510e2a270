# SPDX-License-Identifier: GPL-3.0-or-later
"""The modal timer: drains the engine's messages while jobs run. A thin shell around :meth:`Session.tick`.

One modal operator on a window-manager event timer. The session starts it, and it ends by itself
when nothing is running. Opening a file or closing its window ends a modal operator, so a slow
application timer looks whether there still is one, and starts it anew.

Blender's auto-save never comes while a modal operator is at work; once due, it is tried every 10 ms. So this one
steps aside every few seconds, between two ticks, and the same application timer starts the next after some beats.
*Reload Scripts* is refused while one is at work: it steps aside for longer once a menu has shown that.
"""

import logging
import time
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.errors import TrellisError
from . import footing, language, listeners, placement, preferences, session, tidings
from .housekeeping import Housekeeping
from .identity import WATCH
from .language import report

TICK_SECONDS = 0.1
GUARD_SECONDS = 1.0
STRETCH_SECONDS = 15.0
"""How long one modal timer is at work: by so much an auto-save comes too late at most."""
BEAT_SECONDS, BEATS = 0.05, 4
"""The way is free for that many beats: turns of Blender's main loop are counted, since one may take long."""
ASIDE_SECONDS = 0.5
"""Where they take longer than this, one whole turn does: nothing that waits comes in meanwhile."""
WAY_SECONDS = 10.0
"""How long the way is free once a menu, or the search, has shown *Reload Scripts*. Nothing is imported meanwhile."""
OPEN_SECONDS = 1.0
"""How long after the start the list of jobs is read."""
_log = logging.getLogger(__name__)
_beats_left = 0
_aside_since = 0.0
"""By the monotonic clock."""
_free_until = 0.0
"""By the monotonic clock."""
_unsaid: list[tuple[bool, str]] = []
"""What is to be reported, each with whether it is good news: only an operator can."""
_is_unsettled = False
"""Whether something in the preferences could not be used when the list of jobs was read."""


class TRELLIS_OT_watch(bpy.types.Operator):
    """Follow the running jobs."""

    bl_idname = WATCH
    bl_label = "Follow Jobs"
    bl_description = "Take in what the service says of the running jobs; ends by itself when none is running"
    bl_options = {"INTERNAL"}

    _timer: bpy.types.Timer | None = None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin, unless another one follows the jobs already."""
        if is_followed():
            return {"CANCELLED"}
        self._timer = context.window_manager.event_timer_add(TICK_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Take in what the workers say; never holds up any other event."""
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        live = session.current()
        _unsaid.extend(tidings.show(changed=live.tick()))
        while _unsaid:
            is_good, sentence = _unsaid.pop(0)
            report(self, {"INFO" if is_good else "WARNING"}, sentence)
        if live.watched:
            is_over = self._timer is not None and self._timer.time_duration >= STRETCH_SECONDS
            if not (is_over or _is_way_wanted()):
                return {"PASS_THROUGH"}
            _step_aside()
        self.cancel(context)
        return {"FINISHED", "PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Let go of the timer; also called by Blender when it closes the window or the file."""
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None


def is_followed() -> bool:
    """Whether a modal timer is at work. Asked of Blender, since a clock would lie after a long import."""
    windows = bpy.context.window_manager.windows
    name = TRELLIS_OT_watch.__name__
    return any(operator.bl_idname == name for window in windows for operator in window.modal_operators)


def start() -> None:
    """Have the jobs followed from now on; does nothing in a Blender without windows."""
    if bpy.app.background or not bpy.context.window_manager.windows:
        return
    if not bpy.app.timers.is_registered(_guard):
        bpy.app.timers.register(_guard, first_interval=0.0, persistent=True)


def _step_aside() -> None:
    """Have the way free for some beats, and the modal timer started anew after them."""
    global _beats_left, _aside_since
    _beats_left, _aside_since = BEATS, time.monotonic()
    if bpy.app.timers.is_registered(_guard):
        bpy.app.timers.unregister(_guard)  # its next look may be at once, or only in a second
    bpy.app.timers.register(_guard, first_interval=BEAT_SECONDS, persistent=True)


def _is_way_wanted() -> bool:
    return time.monotonic() < _free_until


def _showed_reload(_menu: Any, _context: bpy.types.Context) -> None:
    """Note that somebody may want to reload; draws nothing. The search draws every menu to know what is in it."""
    global _free_until
    _free_until = time.monotonic() + WAY_SECONDS


def _guard() -> float | None:
    """Start the modal timer when it is not at work though it should be; end when there is nothing to do."""
    global _beats_left
    if _is_way_wanted():
        _unsaid.extend(tidings.show(changed=session.current().drain()))
        return TICK_SECONDS
    is_long = _beats_left < BEATS and time.monotonic() - _aside_since > ASIDE_SECONDS
    if _beats_left > 1 and not is_long:
        _beats_left -= 1
        return BEAT_SECONDS
    was_aside, _beats_left = _beats_left > 0, 0
    if not (was_aside or session.current().watched):  # what ended meanwhile is still to be shown
        return None
    windows = bpy.context.window_manager.windows
    if not is_followed() and windows:
        with footing.at(window=windows[0]):
            bpy.ops.trellis.watch("INVOKE_DEFAULT")  # type: ignore[attr-defined]
    return GUARD_SECONDS


def _look_around() -> float:
    """See that Blender tells us all; and to the jobs of one that was killed, while nothing is followed here."""
    _settle_in()
    if listeners.restore():
        language.listen()  # opening a file, of which we may not have heard, ends that
    if not (is_followed() or bpy.app.timers.is_registered(_guard)):
        live = session.current()
        tidings.show(changed=live.tick())
        if live.watched:
            start()
    return session.REFRESH_SECONDS


def _open() -> None:
    """Read the list of jobs of earlier sessions, once Blender is up, with what can be used of the preferences."""
    global _is_unsettled
    live, fault = session.current(), ""
    try:
        storage = preferences.storage()
    except TrellisError as error:
        storage, fault = preferences.usual_storage(), str(error)
    try:
        live.open(preferences.endpoint(), preferences.key(), storage)
    except TrellisError as error:
        live.open_unserved(storage)
        fault = str(error)
    if fault and not _is_unsettled:  # Generate says the same, with a way out
        _log.warning("The list of jobs is read, but not all of the preferences can be used. %s", fault)
    _is_unsettled = bool(fault)
    start()


def _settle_in() -> None:
    """Look once more at preferences that could not be used: they may be mended, or a file be open that they need."""
    if _is_unsettled:
        _open()


@persistent  # type: ignore[untyped-decorator]
def _saved_file(_path: str) -> None:
    session.current().settle()


@persistent  # type: ignore[untyped-decorator]
def _opened_file(_path: str) -> None:
    _settle_in()
    session.current().settle()
    placement.opened_another_file()
    session.current().intake.adjusting.forget()
    session.current().offer_again()
    if session.current().watched:
        start()


@persistent  # type: ignore[untyped-decorator]
def _going_back(_scene: bpy.types.Scene) -> None:
    session.current().intake.going_back()


@persistent  # type: ignore[untyped-decorator]
def _gone_back(_scene: bpy.types.Scene) -> None:
    session.current().intake.adjusting.gone_back()


@persistent  # type: ignore[untyped-decorator]
def _undone(_scene: bpy.types.Scene) -> None:
    """A placeholder may be back, or gone, or say what it said then."""
    session.current().offer_again(is_another_file=False)
    if session.current().watched:
        start()


_HEARD: Final = (
    ("load_post", _opened_file), ("save_post", _saved_file), ("undo_pre", _going_back), ("undo_post", _gone_back),
    ("undo_post", _undone), ("redo_post", _undone),
)  # fmt: skip


def register() -> None:
    """Add the operator, and watch for files being opened and saved, and for undo."""
    bpy.utils.register_class(TRELLIS_OT_watch)
    Housekeeping.wake = staticmethod(start)
    listeners.listen(*_HEARD)
    bpy.types.TOPBAR_MT_blender_system.append(_showed_reload)  # type: ignore[arg-type]
    if not bpy.app.background:
        bpy.app.timers.register(_open, first_interval=OPEN_SECONDS, persistent=True)
        bpy.app.timers.register(_look_around, first_interval=session.REFRESH_SECONDS, persistent=True)


def unregister() -> None:
    """Take both out, and the guard with them."""
    global _beats_left, _free_until, _is_unsettled
    _beats_left, _free_until, _is_unsettled = 0, 0.0, False
    _unsaid.clear()
    for timer in (_guard, _open, _look_around):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.types.TOPBAR_MT_blender_system.remove(_showed_reload)  # type: ignore[arg-type]
    listeners.ignore(*_HEARD)
    bpy.utils.unregister_class(TRELLIS_OT_watch)
