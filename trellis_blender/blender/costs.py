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
"""By image and path, so that no disk is asked at every draw."""


def seconds(choice: Choice) -> float:
    """Give the seconds that a capture is expected to take on the main thread."""
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


def _bytes(image: bpy.types.Image) -> int:
    if image.packed_file is not None:
        return image.packed_file.size
    path = Path(bpy.path.abspath(image.filepath, library=image.library))
    key = image.session_uid, str(path)
    if key not in _sizes:
        try:
            _sizes[key] = path.stat().st_size if image.source == "FILE" else 0
        except OSError:
            _sizes[key] = 0  # it is said when it is read
    return _sizes[key]


def register() -> None:
    """Know no file."""
    _sizes.clear()


def unregister() -> None:
    """Forget all files."""
    _sizes.clear()
