# SPDX-License-Identifier: GPL-3.0-or-later
"""The pixels of an image datablock, the quickest way that is right for its kind. Main thread: copies only."""

import logging
import math

import bpy

from ...core import exr
from ...core.errors import SourceError
from ...core.image import ExrFile, Pixels, Source, discard
from ...core.spare import Spare
from ...core.view import Table, View
from .. import renders
from . import frames, kept, layers, shown, tiles, views
from .layers import LayerUnknown

OPAQUE_MODES = frozenset({"NONE", "CHANNEL_PACKED"})
"""Alpha modes in which the fourth channel is no transparency."""
NUMBERS_ARE_SRGB = "sRGB"
_COLOUR_CHANNELS = 3
_DARKEST = -(2.0**-9)
_LINES_LOOKED_AT = 16
spare = Spare()
"""Where captures are copied to."""
_log = logging.getLogger(__name__)


def capture(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> Source:
    """Copy an image as the Image Editor shows it. Raises :class:`SourceError`.

    A file that was not shown yet, packed or not, is decoded by Blender here, on the main thread: no other thread may
    ask for that. The wait is the one that showing the image for the first time would be.
    """
    if image.source in ("SEQUENCE", "MOVIE"):
        with frames.single(image, user, scene) as frame:
            return _capture(frame, scene, user, name=image.name)
    return _capture(image, scene, user, name=image.name)


def render(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> Source:
    """Copy the Render Result, of the slot, the layer and the eye that are shown. Raises :class:`SourceError`."""
    view = _view_of_layers(scene, user, renders.pixels(image.render_slots.active_index) or math.inf, is_plain=False)
    key = _key_of_render(image, user, scene)
    held = kept.take(key, image, view) if view is not None else None
    if held is not None:
        if held.layer or not _has_darker(held):
            return held
        discard(held)
    try:
        made = _layered(image, scene, view, user)
        if isinstance(made, ExrFile):
            kept.keep(key, image, made)
        return made
    except LayerUnknown:
        raise
    except SourceError as error:
        raise SourceError("There is no finished render. Render an image first, then generate again.") from error


def _key_of_render(
    image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene
) -> tuple[object, ...]:  # fmt: skip
    """Give all that can be told of which render is shown, but for its numbers; slots are removed and added, too."""
    slots, render = image.render_slots, scene.render
    layer = (user.multilayer_layer, user.multilayer_view) if user is not None else (0, 0)
    names = [item.name for item in (*scene.view_layers, *render.views)]
    places = [slot.as_pointer() for slot in slots]
    return image.session_uid, scene.session_uid, renders.changes(), slots.active_index, *places, *layer, *names


def _capture(image: bpy.types.Image, scene: bpy.types.Scene, user: bpy.types.ImageUser | None, *, name: str) -> Source:
    width, height = image.size  # loads the file when it was not yet shown
    has_layers = image.type == "MULTILAYER"  # then it has no numbers by itself; Blender writes the first layer
    if not has_layers and not (width and height and image.channels):
        raise SourceError(f"The image {name} cannot be read. Check that its file is there, or pick another one.")
    is_plain, is_opaque = not image.use_view_as_render, image.alpha_mode in OPAQUE_MODES
    if not has_layers and is_other_eye(image, user):
        return shown.write(image, scene, user, is_opaque=is_opaque, is_plain=is_plain)
    if not has_layers and is_what_is_seen(image):
        return _copied(image, name)
    if has_layers:
        view = _view_of_layers(scene, user, math.inf, is_plain=is_plain)
        return _layered(image, scene, view, user, is_opaque=is_opaque, is_plain=is_plain)
    view = _view(image, scene, is_plain=is_plain)
    copied = _copied(image, name, view) if view is not None else None
    if copied is not None and not _is_beyond(copied):
        return copied
    if image.source == "TILED":
        with tiles.first(image) as tile:
            return shown.write(tile, scene, user, is_opaque=is_opaque, is_plain=is_plain)
    return shown.write(image, scene, user, is_opaque=is_opaque, is_plain=is_plain)


def _layered(
    image: bpy.types.Image, scene: bpy.types.Scene, view: View | None, user: bpy.types.ImageUser | None, *,
    is_opaque: bool = False, is_plain: bool = False,
) -> Source:  # fmt: skip
    """Have the chosen layer written of what has no numbers by itself. Raises :class:`SourceError`."""
    if view is not None:
        try:
            file = shown.numbers(image, scene, view, user, is_opaque=is_opaque)
            if file.layer or not _has_darker(file):
                return file
            discard(file)
        except LayerUnknown:
            raise
        except SourceError as error:
            _log.info("Written through the view: %s", error)
    elif user is not None and user.multilayer_layer:
        raise layers.unknown(image)
    return shown.write(image, scene, user, is_opaque=is_opaque, is_plain=is_plain)


def _view(image: bpy.types.Image, scene: bpy.types.Scene, *, is_plain: bool) -> View | None:
    """Give how the display shows the numbers; None where only Blender can tell."""
    if image.channels < _COLOUR_CHANNELS or image.colorspace_settings.is_data:
        return None
    width, height = image.size
    pixels = width * height
    if image.is_float:
        return views.of_floats(scene, pixels, is_plain=is_plain)
    return views.of_bytes(scene, image.colorspace_settings.name, pixels, is_plain=is_plain)


def _view_of_layers(
    scene: bpy.types.Scene, user: bpy.types.ImageUser | None, pixels: float, *, is_plain: bool
) -> View | None:
    """Give how the display shows what Blender writes with one space for all files, which may not be the scene's."""
    if views.working_space() != views.WORKING_SPACE:
        return None
    has_other = user is not None and user.multilayer_layer > 0  # which Blender does not write through the view
    return views.of_floats(scene, math.inf if has_other else pixels, is_plain=is_plain)


def _is_beyond(pixels: Pixels) -> bool:
    """Whether there are colours that no table has: darker than black, as those of a wider space are."""
    is_looked_up = isinstance(pixels.view, Table) and pixels.is_linear
    return is_looked_up and bool(pixels.values.min() < _DARKEST)


def _has_darker(file: ExrFile) -> bool:
    """Whether there are such colours in some lines of a file: reading all of them is for a worker."""
    if not isinstance(file.view, Table):
        return False
    found = exr.lines(file.path)
    lines = range(0, found.height, found.height // _LINES_LOOKED_AT + 1)
    return any(bool(found.rows(slice(line, line + 1)).min() < _DARKEST) for line in lines)


def is_other_eye(image: bpy.types.Image, user: bpy.types.ImageUser | None) -> bool:
    """Whether the editor shows not the first eye of a stereo image, whose numbers Blender does not give."""
    return image.is_multiview and user is not None and user.multilayer_view > 0


def is_what_is_seen(image: bpy.types.Image) -> bool:
    """Whether the numbers alone say what the display shows: no view of the scene, no unusual colour space."""
    space = image.colorspace_settings
    if space.is_data:  # shown as it is, whatever the view
        return not (image.is_float and image.channels == 4)  # but premultiplied, and known by Blender alone
    if image.use_view_as_render:
        return False
    return views.working_space() == views.WORKING_SPACE if image.is_float else space.name == NUMBERS_ARE_SRGB


def _copied(image: bpy.types.Image, name: str, view: View | None = None) -> Pixels:
    """Copy the numbers. Floats even of byte images: Blender gives no others, and writing a file takes three times."""
    width, height = image.size
    channels = image.channels
    values = spare.take(width * height * channels)
    try:
        image.pixels.foreach_get(values)
    except (RuntimeError, TypeError) as error:
        raise SourceError(f"The image {name} has no pixels that can be read. Save it, then try again.") from error
    if channels == 4 and image.alpha_mode in OPAQUE_MODES:
        values[3::4] = 1.0
    is_linear = image.is_float and not image.colorspace_settings.is_data
    return Pixels(width, height, channels, values, is_linear, is_premultiplied=image.is_float, view=view)
