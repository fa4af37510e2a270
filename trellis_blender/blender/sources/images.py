# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixels of an image datablock, the quickest way that is right for its kind. Main thread: copies only."""

import bpy
import numpy as np

from ...core.errors import SourceError
from ...core.image import Pixels, Source
from . import frames, shown

_OPAQUE_MODES = frozenset({"NONE", "CHANNEL_PACKED"})
"""Alpha modes in which the fourth channel is no transparency."""
_NUMBERS_ARE_SRGB = "sRGB"
_WORKING_SPACE = "Linear Rec.709"


def capture(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> Source:
    """Copy an image as the Image Editor shows it. Raises :class:`SourceError`.

    A file that was not shown yet, packed or not, is decoded by Blender here, on the main thread: no other thread may
    ask for that. The wait is the one that showing the image for the first time would be.
    """
    if image.source in ("SEQUENCE", "MOVIE"):
        with frames.single(image, user, scene) as frame:
            return _capture(frame, scene, name=image.name)
    return _capture(image, scene, name=image.name)


def _capture(image: bpy.types.Image, scene: bpy.types.Scene, *, name: str) -> Source:
    width, height = image.size  # loads the file when it was not yet shown
    has_layers = image.type == "MULTILAYER"  # then it has no numbers by itself; Blender writes the first layer
    if not has_layers and not (width and height and image.channels):
        raise SourceError(f"The image {name} cannot be read. Check that its file is there, or pick another one.")
    if not has_layers and is_what_is_seen(image):
        return _copied(image, name)
    is_opaque = image.alpha_mode in _OPAQUE_MODES
    return shown.write(image, scene, is_opaque=is_opaque, is_plain=not image.use_view_as_render)


def is_what_is_seen(image: bpy.types.Image) -> bool:
    """Whether the numbers alone say what the display shows: no view of the scene, no unusual colour space."""
    space = image.colorspace_settings
    if space.is_data:  # shown as it is, whatever the view
        return not (image.is_float and image.channels == 4)  # but premultiplied, and known by Blender alone
    if image.use_view_as_render:
        return False
    return working_space() == _WORKING_SPACE if image.is_float else space.name == _NUMBERS_ARE_SRGB


def working_space() -> str:
    """Give the space in which the numbers of float images are; a file's own choice from Blender 5 on."""
    settings = getattr(bpy.data, "colorspace", None)
    return settings.working_space if settings is not None else _WORKING_SPACE


def _copied(image: bpy.types.Image, name: str) -> Pixels:
    """Copy the numbers. Floats even of byte images: Blender gives no others, and writing a file takes three times."""
    width, height = image.size
    channels = image.channels
    values = np.empty(width * height * channels, np.float32)
    try:
        image.pixels.foreach_get(values)
    except (RuntimeError, TypeError) as error:
        raise SourceError(f"The image {name} has no pixels that can be read. Save it, then try again.") from error
    if channels == 4 and image.alpha_mode in _OPAQUE_MODES:
        values[3::4] = 1.0
    return Pixels(width, height, channels, values, is_linear=image.is_float and not image.colorspace_settings.is_data)
