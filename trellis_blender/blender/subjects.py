# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of a sheet's subjects as the artist edits it: names, which to make, and a small picture of each.

It is the window manager's, and so neither in the file nor in its undo steps. Knows no picture but the icons.
"""

from collections.abc import Sequence
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np

from ..core import icons
from ..core.image import Rgba
from ..core.splitting import Split

ICON_PIXELS = 32
"""As large as Blender keeps icons."""
_icons: Any = None


class TrellisSubject(bpy.types.PropertyGroup):
    """One subject of the sheet."""

    name: bpy.props.StringProperty(name="Name", description="What the object of this subject is called")
    use: bpy.props.BoolProperty(name="Generate", description="Make an object of this subject", default=True)
    select: bpy.props.BoolProperty(
        name="Select", description="Make one subject of this and the others that are selected, by Merge Selected"
    )


class TrellisSheet(bpy.types.PropertyGroup):
    """The subjects of the sheet, in reading order."""

    subjects: bpy.props.CollectionProperty(type=TrellisSubject)
    active: bpy.props.IntProperty(name="Subject", options={"SKIP_SAVE"})


def group() -> Any:
    """Give the list with what belongs to it."""
    return bpy.context.window_manager.trellis_sheet  # type: ignore[attr-defined]  # made by register


def listed() -> Sequence[Any]:
    """Give the subjects in the list, in the order of the sheet's."""
    return list(group().subjects)


def fill(split: Split) -> None:
    """List the subjects of a picture, all switched on and none selected."""
    clear()
    for one in split.sheet.subjects:
        item = group().subjects.add()
        item.name = one.name
        if _icons is not None:
            preview = _icons.new(str(one.index))
            preview.icon_size = (ICON_PIXELS, ICON_PIXELS)
            preview.icon_pixels_float.foreach_set(_values(split.icon(one, ICON_PIXELS)))


def clear() -> None:
    """Empty the list."""
    group().subjects.clear()
    group().active = 0
    if _icons is not None:
        _icons.clear()


def turn_to(indexes: Sequence[int]) -> None:
    """Have the first of these subjects be the active one, unless the artist has turned to another one."""
    if indexes and group().active == 0:
        group().active = indexes[0]


def icon(index: int) -> int:
    """Give the number of a subject's icon, or 0."""
    found = _icons.get(str(index)) if _icons is not None else None
    return found.icon_id if found is not None else 0


def _values(rgba: Rgba) -> Any:
    return (icons.premultiplied(rgba)[::-1].astype(np.float32) / 255.0).ravel()


_CLASSES = (TrellisSubject, TrellisSheet)


def register() -> None:
    """Add the list to the window manager."""
    global _icons
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.WindowManager.trellis_sheet = bpy.props.PointerProperty(  # type: ignore[attr-defined]
        type=TrellisSheet, name="TRELLIS Sheet", options={"SKIP_SAVE"}
    )
    _icons = None if bpy.app.background else bpy.utils.previews.new()


def unregister() -> None:
    """Take the list and its icons out."""
    global _icons
    clear()
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
        _icons = None
    del bpy.types.WindowManager.trellis_sheet  # type: ignore[attr-defined]
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
