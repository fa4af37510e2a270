# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Render Result holds a picture: Blender has the datablock before any render, and no way to ask."""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .taking import stage

_finished = 0
_before = 0
_changes = 0
_pixels: dict[int, float] = {}


def seen() -> bool:
    """Whether a render was finished since this file was opened."""
    return _finished > _before


def finished() -> int:
    """Give how many renders were finished, of whatever file."""
    return _finished


def changes() -> int:
    """Give how often the Render Result has changed: by renders, also such as were stopped, and by the compositor."""
    return _changes


def pixels(slot: int) -> float:
    """Give how many pixels the last finished render of a slot had; 0 for none since this file was opened."""
    return _pixels.get(slot, 0.0)


@persistent  # type: ignore[untyped-decorator]
def _ended(scene: bpy.types.Scene, *_arguments: Any) -> None:
    global _finished
    if stage.is_ours(scene):
        return
    _finished += 1
    _changed(scene)
    share = scene.render.resolution_percentage / 100
    image = next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)
    slot = image.render_slots.active_index if image is not None else 0
    _pixels[slot] = scene.render.resolution_x * share * scene.render.resolution_y * share


@persistent  # type: ignore[untyped-decorator]
def _changed(scene: bpy.types.Scene, *_arguments: Any) -> None:
    global _changes
    if not stage.is_ours(scene):
        _changes += 1


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _before
    _before = _finished
    _pixels.clear()


def register() -> None:
    """Listen for renders."""
    bpy.app.handlers.render_complete.append(_ended)
    bpy.app.handlers.render_cancel.append(_changed)
    bpy.app.handlers.composite_post.append(_changed)
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Listen no longer."""
    bpy.app.handlers.render_complete.remove(_ended)
    bpy.app.handlers.render_cancel.remove(_changed)
    bpy.app.handlers.composite_post.remove(_changed)
    bpy.app.handlers.load_post.remove(_opened_file)
