# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences: the page, and what its settings come to as plain values. No network, no disk."""

from decimal import Decimal
from typing import cast

import bpy

from ...core import endpoint as endpoints
from ...core.endpoint import Endpoint
from ...core.errors import InvalidSetting
from ...core.lifecycle import Storage
from ...core.secrets import ENVIRONMENT_VARIABLE, Key, KeyOrigin
from .. import preparing, session
from ..identity import COPY_DIAGNOSTICS, EXPORT_LEDGER, PACKAGE, SHOW_LOG
from ..text import draw_wrapped
from . import interface, network, objects, service
from . import storage as keeping
from .defaults import HIDDEN
from .interface import InterfaceFields
from .network import NetworkFields
from .objects import DEFAULTS, OBJECT_SIZE, ObjectFields
from .sections import section
from .service import ServiceFields
from .storage import MIB, StorageFields

__all__ = ["DEFAULTS", "ENVIRONMENT_VARIABLE", "FOLLOWED", "HIDDEN", "OBJECT_SIZE", "SECRETS", "KeyOrigin"]

FOLLOWED = (*DEFAULTS, OBJECT_SIZE, *preparing.FIELDS)
"""All settings of a scene that follow the preferences until it sets its own."""
SECRETS = ("api_key", *network.SECRETS)
"""The fields that are shown nowhere."""


class BudgetFields:
    """What may be spent."""

    daily_cap: bpy.props.FloatProperty(
        name="Daily Cap ($)",
        description="Generate is refused when it would spend more than this in one day; 0 means no cap",
        default=0.0,
        min=0.0,
        max=1e6,
        soft_max=100.0,
        precision=4,
        step=100,
    )


class TrellisPreferences(
    ServiceFields, ObjectFields, BudgetFields, NetworkFields, StorageFields, InterfaceFields, bpy.types.AddonPreferences
):  # fmt: skip
    """Preferences of the extension."""

    bl_idname = PACKAGE

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the page; shows only what is known already."""
        layout = self.layout
        column = section(layout, "service", "Service")
        if column is not None:
            self._draw_service(column)
        column = section(layout, "defaults", "Defaults")
        if column is not None:
            objects.draw_defaults(column, self)
        column = section(layout, "pictures", "Pictures", closed=True)
        if column is not None:
            objects.draw_pictures(column, self)
        column = section(layout, "objects", "New Objects", closed=True)
        if column is not None:
            objects.draw_objects(column, self)
        column = section(layout, "budget", "Budget")
        if column is not None:
            _draw_budget(column, self)
        column = section(layout, "network", "Network", closed=True)
        if column is not None:
            network.draw(column, self)
        column = section(layout, "storage", "Storage", closed=True)
        if column is not None:
            keeping.draw(column, self)
        column = section(layout, "interface", "Interface", closed=True)
        if column is not None:
            interface.draw(column, self)
        column = section(layout, "diagnostics", "Diagnostics", closed=True)
        if column is not None:
            row = column.row(align=True)
            row.operator(COPY_DIAGNOSTICS, icon="COPYDOWN")
            row.operator(SHOW_LOG, icon="TEXT")

    def _draw_service(self, column: bpy.types.UILayout) -> None:
        service.draw_key(column, self)
        service.draw_server(column, self)
        fault = settings_fault()
        if fault:
            draw_wrapped(column, fault, icon="ERROR")
        service.draw_test(column, self, None if fault else endpoint(), None if fault else key())


def _draw_budget(column: bpy.types.UILayout, own: TrellisPreferences) -> None:
    column.prop(own, "daily_cap")
    column.operator(EXPORT_LEDGER, icon="EXPORT")
    exported = session.current().money.exported
    if exported is not None:
        draw_wrapped(column, exported.sentence, icon="CHECKMARK" if exported.ok else "ERROR")


def get() -> TrellisPreferences:
    """Give the preferences of the enabled extension."""
    return cast(TrellisPreferences, bpy.context.preferences.addons[PACKAGE].preferences)


def key() -> Key:
    """Give the key in force: the environment's, else the one typed here. Raises :class:`InvalidSetting`."""
    return Key(service.environment_key() or get().api_key)


def key_origin() -> KeyOrigin:
    """Give where the key in force comes from."""
    return service.origin(get())


def is_tested(endpoint: Endpoint, key: Key) -> bool:
    """Whether the last *Test Connection* was of this key at this server."""
    return service.is_tested(endpoint, key)


def paste_key(text: str) -> None:
    """Take the key from a text, such as the clipboard's. Raises :class:`InvalidSetting`."""
    service.paste(get(), text)


def endpoint() -> Endpoint:
    """Give the server in force, and the way there. Raises :class:`InvalidSetting`."""
    own = get()
    return endpoints.parse(own.server_url, network.of(own), free=own.free_server)


def needs_key() -> bool:
    """Whether the server in force asks for a key; one on this computer need not. Raises :class:`InvalidSetting`."""
    return not endpoint().is_loopback


def is_provider() -> bool:
    """Whether the server in force is the provider's own: of no other it is known where its dashboard is."""
    return service.is_provider(get())


def storage() -> Storage:
    """Give the folder for finished objects, and the largest file it takes. Raises :class:`InvalidSetting`."""
    return keeping.of(get())


def usual_storage() -> Storage:
    """Give the extension's own folder in place of one that cannot be used as it is set."""
    return keeping.usual(get())


def budget_bytes() -> int:
    """Give how much the files of imported objects may need on the disk."""
    return get().storage_budget * MIB


def daily_cap() -> Decimal:
    """Give what may be spent in a day; zero means as much as the artist likes."""
    return keeping.daily_cap(get())


def settings_fault() -> str:
    """Give the sentence why key, server or network cannot be used as they stand, or an empty text."""
    try:
        key()
        endpoint()
    except InvalidSetting as error:
        return str(error)
    return ""


def register() -> None:
    """Add the preferences."""
    bpy.utils.register_class(TrellisPreferences)


def unregister() -> None:
    """Take the preferences out."""
    keeping.unregister()
    bpy.utils.unregister_class(TrellisPreferences)
