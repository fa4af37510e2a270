# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Render Result holds a picture: Blender has the datablock before any render, and no way to ask."""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .taking import stage

_count = 0
_before = 0


def seen() -> bool:
    """Whether a render was finished since this file was opened."""
    return _count > _before


def count() -> int:
    """Give how many renders were finished, in this file and others before it."""
    return _count


@persistent  # type: ignore[untyped-decorator]
def _finished(scene: bpy.types.Scene, *_arguments: Any) -> None:
    global _count
    _count += not stage.is_ours(scene)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _before
    _before = _count


def register() -> None:
    """Listen for finished renders."""
    bpy.app.handlers.render_complete.append(_finished)
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Listen no longer."""
    bpy.app.handlers.render_complete.remove(_finished)
    bpy.app.handlers.load_post.remove(_opened_file)
