# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of meshes, as icons: copied on the main thread, beat by beat, drawn by a thread. Knows no variant.

They are kept beside the file, by the mesh's number in this run of Blender.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np
from bpy.app.handlers import persistent

from ..core import icons, thumbnail
from ..core.image import Rgba
from ..core.thumbnail import Surface
from . import provenance, session, surfaces

BEAT_SECONDS = 0.1
_log = logging.getLogger(__name__)
_icons: bpy.utils.previews.ImagePreviewCollection | None = None
_threads: ThreadPoolExecutor | None = None
_wishes: dict[str, None] = {}
_copied: dict[str, Surface] = {}
"""A mesh whose texture is still to be read: in a beat of its own."""
_drawn: dict[str, "Future[Rgba]"] = {}
_failed: set[str] = set()
_jobs: dict[str, str] = {}
"""By a mesh's number the job that it came from: its row in the history shows the same picture."""


def icon(mesh: bpy.types.Mesh) -> int:
    """Give the number of a mesh's icon; 0 while it is not drawn yet, which is seen to. For drawing."""
    number = str(mesh.session_uid)
    found = _icons.get(number) if _icons is not None else None
    if found is not None:
        return int(found.icon_id)
    if number not in _failed and number not in _drawn and number not in _copied:
        _wishes.setdefault(number)
        if not bpy.app.background and not bpy.app.timers.is_registered(serve):
            bpy.app.timers.register(serve, first_interval=BEAT_SECONDS)
    return 0


def serve() -> float | None:
    """Read the next mesh that is wanted, or its texture, and take in what was drawn; give when to come again."""
    for number in [number for number, drawn in _drawn.items() if drawn.done()]:
        _take(number, _drawn.pop(number))
    if _copied:
        number, surface = _copied.popitem()
        if (mesh := _mesh(number)) is not None and _threads is not None:
            _jobs[number], texture = provenance.job_of(mesh), surfaces.texture(surfaces.image(mesh))
            _drawn[number] = _threads.submit(thumbnail.draw, replace(surface, texture=texture))
    elif _wishes and not _drawn:
        number = next(iter(_wishes))
        del _wishes[number]
        if (mesh := _mesh(number)) is not None:
            _copied[number] = surfaces.shape(mesh)
    return BEAT_SECONDS if _wishes or _copied or _drawn else None


def fill(preview: bpy.types.ImagePreview, rgba: Rgba) -> None:
    """Have a preview show a picture."""
    height, width = rgba.shape[:2]
    preview.image_size = (width, height)  # type: ignore[assignment]  # as for every array of RNA
    values = icons.premultiplied(rgba)[::-1].astype(np.float32) / 255.0
    preview.image_pixels_float.foreach_set(values.ravel())  # type: ignore[arg-type]  # any buffer will do


def copy(preview: bpy.types.ImagePreview, target: bpy.types.ImagePreview) -> None:
    """Have a preview show what another shows."""
    width, height = preview.image_size
    values = np.empty(width * height * 4, np.float32)
    preview.image_pixels_float.foreach_get(values)
    target.image_size = (width, height)  # type: ignore[assignment]  # as for every array of RNA
    target.image_pixels_float.foreach_set(values)  # type: ignore[arg-type]  # any buffer will do


def _mesh(number: str) -> bpy.types.Mesh | None:
    return next((mesh for mesh in bpy.data.meshes if str(mesh.session_uid) == number), None)


def _take(number: str, drawn: "Future[Rgba]") -> None:
    error = drawn.exception()
    if error is not None:
        _log.error("The portrait of a mesh could not be drawn", exc_info=error)
        _failed.add(number)
    elif _icons is not None:
        fill(_icons.new(number), drawn.result())
        session.current().keep_picture(_jobs.pop(number, ""), drawn.result())
        session.redraw()


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    """Forget it all: meshes of another file may have the same numbers."""
    _wishes.clear()
    _copied.clear()
    _drawn.clear()
    _failed.clear()
    _jobs.clear()
    if _icons is not None:
        _icons.clear()


def register() -> None:
    """Begin without pictures; threads start with the first one."""
    global _icons, _threads
    _icons = bpy.utils.previews.new()
    _threads = ThreadPoolExecutor(1, "trellis-portrait")
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Forget the pictures, and end the thread."""
    global _icons, _threads
    bpy.app.handlers.load_post.remove(_opened_file)
    if bpy.app.timers.is_registered(serve):
        bpy.app.timers.unregister(serve)
    if _threads is not None:
        _threads.shutdown(cancel_futures=True)
        _threads = None
    _opened_file()
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
        _icons = None
