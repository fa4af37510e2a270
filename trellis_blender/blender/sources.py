# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture the artist means, and its pixels as the core takes them. Choosing is cheap; capturing copies pixels."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..core.errors import SourceError
from ..core.image import Pixels, Source, TargaFile
from . import properties, renders

_OPAQUE_MODES = frozenset({"NONE", "CHANNEL_PACKED"})
"""Alpha modes in which the fourth channel is no transparency."""
_TARGA = {"media_type": "IMAGE", "file_format": "TARGA_RAW", "color_mode": "RGBA", "color_management": "FOLLOW_SCENE"}
_EXTENSIONS = frozenset("png jpg jpeg webp tif tiff exr hdr tga bmp psd gif dds".split())


@dataclass(frozen=True)
class Choice:
    """The picture that would be sent: an image datablock, the Render Result, or none and why."""

    image: bpy.types.Image | None
    missing: str = ""

    @property
    def is_render(self) -> bool:
        """Whether it is the Render Result, which has no pixels of its own."""
        return self.image is not None and self.image.type == "RENDER_RESULT"

    @property
    def identity(self) -> str:
        """Tell this picture from others, in plain text that may be kept."""
        return f"{self.image.name_full} {self.image.session_uid}" if self.image is not None else ""

    @property
    def name(self) -> str:
        """Give the name for the job and its object: the image's, without a file's extension."""
        if self.image is None:
            return ""
        if self.is_render:
            return "Render"
        stem, dot, extension = self.image.name.rpartition(".")
        return stem if dot and stem and extension.lower() in _EXTENSIONS else self.image.name

    @property
    def size(self) -> str:
        """Give width and height in words, where they are known without loading the file."""
        if self.image is None or not self.image.has_data:
            return ""
        width, height = self.image.size
        return f"{width} × {height}"


def choose(context: bpy.types.Context) -> Choice:
    """Give the picture that would be sent now. Reads no pixels, so it may be called while drawing."""
    space = context.space_data
    if isinstance(space, bpy.types.SpaceImageEditor):
        return _given(space.image, "Open an image in this editor")
    settings = properties.of(context.scene)
    if settings.source == "IMAGE":
        return _given(settings.source_image, "Pick an image above")
    render = next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)
    if settings.source == "RENDER":
        return _given(render, "Render an image first")
    opened = _open_image(context) or (render if renders.seen() else None)
    return _given(opened, "Open an image in an Image Editor, or render one")


def capture(choice: Choice, scene: bpy.types.Scene) -> Source:
    """Copy the pixels; everything else is left to a worker. Raises :class:`SourceError`."""
    image = choice.image
    if image is None:
        raise SourceError(f"{choice.missing}.")
    return _capture_render(image, scene) if choice.is_render else _capture_image(image)


def _given(image: bpy.types.Image | None, missing: str) -> Choice:
    return Choice(image, "" if image is not None else missing)


def _open_image(context: bpy.types.Context) -> bpy.types.Image | None:
    """Give the image open in an Image Editor, this window's first."""
    windows = [context.window, *context.window_manager.windows] if context.window else context.window_manager.windows
    for window in windows:
        for area in window.screen.areas:
            image = area.spaces.active.image if area.type == "IMAGE_EDITOR" else None
            if image is not None and (image.type != "RENDER_RESULT" or renders.seen()):
                return image
    return None


def _capture_image(image: bpy.types.Image) -> Pixels:
    width, height = image.size  # loads the file when it was not yet shown
    channels = image.channels
    if not (width and height and channels) and image.source in ("SEQUENCE", "MOVIE"):
        raise SourceError(f"The image {image.name} has many frames. Save the one you want as an image, then pick that.")
    if not (width and height and channels):
        raise SourceError(f"The image {image.name} cannot be read. Check that its file is there, or pick another one.")
    values = np.empty(width * height * channels, np.float32)
    try:
        image.pixels.foreach_get(values)
    except (RuntimeError, TypeError) as error:
        raise SourceError(f"The image {image.name} has no pixels that can be read. Save it, then try again.") from error
    if channels == 4 and image.alpha_mode in _OPAQUE_MODES:
        values[3::4] = 1.0
    is_linear = image.is_float and image.colorspace_settings.name != "Non-Color"
    return Pixels(width, height, channels, values, is_linear)


def _capture_render(image: bpy.types.Image, scene: bpy.types.Scene) -> TargaFile:
    """Let Blender write the Render Result as its display shows it; the fastest format that keeps alpha."""
    handle, name = tempfile.mkstemp(prefix="trellis-render-", suffix=".tga")
    path = Path(name)
    try:
        os.close(handle)
        with _output_settings(scene, _TARGA):
            image.save_render(name, scene=scene)
    except RuntimeError as error:
        path.unlink(missing_ok=True)
        raise SourceError("There is no finished render. Render an image first, then generate again.") from error
    return TargaFile(path)


@contextmanager
def _output_settings(scene: bpy.types.Scene, wanted: dict[str, str]) -> Iterator[None]:
    """Borrow the scene's output settings; they are as before afterwards."""
    settings = scene.render.image_settings
    # In this order: each decides what the next one may be.
    names = ("media_type", "file_format", "color_mode", "color_depth", "color_management")
    before = {name: getattr(settings, name) for name in names if hasattr(settings, name)}
    try:
        for name in before:
            setattr(settings, name, wanted.get(name, getattr(settings, name)))
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
