# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of the Render Result as Blender wrote them last, for as long as it is proven that they are its own.

Writing them takes as long as five frames of the interface, and there is no other way to them. Whatever fills the
Render Result, the viewport's render too, which tells nobody, has Blender throw away what it holds of it for drawing.
Among that is a texture of a single pixel, which is made here to see whether it is still there. Needs a window. Blender
5 can only be asked in a way that has it made anew where an Image Editor shows the render: there it is written anew.
"""

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import bpy

from ...core.image import ExrFile
from ...core.view import View
from .. import footing

_log = logging.getLogger(__name__)
_SUFFIX = ".kept.exr"
TEND_SECONDS = 30.0
IDLE_SECONDS = 600.0
_CHANGING: tuple[Literal["RENDER", "COMPOSITE"], ...] = ("RENDER", "COMPOSITE")
"""Jobs of Blender's that fill the Render Result bit by bit."""


@dataclass(frozen=True, eq=False)
class _Kept:
    """A file of ours, and what it is of."""

    key: tuple[object, ...]
    wire: object
    """The texture. Held, so that no other has its number."""
    number: int
    """That of the texture; 0 where Blender does not tell it."""
    path: Path
    layer: str


_kept: _Kept | None = None
_numbers = 0
_used_at = 0.0
_looking: Any = None
_was_shown = False
"""Whether an editor has shown the render since it was written: it may have been emptied there."""


def keep(key: tuple[object, ...], image: bpy.types.Image, file: ExrFile) -> None:
    """Keep the numbers that were written just now, in place of earlier ones; nothing where that cannot be proven.

    ``key`` tells all about the Render Result that can be asked for: slot, layer, how often it has changed.
    """
    global _kept, _used_at, _looking, _was_shown
    drop()
    render = bpy.context.scene.render
    if bpy.app.background or file.is_opaque or _is_changing() or getattr(render, "use_render_cache", False):
        return
    wire = _wire(image)
    if wire is None:
        return
    path = file.path.with_suffix(_SUFFIX)
    try:
        os.link(file.path, path)
    except OSError as error:
        _log.info("The render is not kept: %s", error)
        return
    _kept, _used_at = _Kept(key, wire, getattr(image, "bindcode", 0), path, file.layer), time.monotonic()
    _was_shown = False
    _looking = bpy.types.SpaceImageEditor.draw_handler_add(_look, (), "WINDOW", "POST_PIXEL")
    if not bpy.app.timers.is_registered(tend):
        bpy.app.timers.register(tend, first_interval=TEND_SECONDS, persistent=True)


def take(key: tuple[object, ...], image: bpy.types.Image, view: View) -> ExrFile | None:
    """Give the numbers once more, as a file of the caller's own; None where they may not be those that are shown."""
    global _numbers, _used_at
    if not _holds(image) or _kept is None or _kept.key != key or _is_changing() or _may_be_cleared(image):
        return None
    _numbers, _used_at = _numbers + 1, time.monotonic()
    path = _kept.path.with_suffix(f".{_numbers}.exr")
    try:
        os.link(_kept.path, path)
    except OSError as error:
        _log.info("The render is written anew: %s", error)
        return None
    return ExrFile(path, view, _kept.layer)


def tend() -> float | None:
    """Drop what is no longer the Render Result, and what nobody wants any more; a timer of Blender's."""
    if _kept is None:
        return None
    if time.monotonic() - _used_at > IDLE_SECONDS:
        drop()
        return None
    holds = _holds(next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None))
    return TEND_SECONDS if holds else None


def drop() -> None:
    """Keep nothing."""
    global _kept, _looking
    if _kept is not None:
        bpy.types.SpaceImageEditor.draw_handler_remove(_looking, "WINDOW")
        _kept.path.unlink(missing_ok=True)
        _kept = _looking = None


def end() -> None:
    """Keep nothing, and look after it no longer."""
    drop()
    if bpy.app.timers.is_registered(tend):
        bpy.app.timers.unregister(tend)


def _holds(image: bpy.types.Image | None) -> bool:
    """Whether what is kept is still the Render Result; else it is dropped."""
    if _kept is None:
        return False
    if image is None or not _is_untouched(image, _kept):
        drop()
        return False
    return True


def _is_untouched(image: bpy.types.Image, held: _Kept) -> bool:
    if not held.number:
        return _wire(image) is held.wire
    if getattr(image, "bindcode", 0) != held.number:
        return False
    image.gl_touch()  # else Blender throws it away after two minutes
    return True


def _is_changing() -> bool:
    return any(bpy.app.is_job_running(name) for name in _CHANGING)


def _may_be_cleared(image: bpy.types.Image) -> bool:
    """Whether the slot was emptied, which is done in an editor that shows it, and told there alone.

    Blender tells it by whether there is anything to be saved.
    """
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            space = area.spaces.active
            if isinstance(space, bpy.types.SpaceImageEditor) and space.image == image:
                with footing.at(window=window, area=area):
                    return not bpy.ops.image.save_as.poll()  # type: ignore[call-arg]
    return _was_shown


def _look() -> None:
    """Note that an editor shows the render; called when one is drawn."""
    global _was_shown
    space = bpy.context.space_data
    if isinstance(space, bpy.types.SpaceImageEditor) and space.image is not None:
        _was_shown = _was_shown or space.image.type == "RENDER_RESULT"


def _wire(image: bpy.types.Image) -> Any:
    """Give the texture by which changes are seen; None where there is no graphics device, or it is a large one."""
    import gpu  # a Blender without windows has the module, and nothing behind it

    try:
        texture = gpu.texture.from_image(image)
    except (SystemError, RuntimeError, ValueError) as error:
        _log.info("The render is not kept: %s", error)
        return None
    return texture if (texture.width, texture.height) == (1, 1) else None
