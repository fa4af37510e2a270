# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture that the Asset Browser shows of an asset: drawn at once, or when the artist has stopped leafing."""

import logging
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

import bpy
import numpy as np
from bpy.app.handlers import persistent
from mathutils import Matrix

from ..core import thumbnail
from ..core.image import Rgba
from ..core.thumbnail import Surface, Texture
from . import listeners, portraits, provenance, surfaces

PIXELS: Final = 256
CALM_SECONDS: Final = 0.5
"""So long nothing else is shown before the picture is drawn anew: leafing is not held up."""
_BEAT_SECONDS: Final = 0.1
_DREW: Final = "trellis_picture"
_log = logging.getLogger(__name__)
_threads: ThreadPoolExecutor | None = None
_wished: set[int] = set()
_drawn: dict[int, "Future[Rgba]"] = {}
_shown: dict[int, str] = {}
"""By an object's number the job whose object its picture shows: undo does not bring pictures back."""

Place = tuple[bpy.types.Object, Matrix]
"""A mesh object, and where it stands in the picture."""


def draw(asset: bpy.types.ID, places: Sequence[Place]) -> None:
    """Draw it now."""
    _show(asset, thumbnail.draw_all(_surfaces(places, at_once=True), PIXELS))
    _note(asset)


def draw_later(item: bpy.types.Object, *, is_new: bool = False) -> None:
    """Draw an object's picture again when nothing else was shown for a moment; in a script now.

    ``is_new``: it has none yet.
    """
    if is_new and item.asset_data is not None:
        item.asset_data[_DREW] = ""
    if not is_ours(item):
        return
    if bpy.app.background:
        draw(item, [(item, Matrix.Identity(4))])
        return
    _wished.add(item.session_uid)
    if bpy.app.timers.is_registered(_serve):
        bpy.app.timers.unregister(_serve)
    bpy.app.timers.register(_serve, first_interval=CALM_SECONDS)


def is_ours(asset: bpy.types.ID) -> bool:
    """Whether an asset shows the picture that was drawn here, and none that the artist gave it."""
    noted = asset.asset_data.get(_DREW) if asset.asset_data is not None else None
    preview = asset.preview
    return noted is not None and (preview is None or noted in ("", _mark(preview)))


def has_own(asset: bpy.types.ID) -> bool:
    """Whether the artist gave an asset another picture than was drawn here; one that Blender drew is no such."""
    return asset.asset_data is not None and asset.asset_data.get(_DREW) is not None and not is_ours(asset)


def _surfaces(places: Sequence[Place], *, at_once: bool = False) -> list[Surface]:
    """Copy what is drawn; a texture that several show is read once."""
    found: list[Surface] = []
    textures: dict[bpy.types.Image | None, Texture | None] = {None: None}
    for item, matrix in places:
        if isinstance(item.data, bpy.types.Mesh):
            shape, image = surfaces.shape(item.data), surfaces.image(item.data)
            if image not in textures:
                textures[image] = surfaces.texture(image, at_once=at_once)
            grid = np.array(matrix, np.float32)
            points = (shape.points @ grid[:3, :3].T + grid[:3, 3]).astype(np.float32)
            found.append(replace(shape, points=points, texture=textures[image]))
    return found


def _show(asset: bpy.types.ID, rgba: Rgba) -> None:
    preview = asset.preview_ensure()
    if preview is not None and asset.asset_data is not None:
        portraits.fill(preview, rgba)
        asset.asset_data[_DREW] = _mark(preview)


def _mark(preview: bpy.types.ImagePreview) -> str:
    """Give what tells one picture from another; nothing of none."""
    width, height = preview.image_size
    values = np.empty(width * height, np.int32)
    preview.image_pixels.foreach_get(values)
    return f"{zlib.crc32(values.tobytes()):08x}" if len(values) else ""


def _note(asset: bpy.types.ID) -> None:
    if isinstance(asset, bpy.types.Object):
        _shown[asset.session_uid] = provenance.job_of(asset.data)


def _serve() -> float | None:
    """Take in what was drawn, and have the next one drawn; give when to come again."""
    for number in [number for number, drawn in _drawn.items() if drawn.done()]:
        drawn, item = _drawn.pop(number), _object(number)
        if (error := drawn.exception()) is not None:
            _log.error("The picture of an asset could not be drawn", exc_info=error)
        elif item is not None and number not in _wished and is_ours(item):
            _show(item, drawn.result())
    if _wished and not _drawn and _threads is not None:
        number = _wished.pop()
        item = _object(number)
        if item is not None and item.mode == "OBJECT" and is_ours(item):
            _note(item)
            _drawn[number] = _threads.submit(thumbnail.draw_all, _surfaces([(item, Matrix.Identity(4))]), PIXELS)
    return _BEAT_SECONDS if _wished or _drawn else None


def _object(number: int) -> bpy.types.Object | None:
    return next((item for item in bpy.data.objects if item.session_uid == number), None)


@persistent  # type: ignore[untyped-decorator]
def _undone(*_arguments: Any) -> None:
    """Have those drawn anew whose objects show something else again."""
    for number, job in list(_shown.items()):
        item = _object(number)
        if item is not None and item.asset_data is not None and provenance.job_of(item.data) != job:
            draw_later(item)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    """Forget it all: objects of another file may have the same numbers."""
    _wished.clear()
    _drawn.clear()
    _shown.clear()


_HEARD: Final = (("load_post", _opened_file), ("undo_post", _undone), ("redo_post", _undone))


def register() -> None:
    """Begin; a thread starts with the first picture."""
    global _threads
    _threads = ThreadPoolExecutor(1, "trellis-asset")
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Forget what is wished for, and end the thread."""
    global _threads
    listeners.ignore(*_HEARD)
    if bpy.app.timers.is_registered(_serve):
        bpy.app.timers.unregister(_serve)
    if _threads is not None:
        _threads.shutdown(cancel_futures=True)
        _threads = None
    _opened_file()
