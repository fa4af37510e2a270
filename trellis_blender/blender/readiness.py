# SPDX-License-Identifier: GPL-3.0-or-later
"""Why *Generate* cannot be pressed, in one line, or that it can. Cheap enough for drawing and polling."""

import time
from collections.abc import Iterator
from decimal import Decimal

import bpy

from ..core.catalogue import BY_NAME
from ..core.errors import InvalidRequest, NotOffered, TrellisError
from ..core.jobs import Job
from ..core.money import Outlook
from . import placement, preferences, properties, session, sight, sources


def offline_reason() -> str:
    """Give why nothing may be asked of the server, or an empty text."""
    if bpy.app.online_access:
        return ""
    return "Online access is off; allow it in Preferences > System > Network"


def service_reason() -> str:
    """Give why the server cannot be asked, or an empty text."""
    fault = offline_reason() or preferences.settings_fault().removesuffix(".")
    if not fault and preferences.needs_key() and not preferences.key():
        fault = "No API key yet; press Paste API Key, or type yours in the extension's preferences"
    return fault


def scene_reason(context: bpy.types.Context) -> str:
    """Give why the object could not stand in the scene at hand, before it is paid for; or an empty text."""
    if context.scene.library is None:
        return ""
    return "This scene is linked from another file and takes no objects; switch to a scene of this file"


def _fit_reason(context: bpy.types.Context) -> str:
    """Give why there is nothing to fit to, or an empty text."""
    if not properties.of(context.scene).fit_to_selection or placement.proxy_in(context) is not None:
        return ""
    if placement.is_placeholder_selected(context):
        return "The selected object is a placeholder; select one of the blockout, or switch Fit to Selection off"
    return "Select the object of the blockout to fit to, or switch Fit to Selection off"


def generate_reason(context: bpy.types.Context, choice: sources.Choice | None = None) -> str:
    """Give why an object cannot be had of a picture now, or an empty text.

    It is that which is chosen, unless another is given. For buttons: who orders by a script has the picture taken anew,
    whatever became of it before.
    """
    choice = choice or sources.choose(context)
    fault = _send_reason(context, choice) or taking_reason(choice, context.scene)
    return fault or _fit_reason(context) or _order_reason(context)


def sheet_reason(context: bpy.types.Context) -> str:
    """Give why the objects of a sheet cannot be had now, or an empty text: they fit to no selection."""
    return _send_reason(context) or _order_reason(context)


def _send_reason(context: bpy.types.Context, choice: sources.Choice | None = None) -> str:
    choice = choice or sources.choose(context)
    return service_reason() or scene_reason(context) or _picture_reason(choice, context)


def _order_reason(context: bpy.types.Context) -> str:
    try:
        return price_reason(properties.build_request(properties.of(context.scene)).price_usd)
    except NotOffered as error:
        return str(error).removesuffix(".")
    except InvalidRequest as error:
        known = BY_NAME.get(error.parameter)
        return (error.by_label(known.label) if known is not None else str(error)).removesuffix(".")


def source_reason(context: bpy.types.Context, choice: sources.Choice) -> str:
    """Give why no object can be made of a picture, or stand where it is to; or an empty text."""
    return _picture_reason(choice, context) or _fit_reason(context)


def _picture_reason(choice: sources.Choice, context: bpy.types.Context) -> str:
    return choice.missing or picture_reason(choice, context.scene)


def price_reason(price: Decimal) -> str:
    """Give why the day's cap does not allow one more object at a price, or an empty text."""
    seen = outlook_at(price)
    return seen.sentence.removesuffix(".") if seen is not None and seen.stops else ""


def picture_reason(choice: sources.Choice, scene: bpy.types.Scene) -> str:
    """Give why the picture would be refused, as far as its preview has told; or an empty text.

    A picture that was not looked at is not held back: the worker refuses it before anything is sent.
    """
    shown = session.current().previews.of(sight.token(choice, scene))
    return shown.refusal.sentence.removesuffix(".") if shown is not None and shown.refusal is not None else ""


def taking_reason(choice: sources.Choice, scene: bpy.types.Scene) -> str:
    """Give why the picture could not be taken when it was tried last, a moment ago; or an empty text."""
    shown = session.current().previews.of(sight.token(choice, scene))
    return shown.fault.removesuffix(".") if shown is not None else ""


def outlook(context: bpy.types.Context, count: int = 1) -> Outlook | None:
    """Give whether balance and cap allow ``count`` more objects as the scene asks for them; None if it asks wrongly."""
    try:
        price = properties.build_request(properties.of(context.scene)).price_usd
    except TrellisError:
        return None
    return outlook_at(price, count)


def outlook_at(price: Decimal, count: int = 1) -> Outlook | None:
    """Give whether balance and cap allow ``count`` more objects at a price; None while the server is unknown."""
    live = session.current()
    try:
        server = preferences.endpoint().base_url
    except TrellisError:
        return None
    cap = preferences.daily_cap()
    return live.money.outlook(server, _unsettled(live, server), price, count, cap=cap, now=time.time())


def money_line() -> str:
    """Give balance and today's spending in one line; nothing where nothing is known."""
    live = session.current()
    try:
        server = preferences.endpoint().base_url
    except TrellisError:
        return ""
    return live.money.line(server, _unsettled(live, server), cap=preferences.daily_cap(), now=time.time())


def _unsettled(live: session.Session, server: str) -> Iterator[Job]:
    """Give the jobs that the balance may not tell of: all others are none of its business, however many there are."""
    return live.afoot.since(live.money.told_at(server))
