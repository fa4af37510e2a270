# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Render Result holds a picture: Blender has the datablock before any render, and no way to ask."""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .taking import stage

_seen = False


def seen() -> bool:
    """Whether a render was finished since this file was opened."""
    return _seen


@persistent  # type: ignore[untyped-decorator]
def _finished(scene: bpy.types.Scene, *_arguments: Any) -> None:
    global _seen
    _seen = _seen or not stage.is_ours(scene)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _seen
    _seen = False


def register() -> None:
    """Listen for finished renders."""
    bpy.app.handlers.render_complete.append(_finished)
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Listen no longer."""
    bpy.app.handlers.render_complete.remove(_finished)
    bpy.app.handlers.load_post.remove(_opened_file)
