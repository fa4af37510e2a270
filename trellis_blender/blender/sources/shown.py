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

from ...core import exr
from ...core.errors import SourceError
from ...core.image import ExrFile, TargaFile
from ...core.view import View
from . import layers

_SRGB_DISPLAYS = ("sRGB", "sRGB - Display")
"""What such a display is called by Blender's colour configuration, and by the studios' that come with OpenColorIO."""
_PLAIN = {
    "view_transform": "Standard",
    "look": "None",
    "exposure": 0.0,
    "gamma": 1.0,
    "use_curve_mapping": False,
    "use_white_balance": False,
}
"""How the Image Editor shows an image that is not viewed as a render."""
# In this order: each setting decides what the next one may be.
_BYTES = {
    "media_type": "IMAGE",
    "file_format": "TARGA_RAW",
    "color_mode": "RGBA",
    "color_depth": None,
    "color_management": "FOLLOW_SCENE",
    "views_format": "INDIVIDUAL",  # a stereo file would show both eyes in one picture
}
_FLOATS = {**_BYTES, "file_format": "OPEN_EXR", "color_depth": "32", "exr_codec": "NONE"}
"""Of 32 bits: those of 16 are half as many, but take twice as long, since they have to be made first."""
_LAYERS = {
    **_FLOATS, "media_type": "MULTI_LAYER_IMAGE", "file_format": "OPEN_EXR_MULTILAYER", "use_exr_interleave": True,
}  # fmt: skip
_SUFFIXES = {"TARGA_RAW": ".tga", "OPEN_EXR": ".exr", "OPEN_EXR_MULTILAYER": ".exr"}
_TARGA_HEADER_BYTES = 18
_log = logging.getLogger(__name__)


def write(
    image: bpy.types.Image, scene: bpy.types.Scene, user: bpy.types.ImageUser | None = None, *,
    is_opaque: bool = False, is_plain: bool = False,
) -> TargaFile:  # fmt: skip
    """Let Blender write the picture through the scene's view, or the plain one; raises :class:`SourceError`.

    Uncompressed Targa is the quickest format that keeps alpha: PNG without compression takes about twice as long.
    The view costs most of it, and needs the main thread: so this is for what no :mod:`views` can say.
    """
    # A folder of its own: of a stereo picture Blender writes a file for each eye, by names of its choice.
    folder = Path(tempfile.mkdtemp(prefix="trellis-picture-"))
    try:
        written = _written(image, scene, folder, _BYTES, user, is_plain=is_plain)
        if not written.stat().st_size:
            raise SourceError("The temporary folder is full or cannot be written, so the picture cannot be prepared.")
        path = written.replace(folder.with_suffix(".tga"))
    finally:
        shutil.rmtree(folder)
    if is_opaque:
        # Not by writing without alpha: Blender then puts the picture on black.
        np.memmap(path, np.uint8, "r+", _TARGA_HEADER_BYTES)[3::4] = 255
    return TargaFile(path)


def numbers(
    image: bpy.types.Image, scene: bpy.types.Scene, view: View, user: bpy.types.ImageUser | None = None, *,
    is_opaque: bool = False,
) -> ExrFile:  # fmt: skip
    """Let Blender write the numbers of a render or a multilayer file as they are, which is no more than copying.

    Of the layer and the eye that ``user`` shows, else of the first ones. Raises :class:`SourceError`.
    """
    index = user.multilayer_layer if user is not None else 0
    with tempfile.TemporaryDirectory(prefix="trellis-picture-") as folder:
        written = _written(image, scene, Path(folder), _LAYERS if index else _FLOATS, user)
        layer = layers.name(written, index, image, scene) if index else ""
        exr.lines(written).colour(layer)  # else it could be seen only when it is too late to have it another way
        path = written.replace(Path(folder).with_suffix(".exr"))
    return ExrFile(path, view, layer, is_opaque)


def _written(
    image: bpy.types.Image, scene: bpy.types.Scene, folder: Path, output: Mapping[str, object],
    user: bpy.types.ImageUser | None = None, *, is_plain: bool = False,
) -> Path:  # fmt: skip
    """Have Blender write into an empty folder; give the file, of a stereo picture that of the eye that is shown."""
    path = folder / f"picture{_SUFFIXES[str(output['file_format'])]}"
    fault: RuntimeError | None = None
    try:
        with _as_shown(scene, output, is_plain=is_plain), _without_traces(image):
            image.save_render(str(path), scene=scene)
    except RuntimeError as error:
        fault = error  # also when it has written each view, but no file of the name that it was given
    if path.is_file():
        return path
    eyes = dict.fromkeys([*(view.file_suffix for view in scene.render.views), "_L"])
    files = [file for eye in eyes if (file := path.with_stem(path.stem + eye)).is_file()]
    if not files:
        raise SourceError(f"Blender could not write {image.name}. Save it to a file, and pick that.") from fault
    return files[user.multilayer_view if user is not None and user.multilayer_view < len(files) else 0]


@contextmanager
def _without_traces(image: bpy.types.Image) -> Iterator[None]:
    """Have a render that nobody looks at take no more memory than before: Blender keeps what it has made to write."""
    had_data = image.has_data
    try:
        yield
    finally:
        if image.type == "RENDER_RESULT" and not had_data and image.has_data:
            image.buffers_free()  # the render itself is elsewhere


@contextmanager
def _as_shown(scene: bpy.types.Scene, output: Mapping[str, object], *, is_plain: bool) -> Iterator[None]:
    """Borrow the scene's settings that decide what is written; they are as before afterwards."""
    with ExitStack() as stack:
        stack.enter_context(borrowed(scene.render.image_settings, output))
        if is_plain or scene.display_settings.display_device not in _SRGB_DISPLAYS:
            # Borrowed only when they differ: setting them has the viewports drawn anew.
            views = _PLAIN if is_plain else dict.fromkeys(("view_transform", "look"))
            stack.enter_context(borrowed(scene.view_settings, dict.fromkeys(views)))
            for name in _SRGB_DISPLAYS:  # the configuration has one of them, or none
                stack.enter_context(borrowed(scene.display_settings, {"display_device": name}))
            stack.enter_context(borrowed(scene.view_settings, views))
        yield


def put_on_srgb(scene: bpy.types.Scene) -> None:
    """Show a scene of our own on the configuration's sRGB display, by the view and the look that it has."""
    view = scene.view_settings
    views = {"view_transform": view.view_transform, "look": view.look}
    if scene.display_settings.display_device not in _SRGB_DISPLAYS:
        for name in _SRGB_DISPLAYS:
            _set(scene.display_settings, "display_device", name)
        for name, value in views.items():
            _set(view, name, value)


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
