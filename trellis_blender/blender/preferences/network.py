# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to servers on the page: time-outs, proxy, certificates. Takes effect at once; asks nobody, reads no disk."""

import os
from typing import Any

import bpy

from ...core.errors import InvalidSetting, TrellisError
from ...core.route import CONNECT_SECONDS, READ_SECONDS, ProxyMode, Route, parse_proxy, split_credentials
from ...core.transport import Timeouts
from .. import session
from ..identity import TEXT_CONTEXT
from ..text import draw_wrapped
from . import storage

SECRETS = ("proxy_password", "proxy_user")
_USUAL = Timeouts()


def _changed(own: Any, _context: Any = None) -> None:
    """Have servers reached the new way from now on; while it cannot be used, the page says so and the old one stays."""
    try:
        session.current().live().reroute(of(own))
    except TrellisError:  # or there is no engine yet, which begins with what is set then
        return


def _address_changed(own: Any, _context: Any = None) -> None:
    """Put what opens the proxy where it is not shown, when it was pasted as part of the address."""
    address, user, password = split_credentials(own.proxy_url)
    if address == own.proxy_url:
        _changed(own)
        return
    own.proxy_user = user or own.proxy_user
    own.proxy_password = password or own.proxy_password
    own.proxy_url = address


def _ca_file_changed(own: Any, _context: Any = None) -> None:
    """Have a worker look at the file at once: a typing error should not first show when a job is refused."""
    _changed(own)
    try:
        path, place = ca_file(own), storage.of(own)
    except InvalidSetting:  # said on the page
        return
    if path:
        live = session.current()
        live.housekeeping.check_ca_file(live.started(place), path)


class NetworkFields:
    """How servers are reached."""

    connect_timeout: bpy.props.FloatProperty(
        name="Connect Time-Out (s)",
        description="How long to wait until a server takes the connection",
        default=_USUAL.connect_seconds,
        min=CONNECT_SECONDS[0],
        max=CONNECT_SECONDS[1],
        precision=0,
        step=100,
        update=_changed,
    )
    read_timeout: bpy.props.FloatProperty(
        name="Read Time-Out (s)",
        description=(
            "How long to wait for the next piece of an answer. A request that starts a paid job is always waited for "
            "as long as the platform may take, so that its answer is not lost"
        ),
        default=_USUAL.read_seconds,
        min=READ_SECONDS[0],
        max=READ_SECONDS[1],
        precision=0,
        step=100,
        update=_changed,
    )
    proxy_mode: bpy.props.EnumProperty(
        name="Proxy",
        description="What stands between this computer and the server. A server on this computer is reached without",
        items=(
            (ProxyMode.SYSTEM.name, "System", "As this computer's settings and environment variables say"),
            (ProxyMode.NONE.name, "No Proxy", "Connect to the server without a proxy, whatever the system says"),
            (ProxyMode.OWN.name, "Own Proxy", "The proxy below"),
        ),
        translation_context=TEXT_CONTEXT,
        update=_changed,
    )
    proxy_url: bpy.props.StringProperty(
        name="Address",
        description="The proxy's address, such as http://proxy.example:8080. User and password are kept apart from it",
        update=_address_changed,
    )
    proxy_user: bpy.props.StringProperty(
        name="User", description="The user name that the proxy asks for; leave empty when it asks for none",
        update=_changed,
    )  # fmt: skip
    proxy_password: bpy.props.StringProperty(
        name="Password", description="The password that the proxy asks for. Kept in Blender's preferences only",
        subtype="PASSWORD", update=_changed,
    )  # fmt: skip
    ca_file: bpy.props.StringProperty(
        name="CA File",
        description=(
            "Certificates in PEM form that are trusted instead of the usual ones, for networks that use their own. "
            "Leave empty to trust the usual ones, or what REQUESTS_CA_BUNDLE names"
        ),
        subtype="FILE_PATH",
        update=_ca_file_changed,
    )


def of(own: Any) -> Route:
    """Give the way as it is set. Raises :class:`InvalidSetting`."""
    mode = ProxyMode[own.proxy_mode]
    proxy = parse_proxy(own.proxy_url, own.proxy_user, own.proxy_password) if mode is ProxyMode.OWN else None
    return Route(
        mode, proxy, ca_file(own),
        _unless_usual(own.connect_timeout, _USUAL.connect_seconds),
        _unless_usual(own.read_timeout, _USUAL.read_seconds),
    )  # fmt: skip


def ca_file(own: Any) -> str:
    """Give the path of the CA file, or an empty text. Raises :class:`InvalidSetting`."""
    typed = own.ca_file.strip()
    if typed.startswith("//"):
        raise InvalidSetting("The CA file must have an absolute path. Choose it with the folder button.")
    return os.path.expanduser(bpy.path.abspath(typed)) if typed else ""  # noqa: PTH111  # as for the download folder


def draw(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw the section."""
    layout.prop(own, "connect_timeout")
    layout.prop(own, "read_timeout")
    layout.row().prop(own, "proxy_mode", expand=True)
    if own.proxy_mode == ProxyMode.OWN.name:
        column = layout.column(align=True)
        column.prop(own, "proxy_url", placeholder="http://proxy.example:8080")
        column.prop(own, "proxy_user")
        column.prop(own, "proxy_password")
    layout.prop(own, "ca_file")
    told = session.current().housekeeping.ca_file
    if told is not None and told.path and told.path == _named(own):
        said = told.fault or "This CA file can be used; Test Connection shows whether the server is vouched for."
        draw_wrapped(layout, said, icon="ERROR" if told.fault else "CHECKMARK")


def _named(own: Any) -> str:
    """Give the path of the CA file; an empty text, too, where it cannot be used as it stands."""
    try:
        return ca_file(own)
    except InvalidSetting:  # said above
        return ""


def _unless_usual(seconds: float, usual: float) -> float | None:
    return None if seconds == usual else round(seconds, 3)
