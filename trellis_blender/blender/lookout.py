# SPDX-License-Identifier: GPL-3.0-or-later
"""When a picture is captured to be shown: what a drawn panel wants, in a calm moment. The worker does the rest.

A slow application timer runs while a sidebar shows our tab, and compares texts. What no panel has drawn is not
captured, so nothing is for a closed sidebar, nor in a Blender without windows.
"""

import logging
import time
from collections.abc import Iterator

import bpy

from ..core.errors import TrellisError
from ..core.messages import PreviewReady
from ..core.preflight import Code, Severity, Verdict
from . import costs, footing, handover, preferences, properties, session, sight, sources, stirrings, watch
from .identity import TAB
from .sources import Choice, kept
from .sources.images import spare

LOOK_SECONDS = 1.0
SOON_SECONDS = 0.05
CALM_SECONDS = 0.5
"""How long nothing may have changed: no capture between two strokes that follow each other, nor along a slider."""
REST_SHARE = 25.0
"""So many times what the last capture took passes before the next one: 4 % of the time at most."""
DOUBT_SECONDS = 5.0
"""How long a refusal of an unsaved picture is believed, which a script may have changed unnoticed; and that a picture
cannot be taken, whose file may be back."""
_STROKES = ("PAINT_OT_", "SCULPT_OT_", "TRANSFORM_OT_", "RENDER_OT_", "VIEW3D_OT_render")
_log = logging.getLogger(__name__)


class _Lookout:
    """What the timer remembers: plain values only."""

    def __init__(self) -> None:
        self.drawn: dict[int, str] = {}
        """By area, what its panel showed last."""
        self.seen: dict[int, str] = {}
        """By area, the last of those that was known."""
        self.due = 0.0
        self.rest_until = 0.0
        self.failed = ""
        """What could not be captured, which took no time: it is tried again."""
        self.captures = 0
        """How often pixels were copied; for tests and measurements."""


_state = _Lookout()


def drawn(area: bpy.types.Area | None, token: str) -> None:
    """Note what a panel shows, and look soon when that is not known yet. Called while drawing."""
    if bpy.app.background or area is None:
        return
    _state.drawn[area.as_pointer()] = token
    is_known = not token or session.current().previews.of(token) is not None
    if is_known:
        _state.seen[area.as_pointer()] = token
    _look_in(LOOK_SECONDS if is_known else SOON_SECONDS)


def shown_in(area: bpy.types.Area | None) -> str:
    """Give the token of the last preview that could be seen in an area; the next one takes its place when it comes."""
    return _state.seen.get(area.as_pointer(), "") if area is not None else ""


def is_costly(choice: Choice) -> bool:
    """Whether capturing holds Blender up for so long that it is only done when asked."""
    return costs.seconds(choice) > costs.COSTLY_SECONDS


def show(context: bpy.types.Context) -> None:
    """Capture what would be sent, and have it prepared and shown; returns at once."""
    choice = sources.choose(context)
    token = sight.token(choice, context.scene)
    if token:
        capture(choice, token, context.scene)


def _look_in(seconds: float) -> None:
    due = time.monotonic() + seconds
    timers = bpy.app.timers
    if timers.is_registered(look):
        if due >= _state.due:
            return
        timers.unregister(look)
    _state.due = due
    timers.register(look, first_interval=seconds, persistent=True)


def look() -> float | None:
    """Compare what the sidebars should show with what is known; end when there are none."""
    wait = LOOK_SECONDS
    areas = list(_showing())
    _state.drawn = {area.as_pointer(): _state.drawn[area.as_pointer()] for _window, area, _region in areas}
    for window, area, region in areas:
        with footing.at(window=window, area=area, region=region):
            wait = min(wait, look_at(bpy.context, area, region))
    _state.due = time.monotonic() + wait
    spare.tidy(time.monotonic())
    if not areas:
        spare.drop()
        return None
    return wait


def look_at(context: bpy.types.Context, area: bpy.types.Area, region: bpy.types.Region) -> float:
    """See to what one sidebar shows, and give in how many seconds to look again."""
    choice = sources.choose(context)
    token = sight.token(choice, context.scene)
    if token != _state.drawn[area.as_pointer()]:
        region.tag_redraw()  # a panel that is closed is not drawn, and so never wants this one
        return LOOK_SECONDS
    previews = session.current().previews
    if not token or token == previews.pending or not _is_wanted(choice, token):
        return LOOK_SECONDS
    if costs.learn(choice) and is_costly(choice):
        region.tag_redraw()  # it was drawn as if it were on its way
    calm = max(stirrings.last() + CALM_SECONDS, _state.rest_until) - time.monotonic()
    if calm > 0.0 or _is_busy(context):
        return max(min(calm, LOOK_SECONDS), SOON_SECONDS)
    if not is_costly(choice):
        if not spare.is_at_hand(costs.numbers(choice), time.monotonic()):
            return SOON_SECONDS
        capture(choice, token, context.scene)
    return LOOK_SECONDS


def _is_wanted(choice: Choice, token: str) -> bool:
    shown = session.current().previews.of(token)
    if shown is None:
        return True
    is_unsaved = choice.image is not None and choice.image.is_dirty
    is_in_doubt = token == _state.failed or (is_unsaved and shown.refusal is not None)
    return is_in_doubt and time.monotonic() - shown.told_at > DOUBT_SECONDS


def capture(choice: Choice, token: str, scene: bpy.types.Scene) -> None:
    """Copy the pixels, and hand them to a worker; the preview comes by a message."""
    live = session.current()
    began, failed = time.monotonic(), ""
    if bpy.app.timers.is_registered(look):  # which lets go of it again
        spare.keep(began)  # for the press that is likely to follow
    try:
        storage = preferences.storage()
        if choice.image is not None and choice.image.source in ("SEQUENCE", "MOVIE"):
            with stirrings.deaf():
                source = handover.capture(choice, scene)
        else:
            source = handover.capture(choice, scene)
    except TrellisError as error:
        _log.info("No preview: %s", error)
        before, verdicts = live.previews.of(token), (Verdict(Code.UNREADABLE, Severity.REFUSAL, str(error)),)
        live.previews.take(PreviewReady(token, verdicts))
        failed = token if time.monotonic() - began < SOON_SECONDS else ""
        if before is None or before.ready.verdicts != verdicts:
            session.redraw()
    else:
        if source is not None:
            live.show(source, properties.preparation(properties.of(scene)), token, storage)
            watch.start()
    _state.failed = failed
    _state.captures += 1
    _state.rest_until = time.monotonic() + (time.monotonic() - began) * REST_SHARE


def _is_busy(context: bpy.types.Context) -> bool:
    """Whether the artist's hand or a render is at work."""
    windows = context.window_manager.windows
    running = (operator.bl_idname for window in windows for operator in window.modal_operators)
    return bpy.app.is_job_running("RENDER") or any(name.startswith(_STROKES) for name in running)


def _showing() -> Iterator[tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]]:
    """Give the areas whose sidebars are open at our tab, of those that were drawn."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.as_pointer() in _state.drawn:
                yield from ((window, area, region) for region in area.regions if _is_ours(region))


def _is_ours(region: bpy.types.Region) -> bool:
    return region.type == "UI" and region.width > 1 and getattr(region, "active_panel_category", TAB) == TAB


def register() -> None:
    """Remember nothing."""
    global _state
    _state = _Lookout()


def unregister() -> None:
    """Look no longer."""
    kept.end()
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
    spare.drop()
