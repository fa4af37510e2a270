# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture taken of a scene by a click: kept in memory, beside the file, so that taking it changes nothing there.

It is that scene's source until another one is chosen there, whatever undo does, and gone when another file is opened.
Each scene has its own, of 2048 pixels a side and so 17 MB at most. In an Image Editor what that shows is meant.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.image import Frame, Rgba
from . import listeners

_numbers = count(1)


@dataclass
class Before:
    """What was chosen when a picture was taken, by numbers of this session; 0 for none."""

    canvas: tuple[int, int]
    """The selected object that carries a picture, and that picture."""
    shown: dict[int, int]
    """By Image Editor, its image."""
    renders: int
    """How many renders of the scene were finished."""


@dataclass(frozen=True, eq=False)
class Capture:
    """One picture as it was taken. ``rgba`` is top-down 8-bit sRGB with straight alpha."""

    name: str
    rgba: Rgba
    number: int
    before: Before

    @property
    def width(self) -> int:
        """Give the width in pixels."""
        return int(self.rgba.shape[1])

    @property
    def height(self) -> int:
        """Give the height in pixels."""
        return int(self.rgba.shape[0])

    def pixels(self) -> Frame:
        """Give it as the core takes it; nothing is copied, and nobody changes it."""
        return Frame(self.rgba, is_bottom_up=False)


_kept: dict[int, Capture] = {}
"""By scene, by its number in this session, which it has again when undo brings it back."""


def keep(name: str, rgba: Rgba, scene: bpy.types.Scene, before: Before) -> Capture:
    """Make a picture the scene's source, in place of the one before.

    Pictures of scenes that are gone are forgotten now and not as they go: undo brings back a scene, and what would be
    sent of it then must not be what was picked before.
    """
    there = {item.session_uid for item in bpy.data.scenes}
    for uid in _kept.keys() - there:
        del _kept[uid]
    _kept[scene.session_uid] = made = Capture(name, rgba, next(_numbers), before)
    return made


def of(scene: bpy.types.Scene) -> Capture | None:
    """Give the picture that was taken of a scene, if it is still the source."""
    return _kept.get(scene.session_uid)


def drop(scene: bpy.types.Scene) -> None:
    """Forget the picture of a scene: another source was picked there."""
    _kept.pop(scene.session_uid, None)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    _kept.clear()


_HEARD: Final = (("load_post", _opened_file),)


def register() -> None:
    """Forget pictures of files that are closed."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Forget all pictures, and listen no longer."""
    listeners.ignore(*_HEARD)
    _kept.clear()
