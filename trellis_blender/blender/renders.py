# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Render Result holds a picture: Blender has the datablock before any render, and no way to ask."""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .taking import stage

_count = 0
_before = 0
_pixels = 0.0


def seen() -> bool:
    """Whether a render was finished since this file was opened."""
    return _count > _before


def count() -> int:
    """Give how many renders were finished, in this file and others before it."""
    return _count


def pixels() -> float:
    """Give how many pixels the last finished render had; 0 for none since this file was opened."""
    return _pixels


@persistent  # type: ignore[untyped-decorator]
def _finished(scene: bpy.types.Scene, *_arguments: Any) -> None:
    global _count, _pixels
    if stage.is_ours(scene):
        return
    _count += 1
    share = scene.render.resolution_percentage / 100
    _pixels = scene.render.resolution_x * share * scene.render.resolution_y * share


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _before, _pixels
    _before, _pixels = _count, 0.0


def register() -> None:
    """Listen for finished renders."""
    bpy.app.handlers.render_complete.append(_finished)
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Listen no longer."""
    bpy.app.handlers.render_complete.remove(_finished)
    bpy.app.handlers.load_post.remove(_opened_file)
