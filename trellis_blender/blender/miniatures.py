# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of jobs as icons: asked of the engine when a row shows one, kept while they fit. Knows no job.

Drawing only asks; reading and decoding are the engine's.
"""

import time
from collections.abc import Callable

import bpy
import bpy.utils.previews
import numpy as np

from ..core import icons
from ..core.image import Rgba
from ..core.messages import MiniatureRead

ASK_AGAIN_SECONDS = 30.0
ICON_PIXELS = 32
KEPT = 128
"""So many pictures at most; those that were shown longest ago go first."""
_icons: bpy.utils.previews.ImagePreviewCollection | None = None
_slots: dict[str, str] = {}
"""By a picture's name the name of its icon, the one that was shown longest ago first."""
_asked: set[str] = set()
_missing: dict[str, float] = {}
"""By name, when it was found that there is none; it may be made a little later."""


def icon(name: str, ask: Callable[[str], None]) -> int:
    """Give the number of a picture's icon; 0 while it is not here, which is seen to once. For drawing."""
    if not name or _icons is None:
        return 0
    slot = _slots.pop(name, "")
    if slot:
        _slots[name] = slot
        return int(_icons[slot].icon_id)
    if name not in _asked and time.monotonic() - _missing.get(name, float("-inf")) >= ASK_AGAIN_SECONDS:
        _asked.add(name)
        ask(name)
    return 0


def is_awaited() -> bool:
    """Whether a picture is on its way."""
    return bool(_asked)


def take(told: MiniatureRead) -> None:
    """Have a picture shown that has come; one that there is none of is asked for again after a while."""
    was_asked = told.name in _asked or told.name in _missing
    _asked.discard(told.name)
    if told.rgba is None:
        _missing[told.name] = time.monotonic()
        return
    _missing.pop(told.name, None)
    if _icons is not None and (was_asked or told.name in _slots):
        slot = _slots.pop(told.name, "") or _free_slot()
        _slots[told.name] = slot
        _fill(slot, told.rgba)


def forget() -> None:
    """Forget what was asked: nobody will answer, or another engine."""
    _asked.clear()
    _missing.clear()


def _free_slot() -> str:
    if len(_slots) < KEPT:
        return str(len(_slots))
    return _slots.pop(next(iter(_slots)))


def _fill(slot: str, rgba: Rgba) -> None:
    if _icons is None:
        return
    shown = _icons[slot] if slot in _icons else _icons.new(slot)
    side = max(rgba.shape[:2])
    square = np.zeros((side, side, 4), np.uint8)  # an icon is square, and would be stretched
    top, left = (side - rgba.shape[0]) // 2, (side - rgba.shape[1]) // 2
    square[top : top + rgba.shape[0], left : left + rgba.shape[1]] = icons.premultiplied(rgba)
    shown.image_size = (side, side)  # type: ignore[assignment]  # as for every array of RNA
    pixels = np.ascontiguousarray(square[::-1]).view(np.int32).ravel()
    shown.image_pixels.foreach_set(pixels)  # type: ignore[arg-type]  # any buffer will do
    small = square[::-1][:: max(side // ICON_PIXELS, 1), :: max(side // ICON_PIXELS, 1)][:ICON_PIXELS, :ICON_PIXELS]
    shown.icon_size = (small.shape[1], small.shape[0])  # type: ignore[assignment]  # as above; lists show this one
    shown.icon_pixels.foreach_set(np.ascontiguousarray(small).view(np.int32).ravel())  # type: ignore[arg-type]


def register() -> None:
    """Have no picture yet."""
    global _icons
    _icons = bpy.utils.previews.new()


def unregister() -> None:
    """Free the pictures."""
    global _icons
    forget()
    _slots.clear()
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
    _icons = None
