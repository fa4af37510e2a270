# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Render Result holds a picture: Blender has the datablock before any render, and no way to ask."""

from collections import Counter
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import listeners
from .taking import stage

_finished = 0
_before = 0
_changes = 0
_pixels: dict[int, float] = {}
_of_scenes: Counter[int] = Counter()


def seen() -> bool:
    """Whether a render was finished since this file was opened."""
    return _finished > _before


def finished(scene: bpy.types.Scene | None = None) -> int:
    """Give how many renders were finished, of a scene of this file, or of whatever file."""
    return _finished if scene is None else _of_scenes[scene.session_uid]


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
    _of_scenes[scene.session_uid] += 1
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
    _of_scenes.clear()


_HEARD: Final = (
    ("render_complete", _ended), ("render_cancel", _changed), ("composite_post", _changed), ("load_post", _opened_file),
)  # fmt: skip


def register() -> None:
    """Listen for renders."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)
