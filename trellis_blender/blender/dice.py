# SPDX-License-Identifier: GPL-3.0-or-later
"""A die as an icon, which Blender has none of: drawn by distances, in light and in dark. Knows no panel."""

from typing import Any, Final

import bpy
import bpy.utils.previews
import numpy as np
import numpy.typing as npt

_SIZE: Final = 64
_HALF, _CORNER, _LINE = 0.74, 0.24, 0.075
"""Of the die, its corners and half its outline, where the icon is from -1 to 1."""
_PIPS: Final = ((-0.34, -0.34), (0.34, -0.34), (0.0, 0.0), (-0.34, 0.34), (0.34, 0.34))
_PIP: Final = 0.13
_SHADES: Final = {"light": 230, "dark": 25}
_MIDDLE: Final = 0.5
_icons: bpy.utils.previews.ImagePreviewCollection | None = None


def icon(context: bpy.types.Context) -> int:
    """Give the icon's number; 0 where there are no icons."""
    return int(_icons[shade(context)].icon_id) if _icons is not None else 0


def shade(context: bpy.types.Context) -> str:
    """Tell whether the theme's words on a button are light or dark."""
    words = context.preferences.themes[0].user_interface.wcol_tool.text
    return "light" if sum(words[:3]) / 3.0 > _MIDDLE else "dark"


def shape() -> npt.NDArray[np.float64]:
    """Give how much of each pixel the die covers, 0.0 to 1.0: its outline, and five pips."""
    axis = (np.arange(_SIZE) + 0.5) / _SIZE * 2.0 - 1.0
    x, y = np.meshgrid(axis, axis)
    beyond_x, beyond_y = np.abs(x) - (_HALF - _CORNER), np.abs(y) - (_HALF - _CORNER)
    outside = np.hypot(np.maximum(beyond_x, 0.0), np.maximum(beyond_y, 0.0))
    edge = outside + np.minimum(np.maximum(beyond_x, beyond_y), 0.0) - _CORNER
    distance = np.abs(edge) - _LINE
    for left, top in _PIPS:
        distance = np.minimum(distance, np.hypot(x - left, y - top) - _PIP)
    return np.clip(0.5 - distance * _SIZE / 2.0, 0.0, 1.0)


def register() -> None:
    """Draw it."""
    global _icons
    _icons = bpy.utils.previews.new()
    rgba = np.empty((_SIZE, _SIZE, 4), np.uint8)
    covered = shape()
    rgba[..., 3] = np.rint(covered * 255.0)
    for name, shade in _SHADES.items():
        made = _icons.new(name)
        made.icon_size = made.image_size = (_SIZE, _SIZE)  # type: ignore[assignment]
        rgba[..., :3] = np.rint(covered * shade)[..., None]  # Blender takes icons as premultiplied
        pixels: Any = rgba.view(np.int32).ravel()
        made.icon_pixels.foreach_set(pixels)
        made.image_pixels.foreach_set(pixels)


def unregister() -> None:
    """Free the icons."""
    global _icons
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
    _icons = None
