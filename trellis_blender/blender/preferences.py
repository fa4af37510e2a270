# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences: key, server, defaults, downloads; and what they come to. No network, no disk."""

import os
from decimal import Decimal
from pathlib import Path
from typing import cast

import bpy

from ..core import endpoint as endpoints
from ..core.catalogue import BY_NAME
from ..core.download import DEFAULT_LIMIT_BYTES
from ..core.endpoint import Endpoint
from ..core.errors import InvalidSetting
from ..core.lifecycle import Storage
from ..core.secrets import ENVIRONMENT_VARIABLE, Key
from . import session, transparency
from .fields import field
from .identity import CLEAN_UP, DASHBOARD, EXPORT_LEDGER, PACKAGE, TEST_CONNECTION
from .text import draw_wrapped

DEFAULTS = ("resolution", "texture_size", "decimation_target")
"""Parameters whose value here is used by every scene that does not set its own."""

OBJECT_SIZE = "object_size"
FOLLOWED = (*DEFAULTS, OBJECT_SIZE)
"""All settings of a scene that follow the preferences until it sets its own."""

_MIB = 2**20


class TrellisPreferences(bpy.types.AddonPreferences):
    """Preferences of the extension."""

    bl_idname = PACKAGE

    api_key: bpy.props.StringProperty(
        name="API Key",
        description="Your key for the service; it begins with sk-empiriolabs-. Kept in Blender's preferences only",
        subtype="PASSWORD",
    )
    server_url: bpy.props.StringProperty(
        name="Server",
        description="Address of another server that offers the same model; leave empty for the provider's own",
    )
    download_folder: bpy.props.StringProperty(
        name="Download Folder",
        description="Where finished objects are kept; leave empty for the extension's own folder",
        subtype="DIR_PATH",
    )
    download_limit: bpy.props.IntProperty(
        name="Download Limit (MiB)",
        description="Largest file that is accepted from the server",
        default=DEFAULT_LIMIT_BYTES // _MIB,
        min=1,
        max=8192,
    )

    object_size: bpy.props.FloatProperty(
        name="Object Size (m)",
        description="Longest side of new objects, in metres of the scene's units",
        default=1.0,
        min=0.001,
        soft_max=10.0,
        precision=3,
        step=10,
    )
    placeholders: bpy.props.BoolProperty(
        name="Placeholders",
        description="A box stands where the object will be while it is made; move it, and the object comes there",
        default=True,
    )
    transparency: bpy.props.EnumProperty(
        name="Transparency",
        description="What becomes of objects that the file calls transparent",
        items=transparency.ITEMS,
        default=transparency.REPAIR,
    )
    transparency_threshold: bpy.props.FloatProperty(
        name="Transparency Threshold",
        description="An object stays transparent when more than this share of the texture that it uses is",
        default=1.0,
        min=0.0,
        max=100.0,
        precision=2,
        subtype="PERCENTAGE",
    )
    asset_author: bpy.props.StringProperty(
        name="Asset Author", description="Who is named as the author of objects that are marked as assets"
    )
    daily_cap: bpy.props.FloatProperty(
        name="Daily Cap ($)",
        description="Generate is refused when it would spend more than this in one day; 0 means no cap",
        default=0.0,
        min=0.0,
        soft_max=100.0,
        precision=2,
        step=100,
    )
    storage_budget: bpy.props.IntProperty(
        name="Storage Budget (MiB)",
        description="Clean Up removes the oldest objects that were imported until the rest needs no more than this",
        default=4096,
        min=0,
        soft_max=102400,
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the page; shows only what is known already."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = _section(layout, "Service")
        from_environment = bool(_environment_key())
        row = column.row()
        row.enabled = not from_environment
        row.prop(self, "api_key")
        if from_environment:
            draw_wrapped(column, f"The environment variable {ENVIRONMENT_VARIABLE} is set and is used instead",
                         icon="INFO")  # fmt: skip
        row = column.row()
        row.prop(self, "server_url", placeholder=endpoints.DEFAULT_BASE_URL)
        fault = settings_fault()
        if fault:
            draw_wrapped(column, fault, icon="ERROR")
        row = column.row(align=True)
        row.operator(TEST_CONNECTION)
        row.operator(DASHBOARD, icon="URL")
        self._draw_connection(column)
        column = _section(layout, "Defaults")
        for name in DEFAULTS:
            column.prop(self, name)
        column = _section(layout, "New Objects")
        column.prop(self, "object_size")
        column.prop(self, "transparency")
        row = column.row()
        row.enabled = self.transparency == transparency.REPAIR
        row.prop(self, "transparency_threshold")
        column.prop(self, "placeholders")
        column = _section(layout, "Assets")
        column.prop(self, "asset_author")
        column = _section(layout, "Downloads")
        column.prop(self, "download_folder")
        column.prop(self, "download_limit")
        row = column.row(align=True)
        row.prop(self, "storage_budget")
        row.operator(CLEAN_UP)
        if session.current().cleaned is not None:
            draw_wrapped(column, session.current().cleaned.sentence, icon="INFO")
        column = _section(layout, "Money")
        column.prop(self, "daily_cap")
        column.operator(EXPORT_LEDGER, icon="EXPORT")
        exported = session.current().money.exported
        if exported is not None:
            draw_wrapped(column, exported.sentence, icon="CHECKMARK" if exported.ok else "ERROR")

    def _draw_connection(self, column: bpy.types.UILayout) -> None:
        live = session.current()
        if live.checking:
            draw_wrapped(column, "Asking the server…")
        elif live.connection is not None:
            draw_wrapped(column, live.connection.sentence, icon="CHECKMARK" if live.connection.ok else "ERROR")


def _section(layout: bpy.types.UILayout, heading: str) -> bpy.types.UILayout:
    """Give a column under a label: Blender draws a column's own heading only beside check boxes."""
    column = layout.column()
    column.label(text=heading)
    return column


def _environment_key() -> str:
    """Give the environment's key; one of blanks only is none."""
    return os.environ.get(ENVIRONMENT_VARIABLE, "").strip()


for _name in DEFAULTS:
    TrellisPreferences.__annotations__[_name] = field(BY_NAME[_name])


def get() -> TrellisPreferences:
    """Give the preferences of the enabled extension."""
    return cast(TrellisPreferences, bpy.context.preferences.addons[PACKAGE].preferences)


def key() -> Key:
    """Give the key in force: the environment's, else the one typed here. Raises :class:`InvalidSetting`."""
    return Key(_environment_key() or get().api_key)


def endpoint() -> Endpoint:
    """Give the server in force. Raises :class:`InvalidSetting`."""
    return endpoints.parse(get().server_url)


def needs_key() -> bool:
    """Whether the server in force asks for a key; one on this computer need not. Raises :class:`InvalidSetting`."""
    return not endpoint().is_loopback


def storage() -> Storage:
    """Give the folder for finished objects, and the largest file it takes. Raises :class:`InvalidSetting`."""
    typed = get().download_folder.strip()
    if typed.startswith("//") and not bpy.data.filepath:
        raise InvalidSetting("The download folder is beside the .blend file, which is not saved yet. Save it first.")
    folder = bpy.path.abspath(typed) or bpy.utils.extension_path_user(PACKAGE, path="objects")
    folder = os.path.expanduser(folder)  # noqa: PTH111  # Path's own raises where nobody has that name
    if not Path(folder).is_absolute():
        raise InvalidSetting(
            "The download folder must be an absolute path. Choose it with the folder button in the preferences."
        )
    store = Path(bpy.utils.extension_path_user(PACKAGE, path="store"))
    return Storage(Path(folder), get().download_limit * _MIB, daily_cap(), store)


def budget_bytes() -> int:
    """Give how much the files of imported objects may need on the disk."""
    return get().storage_budget * _MIB


def daily_cap() -> Decimal:
    """Give what may be spent in a day; zero means as much as the artist likes."""
    return Decimal(f"{get().daily_cap:.2f}")


def settings_fault() -> str:
    """Give the sentence why key or server cannot be used as they stand, or an empty text."""
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
    bpy.utils.unregister_class(TrellisPreferences)
