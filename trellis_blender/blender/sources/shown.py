# SPDX-License-Identifier: GPL-3.0-or-later
"""An image as Blender's display shows it, where numbers alone do not say: Blender writes it, a worker reads it."""

import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...core.errors import SourceError
from ...core.image import TargaFile

_SRGB = {"display_device": "sRGB"}
_PLAIN = {
    "view_transform": "Standard",
    "look": "None",
    "exposure": 0.0,
    "gamma": 1.0,
    "use_curve_mapping": False,
    "use_white_balance": False,
}
"""How the Image Editor shows an image that is not viewed as a render."""
_TARGA_HEADER_BYTES = 18
_log = logging.getLogger(__name__)


def write(
    image: bpy.types.Image, scene: bpy.types.Scene, *, is_opaque: bool = False, is_plain: bool = False
) -> TargaFile:
    """Let Blender write the picture through the scene's view, or the plain one; raises :class:`SourceError`.

    Uncompressed Targa is the quickest format that keeps alpha: PNG without compression takes about twice as long.
    The view costs most of it, and needs the main thread: a 4K float picture takes some thirty times as long as
    copying its numbers does, a byte one three times.
    """
    # A folder of its own: of a stereo picture Blender writes a file for each eye, by names of its choice.
    folder = Path(tempfile.mkdtemp(prefix="trellis-picture-"))
    try:
        written = _written(image, scene, folder, is_plain=is_plain)
        if not written.stat().st_size:
            raise SourceError("The temporary folder is full or cannot be written, so the picture cannot be prepared.")
        path = written.replace(folder.with_suffix(".tga"))
    finally:
        shutil.rmtree(folder)
    if is_opaque:
        # Not by writing without alpha: Blender then puts the picture on black.
        np.memmap(path, np.uint8, "r+", _TARGA_HEADER_BYTES)[3::4] = 255
    return TargaFile(path)


def _written(image: bpy.types.Image, scene: bpy.types.Scene, folder: Path, *, is_plain: bool) -> Path:
    """Have Blender write into an empty folder; give the file, of a stereo picture the first view's: the left one."""
    path = folder / "picture.tga"
    fault: RuntimeError | None = None
    try:
        with _as_shown(scene, is_plain=is_plain):
            image.save_render(str(path), scene=scene)
    except RuntimeError as error:
        fault = error  # also when it has written each view, but no file of the name that it was given
    names = ["picture_L", *(f"picture{view.file_suffix}" for view in scene.render.views)]
    for file in (path, *(folder / f"{name}.tga" for name in names)):
        if file.is_file():
            return file
    raise SourceError(f"Blender could not write {image.name}. Save it to a file, and pick that.") from fault


@contextmanager
def _as_shown(scene: bpy.types.Scene, *, is_plain: bool) -> Iterator[None]:
    """Borrow the scene's settings that decide what is written; they are as before afterwards."""
    # In this order: each decides what the next one may be.
    output = {
        "media_type": "IMAGE",
        "file_format": "TARGA_RAW",
        "color_mode": "RGBA",
        "color_depth": None,
        "color_management": "FOLLOW_SCENE",
        "views_format": "INDIVIDUAL",  # a stereo file would show both eyes in one picture
    }
    with ExitStack() as stack:
        stack.enter_context(borrowed(scene.render.image_settings, output))
        if is_plain or scene.display_settings.display_device != "sRGB":
            # Borrowed only when they differ: setting them has the viewports drawn anew.
            views = _PLAIN if is_plain else dict.fromkeys(("view_transform", "look"))
            stack.enter_context(borrowed(scene.view_settings, dict.fromkeys(views)))
            stack.enter_context(borrowed(scene.display_settings, _SRGB))
            stack.enter_context(borrowed(scene.view_settings, views))
        yield


@contextmanager
def borrowed(settings: Any, wanted: Mapping[str, object]) -> Iterator[None]:
    """Set properties, and put all of them back afterwards; None only keeps one, for what another one changes."""
    before = {name: getattr(settings, name) for name in wanted if hasattr(settings, name)}
    try:
        for name in before:
            if wanted[name] is not None and before[name] != wanted[name]:
                _set(settings, name, wanted[name])
        yield
    finally:
        for name, value in before.items():
            if getattr(settings, name) != value:
                _set(settings, name, value)


def _set(settings: Any, name: str, value: object) -> None:
    try:
        setattr(settings, name, value)
    except TypeError as error:  # a colour configuration of the artist's own need not have Blender's names
        _log.info("%s stays: %s", name, error)
