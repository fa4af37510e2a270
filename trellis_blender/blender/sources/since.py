# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist chose after a picture was taken of the scene, and so means instead. Reads no pixels."""

from collections.abc import Iterator
from typing import Final

import bpy

from .. import footing, properties, renders
from ..captures import Before
from . import canvas, editors
from .choice import Choice

_NONE: Final = (0, 0)


def note(scene: bpy.types.Scene) -> Before:
    """Give what is chosen now, to tell it from what is chosen later."""
    return Before(_selected(scene), dict(_shown()), renders.finished(scene))


def is_chosen(meant: Choice, before: Before, context: bpy.types.Context) -> bool:
    """Whether what would be meant without the picture was chosen since it was taken.

    That is a new render, or by *Auto* the canvas that was selected or the image that an Image Editor was given. Whoever
    puts a source in the panel has put the picture aside by that.
    """
    if meant.is_render and renders.finished(context.scene) > before.renders:
        return True
    if properties.of(context.scene).source != "AUTO":
        return False
    selected = (_uid(meant.canvas), _uid(meant.image)) if meant.canvas is not None else _NONE
    if selected != before.canvas:
        before.canvas = _NONE  # whoever selects that one again chooses it, or gives it another picture
    return before.canvas == _NONE if meant.canvas is not None else _is_other(editors.showing(context), before)


def _is_other(space: bpy.types.SpaceImageEditor | None, before: Before) -> bool:
    """Whether an editor was given another image; from then on also the one that it had."""
    if space is None or space.mode == "UV":  # to which Blender gives images by itself
        return False
    editor, image = space.as_pointer(), _uid(space.image)
    # An editor that was opened since shows what the one did that it is a part of.
    was = before.shown.setdefault(editor, image if image in before.shown.values() else 0)
    if was != image:
        before.shown[editor] = 0
    return was != image


def _shown() -> Iterator[tuple[int, int]]:
    """Give every Image Editor, of all workspaces, and its image."""
    for screen in bpy.data.screens:
        for area in screen.areas:
            for space in area.spaces:
                if isinstance(space, bpy.types.SpaceImageEditor):
                    yield space.as_pointer(), _uid(space.image)


def _selected(scene: bpy.types.Scene) -> tuple[int, int]:
    """Give the selected canvas of a window's scene, and its picture; a timer has no window of its own."""
    for window in bpy.context.window_manager.windows:
        if window.scene == scene:
            with footing.at(window=window):
                carrier = canvas.selected(bpy.context)
            found = canvas.shown_on(carrier) if carrier is not None else None
            return (_uid(carrier), _uid(found[0])) if found is not None else _NONE
    return _NONE


def _uid(item: bpy.types.ID | None) -> int:
    return item.session_uid if item is not None else 0
