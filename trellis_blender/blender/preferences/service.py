# SPDX-License-Identifier: GPL-3.0-or-later
"""Key and server on the page: where the key comes from and what is known of it. Shows no key, asks nobody."""

import os
import time
from contextlib import suppress
from typing import Any

import bpy

from ...core import endpoint as endpoints
from ...core import secrets
from ...core.endpoint import Endpoint
from ...core.errors import InvalidSetting, TrellisError
from ...core.offer import Offer
from ...core.secrets import ENVIRONMENT_VARIABLE, Key, KeyOrigin
from .. import session
from ..identity import DASHBOARD, PASTE_KEY, TEST_CONNECTION
from ..text import draw_wrapped

OTHER_SERVERS = (
    "A server of your own may be http://127.0.0.1 or localhost; any other needs https. It may answer with the finished "
    "object at once: no list of jobs is needed then."
)

_PASTE_UNITS = 5.0
"""The button's width, in rows of the interface: the rest is the key's."""


class ServiceFields:
    """Key and server."""

    api_key: bpy.props.StringProperty(
        name="API Key",
        description="Your key for the service; it begins with sk-empiriolabs-. Kept in Blender's preferences only",
        subtype="PASSWORD",
    )
    server_url: bpy.props.StringProperty(
        name="Server",
        description="Address of another server that offers the same model; leave empty for the provider's own",
    )
    free_server: bpy.props.StringProperty(options={"HIDDEN"})
    server_is_free: bpy.props.BoolProperty(
        name="This Server Is Free",
        description=(
            "Nothing is paid for at this server, as on a graphics card of your own: the price reads Free, and nothing "
            "counts against the Daily Cap. Leave it off for one that hands pictures on to a paid service. It holds for "
            "this address only"
        ),
        get=lambda own: is_free(own),
        set=lambda own, on: _declare(own, is_free=on),
    )


def is_free(own: Any) -> bool:
    """Whether the artist calls the server that is typed free."""
    try:
        return endpoints.parse(own.server_url, free=own.free_server).is_free
    except InvalidSetting:
        return False


def _declare(own: Any, *, is_free: bool) -> None:
    """Note the artist's word on the server that is typed; it holds at once, also for jobs that wait to be sent."""
    try:
        server = endpoints.parse(own.server_url)
    except InvalidSetting:  # said on the page
        return
    own.free_server = server.base_url if is_free else ""
    bpy.context.preferences.is_dirty = True
    with suppress(TrellisError):  # there is no engine yet, which begins with what is set then
        session.current().live().money.declare(endpoints.parse(own.server_url, free=own.free_server))


def environment_key() -> str:
    """Give the environment's key; one of blanks only is none."""
    return os.environ.get(ENVIRONMENT_VARIABLE, "").strip()


def origin(own: Any) -> KeyOrigin:
    """Give where the key in force comes from."""
    if environment_key():
        return KeyOrigin.ENVIRONMENT
    return KeyOrigin.TYPED if own.api_key.strip() else KeyOrigin.NONE


def draw_key(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw the key's field, where it comes from, and what is wrong with its form."""
    is_fixed = origin(own) is KeyOrigin.ENVIRONMENT
    row = layout.row(align=True)
    field = row
    if is_fixed:  # only then: a row in a row would stand out of line with the server's field
        field = row.row(align=True)
        field.enabled = False
    field.prop(own, "api_key")
    button = row.row(align=True)
    button.ui_units_x = _PASTE_UNITS
    button.operator(PASTE_KEY, text="Paste", icon="PASTEDOWN")
    if is_fixed:
        draw_wrapped(layout, f"The environment variable {ENVIRONMENT_VARIABLE} is set and is used instead", icon="INFO")
    elif origin(own) is KeyOrigin.NONE and _needs_key(own):
        if is_provider(own):
            draw_wrapped(layout, "No key yet: copy one at the dashboard, then press Paste.", icon="INFO")
        else:
            draw_wrapped(layout, "No key yet: copy the one that this server asks for, then press Paste.", icon="INFO")


def is_provider(own: Any) -> bool:
    """Whether the server that is typed is the provider's own."""
    try:
        return endpoints.parse(own.server_url).is_default
    except InvalidSetting:
        return False


def _needs_key(own: Any) -> bool:
    try:
        return not endpoints.parse(own.server_url).is_loopback
    except InvalidSetting:
        return False


def is_tested(endpoint: Endpoint, key: Key) -> bool:
    """Whether the last *Test Connection*, which may still wait for its answer, was of this key at this server."""
    tested = session.current().tested
    return tested is not None and tested[0] == endpoint.base_url and tested[1].is_same(key)


def draw_server(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw the server's field, and what key goes there when it is the artist's own."""
    layout.prop(own, "server_url", placeholder=endpoints.DEFAULT_BASE_URL)
    if own.server_url.strip():
        draw_wrapped(layout, OTHER_SERVERS, icon="INFO")
    _draw_free(layout, own)
    if origin(own) is KeyOrigin.TYPED:
        draw_wrapped(layout, "The key entered here is used; no environment variable replaces it.", icon="INFO")


def _draw_free(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw whether anything is paid for at a server that is not the provider's, and what is counted there."""
    try:
        server = endpoints.parse(own.server_url)
    except InvalidSetting:
        return
    if server.is_default:
        return
    told = session.current().money.offer(server.base_url)
    if told.tells_prices:
        draw_wrapped(layout, "This server tells its prices itself: they are shown and counted.", icon="INFO")
        return
    layout.prop(own, "server_is_free")
    if not own.server_is_free:
        draw_wrapped(
            layout,
            "This server has told no prices, so those of the provider's service are shown and counted. "
            "If nothing is paid for there, switch This Server Is Free on.",
            icon="INFO",
        )


def draw_test(layout: bpy.types.UILayout, own: Any, endpoint: Endpoint | None, key: Key | None) -> None:
    """Draw the buttons, and what the last test said of this key at this server."""
    row = layout.row(align=True)
    row.operator(TEST_CONNECTION)
    if is_provider(own):
        row.operator(DASHBOARD, icon="URL")
    live = session.current()
    if live.checking:
        draw_wrapped(layout, "Asking the server…", icon="TIME")
        return
    if endpoint is None or key is None:
        return
    wrong = secrets.doubt(key, is_provider=endpoint.is_default)
    told = live.connection
    if told is not None and is_tested(endpoint, key):
        draw_wrapped(layout, told.sentence, icon="CHECKMARK" if told.ok else "ERROR")
    elif wrong:
        draw_wrapped(layout, wrong, icon="ERROR")
    elif key:
        draw_wrapped(layout, "Not tested in this session: Test Connection costs nothing.", icon="INFO")
    _draw_offer(layout, live.money.offer_fault(endpoint.base_url), live.money.offer(endpoint.base_url))


def _draw_offer(layout: bpy.types.UILayout, fault: str, offer: Offer) -> None:
    """Draw since when ranges and prices are known, and why the server's newest word on them is not used."""
    if fault:
        draw_wrapped(layout, fault, icon="ERROR")
        draw_wrapped(layout, "Ranges and prices stay as they were.", icon="BLANK1")
    if offer.told_at:
        day = time.strftime("%Y-%m-%d", time.localtime(offer.told_at))
        draw_wrapped(layout, f"Ranges and prices are those that the server told on {day}.", icon="INFO")


def paste(own: Any, text: str) -> None:
    """Take a key from a text. Raises :class:`InvalidSetting`."""
    own.api_key = secrets.pasted(text, is_provider=is_provider(own))
    # What is typed tells Blender that there is something to save when it quits; what is set from Python does not.
    bpy.context.preferences.is_dirty = True
