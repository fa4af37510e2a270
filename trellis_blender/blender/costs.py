# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a capture is likely to hold Blender up. Reads no pixels, and has none read: what is drawn asks for it."""

import bpy

from ..core import undecoded
from . import renders
from .sources import Choice, files
from .sources.files import Found

SECONDS_PER_PIXEL = {"copied": 8e-9, "made": 2.5e-8, "numbers": 1.5e-8, "shown": 1e-7}
"""Copied into memory at hand; generated before, as an image that nobody has looked at is; as floats on disk, which a
render costs; through a view, which Blender alone knows. Where new memory is slow copying into it takes 3e-8, so that
it is had beforehand."""
SECONDS_PER_BYTE = 4e-8
"""Of a file that is not in memory yet: about what reading a PNG takes, which is among the slowest."""
COSTLY_SECONDS = 0.3
"""What is likely to hold Blender up for longer is left to a worker, or else only done when asked."""
_RGBA = 4
_LEAST_BYTES = COSTLY_SECONDS / SECONDS_PER_BYTE
_files: dict[tuple[int, str, bool], Found] = {}
"""By image, path and plainness, as the disk told when it was asked, which is never while something is drawn."""


def seconds(choice: Choice) -> float:
    """Give the seconds that a capture is expected to take on the main thread; 0 for a file that nobody looked at."""
    image = choice.image
    if image is None:
        return 0.0
    if choice.is_render:  # whose own size Blender does not tell
        has_other = choice.user is not None and choice.user.multilayer_layer > 0
        layers = sum(layer.use for layer in bpy.context.scene.view_layers) + 1 if has_other else 1
        return renders.pixels(image.render_slots.active_index) * layers * SECONDS_PER_PIXEL["numbers"]
    if is_for_worker(image):
        return 0.0
    if image.source == "GENERATED" and not image.has_data:  # whose size would have it made
        pixels = image.generated_width * image.generated_height
        return float(pixels) * (SECONDS_PER_PIXEL["made"] + SECONDS_PER_PIXEL[_way(image, image.use_generated_float)])
    if image.type == "MULTILAYER" or not image.has_data:
        return _bytes(image) * SECONDS_PER_BYTE
    width, height = image.size
    return float(width * height) * SECONDS_PER_PIXEL[_way(image, image.is_float and image.channels == _RGBA)]


def numbers(choice: Choice) -> int:
    """Give how many numbers a capture copies out of memory; 0 where it does not, or nobody knows yet."""
    image = choice.image
    if image is None or choice.is_render or image.type == "MULTILAYER":
        return 0
    if image.source == "GENERATED" and not image.has_data:  # as in seconds
        is_shown = _way(image, image.use_generated_float) == "shown"
        return 0 if is_shown else image.generated_width * image.generated_height * _RGBA
    if not image.has_data:
        return 0
    if image.source in ("SEQUENCE", "MOVIE") or _way(image, image.is_float and image.channels == _RGBA) == "shown":
        return 0
    width, height = image.size
    return width * height * image.channels


def is_for_worker(image: bpy.types.Image) -> bool:
    """Whether a large file need not be read by Blender; a plain one that nobody looked at yet may turn out so."""
    if not files.is_plain(image):
        return False
    found = of(image)
    if found is None:
        return True
    return found.size > _LEAST_BYTES and found.is_readable and not undecoded.is_faulty(found.mark)


def of(image: bpy.types.Image) -> Found | None:
    """Give what is known of an image's file."""
    return _files.get(_key(image))


def learn(choice: Choice, *, again: bool = False) -> bool:
    """Look how large a file is that would be read, and whether a worker can; give whether that was not known.

    Asks the disk: not for drawing. ``again``: it may be another one by now.
    """
    image = choice.image
    if image is None or image.source != "FILE" or (image.packed_file is not None and not files.is_plain(image)):
        return False
    if image.has_data and image.type != "MULTILAYER":
        return False
    before = of(image)
    if before is not None and not again:
        return False
    found = _files[_key(image)] = files.look(image, least=_LEAST_BYTES)
    return found != before


def _way(image: bpy.types.Image, is_float: bool) -> str:
    """Give how an image is captured: one that is premultiplied and has no colours is known by Blender alone."""
    return "shown" if is_float and image.colorspace_settings.is_data else "copied"


def _bytes(image: bpy.types.Image) -> int:
    if image.packed_file is not None:
        return image.packed_file.size
    found = of(image)
    return found.size if found is not None else 0


def _key(image: bpy.types.Image) -> tuple[int, str, bool]:
    return image.session_uid, files.place(image), files.is_plain(image)


def register() -> None:
    """Know no file."""
    _files.clear()


def unregister() -> None:
    """Forget all files."""
    _files.clear()
