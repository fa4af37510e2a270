# SPDX-License-Identifier: GPL-3.0-or-later
"""A few icons that show small pictures, used over and over. Main thread; knows no job and no source."""

from itertools import count
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np

from ..core.image import Rgba

SLOTS = 4
"""As many pictures as are kept: one for each of two editors, and the ones before."""
_numbers = count()
_icons: bpy.utils.previews.ImagePreviewCollection | None = None


def fill(rgba: Rgba) -> int:
    """Put a small picture into the slot that was filled longest ago, and give its icon's number."""
    if _icons is None:
        return 0
    name = str(next(_numbers) % SLOTS)
    icon = _icons[name] if name in _icons else _icons.new(name)
    height, width = rgba.shape[:2]
    icon.image_size = (width, height)  # type: ignore[assignment]
    # Whole pixels: as floats it takes ten times as long.
    pixels: Any = np.ascontiguousarray(rgba[::-1]).view(np.int32).ravel()
    icon.image_pixels.foreach_set(pixels)
    return int(icon.icon_id)


def register() -> None:
    """Have no icon yet."""
    global _icons
    _icons = bpy.utils.previews.new()


def unregister() -> None:
    """Free the icons."""
    global _icons
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
    _icons = None
