# SPDX-License-Identifier: GPL-3.0-or-later
"""Where files are kept and what they may take, on the page. Reads no disk."""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import bpy

from ...core import money
from ...core.download import DEFAULT_LIMIT_BYTES
from ...core.errors import InvalidSetting
from ...core.lifecycle import Storage
from ...core.messages import StorageCounted
from .. import session
from ..identity import CLEAN_UP, OPEN_FOLDER, PACKAGE
from ..text import draw_wrapped

MIB = 2**20


class StorageFields:
    """The folder, the largest file, and how much may be kept."""

    download_folder: bpy.props.StringProperty(
        name="Download Folder",
        description="Where finished objects are kept; leave empty for the extension's own folder",
        subtype="DIR_PATH",
    )
    download_limit: bpy.props.IntProperty(
        name="Download Limit (MiB)",
        description="Largest file that is accepted from the server",
        default=DEFAULT_LIMIT_BYTES // MIB,
        min=1,
        max=8192,
    )
    storage_budget: bpy.props.IntProperty(
        name="Storage Budget (MiB)",
        description="Clean Up removes the oldest objects that were imported until the rest needs no more than this",
        default=4096,
        min=0,
        soft_max=102400,
    )


def daily_cap(own: Any) -> Decimal:
    """Give what may be spent in a day; zero means as much as the artist likes."""
    return money.typed(own.daily_cap)


def of(own: Any) -> Storage:
    """Give the folder for finished objects, and the largest file it takes. Raises :class:`InvalidSetting`."""
    typed = own.download_folder.strip()
    if typed.startswith("//") and not bpy.data.filepath:
        raise InvalidSetting("The download folder is beside the .blend file, which is not saved yet. Save it first.")
    folder = os.path.expanduser(bpy.path.abspath(typed))  # noqa: PTH111  # Path's own raises where nobody has that name
    if folder and not Path(folder).is_absolute():
        raise InvalidSetting(
            "The download folder must be an absolute path. Choose it with the folder button in the preferences."
        )
    return replace(usual(own), folder=Path(folder)) if folder else usual(own)


def usual(own: Any) -> Storage:
    """Give the extension's own folder, which can always be named, and the rest as it is set."""
    folder, store = (Path(bpy.utils.extension_path_user(PACKAGE, path=name)) for name in ("objects", "store"))
    return Storage(folder, own.download_limit * MIB, daily_cap(own), store)


def draw(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw the section."""
    row = layout.row(align=True)
    row.prop(own, "download_folder")
    row.operator(OPEN_FOLDER, text="", icon="FOLDER_REDIRECT")
    layout.prop(own, "download_limit")
    row = layout.row(align=True)
    row.prop(own, "storage_budget")
    row.operator(CLEAN_UP)
    known = session.current().housekeeping
    _draw_count(layout, known.counted)
    if known.cleaned is not None:
        draw_wrapped(layout, known.cleaned.sentence, icon="INFO")
    if known.is_stale and not bpy.app.background and not bpy.app.timers.is_registered(_count):
        bpy.app.timers.register(_count, first_interval=0.0)  # a worker counts: nothing is read here


def _draw_count(layout: bpy.types.UILayout, counted: StorageCounted | None) -> None:
    if counted is None:
        draw_wrapped(layout, "Counting what is kept…", icon="INFO")
    elif counted.sentence:
        draw_wrapped(layout, counted.sentence, icon="ERROR")
    elif not (counted.objects or counted.pictures):
        draw_wrapped(layout, "Nothing is kept yet.", icon="DISK_DRIVE")
    else:
        size = (counted.object_bytes + counted.picture_bytes) / MIB
        said = f"{size:,.0f} MiB are kept: {counted.objects} objects, and {counted.pictures} pictures of them."
        draw_wrapped(layout, said, icon="DISK_DRIVE")


def _count() -> None:
    """Have what is kept counted; answered by a message."""
    live = session.current()
    try:
        place = of(bpy.context.preferences.addons[PACKAGE].preferences)
    except InvalidSetting as error:
        live.housekeeping.take(StorageCounted(Path(), sentence=str(error)))
        return
    live.housekeeping.count(live.started(place), place.folder)


def unregister() -> None:
    """Count no more."""
    if bpy.app.timers.is_registered(_count):
        bpy.app.timers.unregister(_count)
