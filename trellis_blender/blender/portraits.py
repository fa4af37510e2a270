# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of meshes, as icons: read on the main thread, one a beat, and drawn by a thread. Knows no variant.

They are kept beside the file, by the mesh's number in this run of Blender.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np
from bpy.app.handlers import persistent

from ..core import icons, thumbnail
from ..core.image import Rgba
from ..core.thumbnail import Surface
from . import provenance, session

BEAT_SECONDS = 0.1
LARGEST_TEXTURE_PIXELS = 4096
"""What the service makes at most. Of a larger one the numbers alone would take a gigabyte; then the picture is grey."""
_READ_PIXELS = 1024
"""About so much of a texture is kept: a small picture shows no more."""
_log = logging.getLogger(__name__)
_icons: bpy.utils.previews.ImagePreviewCollection | None = None
_threads: ThreadPoolExecutor | None = None
_wishes: dict[str, None] = {}
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
    if number not in _failed and number not in _drawn:
        _wishes.setdefault(number)
        if not bpy.app.background and not bpy.app.timers.is_registered(serve):
            bpy.app.timers.register(serve, first_interval=BEAT_SECONDS)
    return 0


def serve() -> float | None:
    """Read the next mesh that is wanted, and take in what was drawn; give when to come again."""
    for number in [number for number, drawn in _drawn.items() if drawn.done()]:
        _take(number, _drawn.pop(number))
    if _wishes and not _drawn:
        number = next(iter(_wishes))
        del _wishes[number]
        mesh = next((mesh for mesh in bpy.data.meshes if str(mesh.session_uid) == number), None)
        if mesh is not None and _threads is not None:
            _jobs[number] = provenance.job_of(mesh)
            _drawn[number] = _threads.submit(thumbnail.draw, read(mesh))
    return BEAT_SECONDS if _wishes or _drawn else None


def read(mesh: bpy.types.Mesh) -> Surface:
    """Copy what is to be drawn of a mesh."""
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    triangles, loops = np.empty(count * 3, np.int32), np.empty(count * 3, np.int32)
    mesh.vertices.foreach_get("co", points)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    texture, layer = _texture(mesh), mesh.uv_layers.active
    uvs = None
    # In Edit Mode the mesh is Blender's own to edit, and tells of no corner where its texture is.
    if texture is not None and layer is not None and len(layer.uv) == len(mesh.loops):
        mesh.loop_triangles.foreach_get("loops", loops)
        flat = np.empty(len(mesh.loops) * 2, np.float32)
        layer.uv.foreach_get("vector", flat)
        uvs = flat.reshape(-1, 2)[loops].reshape(-1, 3, 2)
    return Surface(points.reshape(-1, 3), triangles.reshape(-1, 3), uvs, texture)


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


def _take(number: str, drawn: "Future[Rgba]") -> None:
    error = drawn.exception()
    if error is not None:
        _log.error("The portrait of a mesh could not be drawn", exc_info=error)
        _failed.add(number)
    elif _icons is not None:
        fill(_icons.new(number), drawn.result())
        session.current().keep_picture(_jobs.pop(number, ""), drawn.result())
        session.redraw()


def _texture(mesh: bpy.types.Mesh) -> Any:
    """Give the pixels of what colours a mesh; None where that is no image, or one that takes too long."""
    image = _image(mesh)
    if image is None or image.source not in ("FILE", "GENERATED"):
        return None
    width, height = image.size  # decodes it, which takes the time; the numbers cost little more
    if not (width and height and image.channels) or max(width, height) > LARGEST_TEXTURE_PIXELS:
        return None
    values = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(values)
    step = -(-max(width, height) // _READ_PIXELS)
    return values.reshape(height, width, image.channels)[::step, ::step].copy()


def _image(mesh: bpy.types.Mesh) -> bpy.types.Image | None:
    """Give the image behind the base colour of a mesh's first material."""
    tree = mesh.materials[0].node_tree if len(mesh.materials) and mesh.materials[0] is not None else None
    for link in tree.links if tree is not None else ():
        image = getattr(link.from_node, "image", None)
        if link.to_socket.name == "Base Color" and isinstance(image, bpy.types.Image):
            return image
    return None


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    """Forget it all: meshes of another file may have the same numbers."""
    _wishes.clear()
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
