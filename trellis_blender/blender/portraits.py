# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of meshes, as icons: copied on the main thread, beat by beat, drawn by a thread. Knows no variant.

They are kept beside the file, by the mesh's number in this run of Blender; drawn anew when a mesh that is looked at
has changed, and nothing is being edited, sculpted or painted.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

import bpy
import bpy.utils.previews
import numpy as np
from bpy.app.handlers import persistent

from ..core import icons, thumbnail
from ..core.image import Rgba
from ..core.thumbnail import Surface, Texture
from . import listeners, provenance, session, surfaces

Look = tuple[Surface, int]
"""The shape of a mesh, and a number that tells it from others."""
Mark = tuple[int, int, bool]
"""What tells one look of a mesh from another: of its shape, its image, and whether that is painted on."""
BEAT_SECONDS = 0.1
_TEXTURES = 8
"""So many are kept of those that Blender had to decode; one takes up to four megabytes."""
_log = logging.getLogger(__name__)
_icons: bpy.utils.previews.ImagePreviewCollection | None = None
_threads: ThreadPoolExecutor | None = None
_wishes: dict[str, None] = {}
_copied: dict[str, "Future[Look]"] = {}
"""A mesh whose shape is copied: its texture is read in a beat of its own, if it looks other than before at all."""
_drawn: dict[str, "Future[Rgba]"] = {}
_looks: dict[str, Mark] = {}
"""By a mesh's number what its picture was drawn of."""
_textures: dict[tuple[int, int], Texture] = {}
"""By an image's number and size what Blender decoded of it."""
_stirred: set[int] = set()
"""Numbers of meshes that Blender worked out again, so that they may have changed, or their materials."""
_failed: set[str] = set()
_jobs: dict[str, str] = {}
"""By a mesh's number the job that it came from: its row in the history shows the same picture."""


def icon(mesh: bpy.types.Mesh) -> int:
    """Give the number of a mesh's icon; 0 while it is not drawn yet, which is seen to. For drawing."""
    number = str(mesh.session_uid)
    found = _icons.get(number) if _icons is not None else None
    is_old = found is not None and mesh.session_uid in _stirred and not _is_at_work()
    if (found is None or is_old) and number not in _failed and number not in _drawn and number not in _copied:
        _wishes.setdefault(number)
        if not bpy.app.background and not bpy.app.timers.is_registered(serve):
            bpy.app.timers.register(serve, first_interval=BEAT_SECONDS)
    return int(found.icon_id) if found is not None else 0


def serve() -> float | None:
    """Read the next mesh that is wanted, or its texture, and take in what was drawn; give when to come again."""
    for number in [number for number, drawn in _drawn.items() if drawn.done()]:
        _take(number, _drawn.pop(number))
    if _copied:
        _colour(next(iter(_copied)))
    elif _wishes and not _drawn:
        number = next(iter(_wishes))
        del _wishes[number]
        mesh = _mesh(number)
        if mesh is not None and _threads is not None and not (number in _looks and _is_at_work()):
            _stirred.discard(mesh.session_uid)
            if mesh.is_editmode:
                _stirred.add(mesh.session_uid)  # its texture cannot be seen until that ends
            _copied[number] = _threads.submit(_look, surfaces.shape(mesh))
    return BEAT_SECONDS if _wishes or _copied or _drawn else None


def _look(shape: Surface) -> Look:
    return shape, thumbnail.mark(shape)


def _colour(number: str) -> None:
    """Read the texture of a mesh, and have it drawn, if it looks other than in its picture."""
    if not _copied[number].done():
        return
    copied, mesh = _copied.pop(number), _mesh(number)
    if (error := copied.exception()) is not None:
        _fail(number, error)
    elif mesh is not None and _threads is not None:
        _draw(_threads, number, mesh, *copied.result())


def _draw(threads: ThreadPoolExecutor, number: str, mesh: bpy.types.Mesh, shape: Surface, mark: int) -> None:
    image = surfaces.image(mesh)
    look = (mark, image.session_uid if image is not None else 0, image is not None and image.is_dirty)
    if _looks.get(number) != look:
        if number not in _looks:
            _jobs[number] = provenance.job_of(mesh)
        _looks[number] = look
        _drawn[number] = threads.submit(thumbnail.draw, replace(shape, texture=_texture(image)))


def _texture(image: bpy.types.Image | None) -> Texture | None:
    """Give what colours a mesh; what Blender had to decode is kept, since an edit of the mesh changes none of it."""
    if image is None:
        return None
    packed = image.packed_file
    key = (image.session_uid, packed.size if packed is not None else 0)
    if image.is_dirty:
        _textures.pop(key, None)
    elif key in _textures:
        return _textures[key]
    found = surfaces.texture(image)
    if isinstance(found, np.ndarray) and not image.is_dirty:
        _textures[key] = found
        if len(_textures) > _TEXTURES:
            del _textures[next(iter(_textures))]
    return found


def _is_at_work() -> bool:
    """Whether something is edited, sculpted or painted: then nothing is drawn anew."""
    active = (window.view_layer.objects.active for window in bpy.context.window_manager.windows)
    return any(item is not None and item.mode != "OBJECT" for item in active)


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


def _fail(number: str, error: BaseException) -> None:
    _log.error("The portrait of a mesh could not be drawn", exc_info=error)
    _failed.add(number)


def _take(number: str, drawn: "Future[Rgba]") -> None:
    error = drawn.exception()
    if error is not None:
        _fail(number, error)
    elif _icons is not None:
        known = _icons.get(number)
        fill(_icons.new(number) if known is None else known, drawn.result())
        if number in _jobs:  # the job's own picture is of what it made, not of what the artist made of that
            session.current().keep_picture(_jobs.pop(number), drawn.result())
        session.redraw()


@persistent  # type: ignore[untyped-decorator]
def _updated(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """Note which meshes may look another way: they are among what is updated for their materials' sake, too."""
    if _looks and depsgraph.id_type_updated("MESH"):
        known = (update.id.original for update in depsgraph.updates if isinstance(update.id, bpy.types.Mesh))
        _stirred.update(mesh.session_uid for mesh in known if str(mesh.session_uid) in _looks)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    """Forget it all: meshes of another file may have the same numbers."""
    _wishes.clear()
    _copied.clear()
    _drawn.clear()
    _failed.clear()
    _jobs.clear()
    _looks.clear()
    _textures.clear()
    _stirred.clear()
    if _icons is not None:
        _icons.clear()


_HEARD: Final = (("load_post", _opened_file), ("depsgraph_update_post", _updated))


def register() -> None:
    """Begin without pictures; threads start with the first one."""
    global _icons, _threads
    _icons = bpy.utils.previews.new()
    _threads = ThreadPoolExecutor(1, "trellis-portrait")
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Forget the pictures, and end the thread."""
    global _icons, _threads
    listeners.ignore(*_HEARD)
    if bpy.app.timers.is_registered(serve):
        bpy.app.timers.unregister(serve)
    if _threads is not None:
        _threads.shutdown(cancel_futures=True)
        _threads = None
    _opened_file()
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
        _icons = None
