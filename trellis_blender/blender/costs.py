# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a capture is likely to hold Blender up. Reads no pixels, and has none read: what is drawn asks for it."""

from pathlib import Path

import bpy

from . import renders
from .sources import Choice

SECONDS_PER_PIXEL = {"copied": 5e-9, "numbers": 1.5e-8, "shown": 1e-7}
"""Copied out of memory; as floats on disk, which a render costs; through a view, which Blender alone knows."""
SECONDS_PER_BYTE = 4e-8
"""Of a file that is not in memory yet: about what reading a PNG takes, which is among the slowest."""
_sizes: dict[tuple[int, str], int] = {}
"""By image and path, as the disk told when it was asked, which is never while something is drawn."""


def seconds(choice: Choice) -> float:
    """Give the seconds that a capture is expected to take on the main thread; 0 for a file that nobody looked at."""
    image = choice.image
    if image is None:
        return 0.0
    if choice.is_render:  # whose own size Blender does not tell
        has_other = choice.user is not None and choice.user.multilayer_layer > 0
        layers = sum(layer.use for layer in bpy.context.scene.view_layers) + 1 if has_other else 1
        return renders.pixels(image.render_slots.active_index) * layers * SECONDS_PER_PIXEL["numbers"]
    if image.type == "MULTILAYER" or not image.has_data:
        return 0.0 if image.source == "GENERATED" else _bytes(image) * SECONDS_PER_BYTE
    width, height = image.size
    is_alone = image.is_float and image.channels == 4 and image.colorspace_settings.is_data
    return float(width * height) * SECONDS_PER_PIXEL["shown" if is_alone else "copied"]


def learn(choice: Choice) -> bool:
    """Look how large a file is that would be read; give whether that was not known. Asks the disk: not for drawing."""
    image = choice.image
    if image is None or image.packed_file is not None or image.source != "FILE":
        return False
    if image.has_data and image.type != "MULTILAYER":
        return False
    key = _key(image)
    if key in _sizes:
        return False
    try:
        _sizes[key] = Path(key[1]).stat().st_size
    except OSError:
        _sizes[key] = 0  # it is said when it is read
    return True


def _bytes(image: bpy.types.Image) -> int:
    return image.packed_file.size if image.packed_file is not None else _sizes.get(_key(image), 0)


def _key(image: bpy.types.Image) -> tuple[int, str]:
    return image.session_uid, bpy.path.abspath(image.filepath, library=image.library)


def register() -> None:
    """Know no file."""
    _sizes.clear()


def unregister() -> None:
    """Forget all files."""
    _sizes.clear()
