# SPDX-License-Identifier: GPL-3.0-or-later
"""The image on the clipboard. Blender pastes it in an Image Editor only, and not on every system.

Where no Image Editor is open another area is one for the moment. What an editor shows that was open stays as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy
from _bpy import _ghost_backend  # type: ignore[import-not-found]  # as Blender's own menu of images asks

from . import footing

_EDITOR: Final = "IMAGE_EDITOR"
_OFFERING: Final = frozenset({"WIN32", "COCOA", "WAYLAND"})


def reason(context: bpy.types.Context) -> str:
    """Give why nothing can be pasted, without a full stop, or an empty text. For drawing.

    Without an Image Editor in sight nobody can ask whether there is an image: then it is tried.
    """
    if bpy.app.background:
        return "Blender has a clipboard in a window only. Open a picture instead"
    if _ghost_backend() not in _OFFERING:
        return "Blender reads images from the clipboard on Windows, macOS and Wayland only. Save it, then open it"
    area = _open_editor(context)
    if area is None:
        return ""
    with footing.at(area=area):
        is_there = bpy.ops.image.clipboard_paste.poll()  # type: ignore[call-arg]
    return "" if is_there else "There is no image on the clipboard. Copy one first"


def paste(context: bpy.types.Context) -> bpy.types.Image | None:
    """Have Blender make an image of what is on the clipboard. Raises RuntimeError, with Blender's words."""
    known = set(bpy.data.images)
    with _in_editor(context):
        bpy.ops.image.clipboard_paste()
    return next((image for image in bpy.data.images if image not in known), None)


@contextmanager
def _in_editor(context: bpy.types.Context) -> Iterator[None]:
    """Stand in an Image Editor, which is as it was afterwards; only that which the artist is in may change."""
    area = _open_editor(context)
    kind = ""
    if area is None:
        # Not the one that the artist is in: its panel is at work. Where it is the only one, there is no other way.
        area = next((area for area in context.window.screen.areas if area != context.area), context.area)
        kind, area.type = area.ui_type, _EDITOR
    space: Any = area.spaces.active
    before = space.image, space.use_image_pin
    try:
        with footing.at(area=area, region=next(item for item in area.regions if item.type == "WINDOW")):
            yield
    finally:
        if area != context.area or kind:
            space.image, space.use_image_pin = before
        if kind:
            area.ui_type = kind


def _open_editor(context: bpy.types.Context) -> bpy.types.Area | None:
    """Give the Image Editor at hand, or another one in this window."""
    if context.area is not None and context.area.type == _EDITOR:
        return context.area
    areas = context.window.screen.areas if context.window is not None else ()
    return next((area for area in areas if area.type == _EDITOR), None)
